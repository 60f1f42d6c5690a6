//! A process that is already running: its sockets as they are now, and its calls from now on.

use std::collections::HashSet;
use std::io;
use std::process::ExitCode;

use advice::Failure;
use kernel::View;
use serde_json::json;

use super::attach::{Attached, Refused, attach};
use super::look::{self, Process};
use super::ptrace::Tid;
use super::report::{End, Report};
use super::trace::{Show, Tracer};
use super::{calls, family, process};
use super::{cannot_trace, failure, refused_copies, report_and_show, signals};
use crate::command_line::Asked;

/// Shows the sockets of these processes, with `children` of those below them as well, and follows
/// them if that was asked for. If the system says no to one of several, the others are shown.
pub fn show(
    asked: &Asked,
    numbers: &[i32],
    children: bool,
    follow: bool,
) -> Result<ExitCode, Failure> {
    let (mut report, show) = report_and_show(asked)?;
    let mut all_well = true;
    let mut named = Vec::new();
    for &number in numbers {
        match process_itself(number).and_then(|ask| sockets(&mut report, number, ask, asked.all)) {
            Ok(()) => named.push(number),
            Err(failure) if numbers.len() == 1 => return Err(failure),
            Err(failure) => all_well &= said(&mut report, failure),
        }
        if !children {
            children_left_out(&mut report, number, numbers, follow);
        }
    }
    let mut shown: HashSet<i32> = numbers.iter().copied().collect();
    let mut show_child = |report: &mut Report, child: i32| {
        let ask = process::thread_to_ask(child).filter(|_| shown.insert(child));
        // It may have ended by now.
        match ask.map(|ask| sockets(report, child, ask, asked.all)) {
            Some(Err(failure)) if is_there(child) => said(report, failure),
            _ => true,
        }
    };
    if children {
        for child in family::below(&named) {
            all_well &= show_child(&mut report, child);
        }
    }
    if follow && !named.is_empty() {
        // Before it traces any: those that are traced also count as children.
        let has_others_children = process::has_children();
        signals::let_go_and_tick();
        let Attached { followed, refused } = attach(&named, children);
        for Refused { process, failure } in refused {
            match numbers.contains(&process) || is_there(process) {
                true if numbers == [process] => return Err(failure),
                true => all_well &= said(&mut report, failure),
                false => {}
            }
        }
        named.retain(|number| followed.contains(number));
        for child in followed.iter().filter(|process| !named.contains(process)) {
            all_well &= show_child(&mut report, *child);
        }
        if !followed.is_empty() {
            follow_all(report, show, &named, &followed, has_others_children)?;
        }
    }
    Ok(if all_well && !named.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Follows what is traced until it ends or is let go, and says what became of those that were named.
fn follow_all(
    mut report: Report,
    show: Show,
    named: &[i32],
    followed: &[i32],
    has_others_children: bool,
) -> Result<(), Failure> {
    let names: Vec<(i32, String)> =
        named.iter().map(|number| (*number, process::name(*number))).collect();
    let (whose, whom) = if followed.len() == 1 { ("Its", "it") } else { ("Their", "them") };
    let how = signals::way_to_let_go();
    report.next_table(&format!("{whose} calls from now on, until {how} lets {whom} go:"));
    let mut tracer = Tracer::new(show, report, false, named, has_others_children);
    followed.iter().for_each(|process| tracer.expect(*process));
    tracer.follow().map_err(|error| failure("waitpid", &error, "", ""))?;
    tracer.count_unfinished();
    let Tracer { mut report, ends, .. } = tracer;
    report.summary();
    for (number, name) in names {
        match ends.get(&number) {
            Some(End::Status(status)) => {
                report.paragraph(&format!("{name}, process {number}, has ended: status {status}."));
            }
            Some(End::Signal(_)) => {} // that was said
            None => report.paragraph(&format!("{name}, process {number}, goes on.")),
        }
    }
    report.flush();
    Ok(())
}

/// Says what went wrong with one of several processes, and that not all is well.
fn said(report: &mut Report, failure: Failure) -> bool {
    report.flush();
    output::complain_of(&failure.into());
    false
}

/// Whether a process runs.
fn is_there(process: i32) -> bool {
    process::parent(process).is_some() && process::thread_to_ask(process).is_some()
}

/// The thread of a process through which it can be looked at.
fn process_itself(number: i32) -> Result<Tid, Failure> {
    let call = || format!("xray --pid {number}");
    match process::of_thread(number) {
        Some(process) if process != number => {
            return Err(Failure {
                call: call(),
                words: format!("{number} is a thread, of process {process}"),
                why: "The threads of a process share its descriptors.".to_string(),
                todo: format!("Name the process: --pid {process}."),
            });
        }
        _ => {}
    }
    process::thread_to_ask(number).ok_or_else(|| Failure {
        call: call(),
        words: "the process has ended".to_string(),
        why: "Nobody has asked yet how it ended (it is a zombie). Its sockets are closed."
            .to_string(),
        todo: "`ps -e` lists those that are running.".to_string(),
    })
}

/// Says which processes below this one are neither shown nor followed.
fn children_left_out(report: &mut Report, number: i32, named: &[i32], follow: bool) {
    let left_out: Vec<i32> =
        family::below(&[number]).into_iter().filter(|child| !named.contains(child)).collect();
    if left_out.is_empty() {
        return;
    }
    let processes = |child: &i32| json!({ "process": child, "name": process::name(*child) });
    let object = json!({
        "event": "left_out",
        "process": number,
        "processes": left_out.iter().map(processes).collect::<Vec<_>>(),
    });
    let own = |child: &i32| process::parent(*child) == Some(number);
    let who = match left_out.as_slice() {
        [_] => "It has a child",
        children if children.iter().all(own) => "It has children",
        _ => "It has children, and they have some",
    };
    let what = if follow { "followed" } else { "shown" };
    let names = family::named(&left_out);
    report.say(&object, |report| {
        report.paragraph(&format!("{who}, not {what} without --children: {names}."));
    });
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
        Some(libc::ENOENT) => {
            cannot_trace(&io::Error::from_raw_os_error(libc::ESRCH), Some(number))
        }
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
