//! I closed it. Why does the peer see no end?
//!
//! The other side waits for the end in recv, and the program that should have closed is sure that it
//! did.

use std::io::Read;
use std::process::ExitCode;

use lesson::setup::{close, connection};
use lesson::{Shown, View, answer, expect, look, question, received, say};

fn main() -> ExitCode {
    question(include_str!("a_clone_keeps_it_open.rs"), a_clone_keeps_it_open)
}

fn a_clone_keeps_it_open() -> anyhow::Result<()> {
    let (mut client, server) = connection()?;
    let copy = server.try_clone().opened("dup()")?;
    close(server);
    look("the copy", &copy);

    say!("The client sees no end:");
    client.set_nonblocking(true).or_explain("fcntl(O_NONBLOCK)", &client)?;
    client.read(&mut [0; 64]).must_fail("EAGAIN", "recv(64)", &client)?;
    let state = View::of(&copy).state.unwrap_or("ESTABLISHED");
    expect("the state of the connection", state, "ESTABLISHED")?;

    say!("Until the last descriptor is closed:");
    client.set_nonblocking(false).or_explain("fcntl(O_NONBLOCK)", &client)?;
    close(copy);
    let mut buffer = [0; 64];
    let length = client.read(&mut buffer).shown("recv(64)", &client)?;
    received(&buffer[..length]);
    expect("the end", length, 0)?;

    answer!(
        "Another descriptor of the same socket is open: a try_clone (dup), or a copy that a child \
         process inherited. The connection ends with the last of them. shutdown does not wait for \
         the others."
    );
    Ok(())
}
