//! A child process that has less than its parent: fewer descriptors, fewer rights. What it changes
//! about itself ends with it.

use std::io;
use std::process::{ExitStatus, exit};

use anyhow::{Result, bail};
#[cfg(unix)]
use kernel::check;

/// Runs `work` in a child process, and then goes on; or ends as the child did, if it failed.
///
/// # Errors
///
/// No child can be made (fork(2)).
pub fn in_child(work: impl FnOnce() -> Result<()>) -> Result<()> {
    let status = status_of(work)?;
    match status.code() {
        Some(0) => Ok(()),
        Some(_) => exit(1), // it has said why
        None => bail!("the child process was killed: {status}"),
    }
}

/// Runs `work` in a child process, and returns how that ended. For a program that has one thread.
///
/// # Errors
///
/// No child can be made (fork(2)).
#[cfg(unix)]
pub fn status_of(work: impl FnOnce() -> Result<()>) -> Result<ExitStatus> {
    use std::os::unix::process::ExitStatusExt;

    // SAFETY: the child is a copy with this one thread, so that no lock is held in it.
    let child = unsafe { libc::fork() };
    check(child)?;
    if child == 0 {
        let done = work();
        if let Err(error) = &done {
            output::complain_of(error);
        }
        exit(i32::from(done.is_err()))
    }
    let mut status = 0;
    // SAFETY: waitpid writes one int, and `status` is one.
    while let Err(error) = check(unsafe { libc::waitpid(child, &mut status, 0) }) {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error.into());
        }
    }
    output::printed_elsewhere();
    Ok(ExitStatus::from_raw(status))
}

/// Runs `work` itself: on this system it changes nothing about its process.
///
/// # Errors
///
/// Those of `work`.
#[cfg(not(unix))]
pub fn status_of(work: impl FnOnce() -> Result<()>) -> Result<ExitStatus> {
    work().map(|()| ExitStatus::default())
}

/// From now on, this process may have only descriptors 0 to `limit` - 1 (setrlimit(2),
/// `RLIMIT_NOFILE`). Windows has no such limit.
///
/// # Errors
///
/// The system refused.
pub fn limit_descriptors(limit: u64) -> io::Result<()> {
    #[cfg(not(unix))]
    let _ = limit;
    #[cfg(unix)]
    let limit = libc::rlimit { rlim_cur: limit as libc::rlim_t, rlim_max: limit as libc::rlim_t };
    // SAFETY: setrlimit reads one rlimit.
    #[cfg(unix)]
    check(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) })?;
    Ok(())
}

/// From now on, this process has the rights of user and group 65534, who own nothing (setuid(2));
/// for an ordinary user, and on Windows, this changes nothing.
///
/// # Errors
///
/// The system refused.
pub fn give_up_rights() -> io::Result<()> {
    // SAFETY: geteuid, setgid and setuid take numbers; setgroups reads none.
    #[cfg(unix)]
    unsafe {
        const NOBODY: libc::uid_t = 65534;
        if libc::geteuid() == 0 {
            check(libc::setgroups(0, std::ptr::null()))?;
            check(libc::setgid(NOBODY))?;
            check(libc::setuid(NOBODY))?;
        }
    }
    Ok(())
}
