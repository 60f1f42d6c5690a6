//! What `/proc` tells of other processes.

use std::fs;
use std::io;

use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::ptrace::Tid;

/// The process that a thread belongs to.
pub fn of_thread(tid: Tid) -> Option<i32> {
    let status = fs::read_to_string(format!("/proc/{tid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("Tgid:"))?.trim().parse().ok()
}

/// The threads of a process.
pub fn threads(process: i32) -> io::Result<Vec<Tid>> {
    let entries = fs::read_dir(format!("/proc/{process}/task"))?;
    Ok(entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect())
}

/// A process's name, as `ps` shows it (proc_pid_comm(5)).
pub fn name(process: i32) -> String {
    let name = fs::read_to_string(format!("/proc/{process}/comm"));
    name.map_or_else(|_| "?".to_string(), |name| name.trim().to_string())
}

/// Whether a thread waits for something in the kernel (the `S` or `D` of proc_pid_stat(5)).
pub fn waits(tid: Tid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{tid}/stat")).unwrap_or_default();
    let state = stat.rsplit(')').next().unwrap_or_default().trim_start();
    state.starts_with(['S', 'D'])
}

/// Whether `process` has a descriptor of this number.
pub fn is_open(process: i32, descriptor: i32) -> bool {
    fs::symlink_metadata(format!("/proc/{process}/fd/{descriptor}")).is_ok()
}

/// The socket's number in the kernel, if `descriptor` of `process` is a socket.
pub fn inode(process: i32, descriptor: i32) -> Option<u64> {
    let target = fs::read_link(format!("/proc/{process}/fd/{descriptor}")).ok()?;
    target.to_str()?.strip_prefix("socket:[")?.trim_end_matches(']').parse().ok()
}

/// The descriptors of a process that are sockets, in the order of their numbers.
pub fn sockets(process: i32) -> io::Result<Vec<i32>> {
    let entries = fs::read_dir(format!("/proc/{process}/fd"))?;
    let numbers = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut sockets: Vec<i32> = numbers.filter(|fd| inode(process, *fd).is_some()).collect();
    sockets.sort_unstable();
    Ok(sockets)
}

/// A handle of a process, by which its descriptors can be copied.
pub fn open(process: i32) -> io::Result<OwnedFd> {
    let pid = Pid::from_raw(process).ok_or(io::ErrorKind::InvalidInput)?;
    Ok(pidfd_open(pid, PidfdFlags::empty())?)
}

/// The same for a thread.
///
/// # Errors
///
/// `ESRCH`: the thread has ended, or the kernel is older than Linux 6.9.
pub fn open_thread(tid: Tid) -> Result<OwnedFd, Errno> {
    let pid = Pid::from_raw(tid).ok_or(Errno::SRCH)?;
    let of_a_thread = PidfdFlags::from_bits_retain(libc::PIDFD_THREAD);
    pidfd_open(pid, of_a_thread).map_err(|_| Errno::SRCH)
}
