//! Why did my close send a reset?
//!
//! The client got an answer, or most of one, and then "Connection reset by peer".
//!
//! Also: ECONNRESET, Connection reset by peer, lost answer, ConnectionReset, reset packet,
//! SO_LINGER, RST, close with unread data.
//!
//! Runs on Linux alone.

use std::io::{Read, Write};
use std::process::ExitCode;
use std::time::Duration;

use lesson::{Shown, must_be, say, show_received, wait_for_bytes};
use question::answer;
use question::setup::{close, connection};

fn main() -> ExitCode {
    question::run(include_str!("close_that_resets.rs"), close_that_resets)
}

fn close_that_resets() -> anyhow::Result<()> {
    say!("The server closes before it has read everything:");
    let (mut client, server) = connection()?;
    client.write_all(b"hello").shown("send(5 bytes)", &client)?;
    wait_for_bytes(&server, 5);
    lesson::show("the server's end", &server);
    close(server);
    client.read(&mut [0; 64]).must_fail("ECONNRESET", "recv(64)", &client)?;

    say!("Nothing is unread, and the server asks for a reset itself (SO_LINGER, 0 s):");
    let (mut client, server) = connection()?;
    server.set_linger(Some(Duration::ZERO)).shown("setsockopt(SO_LINGER)", &server)?;
    close(server);
    client.read(&mut [0; 64]).must_fail("ECONNRESET", "recv(64)", &client)?;

    say!("Without either, the client reads the end:");
    let (mut client, server) = connection()?;
    close(server);
    let mut buffer = [0; 64];
    let length = client.read(&mut buffer).shown("recv(64)", &client)?;
    show_received(&buffer[..length]);
    must_be("the end", length, 0)?;

    answer!(
        "Because data had arrived that you did not read, or because more arrived after you had \
         closed: the kernel tells the sender that it is lost, and the reset can even overtake your \
         answer. Read to the end first. (Or SO_LINGER is on with 0 s, which asks for exactly \
         that.)"
    );
    Ok(())
}
