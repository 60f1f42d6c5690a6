//! What is ECONNABORTED?
//!
//! The manual page of accept names it: the client had gone before it was accepted. It can stop a
//! server that ends on any error from accept.
//!
//! Also: ECONNABORTED, accept error, accept loop.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: on the BSDs and Windows accept itself may fail (ECONNABORTED, WSAECONNRESET).

use std::io::Read;
use std::process::ExitCode;
use std::time::Duration;

use lesson::kernel::wait_until;
use lesson::{Shown, View, say, show};
use question::answer;
use question::setup::{client_of, close, listener};

fn main() -> ExitCode {
    question::run(include_str!("client_gone_before_accept.rs"), client_gone_before_accept)
}

fn client_gone_before_accept() -> anyhow::Result<()> {
    say!("A client connects, and resets the connection (SO_LINGER, 0 s) before it is accepted:");
    let server = listener(1)?;
    let client = client_of(&server)?;
    client.set_linger(Some(Duration::ZERO)).explained("setsockopt(SO_LINGER)", &client)?;
    close(client);

    say!("accept still returns a socket; its first recv reports the reset:");
    let (mut connection, _) = server.accept().explained("accept()", &server)?;
    wait_until(|| View::of(&connection).state != Some("ESTABLISHED"));
    show("accept()", &connection);
    let recv = connection.read(&mut [0; 64]);
    recv.must_fail("ECONNRESET", "recv(64)", &connection)?;

    answer!(
        "The error that accept gives, on systems other than Linux, for a client that has already \
         reset its connection. Linux accepts it, and a recv fails with ECONNRESET, after the data \
         that came before. In both cases one client is lost and the listener is fine: go on with \
         the loop."
    );
    Ok(())
}
