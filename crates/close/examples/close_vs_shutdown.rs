//! close or shutdown?
//!
//! Both end something, and programs that mix them up lose the end of an answer.
//!
//! Also: half-close, SHUT_WR, FIN, end of data.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::process::ExitCode;

use lesson::kernel::wait_until;
use lesson::{Shown, View, must_be, say, show_received};
use question::answer;
use question::setup::{close, connection};

fn main() -> ExitCode {
    question::run(include_str!("close_vs_shutdown.rs"), close_vs_shutdown)
}

fn close_vs_shutdown() -> anyhow::Result<()> {
    let (mut client, mut server) = connection()?;
    say!("close, while a second descriptor has the same connection: it goes on as before.");
    let copy = server.try_clone().shown_as("dup()")?;
    close(copy);
    server.write_all(b"still here").shown("send(10 bytes)", &server)?;
    let mut buffer = [0; 64];
    let length = client.read(&mut buffer).shown("recv(64)", &client)?;
    show_received(&buffer[..length]);
    must_be("what arrived", &buffer[..length], b"still here")?;

    say!("shutdown, while a second descriptor also has it: the other side reads the end.");
    let copy = server.try_clone().shown_as("dup()")?;
    copy.shutdown(Shutdown::Write).explained("shutdown(SHUT_WR)", &copy)?;
    let length = client.read(&mut buffer).explained("recv(64)", &client)?;
    must_be("the end", length, 0)?;
    wait_until(|| View::of(&server).state != Some("FIN_WAIT1"));
    server.write_all(b"more").must_fail("EPIPE", "send(4 bytes)", &server)?;

    say!("That was the end of one direction. The other direction is still open:");
    client.write_all(b"thanks").shown("send(6 bytes)", &client)?;
    let length = server.read(&mut buffer).shown("recv(64)", &server)?;
    show_received(&buffer[..length]);
    must_be("what arrived", &buffer[..length], b"thanks")?;

    answer!(
        "close gives back one descriptor; the connection ends when the last one is closed. \
         shutdown acts on the connection, for all descriptors, and leaves them open: SHUT_WR says \
         \"I have sent everything\", and receiving goes on."
    );
    Ok(())
}
