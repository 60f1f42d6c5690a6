//! Text or bytes?
//!
//! A program sends a string and receives something that is not quite one: half a letter, or a type
//! that the compiler does not accept.
//!
//! Also: string, UTF-8, encoding, decode, str, MaybeUninit, buffer type, valid UTF-8, bytes-like
//! object, UnicodeDecodeError, from_utf8, bytes to string.

use std::io::{Read, Write};
use std::process::ExitCode;

use lesson::{Shown, must_be, note, say, wait_for_bytes};
use question::answer;
use question::setup::connection;

fn main() -> ExitCode {
    question::run(include_str!("bytes_not_text.rs"), bytes_not_text)
}

fn bytes_not_text() -> anyhow::Result<()> {
    let (mut client, mut server) = connection()?;
    let text = "naïve";
    let sent = text.as_bytes(); // the text, encoded as UTF-8
    client.write_all(sent).shown(format!("send({} bytes)", sent.len()), &client)?;
    note(format!("{text:?}, {} letters, is {sent:02x?}", text.chars().count()));
    must_be("letters and bytes", (text.chars().count(), sent.len()), (5, 6))?;

    say!("Receive 3 bytes, and you get half a letter:");
    wait_for_bytes(&server, 6);
    let mut start = [0; 3];
    server.read_exact(&mut start).shown("recv(3)", &server)?;
    note(format!("{start:02x?}"));
    must_be("it is text", std::str::from_utf8(&start).is_ok(), false)?;

    say!("Only all of the bytes together are the text again:");
    let mut rest = [0; 3];
    server.read_exact(&mut rest).shown("recv(3)", &server)?;
    let all = [start, rest].concat();
    must_be("the text", String::from_utf8(all)?, text.to_string())?;

    answer!(
        "Bytes. Encode text before you send it (as_bytes gives UTF-8), and decode it once all its \
         bytes have arrived: a recv may end in the middle of a letter. Read::read takes a buffer \
         of plain bytes; socket2's own recv wants MaybeUninit, bytes that need not be initialised."
    );
    Ok(())
}
