//! Clients that send datagrams by turns, also an empty one and the largest.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::judge::*;

/// How long an answer may take, on one machine.
const LONG: Duration = Duration::from_secs(2);

pub fn judge(judge: &mut Judge) -> Judged {
    let address = judge.address();
    let program = judge.start(address)?;
    let first = judge.datagrams();
    judge.check("echo", echo(&program, &first, address))?;

    let [a, b] = [judge.datagrams(), judge.datagrams()];
    let turns: [(_, _, &[u8]); 4] =
        [(&a, &b, b"a 1"), (&b, &a, b"b 1\xff\n"), (&a, &b, b"a 2\0"), (&b, &a, b" b 2 ")];
    judge.check(
        "two",
        turns.into_iter().try_for_each(|(client, other, bytes)| {
            comes_back(&program, client, &[other, &first], address, bytes)
        }),
    )?;
    let empty = comes_back(&program, &a, &[&b, &first], address, b"");
    let empty = empty.and_then(|()| comes_back(&program, &a, &[&b, &first], address, b"after it"));
    judge.check("empty", empty)?;

    let largest: Vec<u8> = (0..65_507_u32).map(|number| (number * 7 % 251) as u8).collect();
    // Some systems send less, unless they are told otherwise.
    let unsent = b.socket.send_to(&largest, judge.datagrams().address()).err();
    match unsent {
        None => {
            let largest = comes_back(&program, &b, &[&a, &first], address, &largest);
            judge.check("largest", largest)?;
        }
        Some(error) => judge.untold("largest", &format!("this system does not send it ({error})")),
    }
    judge.check("goes-on", comes_back(&program, &judge.datagrams(), &[], address, b"still there?"))
}

/// The program may not be there yet, so the first datagram is sent again and again.
fn echo(program: &Program, client: &Datagrams, address: SocketAddr) -> Result<(), Seen> {
    let text = unforeseen("hello");
    let answer = client.ask(program, address, text.as_bytes())?;
    same(program, address, text.as_bytes(), answer)
}

/// A client sends a datagram, and it comes back to nobody else.
fn comes_back(
    program: &Program,
    client: &Datagrams,
    others: &[&Datagrams],
    address: SocketAddr,
    bytes: &[u8],
) -> Result<(), Seen> {
    client.send_to(address, bytes);
    let began = Instant::now();
    while began.elapsed() < LONG {
        if let Some(answer) = client.receive(Duration::from_millis(100)) {
            return same(program, address, bytes, answer);
        }
        if program.has_ended() {
            break;
        }
    }
    let at_another = others.iter().any(|other| {
        std::iter::from_fn(|| other.receive(Duration::ZERO)).any(|(received, _)| received == bytes)
    });
    let place = program.where_it_is();
    let calls = program.calls();
    let connected = calls.done(&["connect"]).last();
    let why = match connected {
        _ if program.has_ended() => place,
        _ if at_another => ": its datagram went to another client".to_string(),
        Some(call) => format!(
            ": {} has fixed the peer of the server's socket, and what others send is thrown away",
            call.shown
        ),
        None => format!(" for 2 s{place}"),
    };
    let saw = format!("the client at {} got nothing back{why}", client.address());
    Err(program.told(seen(what(bytes), saw).with(connected)))
}

fn what(bytes: &[u8]) -> String {
    match bytes.len() {
        0 => "an empty datagram comes back to its sender".to_string(),
        length => format!("a datagram of {} comes back to its sender", output::bytes(length)),
    }
}

/// What came back has to be what was sent, from where it was sent to.
fn same(
    program: &Program,
    address: SocketAddr,
    bytes: &[u8],
    (received, from): (Vec<u8>, SocketAddr),
) -> Result<(), Seen> {
    let (length, all) = (received.len(), bytes.len());
    let saw = if from != address {
        format!("it came from {from}, and had been sent to {address}")
    } else if received == bytes {
        return Ok(());
    } else if bytes.starts_with(&received) {
        format!("{length} of {all} bytes came back; the rest was cut off")
    } else {
        format!("{} came back that are not these", output::bytes(length))
    };
    Err(program.told(seen(what(bytes), saw)))
}
