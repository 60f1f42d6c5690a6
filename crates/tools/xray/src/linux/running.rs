//! A process that is already running: its sockets as they are now, and its calls from now on.

use std::collections::HashSet;
use std::io;
use std::process::ExitCode;

use advice::Failure;
use kernel::View;

use super::calls;
use super::look::{self, Process};
use super::process;
use super::ptrace::{self, EVENTS, Tid};
use super::report::{End, Report};
use super::trace::Tracer;
use super::{cannot_trace, failure, refused_copies, report_and_show, signals};
use crate::command_line::Asked;

/// Shows the sockets of a process, and follows it if that was asked for.
pub fn show(asked: &Asked, number: i32, follow: bool) -> Result<ExitCode, Failure> {
    match process::of_thread(number) {
        Some(process) if process != number => {
            return Err(Failure {
                call: format!("xray --pid {number}"),
                words: format!("{number} is a thread, of process {process}"),
                why: "The threads of a process share its descriptors.".to_string(),
                todo: format!("Name the process: --pid {process}."),
            });
        }
        _ => {}
    }
    let Some(ask) = process::thread_to_ask(number) else {
        return Err(Failure {
            call: format!("xray --pid {number}"),
            words: "the process has ended".to_string(),
            why: "Nobody has asked yet how it ended (it is a zombie). Its sockets are closed."
                .to_string(),
            todo: "`ps -e` lists those that are running.".to_string(),
        });
    };
    let (mut report, show) = report_and_show(asked)?;
    sockets(&mut report, number, ask, asked.all)?;
    if follow {
        let name = process::name(number);
        // Before it traces any: those that are traced also count as children.
        let has_others_children = process::has_children();
        signals::let_go_and_tick();
        seize(number, ask)?;
        report.next_table("Its calls from now on, until Ctrl-C lets it go:");
        let mut tracer = Tracer::new(show, report, false, number, has_others_children);
        tracer.follow().map_err(|error| failure("waitpid", &error, "", ""))?;
        let mut report = tracer.report;
        match tracer.end {
            Some(End::Status(status)) => {
                report.paragraph(&format!("{name}, process {number}, has ended: status {status}."));
            }
            Some(End::Signal(_)) => {} // that was said
            None => report.paragraph(&format!("{name}, process {number}, goes on.")),
        }
        report.flush();
    }
    Ok(ExitCode::SUCCESS)
}

/// Traces all threads of the process, and those that they will make, from now on. It is not stopped
/// for longer than a call takes. `ask` is one of the threads that has not ended.
fn seize(number: i32, ask: Tid) -> Result<(), Failure> {
    let threads = || process::threads(number);
    let mut seized = HashSet::new();
    loop {
        let before = seized.len();
        for tid in threads().map_err(|_| cannot_trace(&no_process(), Some(number)))? {
            if !seized.insert(tid) {
                continue;
            }
            match ptrace::seize(tid, EVENTS) {
                // From this interruption on, it stops at its calls.
                Ok(()) => drop(ptrace::interrupt(tid)),
                // It has ended, or was made by a thread that is traced, and so is itself.
                Err(_) if tid != ask => {}
                Err(error) => return Err(cannot_trace(&error, Some(number))),
            }
        }
        if seized.len() == before {
            return Ok(());
        }
    }
}

fn no_process() -> io::Error {
    io::Error::from_raw_os_error(libc::ESRCH)
}

/// One row for each socket that the process has now, as its thread `ask` shows.
fn sockets(report: &mut Report, number: i32, ask: Tid, all: bool) -> Result<(), Failure> {
    let name = process::name(number);
    let descriptors = process::sockets(ask).map_err(|error| cannot_look(&error, number))?;
    let mut process = Process::open(number).map_err(|error| cannot_trace(&error, Some(number)))?;
    let (mut shown, mut hidden) = (Vec::new(), 0);
    for descriptor in descriptors {
        let (look, copy) = process.look(ask, descriptor);
        // It may have been closed by now.
        let Some(look) = look else { continue };
        if look.is_hidden() && !all {
            hidden += 1;
        } else {
            shown.push((descriptor, look, copy.as_ref().map(look::options)));
        }
    }
    if let Some(error) = process.refused() {
        report.remark(&refused_copies(&io::Error::from(error), ask));
    }
    report.heading(&format!("{name}, process {number}"));
    for (descriptor, look, options) in &shown {
        let what = what_it_is(look.view(), *descriptor);
        report.socket(number, *descriptor, &what, look, options.as_deref());
    }
    if shown.is_empty() {
        report.paragraph(if all { "It has no sockets." } else { "It has no IP sockets." });
    }
    if hidden > 0 {
        report.paragraph(&format!("{hidden} of other families are left out; --all shows them."));
    }
    Ok(())
}

/// What a socket is for, as far as its state shows.
fn what_it_is(view: &View, descriptor: i32) -> String {
    let what = match (view.state, view.peer) {
        (Some("LISTEN"), _) => "a listener".to_string(),
        (Some(_), Some(_)) => "a connection".to_string(),
        _ if view.kind.starts_with("TCP") => "a TCP socket".to_string(),
        _ if view.kind.starts_with("UDP") => "a UDP socket".to_string(),
        _ => "a socket".to_string(),
    };
    what + calls::named(descriptor)
}

/// Why the descriptors of a process cannot even be listed.
fn cannot_look(error: &io::Error, number: i32) -> Failure {
    let call = format!("open(/proc/{number}/fd)");
    match error.raw_os_error() {
        Some(libc::ENOENT) => cannot_trace(&no_process(), Some(number)),
        Some(libc::EACCES) => failure(
            &call,
            error,
            "The process is another user's, or has more rights than you: the system shows its \
             descriptors to nobody else.",
            "Be that user, or root (sudo). `just xray --port PORT` shows what the kernel's tables \
             tell everybody.",
        ),
        _ => failure(&call, error, "", ""),
    }
}
