//! How do I send messages that may contain any byte?
//!
//! A line break can only mark the end of a message that has none inside.
//!
//! Also: length prefix, framing, binary messages, protocol, header, message size, to_be_bytes,
//! read_exact, binary data, any byte, blob, serialize, struct, struct.pack, send a struct, send a
//! file, image, JSON over TCP, protobuf, bincode, UnexpectedEof, failed to fill whole buffer,
//! unexpected end of file.

use std::io::{self, ErrorKind, Read, Write};
use std::process::ExitCode;

use lesson::{Shown, must_be, note, say};
use question::answer;
use question::setup::{close, connection};

/// How long a message may be, in bytes.
const LONGEST: u32 = 1000;

fn main() -> ExitCode {
    question::run(include_str!("length_in_front.rs"), length_in_front)
}

fn length_in_front() -> anyhow::Result<()> {
    say!("Two messages, each behind its length (four bytes, the highest first):");
    let (client, server) = connection()?;
    for message in [b"one\ntwo".as_slice(), b""] {
        send(&client, message).shown(format!("send(4 + {} bytes)", message.len()), &client)?;
    }
    for expected in ["one\ntwo", ""] {
        let message = receive(&server).shown("recv(4), recv", &server)?.unwrap_or_default();
        note(format!("{} bytes: {:?}", message.len(), String::from_utf8_lossy(&message)));
        must_be("the message", message.as_slice(), expected.as_bytes())?;
    }

    say!("The client closes between two messages: the end. In the middle of one it is an error:");
    close(client);
    must_be("the end", receive(&server).shown("recv(4)", &server)?, None)?;
    note("no more messages");
    let (mut client, server) = connection()?;
    client.write_all(&[0, 0, 0, 9, b'h', b'a', b'l']).shown("send(7 bytes)", &client)?;
    close(client);
    let end = receive(&server).expect_err("no message");
    lesson::show("recv(4), recv", &server);
    must_be("its error", end.kind(), ErrorKind::UnexpectedEof)?;
    note("9 bytes were announced, and 3 came");

    say!("Somebody who speaks another protocol: \"GET \" is a length, too.");
    let (mut client, server) = connection()?;
    client.write_all(b"GET /\r\n").shown("send(7 bytes)", &client)?;
    let end = receive(&server).expect_err("no message");
    lesson::show("recv(4)", &server);
    must_be("its error", end.kind(), ErrorKind::InvalidData)?;
    note(end);

    answer!(
        "Send the length first, in a fixed number of bytes and a fixed order (to_be_bytes), and \
         then the message, both in one write_all. The receiver reads exactly that many bytes \
         (read_exact), and checks the length before it makes room for the message."
    );
    Ok(())
}

fn send(mut to: impl Write, message: &[u8]) -> io::Result<()> {
    let length = u32::try_from(message.len()).map_err(io::Error::other)?;
    to.write_all(&[&length.to_be_bytes(), message].concat())
}

/// The next message; `None` where the sender has ended before one.
fn receive(mut from: impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = Vec::new();
    from.by_ref().take(4).read_to_end(&mut length)?;
    let length = match length[..] {
        [] => return Ok(None), // the end may come here, and nowhere else
        [a, b, c, d] => u32::from_be_bytes([a, b, c, d]),
        _ => return Err(ErrorKind::UnexpectedEof.into()),
    };
    if length > LONGEST {
        let error = format!("{length} bytes announced, {LONGEST} allowed");
        return Err(io::Error::new(ErrorKind::InvalidData, error));
    }
    let mut message = vec![0; length as usize];
    from.read_exact(&mut message)?;
    Ok(Some(message))
}
