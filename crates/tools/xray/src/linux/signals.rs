//! Signals: those sent to xray are for the program that it runs, or ask it to let a process go; and
//! a timer's tick interrupts its waiting.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering::SeqCst};

use rustix::process::getpgrp;
use rustix::termios::tcgetpgrp;

use super::inherited;

/// The process that signals are passed on to; 0 for none.
static PROGRAM: AtomicI32 = AtomicI32::new(0);

/// Whether somebody has asked to let a process go.
static ENOUGH: AtomicBool = AtomicBool::new(false);

/// Whether the timer has ticked since somebody asked.
static TICKED: AtomicBool = AtomicBool::new(false);

const PASSED_ON: [i32; 6] =
    [libc::SIGINT, libc::SIGTERM, libc::SIGHUP, libc::SIGQUIT, libc::SIGUSR1, libc::SIGUSR2];

type Handler = extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void);

/// A signal that a process has sent goes to the program. One from the terminal (Ctrl-C) has reached
/// it anyway.
extern "C" fn pass_on(signal: i32, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    // SAFETY: the kernel hands over a siginfo_t; kill(2) may be called in a handler.
    unsafe {
        let sent_by_a_process = (*info).si_code <= 0;
        let program = PROGRAM.load(SeqCst);
        if sent_by_a_process && program > 0 {
            libc::kill(program, signal);
        }
    }
}

extern "C" fn let_go(_: i32, _: *mut libc::siginfo_t, _: *mut libc::c_void) {
    ENOUGH.store(true, SeqCst);
    // It may come right before a wait begins; then a tick interrupts that.
    tick_on(true);
}

extern "C" fn tick(_: i32, _: *mut libc::siginfo_t, _: *mut libc::c_void) {
    TICKED.store(true, SeqCst);
}

/// Sets what a signal does here, and returns what it did before.
fn set(signal: i32, action: &libc::sigaction) -> libc::sigaction {
    // SAFETY: a sigaction is numbers and pointers, for which zero is valid; sigaction(2) reads the
    // one and writes the other.
    unsafe {
        let mut before: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, action, &mut before);
        before
    }
}

fn action(handler: usize) -> libc::sigaction {
    // SAFETY: as above.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler;
    // Not SA_RESTART: the wait should be interrupted.
    action.sa_flags = libc::SA_SIGINFO;
    action
}

/// What the signals did before xray changed that; it is set again in the program that it starts.
pub struct Before(Vec<(i32, libc::sigaction)>);

/// Passes signals on from now on, and lets the timer's tick interrupt a wait.
pub fn pass_on_and_tick() -> Before {
    let mut before = Vec::new();
    for signal in PASSED_ON {
        let handler: Handler = pass_on;
        let old = set(signal, &action(handler as usize));
        // As under nohup: what was ignored stays ignored.
        if old.sa_sigaction == libc::SIG_IGN {
            set(signal, &old);
        }
        before.push((signal, old));
    }
    before.push((libc::SIGALRM, listen_to_ticks()));
    // Without children's ends there is nothing to wait for.
    before.push((libc::SIGCHLD, set(libc::SIGCHLD, &action(libc::SIG_DFL))));
    // Rust's runtime ignores SIGPIPE, and programs do not expect that.
    let pipes = if inherited::ignores_pipes() { libc::SIG_IGN } else { libc::SIG_DFL };
    before.push((libc::SIGPIPE, action(pipes)));
    Before(before)
}

/// Lets the timer's tick interrupt a wait; returns what it did before.
fn listen_to_ticks() -> libc::sigaction {
    let handler: Handler = tick;
    set(libc::SIGALRM, &action(handler as usize))
}

/// From now on Ctrl-C, or the end of the terminal, means that it is [`enough`]; and a tick interrupts
/// a wait.
pub fn let_go_and_tick() {
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        let handler: Handler = let_go;
        let old = set(signal, &action(handler as usize));
        if old.sa_sigaction == libc::SIG_IGN {
            set(signal, &old);
        }
    }
    listen_to_ticks();
}

/// How somebody can ask for that, in words: not by Ctrl-C where that is ignored, as in what a
/// script has started with `&`, or where it goes to another group of processes, the terminal's
/// foreground.
pub fn way_to_let_go() -> String {
    let this = std::process::id();
    let is_ignored = |signal: i32| {
        // SAFETY: a sigaction is numbers and pointers, for which zero is valid; sigaction(2) is
        // given no new one, and writes the old one.
        unsafe {
            let mut now: libc::sigaction = std::mem::zeroed();
            libc::sigaction(signal, std::ptr::null(), &mut now);
            now.sa_sigaction == libc::SIG_IGN
        }
    };
    let in_background = File::open("/dev/tty")
        .and_then(|terminal| Ok(tcgetpgrp(terminal)?))
        .is_ok_and(|foreground| foreground != getpgrp());
    match (is_ignored(libc::SIGINT) || in_background, is_ignored(libc::SIGTERM)) {
        (false, _) => "Ctrl-C".to_string(),
        (true, false) => format!("`kill {this}`"),
        // It cannot be ignored, and does no harm to what is followed.
        (true, true) => format!("`kill -9 {this}`"),
    }
}

/// Whether somebody has asked to let a process go.
pub fn enough() -> bool {
    ENOUGH.load(SeqCst)
}

impl Before {
    pub fn restore(&self) {
        for (signal, action) in &self.0 {
            set(*signal, action);
        }
    }
}

/// Says who gets the signals that are passed on; nobody (0) once it has ended.
pub fn are_for(program: i32) {
    PROGRAM.store(program, SeqCst);
    if program == 0 {
        for signal in PASSED_ON {
            set(signal, &action(libc::SIG_DFL));
        }
    }
}

/// Whether the timer has ticked since this was asked last.
pub fn ticked() -> bool {
    TICKED.swap(false, SeqCst)
}

/// Starts or stops the timer whose ticks come every [`TICK`] milliseconds.
pub fn tick_on(on: bool) {
    let interval = libc::timeval { tv_sec: 0, tv_usec: if on { 1000 * TICK } else { 0 } };
    let timer = libc::itimerval { it_interval: interval, it_value: interval };
    // SAFETY: setitimer(2) reads one itimerval, and is given no place for the old one.
    unsafe { libc::setitimer(libc::ITIMER_REAL, &timer, std::ptr::null_mut()) };
}

/// Milliseconds between two ticks.
pub const TICK: libc::suseconds_t = 20;

/// Ends this process as `signal` ends one, without a core file of its own.
pub fn end_by(signal: i32) -> io::Error {
    // SAFETY: these take numbers, or read a structure that is there.
    unsafe {
        let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        libc::setrlimit(libc::RLIMIT_CORE, &none);
        set(signal, &action(libc::SIG_DFL));
        libc::raise(signal);
    }
    io::Error::last_os_error()
}
