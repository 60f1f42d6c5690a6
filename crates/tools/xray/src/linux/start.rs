//! Starting a program that is traced from its first instruction on.

use std::ffi::{CString, OsString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;

use rustix::pipe::{PipeFlags, pipe_with};

use super::filter;
use super::ptrace::{self, EVENTS_OF_A_CHILD};
use super::{inherited, signals};

/// A traced program that is about to run.
pub struct Started {
    pub process: i32,
    /// What could not be done in it, if it ends before it runs.
    failure: File,
}

/// What went wrong before the program ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Filter,
    Exec,
}

/// Starts `words`: a program, looked for in PATH as a shell does, and its arguments. If it is `apart`,
/// it has a session of its own, so that what it sends to its group does not reach this process.
///
/// # Errors
///
/// A pipe or a process cannot be made, or the system forbids tracing (`EPERM`).
pub fn start(words: &[OsString], apart: bool) -> io::Result<Started> {
    let words: Vec<CString> =
        words.iter().map(|word| CString::new(word.as_bytes())).collect::<Result<_, _>>()?;
    let (mut go, mut say_go) = pipe()?;
    let (failure, say_failure) = pipe()?;
    let before = signals::pass_on_and_tick();
    let limit = inherited::more_descriptors();
    // SAFETY: this process has one thread, so its child may do what it likes.
    let process = unsafe { libc::fork() };
    match process {
        -1 => return Err(io::Error::last_os_error()),
        0 => {
            drop(say_go);
            become_program(&words, &mut go, say_failure, || {
                if apart {
                    // It leads no group yet, and so nothing is said against it.
                    let _ = rustix::process::setsid();
                }
                before.restore();
                inherited::as_many_descriptors_as_before(&limit);
                inherited::close_what_was_closed();
            });
        }
        _ => {}
    }
    drop((go, say_failure));
    signals::are_for(process);
    // If that fails, the child reads the end of the pipe, and exits.
    ptrace::seize(process, EVENTS_OF_A_CHILD)?;
    say_go.write_all(b"go")?;
    Ok(Started { process, failure })
}

/// A pipe that no program inherits: the end to read from, and the end to write to.
fn pipe() -> io::Result<(File, File)> {
    let (read, write) = pipe_with(PipeFlags::CLOEXEC)?;
    Ok((read.into(), write.into()))
}

/// The child's part.
fn become_program(
    words: &[CString],
    go: &mut impl Read,
    mut say_failure: impl Write,
    restore: impl FnOnce(),
) -> ! {
    let mut word = [0; 2];
    if go.read_exact(&mut word).is_ok() {
        restore();
        let (step, error) = match filter::install() {
            Err(error) => (0_i32, error),
            Ok(()) => (1, exec(words)),
        };
        let number = error.raw_os_error().unwrap_or_default();
        let _ = say_failure.write_all(&[step.to_ne_bytes(), number.to_ne_bytes()].concat());
    }
    // SAFETY: it ends the process at once, and so runs nothing of the parent's twice.
    unsafe { libc::_exit(127) }
}

fn exec(words: &[CString]) -> io::Error {
    let mut pointers: Vec<_> = words.iter().map(|word| word.as_ptr()).collect();
    pointers.push(std::ptr::null());
    // SAFETY: the pointers lead to strings that end with zero, and the list ends with null.
    unsafe { libc::execvp(pointers[0], pointers.as_ptr()) };
    io::Error::last_os_error()
}

impl Started {
    /// Why the program never ran, after it has ended.
    pub fn failure(&mut self) -> Option<(Step, io::Error)> {
        let mut said = [0; 8];
        self.failure.read_exact(&mut said).ok()?;
        let number = |at: usize| i32::from_ne_bytes(said[at..at + 4].try_into().expect("four"));
        let step = if number(0) == 0 { Step::Filter } else { Step::Exec };
        Some((step, io::Error::from_raw_os_error(number(4))))
    }
}
