//! Is WouldBlock an error?
//!
//! "Resource temporarily unavailable" sounds like one. On a non-blocking socket it is the normal case.
//!
//! Also: EAGAIN, EWOULDBLOCK, nonblocking, Resource temporarily unavailable, set_nonblocking,
//! non-blocking accept.

use std::io::{Read, Write};
use std::process::ExitCode;

use lesson::{Shown, must_be, say, show_received, wait_for_bytes};
use question::answer;
use question::setup::{client_of, listener};

fn main() -> ExitCode {
    question::run(include_str!("would_block.rs"), would_block)
}

fn would_block() -> anyhow::Result<()> {
    let server = listener(1)?;
    server.set_nonblocking(true).shown("fcntl(O_NONBLOCK)", &server)?;
    server.accept().must_fail("EAGAIN", "accept()", &server)?;

    say!("Nobody was there yet. Now somebody is, but says nothing yet:");
    let mut client = client_of(&server)?;
    let (mut connection, _) = server.accept().shown_as("accept()")?;
    connection.set_nonblocking(true).explained("fcntl(O_NONBLOCK)", &connection)?;
    let mut buffer = [0; 64];
    connection.read(&mut buffer).must_fail("EAGAIN", "recv(64)", &connection)?;

    say!("And now something has come:");
    client.write_all(b"hello").shown("send(5 bytes)", &client)?;
    wait_for_bytes(&connection, 5);
    let length = connection.read(&mut buffer).shown("recv(64)", &connection)?;
    show_received(&buffer[..length]);
    must_be("what arrived", &buffer[..length], b"hello")?;

    answer!(
        "No: it says that nothing has come yet, and that a blocking call would wait. Do something \
         else, and try again when poll, or your runtime, says that the socket is ready. (EAGAIN \
         and EWOULDBLOCK are the same number on Linux.)"
    );
    Ok(())
}
