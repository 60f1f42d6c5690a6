//! SIGTERM while one client is being served and two are in the queue, and while nobody is there.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use crate::judge::*;

/// How long the program may take to end.
const END: Duration = Duration::from_secs(3);

/// What the program does of itself takes less than this.
const SOON: Duration = Duration::from_millis(50);

pub fn judge(judge: &mut Judge) -> Judged {
    let address = judge.address();
    let program = judge.start(address)?;
    judge.check("answers", answered(&program, address))?;
    if !cfg!(unix) {
        for id in ["served", "queued", "ends", "refused", "idle"] {
            judge.untold(id, "SIGTERM is a signal of Unix");
        }
        return Ok(());
    }
    let (mut served, queued) = judge.check("served", clients(&program, address))?;
    program.terminate();
    let began = Instant::now();
    judge.check("served", is_answered_after(&program, &mut served))?;
    judge.check("queued", are_answered(&program, queued))?;
    drop(served);
    judge.check("ends", ends_soon(&program, began))?;
    judge.check("refused", is_refused(&program, address))?;

    // On the same port it might meet TIME_WAIT, which is another exercise.
    let mut address = judge.address();
    if judge.own_network() {
        address.set_port(address.port() + 1);
    }
    let program = judge.start(address)?;
    judge.check("idle", idle(&program, address))
}

/// A client that is answered, and gets the end.
fn answered(program: &Program, address: SocketAddr) -> Result<(), Seen> {
    let mut client = program.connect(address)?;
    let line = unforeseen("hello");
    client
        .send(format!("{line}\n").as_bytes())
        .and_then(|()| hears(&mut client, &line))
        .map_err(|it| program.told(it))
}

/// The line, and then the end.
fn hears(client: &mut Peer, line: &str) -> Result<(), Seen> {
    match client.until_the_end() {
        Heard { bytes, how: How::End, .. } if bytes == format!("{line}\n").as_bytes() => Ok(()),
        heard => {
            Err(seen(format!("the client gets the line {line:?} and the end"), heard.to_string()))
        }
    }
}

/// One that is being served and has sent half a line, and two that have sent a whole one; a program
/// that serves one after another has them in its queue.
fn clients(program: &Program, address: SocketAddr) -> Result<(Peer, [Peer; 2]), Seen> {
    let mut served = program.connect(address)?;
    let sent = served.send(b"be");
    sent.map_err(|it| program.told(it))?;
    let port = served.address().port();
    let accepted = |call: &Call| call.ok() && call.peer.is_some_and(|peer| peer.port() == port);
    if program.traced() {
        program.wait_for("it accepts a second client", accepted)?;
    } else {
        thread::sleep(SOON);
    }
    let queued = || {
        let mut client = program.connect(address)?;
        client.send(b"queued\n").map_err(|it| program.told(it))?;
        Ok(client)
    };
    Ok((served, [queued()?, queued()?]))
}

/// The half of its line that comes after SIGTERM makes it whole.
fn is_answered_after(program: &Program, served: &mut Peer) -> Result<(), Seen> {
    let expected = "after SIGTERM the client that is being served gets the line \"before\"";
    // The signal has to be there before the rest of the line.
    let early = served.within(SOON);
    let heard = match early.how {
        How::Silence => served.send(b"fore\n").and_then(|()| hears(served, "before")),
        _ => Err(seen(expected, early.to_string())),
    };
    heard.map_err(|it| {
        let saw = format!("{}{}", it.saw, program.where_it_is());
        program.told(Seen { saw, expected: expected.into(), ..it })
    })
}

fn are_answered(program: &Program, queued: [Peer; 2]) -> Result<(), Seen> {
    for mut client in queued {
        hears(&mut client, "queued").map_err(|it| {
            let expected = "a client that was in the queue when SIGTERM came gets its answer";
            let saw = format!("{}{}", it.saw, program.where_it_is());
            program.told(Seen { saw, expected: expected.into(), ..it })
        })?;
    }
    Ok(())
}

fn ends_soon(program: &Program, began: Instant) -> Result<(), Seen> {
    program.ends_well()?;
    let took = began.elapsed();
    if took < END {
        return Ok(());
    }
    let saw = format!("it took {:.1} s", took.as_secs_f64());
    Err(program.told(seen("it ends within 3 s", saw)))
}

fn is_refused(program: &Program, address: SocketAddr) -> Result<(), Seen> {
    match program.connect(address) {
        Err(_) => Ok(()),
        Ok(_) => {
            let saw = "it is connected: another process still has the listener";
            Err(program.told(seen("a client that comes now is refused", saw)))
        }
    }
}

/// It waits for a client, and SIGTERM comes.
fn idle(program: &Program, address: SocketAddr) -> Result<(), Seen> {
    answered(program, address)?;
    let began = Instant::now();
    let waits = || program.calls().last().is_some_and(|call| call.waits);
    while !(program.traced() && waits()) && began.elapsed() < 4 * SOON {
        thread::sleep(Duration::from_millis(2));
    }
    program.terminate();
    ends_soon(program, Instant::now()).map_err(|it| {
        let calls = program.calls();
        let accept = calls.iter().rfind(|it| ["accept", "accept4"].contains(&it.name.as_str()));
        match accept {
            Some(call) if call.waits => {
                let saw = format!("{}; an accept that began before SIGTERM still waits", it.saw);
                Seen { saw, ..it }
            }
            _ => it,
        }
    })
}
