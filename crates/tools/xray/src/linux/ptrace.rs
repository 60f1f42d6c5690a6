//! The requests of ptrace(2) that xray makes, and what a traced thread reports.
//!
//! By libc's own function: wrappers elsewhere name signals by an enum without the real-time ones,
//! which glibc's threads use, and would lose those.

use std::io;

use rustix::process::{WaitOptions, wait};

/// A thread's number, as gettid(2) tells it; that of a process's first thread is the process's.
pub type Tid = i32;

/// What a thread that is traced with these reports beside its calls: exec, and each child and thread
/// that it makes, which is traced as well from its first moment on.
pub const EVENTS: i32 = libc::PTRACE_O_TRACESYSGOOD
    | libc::PTRACE_O_TRACEEXEC
    | libc::PTRACE_O_TRACECLONE
    | libc::PTRACE_O_TRACEFORK
    | libc::PTRACE_O_TRACEVFORK;

/// As [`EVENTS`], for a program that xray starts: its filter stops it at a call, and it ends with
/// xray, as nobody could let it go on after that.
pub const EVENTS_OF_A_CHILD: i32 = EVENTS | libc::PTRACE_O_TRACESECCOMP | libc::PTRACE_O_EXITKILL;

/// Requests whose answer is in memory have functions of their own; these take numbers alone.
fn request(request: libc::c_uint, tid: Tid, number: usize) -> io::Result<()> {
    let nothing = std::ptr::null_mut::<libc::c_void>();
    // SAFETY: none of the requests made here reads or writes this process's memory.
    let result = unsafe { libc::ptrace(request as _, tid, nothing, number) };
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Traces a thread from now on, without stopping it.
pub fn seize(tid: Tid, options: i32) -> io::Result<()> {
    request(libc::PTRACE_SEIZE, tid, options as usize)
}

/// Stops a thread, as soon as it is in user space or waits.
pub fn interrupt(tid: Tid) -> io::Result<()> {
    request(libc::PTRACE_INTERRUPT, tid, 0)
}

/// Lets a stopped thread run on, with a signal or 0, up to its next event.
pub fn go_on(tid: Tid, signal: i32) -> io::Result<()> {
    request(libc::PTRACE_CONT, tid, signal as usize)
}

/// As [`go_on`], but at most to the beginning or the end of its next system call.
pub fn go_on_to_call(tid: Tid, signal: i32) -> io::Result<()> {
    request(libc::PTRACE_SYSCALL, tid, signal as usize)
}

/// Leaves a thread stopped that job control has stopped, and hears when it is continued.
pub fn stay_stopped(tid: Tid) -> io::Result<()> {
    request(libc::PTRACE_LISTEN, tid, 0)
}

/// Where in a system call a thread is stopped (`PTRACE_GET_SYSCALL_INFO`, Linux 5.3).
#[derive(Debug, Clone, Copy)]
pub struct AtCall {
    /// The machine whose calls these are, as in linux/audit.h.
    pub machine: u32,
    /// The instruction pointer and the stack pointer: where the call is made.
    pub site: Site,
    pub place: Place,
}

/// Where a program makes a call: the instruction behind it, and the end of the stack.
pub type Site = (u64, u64);

#[derive(Debug, Clone, Copy)]
pub enum Place {
    Begin {
        number: i64,
        arguments: [u64; 6],
    },
    /// What the call returned; an error is its negative number.
    End {
        result: i64,
    },
    Elsewhere,
}

pub fn at_call(tid: Tid) -> io::Result<AtCall> {
    const GET_SYSCALL_INFO: libc::c_uint = 0x420e;
    // struct ptrace_syscall_info: an operation (u8) and a machine (u32 at 4), two pointers, and then
    // the number and six arguments, or the result.
    let mut info = [0_u64; 12];
    // SAFETY: the kernel writes at most as many bytes as it is told that there are.
    let result =
        unsafe { libc::ptrace(GET_SYSCALL_INFO as _, tid, size_of_val(&info), info.as_mut_ptr()) };
    if result == -1 {
        return Err(io::Error::last_os_error());
    }
    let place = match info[0] as u8 {
        1 | 3 => {
            Place::Begin { number: info[3] as i64, arguments: info[4..10].try_into().expect("six") }
        }
        2 => Place::End { result: info[3] as i64 },
        _ => Place::Elsewhere,
    };
    Ok(AtCall { machine: (info[0] >> 32) as u32, site: (info[1], info[2]), place })
}

/// What a traced thread reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// It has ended, with a status.
    Exited(i32),
    /// A signal has ended it.
    Killed(i32),
    /// It is at the beginning of a call that the filter picked.
    Picked,
    /// It is at the beginning or the end of a call.
    Call,
    /// It runs another program now.
    Exec,
    /// It has made a child or a thread.
    Made,
    /// It is a new thread, or goes on after job control had stopped it.
    Other,
    /// Job control has stopped it.
    Stopped,
    /// It is about to get a signal.
    Signal(i32),
}

/// Waits for the next event of any traced thread.
///
/// # Errors
///
/// `EINTR`: a signal came first. `ECHILD`: nothing is traced any more.
pub fn next_event() -> io::Result<(Tid, Event)> {
    Ok(event(false)?.expect("it waits"))
}

/// The next event, if there is one already.
pub fn event_that_is_there() -> Option<(Tid, Event)> {
    event(true).ok()?
}

fn event(there_already: bool) -> io::Result<Option<(Tid, Event)>> {
    let mut options = WaitOptions::from_bits_retain(libc::__WALL as u32);
    options.set(WaitOptions::NOHANG, there_already);
    // Not rustix's waitpid(None): that is for the children of this process group alone.
    let Some((pid, status)) = wait(options)? else { return Ok(None) };
    let raw = status.as_raw();
    let event = if let Some(status) = status.exit_status() {
        Event::Exited(status)
    } else if let Some(signal) = status.terminating_signal() {
        Event::Killed(signal)
    } else {
        let signal = status.stopping_signal().unwrap_or_default();
        match raw >> 16 {
            libc::PTRACE_EVENT_SECCOMP => Event::Picked,
            libc::PTRACE_EVENT_EXEC => Event::Exec,
            libc::PTRACE_EVENT_FORK | libc::PTRACE_EVENT_VFORK | libc::PTRACE_EVENT_CLONE => {
                Event::Made
            }
            libc::PTRACE_EVENT_STOP if signal != libc::SIGTRAP => Event::Stopped,
            0 if signal == libc::SIGTRAP | 0x80 => Event::Call,
            0 => Event::Signal(signal),
            _ => Event::Other,
        }
    };
    Ok(Some((pid.as_raw_nonzero().get(), event)))
}

/// The child or thread that a thread has just made ([`Event::Made`]).
pub fn made(tid: Tid) -> io::Result<Tid> {
    let mut number: libc::c_ulong = 0;
    let nothing = std::ptr::null_mut::<libc::c_void>();
    // SAFETY: the kernel writes one unsigned long.
    let result = unsafe { libc::ptrace(libc::PTRACE_GETEVENTMSG, tid, nothing, &raw mut number) };
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(number as Tid) }
}
