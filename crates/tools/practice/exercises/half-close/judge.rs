//! A server that answers only at the client's end, in three pieces.

use std::thread;
use std::time::Duration;

use crate::judge::*;

const INPUT: &[u8] = b"one\ntwo\nthree\n";

/// Between two pieces of the answer: long enough for a reset to come back, and for the program to
/// receive the first one alone.
const PAUSE: Duration = Duration::from_millis(20);

pub fn judge(judge: &mut Judge) -> Judged {
    let listener = judge.listener();
    let mut program = judge.start(listener.address())?;
    program.input(INPUT);
    program.close_input();
    let mut server = judge.check("lines", lines(&listener, &program))?;
    judge.check("end", end(&mut server, &program))?;

    let last = format!("{}\n", unforeseen("thanks"));
    let pieces = ["received\n", "14 bytes in 3 lines\n", &last];
    judge.check("open", open(&mut server, pieces[0], &program))?;
    let mut reset = false;
    for piece in &pieces[1..] {
        reset |= met_a_reset(&mut server, piece);
    }
    server.half_close();
    let ended = program.ends_well();
    judge.check("answer", answer(&program, &pieces.concat(), reset))?;
    judge.check("ends", ended)
}

/// The connection, over which the input has come.
fn lines(listener: &Listener, program: &Program) -> Result<Peer, Seen> {
    let mut server = listener.accept(program)?;
    let heard = server.exactly(INPUT.len());
    if heard.bytes == INPUT {
        return Ok(server);
    }
    let saw = format!("{heard}{}", program.where_it_is());
    Err(program.told(seen("the server gets the 14 bytes of the input", saw)))
}

fn end(server: &mut Peer, program: &Program) -> Result<(), Seen> {
    let saw = match server.until_the_end() {
        Heard { bytes, how: How::End, .. } if bytes.is_empty() => return Ok(()),
        Heard { bytes, how: How::Silence, .. } if bytes.is_empty() => {
            format!("no end came for 5 s: the server waits for it{}", program.where_it_is())
        }
        heard => heard.to_string(),
    };
    Err(program.told(seen("the server gets the client's end behind the last line", saw)))
}

/// Sends a piece of the answer; whether nobody was there to receive it.
fn met_a_reset(server: &mut Peer, piece: &str) -> bool {
    let sent = server.send(piece.as_bytes());
    thread::sleep(PAUSE);
    sent.is_err() || server.socket.take_error().ok().flatten().is_some()
}

/// The first piece.
fn open(server: &mut Peer, piece: &str, program: &Program) -> Result<(), Seen> {
    if !met_a_reset(server, piece) {
        return Ok(());
    }
    let whether_ended = program.where_it_is();
    let calls = program.calls();
    let ended = calls
        .done(&["close", "shutdown"])
        .filter(|it| it.kind.starts_with("TCP"))
        .find(|it| !it.shown.contains("SHUT_WR)"));
    let why = ended.map(|it| format!(": {} had ended that direction, too", it.shown));
    let saw = format!("the answer met a reset{}{whether_ended}", why.unwrap_or_default());
    let expected = "only the client's sending has ended: it can still receive";
    Err(program.told(seen(expected, saw).with(ended)))
}

fn answer(program: &Program, answer: &str, reset: bool) -> Result<(), Seen> {
    let printed = program.output().replace('\r', "");
    if printed == answer {
        return Ok(());
    }
    let all = answer.len();
    let saw = if answer.starts_with(&printed) {
        let rest = if reset { "; the rest of the answer met a reset" } else { "" };
        format!("it printed {} of {all} bytes{rest}{}", printed.len(), program.where_it_is())
    } else {
        format!("it printed {} bytes that are not these: {printed:?}", printed.len())
    };
    let expected = format!("it receives and prints the {all} bytes of the answer, in three pieces");
    Err(program.told(seen(expected, saw)))
}
