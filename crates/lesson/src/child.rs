//! A child process that may have less than its parent: fewer descriptors, no rights. What it changes
//! about itself ends with it.

use anyhow::Result;

/// Runs `work` in a child process, and then goes on; or ends as the child did, if it failed. For a
/// program that has one thread.
///
/// # Errors
///
/// There is no child to be had (fork(2)).
#[cfg(unix)]
pub fn in_child(work: impl FnOnce() -> Result<()>) -> Result<()> {
    use std::io;
    use std::process::exit;

    // SAFETY: the child is a copy with this one thread, so that no lock is held in it.
    let child = unsafe { libc::fork() };
    match child {
        -1 => Err(io::Error::last_os_error().into()),
        0 => {
            let done = work();
            if let Err(error) = &done {
                crate::explain::print(error);
            }
            exit(i32::from(done.is_err()))
        }
        _ => {
            let mut status = 0;
            // SAFETY: waitpid writes one int, and `status` is one.
            while let Err(error) = check(unsafe { libc::waitpid(child, &mut status, 0) }) {
                if error.kind() != io::ErrorKind::Interrupted {
                    return Err(error.into());
                }
            }
            match libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status)) {
                Some(0) => Ok(()),
                _ => exit(1),
            }
        }
    }
}

/// Runs `work`: on this system it changes nothing about its process.
///
/// # Errors
///
/// Those of `work`.
#[cfg(not(unix))]
pub fn in_child(work: impl FnOnce() -> Result<()>) -> Result<()> {
    work()
}

/// From now on, this process may have descriptors 0 to `limit` - 1 (setrlimit(2),
/// `RLIMIT_NOFILE`).
///
/// # Errors
///
/// The system refused.
#[cfg(unix)]
pub fn limit_descriptors(limit: u64) -> std::io::Result<()> {
    let limit = libc::rlimit { rlim_cur: limit as libc::rlim_t, rlim_max: limit as libc::rlim_t };
    // SAFETY: setrlimit reads one rlimit.
    check(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) })
}

/// From now on, this process has the rights of user and group 65534, who own nothing (setuid(2));
/// of an ordinary user it changes nothing.
///
/// # Errors
///
/// The system refused.
#[cfg(unix)]
pub fn give_up_rights() -> std::io::Result<()> {
    const NOBODY: libc::uid_t = 65534;
    // SAFETY: geteuid, setgid and setuid take numbers; setgroups reads none.
    unsafe {
        if libc::geteuid() != 0 {
            return Ok(());
        }
        check(libc::setgroups(0, std::ptr::null()))?;
        check(libc::setgid(NOBODY))?;
        check(libc::setuid(NOBODY))
    }
}

/// The error of a system call that returned -1.
///
/// # Errors
///
/// The one that the call has left in `errno`.
#[cfg(unix)]
pub fn check(result: i32) -> std::io::Result<()> {
    if result == -1 { Err(std::io::Error::last_os_error()) } else { Ok(()) }
}
