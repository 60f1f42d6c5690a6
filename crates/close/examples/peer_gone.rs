//! How do I know that the peer is gone?
//!
//! The client has disconnected. An orderly end is not reported as an error, and a program that
//! waits for one waits in vain.

use std::io::{Read, Write};
use std::process::ExitCode;

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

    answer!(
        "recv returns 0: the peer has closed, or shut down its sending. That is not an error, and \
         it comes after all the data. A peer that vanishes without a word (a pulled cable) is \
         noticed only by a timeout of your own, by keepalive, or by sending."
    );
    Ok(())
}
