//! Does the accepted socket inherit non-blocking mode?
//!
//! It decides whether a server's first recv waits or fails, and systems do not agree.
//!
//! Also: nonblocking, options of the listener, SO_RCVTIMEO of the listener, timeout inherited.
//!
//! Runs on Linux and macOS alone.
//!
//! Elsewhere: on macOS, the BSDs and Windows the accepted socket is non-blocking if its listener is. A
//! portable server sets the mode on every accepted socket.

use std::process::ExitCode;
use std::time::Duration;

use lesson::{Shown, must_be, note, say};
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

    if cfg!(target_os = "linux") {
        say!("One client comes before the listener has a time limit, the other after that:");
        let _early = client_of(&server)?;
        let limit = Some(Duration::from_secs(7));
        server.set_read_timeout(limit).shown("setsockopt(SO_RCVTIMEO, 7s)", &server)?;
        let _late = client_of(&server)?;
        for expected in [None, limit] {
            let (connection, _) = server.accept().shown_as("accept()")?;
            note(format!("SO_RCVTIMEO of the connection: {:?}", connection.read_timeout()?));
            must_be("SO_RCVTIMEO of the connection", connection.read_timeout()?, expected)?;
        }
    }

    answer!(
        "Not on Linux: accept makes a new open file description, and O_NONBLOCK belongs to that \
         (dup and fork share it). Socket options set on the listener before the client came apply \
         to its connection as well: TCP_NODELAY, SO_KEEPALIVE, a buffer size, and also a time \
         limit (SO_RCVTIMEO) that was meant for accept."
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
