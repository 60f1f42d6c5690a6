//! Ports that are taken, by sockets of the judge's own.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::net::{Ipv4Addr, SocketAddr};

use crate::judge::*;

/// How many ports are tried.
const PORTS: u16 = 10;

pub fn judge(judge: &mut Judge) -> Judged {
    let first = ports_in_a_row(judge);
    let at = |number: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, first + number));

    // Whether a port is taken, bind tells and connect does not: nobody listens at the second.
    let taken = [0, 1].map(|number| hold(at(number)).expect("it was free"));
    taken[0].listen(1).expect("listen");
    let mut program = judge.start(at(0))?;
    let port = holds(&mut program, at(2));
    judge.check("next", port)?;
    program.close_input();
    judge.check("ends", program.ends_well())?;
    drop(taken);

    let mut program = judge.start(at(0))?;
    let port = holds(&mut program, at(0));
    judge.check("first", port)?;
    program.finish();

    let taken: Vec<_> = (0..PORTS).map(|number| hold(at(number))).collect();
    let mut program = judge.start(at(0))?;
    let finds_none = goes_no_further(&mut program, at(PORTS - 1));
    judge.check("ten", finds_none.and_then(|()| ends_with_an_error(&program)))?;
    drop(taken);

    // An address for documentation (RFC 5737).
    let elsewhere = SocketAddr::from((Ipv4Addr::new(203, 0, 113, 1), first));
    let mut program = judge.start(elsewhere)?;
    judge.check("not-here", ends_with_an_error(&program))?;
    program.finish();
    judge.check_calls("one-try", &program, |calls| {
        let tried: Vec<&Call> = calls.tried(&["bind"]).collect();
        match tried.as_slice() {
            [_] => Ok(()),
            [] => Err(program.told(seen("bind is called once", "it was not called"))),
            [first, ..] => {
                let error = first.error.as_deref().unwrap_or("no error");
                let saw = format!("bind failed with {error}, and was called {} times", tried.len());
                Err(seen("bind is called once", saw).with(tried.iter().take(3).copied()))
            }
        }
    })
}

/// The first of so many ports that nobody has.
fn ports_in_a_row(judge: &Judge) -> u16 {
    loop {
        let first = if judge.own_network() { judge.address().port() } else { below_the_kernels() };
        let free = |port: u16| hold(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).is_ok();
        if (first..=first + PORTS).all(free) {
            return first;
        }
    }
}

/// A port below those from which the kernel picks: where the judge shares its network, whoever asks
/// for any port gets none of a row, neither to have it nor to let it go in between.
fn below_the_kernels() -> u16 {
    10_000 + (RandomState::new().build_hasher().finish() % 20_000) as u16
}

/// It prints this port, and nobody else can bind to it.
fn holds(program: &mut Program, address: SocketAddr) -> Result<(), Seen> {
    let port = address.port();
    let line = program.line().map_err(|it| {
        let calls = program.calls();
        let last = calls.tried(&["bind"]).last();
        match last.and_then(|it| it.error.as_ref().map(|error| (&it.shown, error))) {
            Some((call, error)) => {
                Seen { saw: format!("{}; {call} had failed with {error}", it.saw), ..it }
            }
            // Its calls are not seen; but who asks for that port is told so.
            None if program.has_ended() => Seen {
                saw: format!("{}; where a port is taken, bind fails with EADDRINUSE", it.saw),
                ..it
            },
            None => it,
        }
    })?;
    if line.trim() != format!("port {port}") {
        let saw = format!("it printed {line:?}");
        return Err(program.told(seen(format!("it prints \"port {port}\""), saw)));
    }
    if is_taken(address) {
        return Ok(());
    }
    let saw = format!("another program could bind to port {port}: nobody holds it");
    Err(program.told(seen(format!("bind({address}) fails with EADDRINUSE"), saw)))
}

/// It prints no port before it ends.
fn goes_no_further(program: &mut Program, last: SocketAddr) -> Result<(), Seen> {
    while let Ok(line) = program.line() {
        if line.starts_with("port ") {
            let expected = format!("the last port that it asks for is {}", last.port());
            let saw = format!("it printed {line:?}, beyond the ten ports, which all were taken");
            return Err(program.told(seen(expected, saw)));
        }
    }
    Ok(()) // it has ended, or has nothing to say
}

fn ends_with_an_error(program: &Program) -> Result<(), Seen> {
    match program.ends()? {
        Ending { status: Some(1), .. } => Ok(()),
        ending => {
            let saw = format!("it ended {ending}");
            Err(program.told(seen("it ends with status 1", saw)))
        }
    }
}
