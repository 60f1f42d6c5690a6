//! How do I read a line?
//!
//! A recv returns what is there: half a line, or one line and the beginning of the next.
//!
//! Also: framing, newline, read_line, readline, read_until, BufReader, half a line, delimiter,
//! messages with newline, nextLine, message framing, frame messages, split a stream into messages,
//! newline-delimited JSON, JSON lines.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::Shutdown;
use std::process::ExitCode;

use lesson::{Failure, Shown, must_be, note, say, wait_for_bytes};
use question::answer;
use question::setup::connection;
use socket2::Socket;

/// How long a line may be, in bytes.
const LONGEST: usize = 100;

fn main() -> ExitCode {
    question::run(include_str!("read_a_line.rs"), read_a_line)
}

fn read_a_line() -> anyhow::Result<()> {
    say!("Two lines and a half arrive together. BufReader keeps what follows a line:");
    let (client, server) = connection()?;
    let mut received = BufReader::new(&server);
    send(&client, b"one\ntwo\nthr")?;
    wait_for_bytes(&server, 11);
    let first = next_line(&mut received).shown("recv(8192)", &server)?;
    note(format!("a line: {:?}", must_have(first, "one")?));
    let second = next_line(&mut received).explained("recv(8192)", &server)?;
    note(format!("and one more, without another recv: {:?}", must_have(second, "two")?));

    say!("The rest of the third line comes, and a character that is cut in two:");
    send(&client, b"ee \xc3")?;
    send(&client, b"\xa9\n")?;
    let third = next_line(&mut received).shown("recv(8192)", &server)?;
    note(format!("a line: {:?}", must_have(third, "three é")?));

    say!("The client's end comes in the middle of a line. std's lines() hides that:");
    send(&client, b"hal")?;
    client.shutdown(Shutdown::Write).explained("shutdown(SHUT_WR)", &client)?;
    let end = next_line(&mut received).expect_err("no line");
    must_be("its error", end.kind(), io::ErrorKind::UnexpectedEof)?;
    lesson::show("recv(8192)", &server);
    note(format!("no line: {end}"));
    let half = io::Cursor::new("hal").lines().next().transpose()?;
    note(format!("lines() would say: {:?}", must_have(half, "hal")?));

    say!("A line that does not end, from a client that wants to fill our memory:");
    let (client, server) = connection()?;
    send(&client, &[b'x'; 1000])?;
    let end = next_line(&mut BufReader::new(&server)).expect_err("no line");
    must_be("its error", end.kind(), io::ErrorKind::InvalidData)?;
    lesson::show("recv(8192)", &server);
    note(format!("no line: {end}"));

    answer!(
        "Collect bytes until the end of the line is among them, keep what follows, and only then \
         make text of it: BufReader with read_until does that. Limit how long a line may be \
         (take), and tell the client's end between two lines from one in the middle of a line."
    );
    Ok(())
}

/// The next line, without its end; `None` at the client's end.
fn next_line(received: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    received.take(LONGEST as u64 + 1).read_until(b'\n', &mut line)?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => match String::from_utf8(line) {
            Ok(line) => Ok(Some(line)),
            Err(_) => Err(io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8")),
        },
        Some(_) if line.len() == LONGEST => {
            Err(io::Error::new(io::ErrorKind::InvalidData, "it is too long"))
        }
        Some(_) => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the end came before its end")),
    }
}

fn send(mut client: &Socket, bytes: &[u8]) -> Result<(), Failure> {
    client.write_all(bytes).shown(format!("send({} bytes)", bytes.len()), client)
}

/// The line, which must be this one.
fn must_have(line: Option<String>, expected: &str) -> Result<String, Failure> {
    let line = line.unwrap_or_default();
    must_be("the line", line.as_str(), expected)?;
    Ok(line)
}
