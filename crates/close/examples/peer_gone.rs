//! How do I know that the peer is gone?
//!
//! The client has disconnected. An orderly end is not reported as an error, and a program that
//! waits for one waits in vain.
//!
//! Also: disconnect, client disconnected, EOF, recv returns 0, dead connection, keepalive,
//! half-open connection, heartbeat, client closed connection, recv returns empty, still connected,
//! client left, closed by the client.

use std::io::{Read, Write};
use std::process::ExitCode;
#[cfg(target_os = "linux")]
use std::time::Duration;

use lesson::kernel::wait_until;
use lesson::{Shown, View, must_be, say, show_received};
use question::answer;
use question::setup::{close, connection};

fn main() -> ExitCode {
    question::run(include_str!("peer_gone.rs"), peer_gone)
}

fn peer_gone() -> anyhow::Result<()> {
    let (client, mut server) = connection()?;
    (&client).write_all(b"bye").shown("send(3 bytes)", &client)?;
    close(client);

    say!("First comes what it had sent, then the end, again and again:");
    wait_until(|| View::of(&server).state != Some("ESTABLISHED"));
    let mut buffer = [0; 64];
    for expected in [3, 0, 0] {
        let length = server.read(&mut buffer).shown("recv(64)", &server)?;
        show_received(&buffer[..length]);
        must_be("how much came", length, expected)?;
    }

    #[cfg(target_os = "linux")]
    reset_first()?;

    answer!(
        "recv returns 0: the peer has closed, or shut down its sending. That is not an error, and \
         it comes after all the data. But if an earlier call, such as a send, has failed with \
         ECONNRESET, the connection was broken off, and the 0 after that says nothing. A peer that \
         vanishes without a word (a pulled cable) is noticed only by a timeout of your own, by \
         keepalive, or by sending."
    );
    Ok(())
}

/// A reset is told once, here to send.
#[cfg(target_os = "linux")]
fn reset_first() -> anyhow::Result<()> {
    say!(
        "A client that breaks the connection off (SO_LINGER, 0 s), and a server that sends first:"
    );
    let (client, mut server) = connection()?;
    client.set_linger(Some(Duration::ZERO)).explained("setsockopt(SO_LINGER)", &client)?;
    close(client);
    wait_until(|| View::of(&server).state.is_none_or(|state| state == "CLOSE"));
    server.write_all(b"hello").must_fail("ECONNRESET", "send(5 bytes)", &server)?;
    let length = server.read(&mut [0; 64]).shown("recv(64)", &server)?;
    show_received(&[]);
    must_be("how much came", length, 0)?;
    Ok(())
}
