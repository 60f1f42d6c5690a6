//! Any program's sockets, call by call, with what the kernel says after each: the program `xray`, for
//! programs that have it in them.

#![warn(missing_docs)]

#[cfg_attr(
    not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))),
    allow(dead_code, reason = "elsewhere the command line is understood, but not followed")
)]
mod command_line;
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
#[path = "elsewhere.rs"]
mod system;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[path = "linux/mod.rs"]
mod system;

use std::ffi::OsString;
use std::process::ExitCode;

/// What is said of a program that is not trusted, and has made too many processes and threads.
pub const TOO_MANY: &str = "It has made more processes and threads than it may have, and is ended.";

/// Does what these words of a command line ask for, as the program `xray` does.
///
/// To trace a program it forks, so this process must have one thread.
#[must_use]
pub fn run(words: Vec<OsString>) -> ExitCode {
    run_with(words, None)
}

/// The same for a program that nobody trusts: once it has more than `most_tasks` processes and threads
/// at the same time, it is ended, with all of them; it cannot look into this process, nor write where
/// this one writes (PR_SET_DUMPABLE, prctl(2)); and it has a session of its own.
#[must_use]
pub fn run_untrusted(words: Vec<OsString>, most_tasks: usize) -> ExitCode {
    run_with(words, Some(most_tasks))
}

fn run_with(words: Vec<OsString>, most_tasks: Option<usize>) -> ExitCode {
    match command_line::parse(words) {
        Ok(asked) => system::run(command_line::Asked { most_tasks, ..asked }),
        Err(status) => status,
    }
}
