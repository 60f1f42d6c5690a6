//! I close the listener. What about its clients?
//!
//! A server that wants to shut down cleanly has to know which of them it still has.
//!
//! Also: stop listening, drain the queue.
//!
//! Runs on Linux and macOS alone.

use std::io::{Read, Write};
use std::process::ExitCode;

use lesson::{Shown, address_of, must_be, say, show_received};
use question::answer;
use question::setup::{TCP, client_of, close, listener};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("close_the_listener.rs"), close_the_listener)
}

fn close_the_listener() -> anyhow::Result<()> {
    let listener = listener(2)?;
    let target = address_of(&listener)?;
    let mut accepted = client_of(&listener)?;
    let mut queued = client_of(&listener)?;
    let (mut server, _) = listener.accept().shown_as("accept()")?;
    close(listener);

    say!("The client that was accepted notices nothing:");
    server.write_all(b"hello").shown("send(5 bytes)", &server)?;
    let mut buffer = [0; 64];
    let length = accepted.read(&mut buffer).shown("recv(64)", &accepted)?;
    show_received(&buffer[..length]);
    must_be("what arrived", &buffer[..length], b"hello")?;

    say!("The one in the queue is cut off:");
    queued.read(&mut buffer).must_fail("ECONNRESET", "recv(64)", &queued)?;

    say!("And a new one is refused:");
    let late = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    late.connect(&target.into()).must_fail("ECONNREFUSED", format!("connect({target})"), &late)?;

    answer!(
        "Those that were accepted live on, those in the queue are reset, and new ones are refused. \
         To lose as few as possible, accept until the queue is empty before you close."
    );
    Ok(())
}
