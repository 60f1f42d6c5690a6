//! Clients that break off at different moments; behind each of them one waits in the queue.

use std::net::SocketAddr;

use crate::judge::*;

pub fn judge(judge: &mut Judge) -> Judged {
    let address = judge.address();
    let program = judge.start(address)?;
    let one = judge.check("echo", queued(&program, address, "one").and_then(|it| it.served()))?;

    // The server waits for the first client, or is about to; the second is in the queue.
    let two = queued(&program, address, "two");
    one.reset();
    let two = judge.check("waiting", two.and_then(|it| it.served()))?;

    let lost = queued(&program, address, "lost");
    let three = queued(&program, address, "three");
    if let Ok(lost) = lost {
        lost.client.reset();
    }
    two.half_close();
    let three = judge.check("unanswered", three.and_then(|it| it.served()))?;

    let gone = program.connect(address);
    let four = queued(&program, address, "four");
    if let Ok(gone) = gone {
        gone.reset();
    }
    three.half_close();
    let four = judge.check("gone", four.and_then(|it| it.served()))?;
    judge.check("goes-on", goes_on(&program, four, address))
}

/// A client that has sent its line, and may have to wait for its turn.
struct Queued<'a> {
    program: &'a Program,
    client: Peer,
    line: String,
}

fn queued<'a>(program: &'a Program, address: SocketAddr, word: &str) -> Result<Queued<'a>, Seen> {
    let line = unforeseen(word);
    let mut client = program.connect(address)?;
    client.send(format!("{line}\n").as_bytes())?;
    Ok(Queued { program, client, line })
}

impl Queued<'_> {
    /// It gets its line back.
    fn served(mut self) -> Result<Peer, Seen> {
        let saw = match self.client.line() {
            Ok(line) if line == self.line => return Ok(self.client),
            Ok(line) => format!("the client got the line {line:?}"),
            Err(heard) => heard.to_string(),
        };
        let program = self.program;
        let place = program.where_it_is();
        let calls = program.calls();
        let failed = calls.iter().rev().find(|it| {
            it.error.as_deref().is_some_and(|error| {
                ["ECONNRESET", "EPIPE", "ENOTCONN", "ECONNABORTED"].contains(&error)
            })
        });
        let why = failed.map(|it| {
            format!("; {} had failed with {}", it.shown, it.error.as_deref().unwrap_or_default())
        });
        let closed = calls.done(&["close"]).find(|it| it.state.as_deref() == Some("LISTEN"));
        let why = why.unwrap_or_default()
            + &closed.map(|it| format!("; {} ended the listener", it.shown)).unwrap_or_default();
        let expected = format!("the client gets the line {:?} back", self.line);
        Err(program.told(seen(expected, format!("{saw}{why}{place}")).with(failed).with(closed)))
    }
}

fn goes_on(program: &Program, mut last: Peer, address: SocketAddr) -> Result<(), Seen> {
    last.half_close();
    match last.until_the_end() {
        Heard { bytes, how: How::End, .. } if bytes.is_empty() => {}
        heard => {
            let saw = format!("{heard}{}", program.where_it_is());
            return Err(program.told(seen("the client ends, and gets the server's end", saw)));
        }
    }
    queued(program, address, "five").and_then(|it| it.served()).map(drop)
}
