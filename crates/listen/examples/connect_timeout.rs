//! How do I time out a connect?
//!
//! A machine that does not answer keeps a connect waiting for more than two minutes on Linux.
//!
//! Also: connection timeout, hangs, unreachable, ETIMEDOUT, TimedOut, wait too long, connect takes
//! forever, connect blocks, connection timed out, host does not answer.
//!
//! Runs on Linux alone.

use std::io::ErrorKind;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use lesson::{Shown, address_of, must_be, say};
use question::answer;
use question::setup::{TCP, client_of, listener};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("connect_timeout.rs"), connect_timeout)
}

fn connect_timeout() -> anyhow::Result<()> {
    say!("A listener whose queue is full, so nobody answers:");
    let server = listener(0)?;
    let _queued = client_of(&server)?;

    let patience = Duration::from_millis(200);
    let target = address_of(&server)?;
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    let start = Instant::now();
    let given_up = client.connect_timeout(&target.into(), patience).may_fail(
        &[ErrorKind::TimedOut],
        format!("connect({target})"),
        &client,
    )?;
    let error = given_up.map(|error| (error.kind(), error.raw_os_error()));
    must_be("the error and its number", error, Some((ErrorKind::TimedOut, None)))?;
    must_be("it waited", start.elapsed() > patience / 2, true)?;

    answer!(
        "socket.connect_timeout(address, duration), and TcpStream has the same. The error is \
         ErrorKind::TimedOut and carries no system error number: it was Rust that gave up, not the \
         kernel."
    );
    Ok(())
}
