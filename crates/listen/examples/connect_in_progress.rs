//! What is EINPROGRESS?
//!
//! A non-blocking connect says "Operation now in progress". A program that takes this for a failure
//! gives up on a connection that is about to work.
//!
//! Also: nonblocking connect, asynchronous connect.
//!
//! Runs on Linux and macOS alone.
//!
//! Elsewhere: Windows says WSAEWOULDBLOCK instead.

use std::io::ErrorKind;
use std::process::ExitCode;

use lesson::kernel::wait_until;
use lesson::{Shown, View, address_of, must_be, say, show};
use question::answer;
use question::setup::{TCP, listener};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("connect_in_progress.rs"), connect_in_progress)
}

fn connect_in_progress() -> anyhow::Result<()> {
    let server = listener(1)?;
    let target = address_of(&server)?;
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    client.set_nonblocking(true).explained("fcntl(O_NONBLOCK)", &client)?;
    client.connect(&target.into()).must_fail(
        "EINPROGRESS",
        format!("connect({target})"),
        None, // its state may already be the next one
    )?;

    say!("It goes on by itself. Once the socket is connected:");
    let connected = wait_until(|| View::of(&client).peer.is_some());
    must_be("connected", connected, true)?;
    show("the client", &client);
    let error = client.take_error()?;
    must_be("SO_ERROR", error.map(|error| error.kind()), None::<ErrorKind>)?;

    answer!(
        "Not a failure: the connection is being made, and a non-blocking socket does not wait for \
         it. Wait until the socket is writable (with poll, or your runtime does it), then ask \
         take_error() (SO_ERROR): None means connected, otherwise it is the reason why not."
    );
    Ok(())
}
