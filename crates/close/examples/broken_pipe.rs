//! EPIPE or ECONNRESET?
//!
//! Both say that sending is over. And yet the first send after the peer has closed, with nothing
//! left to read, fails with neither.
//!
//! Also: EPIPE, BrokenPipe, ECONNRESET, send fails, BrokenPipeError.
//!
//! Runs on Linux and macOS alone.

use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use lesson::kernel::wait_until;
use lesson::{Shown, View, must_be, note, say, show, show_received, words};
use question::answer;
use question::setup::{close, connection};
use socket2::Socket;

fn main() -> ExitCode {
    question::run(include_str!("broken_pipe.rs"), broken_pipe)
}

fn broken_pipe() -> anyhow::Result<()> {
    say!("The peer closes. The first send works: the kernel only puts it on its way.");
    let (mut client, server) = connection()?;
    close(server);
    let length = client.read(&mut [0; 64]).shown("recv(64)", &client)?;
    must_be("the end", length, 0)?;
    show_received(&[]);
    client.write_all(b"one").explained("send(3 bytes)", &client)?;
    wait_until(|| is_reset(&client));
    show("send(3 bytes)", &client);
    note("it succeeded");
    say!("Nobody was there to read it, so the peer's kernel answered with a reset. From then on:");
    client.write_all(b"two").must_fail("EPIPE", "send(3 bytes)", &client)?;

    say!("A peer that resets the connection (SO_LINGER, 0 s), and a client that then receives:");
    let mut client = reset_connection()?;
    client.read(&mut [0; 64]).must_fail("ECONNRESET", "recv(64)", &client)?;
    client.write_all(b"one").must_fail("EPIPE", "send(3 bytes)", &client)?;

    if cfg!(target_os = "linux") {
        say!("Another one. shutdown leaves the report where it is, and SO_ERROR takes it:");
        let client = reset_connection()?;
        client.shutdown(Shutdown::Write).must_fail("ENOTCONN", "shutdown(SHUT_WR)", &client)?;
        let error = client.take_error().shown("getsockopt(SO_ERROR)", &client)?;
        let error = error.context("no error was left")?;
        must_be("the error", error.kind(), ErrorKind::ConnectionReset)?;
        note(words(&error));
        no_more(&client)?;
        say!("And one that sends. Now send has taken the report, and recv knows nothing of it:");
        let mut client = reset_connection()?;
        client.write_all(b"one").must_fail("ECONNRESET", "send(3 bytes)", &client)?;
        no_more(&client)?;
    }

    answer!(
        "A reset is reported once, as ECONNRESET: by the next send, or by the recv that comes after \
         the last byte that had arrived, unless SO_ERROR was asked before. (shutdown says ENOTCONN \
         and leaves the report.) Whoever receives after the report gets 0 bytes, as after an end in \
         order: note the first error that any call returns. EPIPE is for every send \
         after the end: after that report, after a reset that came when the peer's end had already \
         arrived, or after your own shutdown."
    );
    Ok(())
}

/// Receives 0 bytes, as after an end in order.
fn no_more(mut client: &Socket) -> anyhow::Result<()> {
    let length = client.read(&mut [0; 64]).shown("recv(64)", client)?;
    must_be("the end", length, 0)?;
    show_received(&[]);
    Ok(())
}

/// The client of a connection that its peer has reset. Four rows.
fn reset_connection() -> anyhow::Result<Socket> {
    let (client, server) = connection()?;
    server.set_linger(Some(Duration::ZERO)).explained("setsockopt(SO_LINGER)", &server)?;
    close(server);
    wait_until(|| is_reset(&client));
    Ok(client)
}

/// Whether the reset has arrived; true where the system does not say.
fn is_reset(client: &Socket) -> bool {
    View::of(client).state.is_none_or(|state| state == "CLOSE")
}
