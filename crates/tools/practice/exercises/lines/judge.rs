//! Sends lines in pieces of every kind.

use std::time::Duration;

use crate::judge::*;

/// As long as this nothing may come, since a line is not whole.
const PAUSE: Duration = Duration::from_millis(50);

pub fn judge(judge: &mut Judge) -> Judged {
    let address = judge.address();
    let program = judge.start(address)?;
    let mut client = judge.check("line", first(&program, address, "one"))?;
    let told = |it: Seen| {
        let saw = format!("{}{}", it.saw, program.where_it_is());
        program.told(Seen { saw, ..it })
    };
    judge.check("pieces", in_two(&mut client, b"tw", b"o\n", "2 two").map_err(told))?;
    let cut = in_two(&mut client, b"na\xc3", b"\xafve\n", "3 na\u{ef}ve");
    judge.check("character", cut.map_err(told))?;
    judge.check("several", several(&mut client).map_err(told))?;
    client.half_close();
    judge.check("end", only_the_end(&mut client).map_err(told))?;

    let mut client = judge.check("next", first(&program, address, &unforeseen("whole")))?;
    let half = client.send(b"hal").and_then(|()| {
        client.half_close();
        only_the_end(&mut client)
    });
    judge.check("half", half.map_err(told))
}

/// A client whose first line is answered.
fn first(program: &Program, address: std::net::SocketAddr, line: &str) -> Result<Peer, Seen> {
    let mut client = program.connect(address)?;
    client
        .send(format!("{line}\n").as_bytes())
        .and_then(|()| client.hears_line(&format!("1 {line}")))
        .map_err(|it| program.told(it))?;
    Ok(client)
}

/// A line in two pieces gets no answer after the first, and one after the second.
fn in_two(client: &mut Peer, piece: &[u8], rest: &[u8], answer: &str) -> Result<(), Seen> {
    client.send(piece)?;
    let early = client.within(PAUSE);
    if !early.bytes.is_empty() {
        let text = String::from_utf8_lossy(&early.bytes);
        let saw = format!("it answered {text:?} before its newline was there");
        return Err(seen("a line is answered when it is whole", saw));
    }
    if early.how == How::Silence {
        client.send(rest)?;
        return client.hears_line(answer);
    }
    let length = piece.len();
    let expected = format!("{length} bytes of a line have come, and it waits for what follows");
    Err(seen(expected, early.to_string()))
}

/// Four lines and a half in one piece, one of them empty, and then the rest.
fn several(client: &mut Peer) -> Result<(), Seen> {
    client.send(b"four\nfive\n\nseven\nei")?;
    for (number, answer) in (1..).zip(["4 four", "5 five", "6 ", "7 seven"]) {
        let expected = format!("four lines come together, and the {number}. answer is {answer:?}");
        match client.line() {
            Ok(line) if line == answer => {}
            Ok(line) => return Err(seen(expected, format!("it was {line:?}"))),
            Err(heard) => {
                let before = number - 1;
                let saw = format!("after {before} of 4 answers {heard}");
                return Err(seen(expected, saw));
            }
        }
    }
    client.send(b"ght\n")?;
    client.hears_line("8 eight")
}

/// Nothing comes but the end.
fn only_the_end(client: &mut Peer) -> Result<(), Seen> {
    match client.until_the_end() {
        Heard { bytes, how: How::End, .. } if bytes.is_empty() => Ok(()),
        heard => Err(seen("the client ends, and gets the end and nothing else", heard.to_string())),
    }
}
