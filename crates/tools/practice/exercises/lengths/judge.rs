//! Sends frames in pieces of every kind.

use std::net::SocketAddr;
use std::time::Duration;

use crate::judge::*;

/// As long as this nothing may come, since a frame is not whole.
const PAUSE: Duration = Duration::from_millis(30);

pub fn judge(judge: &mut Judge) -> Judged {
    let address = judge.address();
    let program = judge.start(address)?;
    let mut client = judge.check("frame", first(&program, address, b"hello"))?;
    let told = |it: Seen| {
        let saw = format!("{}{}", it.saw, program.where_it_is());
        program.told(Seen { saw, ..it })
    };
    let two = [frame(b"one"), frame(b"three")].concat();
    judge.check("two", in_pieces(&mut client, &[&two], &two).map_err(told))?;
    let cut: [&[u8]; 3] = [b"\x00", b"\x05he", b"llo"];
    judge.check("cut", in_pieces(&mut client, &cut, &frame(b"hello")).map_err(told))?;
    judge.check("empty", empty(&mut client).map_err(told))?;
    judge.check("longest", longest(&mut client).map_err(told))?;
    judge.check("unfinished", unfinished(&mut client).map_err(told))?;
    let next = unforeseen("next");
    judge.check("next", first(&program, address, next.as_bytes())).map(|_| ())
}

fn frame(body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).expect("a body that fits");
    [&length.to_be_bytes(), body].concat()
}

/// A client whose first frame is answered.
fn first(program: &Program, address: SocketAddr, body: &[u8]) -> Result<Peer, Seen> {
    let mut client = program.connect(address)?;
    let sent = frame(body);
    in_pieces(&mut client, &[&sent], &sent).map_err(|it| {
        let saw = format!("{}{}", it.saw, program.where_it_is());
        program.told(Seen { saw, ..it })
    })?;
    Ok(client)
}

/// Sends the pieces with a pause between them; the answer is what was sent, in upper case.
fn in_pieces(client: &mut Peer, pieces: &[&[u8]], sent: &[u8]) -> Result<(), Seen> {
    let (last, before) = pieces.split_last().expect("a piece");
    for piece in before {
        client.send(piece)?;
        let early = client.within(PAUSE);
        if early.how != How::Silence {
            let expected = "a frame is answered when it is whole";
            return Err(seen(expected, format!("before it was, {early}")));
        }
    }
    client.send(last)?;
    hears(client, sent)
}

fn hears(client: &mut Peer, sent: &[u8]) -> Result<(), Seen> {
    let mut answer = sent.to_vec();
    // A length is one of its own letters only where it is 0x61 or more: none of these here is.
    if answer.len() < 0x61 {
        answer.make_ascii_uppercase();
    } else {
        answer[2..].make_ascii_uppercase();
    }
    let heard = client.exactly(answer.len());
    let expected = match answer.len() {
        length @ ..=60 => {
            format!("{length} bytes: {}", quoted(&answer))
        }
        length => format!("{length} bytes"),
    };
    let expected = format!("the client gets {expected}");
    if heard.how != How::Enough {
        return Err(seen(expected, heard.to_string()));
    }
    match heard.bytes.iter().zip(&answer).position(|(came, meant)| came != meant) {
        None => Ok(()),
        Some(at) if answer.len() > 60 => {
            let (came, meant) = (heard.bytes[at], answer[at]);
            Err(seen(
                expected,
                format!("byte {at} of them was {came:#04x} instead of {meant:#04x}"),
            ))
        }
        Some(_) => Err(seen(expected, heard.to_string())),
    }
}

/// A length of 0 is a frame, too.
fn empty(client: &mut Peer) -> Result<(), Seen> {
    in_pieces(client, &[&frame(b"")], &frame(b""))?;
    in_pieces(client, &[&frame(b"on")], &frame(b"on"))
}

/// As many bytes as a length of two bytes can say, in two pieces.
fn longest(client: &mut Peer) -> Result<(), Seen> {
    let body: Vec<u8> = (0..65_535).map(|number: u32| (number % 251) as u8).collect();
    let sent = frame(&body);
    client.send(&sent[..40_000])?;
    // A server may answer while it receives; but the rest has to come later.
    std::thread::sleep(PAUSE);
    client.send(&sent[40_000..])?;
    hears(client, &sent)
}

/// The client ends in the middle of a frame.
fn unfinished(client: &mut Peer) -> Result<(), Seen> {
    client.send(&frame(b"hello")[..5])?;
    client.half_close();
    match client.until_the_end() {
        Heard { bytes, how: How::End, .. } if bytes.is_empty() => Ok(()),
        heard => {
            let expected = "the client ends after 3 of 5 bytes, and gets the end and nothing else";
            Err(seen(expected, heard.to_string()))
        }
    }
}
