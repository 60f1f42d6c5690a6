//! "Too many open files" in the accept loop?
//!
//! The server has reached its limit of descriptors. Its loop then keeps a whole processor busy:
//! accept fails at once, again and again.
//!
//! Also: EMFILE, ulimit, descriptor leak, limit.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: macOS closes the client's connection instead of keeping it; Windows has no such limit.

use std::process::ExitCode;

use lesson::{Shown, View, descriptor, must_be, say, show};
use question::answer;
use question::child::{in_child, limit_descriptors};
use question::setup::{client_of, close, listener};

fn main() -> ExitCode {
    question::run(include_str!("too_many_open_files.rs"), too_many_open_files)
}

fn too_many_open_files() -> anyhow::Result<()> {
    in_child(|| {
        let server = listener(4)?;
        let one = client_of(&server)?;
        let _other = client_of(&server)?;
        let (connection, _) = server.accept().shown_as("accept()")?;
        let next = descriptor(&connection) + 1;

        say!("From now on the process may have no more descriptors than it has:");
        limit_descriptors(next).explained("setrlimit(RLIMIT_NOFILE)", None)?;
        server.accept().must_fail("EMFILE", "accept()", &server)?;
        server.accept().must_fail("EMFILE", "accept() again", &server)?;
        if let Some(queue) = View::of(&server).queue {
            must_be("the client is still in the queue", queue.length, 1)?;
        }

        say!("Once a descriptor is free, the waiting client is accepted:");
        close(one);
        close(connection);
        server.accept().shown_as("accept()")?;
        show("the listener", &server);
        Ok(())
    })?;
    answer!(
        "accept fails with EMFILE, and the client stays in the queue: the listener stays readable, \
         and a loop that only tries again spins. Wait a moment before the next try, close what is \
         not needed, and raise the limit (`ulimit -n`)."
    );
    Ok(())
}
