//! I closed it. Why does the peer see no end?
//!
//! The other side waits in recv for the end, and the program that should have closed is sure that
//! it did.
//!
//! Also: try_clone, dup, fork, client hangs, no EOF, no EOF after close, fork copied the socket,
//! CLOSE_WAIT.

use std::io::Read;
use std::process::ExitCode;

use lesson::{Shown, View, must_be, say, show, show_received};
use question::answer;
use question::setup::{close, connection};

fn main() -> ExitCode {
    question::run(include_str!("a_clone_keeps_it_open.rs"), a_clone_keeps_it_open)
}

fn a_clone_keeps_it_open() -> anyhow::Result<()> {
    let (mut client, server) = connection()?;
    let copy = server.try_clone().shown_as("dup()")?;
    close(server);
    show("the copy", &copy);

    say!("The client sees no end:");
    client.set_nonblocking(true).explained("fcntl(O_NONBLOCK)", &client)?;
    client.read(&mut [0; 64]).must_fail("EAGAIN", "recv(64)", &client)?;
    let state = View::of(&copy).state.unwrap_or("ESTABLISHED");
    must_be("the state of the connection", state, "ESTABLISHED")?;

    say!("Until the last descriptor is closed:");
    client.set_nonblocking(false).explained("fcntl(O_NONBLOCK)", &client)?;
    close(copy);
    let mut buffer = [0; 64];
    let length = client.read(&mut buffer).shown("recv(64)", &client)?;
    show_received(&buffer[..length]);
    must_be("the end", length, 0)?;

    answer!(
        "Another descriptor of the same socket is open: from try_clone (dup), or a copy that a \
         child process inherited. The connection ends when the last of them is closed. shutdown \
         does not wait for the others."
    );
    Ok(())
}
