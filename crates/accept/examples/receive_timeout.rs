//! How do I time out a receive?
//!
//! A blocking read or recv hangs for ever when the other side says nothing.
//!
//! Also: timeout, UDP timeout, read timeout, hangs, blocks, SO_RCVTIMEO, recv_from, silent client,
//! blocks forever, stuck, settimeout, set_read_timeout, SetReadDeadline, recv never returns,
//! socket.timeout, timed out, read timed out, recv waits forever.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: on Windows the error is TimedOut (WSAETIMEDOUT), after which the socket must not be
//! used any more; and accept has no timeout.

use std::io::Read;
use std::mem::MaybeUninit;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use lesson::{Shown, must_be, say};
use question::answer;
use question::setup::{client_of, connection, listener};

fn main() -> ExitCode {
    question::run(include_str!("receive_timeout.rs"), receive_timeout)
}

fn receive_timeout() -> anyhow::Result<()> {
    let patience = Duration::from_millis(100);
    let (mut client, _server) = connection()?;
    client.set_read_timeout(Some(patience)).shown("setsockopt(SO_RCVTIMEO)", &client)?;
    let start = Instant::now();
    client.read(&mut [0; 64]).must_fail("EAGAIN", "recv(64)", &client)?;
    // The kernel counts in ticks of a few milliseconds.
    must_be("it waited first", start.elapsed() > patience / 2, true)?;

    say!("accept receives as well, in this sense:");
    let server = listener(1)?;
    server.set_read_timeout(Some(patience)).explained("setsockopt(SO_RCVTIMEO)", &server)?;
    server.accept().must_fail("EAGAIN", "accept()", &server)?;
    let _client = client_of(&server)?;
    let (connection, _) = server.accept().shown_as("accept()")?;
    connection.recv(&mut [MaybeUninit::uninit()]).must_fail("EAGAIN", "recv(1)", &connection)?;

    answer!(
        "set_read_timeout (SO_RCVTIMEO). The error is WouldBlock on Unix (EAGAIN), not TimedOut; \
         on Linux the timeout also ends a waiting accept, and clients that come afterwards have it \
         on their connections. There the socket stays as it was, and you may try again."
    );
    Ok(())
}
