//! Does the accepted socket inherit non-blocking mode?
//!
//! It decides whether a server's first recv waits or fails, and systems do not agree.
//!
//! Runs on Linux and macOS alone.
//!
//! Elsewhere: on macOS, the BSDs and Windows the accepted socket is non-blocking if its listener is. A
//! portable server sets the mode on every accepted socket.

use std::process::ExitCode;

use lesson::{Shown, must_be, note};
use question::answer;
use question::setup::{client_of, listener};
use socket2::Socket;

fn main() -> ExitCode {
    question::run(include_str!("what_accept_inherits.rs"), what_accept_inherits)
}

fn what_accept_inherits() -> anyhow::Result<()> {
    let server = listener(1)?;
    server.set_nonblocking(true).shown("fcntl(O_NONBLOCK)", &server)?;
    server.set_tcp_nodelay(true).shown("setsockopt(TCP_NODELAY, 1)", &server)?;
    let _client = client_of(&server)?;
    let (connection, _) = server.accept().shown_as("accept()")?;

    let [of_server, of_connection] = [is_nonblocking(&server)?, is_nonblocking(&connection)?];
    note(format!("O_NONBLOCK of the listener: {of_server}, of the connection: {of_connection}"));
    must_be("O_NONBLOCK of the connection", of_connection, !cfg!(target_os = "linux"))?;
    note(format!("TCP_NODELAY of the connection: {}", connection.tcp_nodelay()?));
    must_be("TCP_NODELAY of the connection", connection.tcp_nodelay()?, true)?;

    answer!(
        "Not on Linux: accept makes a new open file description, and O_NONBLOCK belongs to that \
         (dup and fork share it). Socket options set on the listener, such as TCP_NODELAY, \
         SO_KEEPALIVE or a buffer size, apply to the connection as well."
    );
    Ok(())
}

#[cfg(unix)]
fn is_nonblocking(socket: &Socket) -> std::io::Result<bool> {
    socket.nonblocking()
}

/// Windows does not say.
#[cfg(not(unix))]
fn is_nonblocking(_: &Socket) -> std::io::Result<bool> {
    Err(std::io::ErrorKind::Unsupported.into())
}
