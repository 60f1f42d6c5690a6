//! A TCP socket and a UDP socket, open at the same time, and what is printed of them.

use crate::judge::*;

pub fn judge(judge: &mut Judge) -> Judged {
    // Who knows by heart which numbers a program's first sockets get has not looked.
    judge.take_first_descriptor();
    let address = judge.address();
    let mut program = judge.start(address)?;
    let end = program.ends_well();
    program.finish();
    judge.check_calls("tcp", &program, |calls| made(&program, calls, "TCP/IPv4"))?;
    judge.check_calls("udp", &program, |calls| made(&program, calls, "UDP/IPv4"))?;
    judge.check_calls("both", &program, |calls| both(&program, calls))?;
    judge.check_calls("numbers", &program, |calls| {
        said(&program, calls, "tcp", "TCP/IPv4")?;
        said(&program, calls, "udp", "UDP/IPv4")
    })?;
    // Of a socket that has no address nobody else sees anything: who makes none may end as well.
    judge.check_calls("ends", &program, |_| end)
}

/// The calls that made the sockets of this kind.
fn of_kind<'a>(calls: &'a Calls, kind: &'a str) -> impl Iterator<Item = &'a Call> {
    calls.done(&["socket"]).filter(move |it| it.kind == kind)
}

fn made(program: &Program, calls: &Calls, kind: &str) -> Result<(), Seen> {
    if of_kind(calls, kind).next().is_some() {
        return Ok(());
    }
    let others: Vec<&Call> = calls.done(&["socket"]).collect();
    let saw = match others.first() {
        None => format!("it made no socket{}", program.where_it_is()),
        Some(_) => {
            let kinds: Vec<&str> = others.iter().map(|it| it.kind.as_str()).collect();
            format!("it made none of that kind, but {}", kinds.join(" and "))
        }
    };
    Err(program.told(seen(format!("a socket of the kind {kind}"), saw).with(others)))
}

/// A TCP socket and a UDP socket, none of which was closed before the other was made.
fn both(program: &Program, calls: &Calls) -> Result<(), Seen> {
    let mut open: Vec<&Call> = Vec::new();
    for call in calls.iter().filter(|it| it.ok()) {
        match call.name.as_str() {
            "socket" => open.push(call),
            "close" => open.retain(|it| it.descriptor != call.descriptor),
            _ => {}
        }
        let has = |kind: &str| open.iter().any(|it| it.kind == kind);
        if has("TCP/IPv4") && has("UDP/IPv4") {
            return Ok(());
        }
    }
    let expected = "the second is made while the first is open";
    let saw = "the first had been closed when the second was made, which could get its number";
    let rows: Vec<&Call> = calls.done(&["socket", "close"]).collect();
    Err(program.told(seen(expected, saw).with(rows)))
}

/// The number that it printed behind `word` is one that a socket of this kind had.
fn said(program: &Program, calls: &Calls, word: &str, kind: &str) -> Result<(), Seen> {
    let output = program.output();
    let line = output.lines().find_map(|line| line.trim().strip_prefix(word));
    let numbers: Vec<i64> = of_kind(calls, kind).filter_map(|it| it.descriptor).collect();
    let printed = line.and_then(|rest| rest.trim().parse::<i64>().ok());
    if printed.is_some_and(|number| numbers.contains(&number)) {
        return Ok(());
    }
    let number = numbers.first().map_or("?".to_string(), ToString::to_string);
    let expected = format!("the line \"{word} {number}\"");
    let saw = match printed {
        Some(wrong) => format!("it printed \"{word} {wrong}\"; the kernel had given it {number}"),
        None => format!("it printed no such line; the kernel had given it {number}"),
    };
    Err(program.told(seen(expected, saw).with(of_kind(calls, kind))))
}
