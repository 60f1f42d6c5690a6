//! Loses a question, answers late, does not answer, and is not there.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use crate::judge::*;

const TRIES: usize = 4;
const WAIT: Duration = Duration::from_millis(200);

/// How long the next datagram may take where the program should wait for 0.2 s.
const NEXT: Duration = Duration::from_secs(2);

pub fn judge(judge: &mut Judge) -> Judged {
    let server = judge.datagrams();
    let mut program = judge.start(server.address())?;
    let from = judge.check("asks", comes(&server, &program, "1 first", &[], PATIENCE))?;
    judge.check("answered", answered(&server, &mut program, from))?;
    program.finish();

    let server = judge.datagrams();
    let mut program = judge.start(server.address())?;
    let (first, then) = judge.check("again", lost(&server, &program))?;
    judge.check("late", late(&server, &mut program, first, then))?;
    program.finish();

    // The time it takes to give up passes once for both.
    let server = judge.datagrams();
    let nobody = judge.datagrams().address(); // whose socket is closed again
    let (mut unanswered, began) = (judge.start(server.address())?, Instant::now());
    let (mut refused, then) = (judge.start(nobody)?, Instant::now());
    let gives_up = thread::spawn(move || gives_up_when_refused(&mut refused, then));
    judge.check("gives-up", gives_up_unanswered(&server, &mut unanswered, began))?;
    judge.check("refused", gives_up.join().expect("its thread does not panic"))
}

/// The next datagram, but for those that may come once more, has to be this one; its sender.
fn comes(
    server: &Datagrams,
    program: &Program,
    question: &str,
    once_more: &[&str],
    patience: Duration,
) -> Result<SocketAddr, Seen> {
    let expected = format!("the datagram {question:?} comes");
    let began = Instant::now();
    loop {
        let over = program.has_ended() || began.elapsed() > patience;
        match server.receive(Duration::from_millis(20)) {
            Some((bytes, from)) if bytes == question.as_bytes() => return Ok(from),
            Some((bytes, _)) if once_more.iter().any(|it| it.as_bytes() == bytes) => {}
            Some((bytes, _)) => {
                let saw = format!("the datagram {:?} came", String::from_utf8_lossy(&bytes));
                return Err(program.told(seen(expected, saw)));
            }
            None if over => {
                let waited = match program.has_ended() {
                    true => String::new(),
                    false => format!(" for {} s", patience.as_secs()),
                };
                let saw = format!("none came{waited}{}", program.where_it_is());
                return Err(program.told(seen(expected, saw)));
            }
            None => {}
        }
    }
}

fn prints(program: &mut Program, expected: &str) -> Result<(), Seen> {
    let line = program.line()?;
    if line == expected {
        return Ok(());
    }
    let saw = format!("it printed {line:?}");
    Err(program.told(seen(format!("it prints {expected:?}"), saw)))
}

/// Both questions are answered at once. (A client in a hurry may ask more than once.)
fn answered(server: &Datagrams, program: &mut Program, from: SocketAddr) -> Result<(), Seen> {
    let (first, second) = (unforeseen("one"), unforeseen("two"));
    server.send_to(from, format!("1 {first}").as_bytes());
    let from = comes(server, program, "2 second", &["1 first"], PATIENCE)?;
    server.send_to(from, format!("2 {second}").as_bytes());
    prints(program, &format!("answer {first}"))?;
    prints(program, &format!("answer {second}"))?;
    program.ends_well()
}

/// The first datagram gets lost; who sent it, and who sent the second one.
fn lost(server: &Datagrams, program: &Program) -> Result<(SocketAddr, SocketAddr), Seen> {
    let first = comes(server, program, "1 first", &[], PATIENCE)?;
    let again = comes(server, program, "1 first", &[], NEXT).map_err(|it| Seen {
        expected: "its answer does not come, and the datagram \"1 first\" comes again".into(),
        ..it
    })?;
    Ok((first, again))
}

/// The answer to the first datagram comes when the second question has been asked.
fn late(
    server: &Datagrams,
    program: &mut Program,
    first: SocketAddr,
    again: SocketAddr,
) -> Result<(), Seen> {
    let (one, two) = ("ONE", "TWO");
    server.send_to(again, format!("1 {one}").as_bytes());
    let second = comes(server, program, "2 second", &["1 first"], PATIENCE)?;
    server.send_to(first, format!("1 {one}").as_bytes());
    server.send_to(second, format!("2 {two}").as_bytes());
    prints(program, &format!("answer {one}"))?;
    let expected = format!("answer {two}");
    match program.line()? {
        line if line == expected => program.ends_well(),
        line => {
            let why = match line == format!("answer {one}") {
                true => ": it took the late answer to question 1 for one to question 2",
                false => "",
            };
            let expected = format!("it prints {expected:?} for question 2");
            Err(program.told(seen(expected, format!("it printed {line:?}{why}"))))
        }
    }
}

/// What it prints and how it ends when nothing has come in any of its waits.
fn gives_up(program: &mut Program, began: Instant) -> Result<(), Seen> {
    let ending = program.ends()?;
    let took = began.elapsed();
    let expected = "it prints \"no answer\" after four waits of 0.2 s, and ends with status 1";
    let printed = program.output();
    let saw = if took < WAIT * TRIES as u32 {
        format!("it had ended {ending} {:.2} s after its start", took.as_secs_f64())
    } else if printed.trim() != "no answer" {
        format!("it printed {printed:?} and ended {ending}")
    } else if ending.status != Some(1) {
        format!("it ended {ending}")
    } else {
        return Ok(());
    };
    Err(program.told(seen(expected, saw)))
}

/// The server hears its datagrams, and says nothing.
fn gives_up_unanswered(
    server: &Datagrams,
    program: &mut Program,
    began: Instant,
) -> Result<(), Seen> {
    let mut came = Vec::new();
    loop {
        let over = program.has_ended() || began.elapsed() > PATIENCE;
        match server.receive(Duration::from_millis(20)) {
            Some((bytes, _)) => came.push(String::from_utf8_lossy(&bytes).into_owned()),
            None if over => break,
            None => {}
        }
        if came.len() > TRIES {
            break;
        }
    }
    let took = began.elapsed().as_secs_f64();
    let saw = match came.iter().find(|it| *it != "1 first") {
        Some(other) => format!("the datagram {other:?} came"),
        None if came.len() > TRIES => format!("more than four had come after {took:.2} s"),
        None if came.len() < TRIES => format!("{} came{}", came.len(), program.where_it_is()),
        None => return gives_up(program, began),
    };
    let expected = "the datagram \"1 first\" comes four times, and no other";
    Err(program.told(seen(expected, saw)))
}

/// Nobody has the port: the kernel refuses its datagrams, and a connected socket is told of it.
fn gives_up_when_refused(program: &mut Program, began: Instant) -> Result<(), Seen> {
    gives_up(program, began).map_err(|it| {
        let calls = program.calls();
        let refused = calls.iter().filter(|it| it.error.as_deref() == Some("ECONNREFUSED"));
        let saw = format!("the kernel refused its datagrams (ECONNREFUSED), and {}", it.saw);
        Seen { saw, rows: Vec::new(), ..it }.with(refused.take(4))
    })
}
