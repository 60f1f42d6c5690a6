//! What xray was started with, and its program should be started with as well: Rust's runtime
//! changes some of it before `main`, and xray itself changes the rest.

use std::sync::OnceLock;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What was there before Rust's runtime began: it opens descriptors 0 to 2 where they are closed, and
/// ignores SIGPIPE.
struct Before {
    closed: [bool; 3],
    ignores_pipes: bool,
}

static BEFORE: OnceLock<Before> = OnceLock::new();

extern "C" fn look() {
    // SAFETY: F_GETFD reads a flag of a number, open or not; sigaction(2) is given no new action and
    // writes the old one, for which zero is valid.
    let before = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        libc::sigaction(libc::SIGPIPE, std::ptr::null(), &mut action);
        Before {
            closed: [0, 1, 2].map(|number| libc::fcntl(number, libc::F_GETFD) == -1),
            ignores_pipes: action.sa_sigaction == libc::SIG_IGN,
        }
    };
    let _ = BEFORE.set(before);
}

/// The C library calls it before `main`, and before Rust's runtime.
// SAFETY: the section holds pointers to functions that take nothing that they would have to use.
#[used]
#[unsafe(link_section = ".init_array")]
static LOOK: extern "C" fn() = look;

/// Whether SIGPIPE was ignored.
pub fn ignores_pipes() -> bool {
    BEFORE.get().is_some_and(|before| before.ignores_pipes)
}

/// Closes again those of descriptors 0 to 2 that had been closed: in the child, before it runs the
/// program.
pub fn close_what_was_closed() {
    let closed = BEFORE.get().map(|before| before.closed).unwrap_or_default();
    for (number, _) in (0..).zip(closed).filter(|(_, closed)| *closed) {
        // SAFETY: nothing in the child uses it any more.
        unsafe { libc::close(number) };
    }
}

/// Lets this process have as many descriptors as it may: one for each process that it looks at.
/// Returns the limit that was.
pub fn more_descriptors() -> Rlimit {
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
    limit
}

/// Sets that limit again, in the child.
pub fn as_many_descriptors_as_before(limit: &Rlimit) {
    let _ = setrlimit(Resource::Nofile, *limit);
}
