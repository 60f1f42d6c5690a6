//! Why does each request take 40 ms?
//!
//! Machines and network are fast, and every request and its answer take 40 ms all the same, even on
//! localhost.
//!
//! Also: Nagle, Nagle's algorithm, delayed ACK, TCP_NODELAY, nodelay, set_nodelay, set_tcp_nodelay,
//! 40 ms, 40ms, latency, slow requests, slow small messages, write write read, two writes,
//! small packets, TCP_CORK, BufWriter, writev, TCP_QUICKACK.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: how long an ACK may be delayed differs. RFC 1122 asks for less than half a second.

use std::io::{Read, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use lesson::{Failure, Shown, must_be, note, say, show};
use question::answer;
use question::setup::connection;
use socket2::Socket;

fn main() -> ExitCode {
    question::run(include_str!("nagle_and_delayed_ack.rs"), nagle_and_delayed_ack)
}

fn nagle_and_delayed_ack() -> anyhow::Result<()> {
    say!("A request of two bytes in two sends, and an answer, nine times:");
    let (client, server) = connection()?;
    must_be("TCP_NODELAY from the start", client.tcp_nodelay()?, false)?;
    nine_rounds(&client, &server, &[b"a", b"b"], true)?;
    say!(
        "The second send waits until the first byte is acknowledged (Nagle), and the server's kernel \
         waits with that: an answer might take it along (delayed ACK). The same in one send:"
    );
    nine_rounds(&client, &server, &[b"ab"], false)?;

    say!("Two sends again, and the server has TCP_NODELAY. It is the client whose send waits:");
    server.set_tcp_nodelay(true).shown("setsockopt(TCP_NODELAY, 1)", &server)?;
    nine_rounds(&client, &server, &[b"a", b"b"], true)?;
    say!("The client has it as well:");
    client.set_tcp_nodelay(true).shown("setsockopt(TCP_NODELAY, 1)", &client)?;
    nine_rounds(&client, &server, &[b"a", b"b"], false)?;

    answer!(
        "A small send waits while an earlier one is unacknowledged, and the other side acknowledges \
         40 ms late where it has nothing to send (Linux). It takes two sends and then a receive. \
         Collect the request, or the answer, and send it once (BufWriter with flush, \
         write_vectored). Where that cannot be, set TCP_NODELAY on the side that sends in pieces."
    );
    Ok(())
}

/// Requests in these parts and their answers. Makes sure that the middle one of their times is more
/// than 30 ms, or is not.
fn nine_rounds(
    client: &Socket,
    server: &Socket,
    parts: &[&[u8]],
    delayed: bool,
) -> Result<(), Failure> {
    let mut times = Vec::new();
    for _ in 0..9 {
        let start = Instant::now();
        round(client, server, parts).explained("send, recv", client)?;
        times.push(start.elapsed());
    }
    times.sort();
    let sends = if parts.len() == 1 { "send(2 bytes)" } else { "send(1 byte), send(1 byte)" };
    show(format!("9 x {sends}, recv(2)"), client);
    must_be("more than 30 ms", times[4] > Duration::from_millis(30), delayed)?;
    note(format!("{} than 30 ms for a round", if delayed { "more" } else { "less" }));
    Ok(())
}

fn round(mut client: &Socket, mut server: &Socket, parts: &[&[u8]]) -> std::io::Result<()> {
    for part in parts {
        client.write_all(part)?;
    }
    server.read_exact(&mut [0; 2])?;
    server.write_all(b"ok")?;
    client.read_exact(&mut [0; 2])
}
