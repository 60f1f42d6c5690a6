//! 200 sockets under a limit of 64 descriptors.

use std::collections::HashSet;

use crate::judge::*;

const NUMBER: usize = 200;
const MOST: usize = 10;

pub fn judge(judge: &mut Judge) -> Judged {
    judge.limit_descriptors(64);
    let address = judge.address();
    let mut program = judge.start(address)?;
    let end = program.ends_well();
    program.finish();
    judge.check_calls("made", &program, |calls| made(&program, calls))?;
    judge.check_calls("closed", &program, |calls| closed(&program, calls))?;
    // Of a socket that has no address nobody else sees anything: who makes none may end as well.
    judge.check_calls("done", &program, |_| done(&program))?;
    judge.check_calls("ends", &program, |_| end)
}

fn made(program: &Program, calls: &Calls) -> Result<(), Seen> {
    let number = calls.done(&["socket"]).filter(|it| it.kind.starts_with("TCP")).count();
    if number >= NUMBER {
        return Ok(());
    }
    let failed = calls.tried(&["socket"]).find(|it| it.error.is_some());
    let saw = match failed {
        Some(call) => format!(
            "it made {number}; the next failed with {}: no descriptor was free",
            call.error.as_deref().unwrap_or("an error")
        ),
        None => format!("it made {number}{}", program.where_it_is()),
    };
    Err(program.told(seen(format!("{NUMBER} TCP sockets"), saw).with(failed)))
}

fn closed(program: &Program, calls: &Calls) -> Result<(), Seen> {
    let mut open = HashSet::new();
    let mut most = 0;
    for call in calls.iter().filter(|it| it.ok()) {
        match call.name.as_str() {
            "socket" => open.insert(call.descriptor),
            "close" => open.remove(&call.descriptor),
            _ => continue,
        };
        most = most.max(open.len());
    }
    if most <= MOST {
        return Ok(());
    }
    let saw = format!("{most} of them were open at the same time");
    Err(program.told(seen(format!("no more than {MOST} are open at the same time"), saw)))
}

fn done(program: &Program) -> Result<(), Seen> {
    let output = program.output();
    if output.lines().any(|line| line.trim() == "done") {
        return Ok(());
    }
    Err(program.told(seen("it prints the line \"done\"", "it printed no such line")))
}
