//! Why does my read return 0 at once?
//!
//! Every manual says that 0 is the end of the connection; and yet the other side is there, and has
//! sent something.

use std::io::{Read, Write};
use std::process::ExitCode;

use lesson::{Shown, must_be, note, say, show_received, wait_for_bytes};
use question::answer;
use question::setup::connection;

fn main() -> ExitCode {
    question::run(include_str!("empty_buffer.rs"), empty_buffer)
}

fn empty_buffer() -> anyhow::Result<()> {
    let (mut client, mut server) = connection()?;
    client.write_all(b"hello").shown("send(5 bytes)", &client)?;
    wait_for_bytes(&server, 5);

    let mut buffer = Vec::with_capacity(64);
    let length = server.read(&mut buffer).shown("recv(…)", &server)?;
    note(format!("{length} bytes into a buffer of length {}", buffer.len()));
    must_be("what was read", length, 0)?;

    say!("vec![0; 64] has a length:");
    let mut buffer = vec![0; 64];
    let length = server.read(&mut buffer).shown("recv(64)", &server)?;
    show_received(&buffer[..length]);
    must_be("what was read", &buffer[..length], b"hello")?;

    answer!(
        "The buffer has no room: Vec::with_capacity(64) has the length 0, and a read of at most 0 \
         bytes returns 0 as soon as something has arrived, again and again. Use vec![0; 64] or an \
         array. Only with a buffer that has room does 0 mean the end."
    );
    Ok(())
}
