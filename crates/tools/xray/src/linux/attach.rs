//! Beginning to trace processes that run already.

use std::collections::HashSet;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use advice::Failure;

use super::ptrace::{self, EVENTS, Tid};
use super::{already_traced, cannot_trace, family, process};

/// What could be traced.
#[derive(Debug, Default)]
pub struct Attached {
    /// The processes that are traced from now on, each with the threads that they will make, and the
    /// processes.
    pub followed: Vec<i32>,
    pub refused: Vec<Refused>,
}

#[derive(Debug)]
pub struct Refused {
    pub process: i32,
    pub failure: Failure,
}

/// Traces these processes from now on, and, with `children`, all that run below them.
///
/// What a process makes is traced as soon as it is traced itself, so when nothing new is found below
/// those that are, nobody is missing.
pub fn attach(processes: &[i32], children: bool) -> Attached {
    let mut attached = Attached::default();
    let mut tried = HashSet::new();
    let mut next = processes.to_vec();
    while !next.is_empty() {
        for process in next {
            tried.insert(process);
            match seize(process) {
                Ok(()) => attached.followed.push(process),
                Err(failure) => attached.refused.push(Refused { process, failure }),
            }
        }
        next = if children { family::below(&attached.followed) } else { Vec::new() };
        next.retain(|process| !tried.contains(process));
    }
    attached
}

/// How long a thread may take to stop, which a vfork, or the wait for a disk, delays.
const PATIENCE: Duration = Duration::from_millis(500);

/// Traces all threads of the process, and those that they will make, from now on. It is not stopped
/// for longer than a call takes.
///
/// A thread that is being made at this moment is not traced, unless its maker was when it began to
/// make it; so is a child. It is looked for once the maker has stopped, and so has made it.
fn seize(number: i32) -> Result<(), Failure> {
    let gone = || cannot_trace(&io::Error::from_raw_os_error(libc::ESRCH), Some(number));
    let ask = process::thread_to_ask(number).ok_or_else(gone)?;
    let mut seized = HashSet::<Tid>::new();
    loop {
        let before = seized.len();
        for tid in process::threads(number).map_err(|_| gone())? {
            if !seized.insert(tid) {
                continue;
            }
            match ptrace::seize(tid, EVENTS) {
                // From this interruption on, it stops at its calls.
                Ok(()) => drop(ptrace::interrupt(tid)),
                // It has ended, or was made by a thread that is traced, and so is itself.
                Err(_) if tid != ask || already_traced(tid) == Some(this_process()) => {}
                Err(error) => return Err(cannot_trace(&error, Some(number))),
            }
        }
        if seized.len() == before {
            return Ok(());
        }
        let give_up = Instant::now() + PATIENCE;
        while Instant::now() < give_up && seized.iter().any(|tid| !process::has_stopped(*tid)) {
            thread::sleep(Duration::from_micros(100));
        }
    }
}

fn this_process() -> i32 {
    std::process::id() as i32
}
