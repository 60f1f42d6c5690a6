use std::time::{Duration, Instant};

use crate::judge::*;

/// What the task says.
const LIMIT: Duration = Duration::from_millis(500);

/// By how much a program may be late: it has to be run and to say so, on a busy machine.
const LATE: Duration = Duration::from_secs(2);

/// How long the judge waits for a line.
const WAIT: Duration = Duration::from_secs(5);

pub fn judge(judge: &mut Judge) -> Judged {
    let listener = judge.listener();
    let mut program = judge.start(listener.address())?;
    let connection = judge.check("reaches", listener.accept(&program))?;
    let printed = prints(&mut program, "connected", "the listener accepted its connection");
    judge.check("connected", printed)?;
    drop((program, connection, listener));

    let nobody = judge.address();
    let mut program = judge.start(nobody)?;
    let printed = prints(&mut program, "refused", "the kernel said no (ECONNREFUSED)");
    judge.check("refused", printed)?;
    drop(program);

    if !cfg!(target_os = "linux") {
        let why = "a full queue is something else on this system";
        for id in ["no-answer", "half-second", "syn-sent"] {
            judge.untold(id, why);
        }
        return Ok(());
    }
    let listener = judge.listener_with(0);
    let address = listener.address();
    let _first = fill(&listener);
    let began = Instant::now();
    let mut program = judge.start(address)?;
    let asked = match program.traced() {
        // Where it does not come, the line does not come either, which is said below.
        true => program.wait_for("connect", |it| it.name == "connect").map(|_| Instant::now()).ok(),
        false => None,
    };
    let printed = prints(&mut program, "no answer", "the queue was full, and nobody answered");
    let waited = (began.elapsed(), asked.unwrap_or(began).elapsed());
    judge.check("no-answer", printed)?;
    judge.check("half-second", in_time(waited).map_err(|it| program.told(it)))?;
    program.finish();
    judge.check_calls("syn-sent", &program, |calls| {
        let connects = calls.iter().filter(|it| it.name == "connect");
        if connects.clone().any(|it| it.state.as_deref() == Some("SYN_SENT")) {
            return Ok(());
        }
        let expected = format!("a socket in SYN_SENT, after connect({address})");
        let saw = match connects.clone().next_back() {
            Some(call) => format!("the kernel said of {}: {:?}", call.shown, call.state),
            None => "it never called connect".to_string(),
        };
        Err(seen(expected, saw).with(connects))
    })
}

/// The one line that it should print, when that has happened; then its end.
fn prints(program: &mut Program, expected: &str, happened: &str) -> Result<(), Seen> {
    match program.line_within(WAIT) {
        Ok(line) if line == expected => program.ends_well(),
        Ok(line) => {
            let saw = format!("{happened}, and it printed {line:?}");
            Err(program.told(seen(format!("it prints {expected:?}"), saw)))
        }
        Err(mut silence) => {
            silence.expected = format!("it prints {expected:?}");
            silence.saw = format!("{happened}, and {}", silence.saw);
            Err(silence)
        }
    }
}

/// One client waits in a queue whose backlog is 0: it is full.
fn fill(listener: &Listener) -> Peer {
    let client =
        Peer::try_to_connect(listener.address(), PATIENCE).expect("the first client finds room");
    kernel::wait_for_queue(&listener.socket, 1);
    client
}

/// The times from its start, which is not later than its connect, and from the moment at which the
/// judge knew of its connect, which is not earlier.
fn in_time((from_start, from_connect): (Duration, Duration)) -> Result<(), Seen> {
    let expected = "it waits half a second for an answer";
    if from_start + Duration::from_millis(50) < LIMIT {
        let saw = format!("it gave up after {:.3} s", from_start.as_secs_f32());
        return Err(seen(expected, saw));
    }
    if from_connect > LIMIT + LATE {
        let saw = format!("it gave up after {:.1} s only", from_connect.as_secs_f32());
        return Err(seen(expected, saw));
    }
    Ok(())
}
