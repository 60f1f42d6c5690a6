//! Can I call listen twice?
//!
//! socket2's documentation says that listen fails on a socket that listens already.

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
    say!("A longer queue again, and both clients are accepted:");
    server.listen(5).shown("listen(5)", &server)?;
    let _one = server.accept().shown_new("accept()")?;
    let _other = server.accept().shown_new("accept()")?;

    answer!(
        "Yes, on Linux: the second call changes the backlog, and does nothing else. Connections \
         that are in the queue already stay there, even where it is shorter now."
    );
    Ok(())
}
