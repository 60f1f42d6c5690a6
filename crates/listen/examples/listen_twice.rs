//! Can I call listen twice?
//!
//! socket2's documentation says that listen fails on a socket that is already listening.
//!
//! Also: change the backlog.

use std::process::ExitCode;

use lesson::{Shown, View, must_be, say};
use question::answer;
use question::setup::{client_of, listener};

fn main() -> ExitCode {
    question::run(include_str!("listen_twice.rs"), listen_twice)
}

fn listen_twice() -> anyhow::Result<()> {
    let server = listener(5)?;
    let _queued = [client_of(&server)?, client_of(&server)?];

    server.listen(1).shown("listen(1)", &server)?;
    if let Some(queue) = View::of(&server).queue {
        must_be("the limit and the length", [queue.limit, queue.length], [1, 2])?;
    }
    say!("A longer queue again; both clients are accepted:");
    server.listen(5).shown("listen(5)", &server)?;
    let _one = server.accept().shown_as("accept()")?;
    let _other = server.accept().shown_as("accept()")?;

    answer!(
        "Yes, on Linux: the second call changes the backlog, and does nothing else. Connections \
         that are already in the queue stay there, even if it is now shorter."
    );
    Ok(())
}
