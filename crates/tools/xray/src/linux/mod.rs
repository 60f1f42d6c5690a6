//! Linux: tracing by ptrace(2), looking through copies of descriptors by pidfd_getfd(2).

use std::io;
use std::path::Path;
use std::process::ExitCode;

use advice::{Failure, words};
use output::Stream;

use crate::command_line::{Asked, What};

mod attach;
mod calls;
mod clock;
mod datagrams;
mod diag;
mod failed;
mod family;
mod filter;
mod inherited;
mod look;
mod membership;
mod memory;
mod names;
mod pieces;
mod port;
mod process;
mod ptrace;
mod remarks;
mod report;
mod running;
mod seen;
mod sharers;
mod signals;
mod start;
mod summary;
mod trace;
mod tracers;

pub use calls::names as calls_shown;

use report::{End, Report};
use start::Step;
use trace::{Show, Tracer};

/// Does what was asked. The exit status is the traced program's, or 1 with an error.
pub fn run(asked: Asked) -> ExitCode {
    let done = match &asked.what {
        What::Program(_) => needs_a_new_kernel().and_then(|()| run_program(&asked)),
        What::Processes { numbers, children, follow } => {
            needs_a_new_kernel().and_then(|()| running::show(&asked, numbers, *children, *follow))
        }
        What::Port(port) => port::show(&asked, *port),
    };
    done.unwrap_or_else(|failure| {
        output::complain_of(&failure.into());
        ExitCode::from(1)
    })
}

/// Where the rows go, and which there are.
fn report_and_show(asked: &Asked) -> Result<(Report, Show), Failure> {
    // A program's stdout is its own; what is said about others goes to ours.
    let stream = match asked.what {
        What::Program(_) => Stream::Stderr,
        What::Processes { .. } | What::Port(_) => Stream::Stdout,
    };
    let report =
        Report::new(asked.output.as_deref(), stream, asked.json, asked.rows).map_err(|error| {
            let path = asked.output.as_ref().map(|path| path.display().to_string());
            failure(
                &format!("open({})", path.unwrap_or_default()),
                &error,
                "",
                "Name a file that you may write (--output).",
            )
        })?;
    Ok((report, Show { all: asked.all, hide: asked.hide.clone() }))
}

fn failure(call: &str, error: &io::Error, why: &str, todo: &str) -> Failure {
    Failure {
        call: call.to_string(),
        words: words(error),
        why: why.to_string(),
        todo: todo.to_string(),
    }
}

fn run_program(asked: &Asked) -> Result<ExitCode, Failure> {
    let What::Program(program) = &asked.what else { unreachable!("it was a program") };
    let (report, show) = report_and_show(asked)?;
    let has_others_children = process::has_children();
    let mut started = start::start(program, asked.most_tasks.is_some())
        .map_err(|error| cannot_trace(&error, None))?;
    if asked.most_tasks.is_some() {
        // Not earlier: the child that becomes the program has to be open to its tracer.
        rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
            .map_err(|error| failure("prctl", &error.into(), "", ""))?;
    }
    let mut tracer = Tracer::new(show, report, true, &[started.process], has_others_children);
    tracer.most_tasks = asked.most_tasks;
    tracer.follow().map_err(|error| failure("waitpid", &error, "", ""))?;
    if !tracer.ran {
        let name = program.first().map(|name| name.to_string_lossy()).unwrap_or_default();
        return Err(never_ran(&name, started.failure()));
    }
    tracer.report.summary();
    tracer.report.flush();
    match tracer.ends.get(&started.process) {
        Some(End::Status(status)) => Ok(ExitCode::from(*status as u8)),
        Some(End::Signal(signal)) => {
            let signal = *signal;
            signals::end_by(signal);
            Ok(ExitCode::from(128_u8.saturating_add(signal as u8)))
        }
        None => Err(failure("waitpid", &io::ErrorKind::NotFound.into(), "", "")),
    }
}

/// Why the program never ran.
fn never_ran(name: &str, reason: Option<(Step, io::Error)>) -> Failure {
    match reason {
        Some((Step::Exec, error)) => {
            let by_path = !name.contains('/');
            let (why, todo) = match error.raw_os_error() {
                // EACCES as well: PATH may lead through folders that are closed to this user.
                Some(libc::ENOENT | libc::EACCES) if by_path && Path::new(name).exists() => (
                    "There is a file of that name here, but a name without a slash is looked for \
                     in PATH.",
                    "A script needs its interpreter: `python3 FILE`. Any other program is started \
                     with `./FILE`.",
                ),
                Some(libc::ENOENT | libc::EACCES) if name.contains(' ') => (
                    "It is one word with spaces in it, and no program has such a name.",
                    "Leave out the quotes: first the program, then each of its arguments.",
                ),
                Some(libc::ENOENT | libc::EACCES) if by_path => (
                    "PATH leads to no program of that name, or to none that you may run.",
                    "Name a program as you would type it, and its arguments after it.",
                ),
                Some(libc::ENOENT) => (
                    "There is no program there.",
                    "Name a program as you would type it, and its arguments after it.",
                ),
                Some(libc::EACCES) => (
                    "It is not a program, or you may not run it.",
                    "A script needs its interpreter: `python3 FILE`.",
                ),
                _ => ("", ""),
            };
            failure(&format!("exec({name})"), &error, why, todo)
        }
        Some((Step::Filter, error)) => failure(
            "seccomp",
            &error,
            "The system does not allow the filter that stops a program at its socket calls.",
            "Start the program on its own, and follow it: `just xray --pid PID --follow`.",
        ),
        None => failure(
            &format!("exec({name})"),
            &io::ErrorKind::Interrupted.into(),
            "It was killed before it began.",
            "",
        ),
    }
}

/// Why a process may not be traced, as far as the system says.
fn cannot_trace(error: &io::Error, process: Option<i32>) -> Failure {
    let call = process.map_or("ptrace".to_string(), |number| format!("ptrace({number})"));
    let scope = std::fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope").unwrap_or_default();
    let tracer = process.and_then(already_traced);
    if let (Some(libc::EPERM), Some(tracer)) = (error.raw_os_error(), tracer) {
        let why =
            format!("Process {tracer} is tracing it, and a process can have only one tracer.");
        return failure(&call, error, &why, "Stop that one first.");
    }
    let (why, todo) = match (error.raw_os_error(), process, scope.trim()) {
        (Some(libc::ESRCH), Some(number), _) => {
            (format!("There is no process {number}."), "`ps -e` lists them.")
        }
        (Some(libc::EPERM), _, "2") => (
            "This system lets only root trace programs (Yama: kernel.yama.ptrace_scope is 2)."
                .to_string(),
            "Be root (sudo).",
        ),
        (Some(libc::EPERM), _, "3") => (
            "This system forbids all tracing (Yama: kernel.yama.ptrace_scope is 3) until it is \
             restarted with another setting."
                .to_string(),
            "Use another machine, or a virtual one.",
        ),
        (Some(libc::EPERM), Some(_), "1") => (
            "This system lets a program trace only what it has started itself (Yama: \
             kernel.yama.ptrace_scope is 1), or the process is another user's."
                .to_string(),
            "Start the program with xray, or let root follow it (sudo).",
        ),
        (Some(libc::EPERM), Some(_), _) => (
            "The process is another user's, has more rights than you, or is part of the system; or \
             a sandbox or a container forbids tracing."
                .to_string(),
            "Be that user, or root (sudo).",
        ),
        (Some(libc::EPERM), None, _) => (
            "Something forbids tracing here: a sandbox, a container, or xray is being traced \
             itself."
                .to_string(),
            "Run it outside; a container needs `--cap-add SYS_PTRACE`.",
        ),
        _ => (String::new(), ""),
    };
    failure(&call, error, &why, todo)
}

fn already_traced(number: i32) -> Option<i32> {
    let status = std::fs::read_to_string(format!("/proc/{number}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("TracerPid:"))?;
    line.trim().parse().ok().filter(|tracer| *tracer != 0)
}

/// What to say where the descriptors of another process may not be copied.
fn refused_copies(error: &io::Error, tid: ptrace::Tid) -> String {
    let words = words(error);
    if process::sockets(tid).is_err() {
        let name = process::name(tid);
        return format!(
            "This system lets xray see nothing of {name}'s descriptors and memory ({words}), as it \
             has more rights than you, or hides itself (PR_SET_DUMPABLE). Of its calls only those \
             are shown that no file has, without what they were given and what the kernel says. \
             Root sees everything (sudo)."
        );
    }
    format!(
        "This system does not let xray copy the program's descriptors ({words}), as with Yama on \
         Ubuntu, or another user's program. The rows come from the kernel's tables in /proc \
         instead: without queues and options, and without TCP sockets that are only bound."
    )
}

/// pidfd_getfd(2) came with Linux 5.6.
fn needs_a_new_kernel() -> Result<(), Failure> {
    let this = process::open(std::process::id() as i32);
    let probe = this.and_then(|this| {
        let copy =
            rustix::process::pidfd_getfd(&this, 0, rustix::process::PidfdGetfdFlags::empty());
        match copy {
            Err(rustix::io::Errno::NOSYS) => Err(rustix::io::Errno::NOSYS.into()),
            _ => Ok(()),
        }
    });
    probe.map_err(|error| {
        failure(
            "pidfd_getfd",
            &error,
            "This kernel is older than Linux 5.6, and has no way to copy another process's \
             descriptors.",
            "`strace -e trace=network` shows the calls, without the kernel's view of the sockets.",
        )
    })
}
