//! Clients that send more than the server wants to hear, or never end.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use crate::judge::*;

const LINE: &[u8] = b"please\n";
const ANSWER: &[u8] = b"no thanks\n";

/// What a client has sent behind its line. Not more: a program that receives byte for byte takes a
/// second for it while its calls are looked at.
const MORE: usize = 16 * 1024;

pub fn judge(judge: &mut Judge) -> Judged {
    let address = judge.address();
    let program = judge.start(address)?;
    judge.check("whole", whole(&program, address))?;
    let mut slow = judge.check("half", half(&program, address))?;
    judge.check("still-sending", still_sending(&program, &mut slow))?;
    let silent = judge.check("next", next(&program, slow, address))?;
    judge.check_calls("received", &program, received)?;
    judge.check("limit", limit(&program, silent, address))
}

/// What a client got up to the end has to be the answer.
fn answered(program: &Program, client: &mut Peer) -> Result<(), Seen> {
    let heard = client.until_the_end();
    if heard.bytes == ANSWER && heard.how == How::End {
        return Ok(());
    }
    let place = program.where_it_is();
    let calls = program.calls();
    let unread = unread(&calls).filter(|_| heard.how == How::Reset);
    let saw = format!("{heard}{}", why(unread).unwrap_or(place));
    let expected = "the client gets \"no thanks\\n\", and then the end of the stream";
    Err(program.told(seen(expected, saw).with(unread)))
}

/// The last close that left something unread.
fn unread(calls: &Calls) -> Option<&Call> {
    calls.done(&["close"]).filter(|it| it.unread.is_some_and(|it| it > 0)).last()
}

fn why(closed: Option<&Call>) -> Option<String> {
    let closed = closed?;
    Some(format!("; {} had come with {} bytes unread", closed.shown, closed.unread?))
}

/// A client that has sent everything, before it listens.
fn whole(program: &Program, address: SocketAddr) -> Result<(), Seen> {
    // With room for all of it: the send is over before the server can do anything about it.
    let mut client = program.connect_with(address, |socket| {
        let _ = socket.set_send_buffer_size(4 * MORE);
    })?;
    client.send(&[LINE, &vec![b'x'; MORE]].concat())?;
    answered(program, &mut client)
}

/// A client that takes its time over its line.
fn half(program: &Program, address: SocketAddr) -> Result<Peer, Seen> {
    let mut client = program.connect(address)?;
    let (begin, rest) = LINE.split_at(3);
    client.send(begin)?;
    if !client.quiet_for(Duration::from_millis(50)) {
        let expected = "half a line, \"ple\", is no line, and gets no answer";
        let saw = "something came before the client had sent the newline".to_string();
        return Err(program.told(seen(expected, saw)));
    }
    client.send(rest)?;
    answered(program, &mut client)?;
    Ok(client)
}

/// That client has had the end, and goes on sending, with a pause.
fn still_sending(program: &Program, client: &mut Peer) -> Result<(), Seen> {
    const PIECES: usize = 8;
    let piece = [b'x'; 512];
    let all = PIECES * piece.len();
    for number in 0..PIECES {
        let pause = if number == PIECES / 2 { 150 } else { 3 };
        let sent = client.send(&piece);
        // A reset, if one comes, comes back at once.
        thread::sleep(Duration::from_millis(pause));
        let error = client.socket.take_error().ok().flatten();
        if sent.is_err() || error.is_some() {
            let place = program.where_it_is();
            let calls = program.calls();
            let unread = unread(&calls);
            // Bytes that come after it meet a reset, with the socket closed or not.
            let both = calls.done(&["shutdown"]).filter(|it| it.shown.contains("SHUT_RDWR")).last();
            let saw = format!(
                "after at most {} of {all} bytes the client met a reset (EPIPE){}",
                (number + 1) * piece.len(),
                why(unread).unwrap_or(match both {
                    Some(both) => format!("; {} had ended its receiving, too", both.shown),
                    None => format!("; the server had closed its socket{place}"),
                })
            );
            let expected = format!("the server receives all {all} bytes, and throws them away");
            return Err(program.told(seen(expected, saw).with(unread.or(both))));
        }
    }
    Ok(())
}

/// The slow client ends, and the one behind it has its turn.
fn next(program: &Program, slow: Peer, address: SocketAddr) -> Result<Peer, Seen> {
    const AT_ONCE: Duration = Duration::from_secs(1);
    let mut client = program.connect(address)?;
    client.send(LINE)?;
    let began = Instant::now();
    slow.half_close();
    answered(program, &mut client)?;
    let took = began.elapsed();
    if took < AT_ONCE {
        return Ok(client);
    }
    let expected = "as soon as the client before has ended, the next gets its answer";
    let saw = format!("the server was held for {:.1} s by one that had ended", took.as_secs_f64());
    Err(program.told(seen(expected, saw)))
}

/// A pause before close is long enough for one client, and too short for another. And who closes
/// nothing has no reset to fear, but keeps a descriptor of each client.
fn received(calls: &Calls) -> Result<(), Seen> {
    // One close is enough here: a server with threads may be late with the other.
    let is_a_clients = |it: &&Call| it.state.as_deref() != Some("LISTEN");
    if calls.done(&["close"]).filter(is_a_clients).count() == 0 {
        let expected = "a client's socket is closed when the client has ended, too";
        let saw = "two clients have ended, and the server has closed neither of their sockets";
        let ends = calls.done(&["shutdown"]);
        return Err(seen(expected, saw).with(ends));
    }
    let Some(closed) = unread(calls) else { return Ok(()) };
    let bytes = output::bytes(closed.unread.unwrap_or_default() as usize);
    let saw = format!(
        "{} came with {bytes} unread: had the client not ended by then, it would have got a reset",
        closed.shown
    );
    Err(seen("each close comes when everything has been received", saw).with([closed]))
}

/// The client before has had its answer, and stays.
fn limit(program: &Program, silent: Peer, address: SocketAddr) -> Result<(), Seen> {
    // A second more than the task allows, for a machine that is busy.
    const LIMIT: Duration = Duration::from_secs(3);
    let mut client = program.connect(address)?;
    client.send(LINE)?;
    let began = Instant::now();
    let expected = "the next client gets its answer although the one before never ends";
    let answered = answered(program, &mut client);
    drop(silent);
    answered.map_err(|it| Seen { expected: expected.to_string(), ..it })?;
    let took = began.elapsed();
    if took < LIMIT {
        return Ok(());
    }
    let saw = format!("it was held for {:.1} s", took.as_secs_f64());
    Err(program.told(seen(expected, saw)))
}
