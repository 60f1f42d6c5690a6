//! What `/proc` says about other processes.

use std::collections::HashMap;
use std::fs;
use std::io;

use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, WaitId, WaitIdOptions, pidfd_open, waitid};

use super::names::printable;
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

/// A thread's number in each pid namespace in which it is visible, from the one of this /proc on.
pub fn numbers(tid: Tid) -> Vec<Tid> {
    let status = fs::read_to_string(format!("/proc/{tid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("NSpid:")).unwrap_or_default();
    line.split_whitespace().filter_map(|number| number.parse().ok()).collect()
}

/// A process's name, as `ps` shows it (proc_pid_comm(5)).
pub fn name(process: i32) -> String {
    let name = fs::read(format!("/proc/{process}/comm")).unwrap_or_default();
    match name.strip_suffix(b"\n") {
        Some(name) => printable(name),
        None => "?".to_string(),
    }
}

/// Whether this process has children.
pub fn has_children() -> bool {
    let any = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    waitid(WaitId::All, any).is_ok()
}

/// The thread through which a process can be looked at: its first one, or another if that has
/// ended; `None` if all have ended, and the process waits to be asked how it ended (a zombie).
pub fn thread_to_ask(process: i32) -> Option<Tid> {
    let lives = |tid: &Tid| state(*tid).is_none_or(|state| state != 'Z');
    Some(process).filter(lives).or_else(|| threads(process).ok()?.into_iter().find(lives))
}

/// A word of what follows the name in proc_pid_stat(5).
fn of_stat(tid: Tid, place: usize) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{tid}/stat")).ok()?;
    Some(stat.rsplit(')').next()?.split_whitespace().nth(place)?.to_string())
}

fn state(tid: Tid) -> Option<char> {
    of_stat(tid, 0)?.chars().next()
}

/// The process that has made a process, or has taken it over when that ended.
pub fn parent(process: i32) -> Option<i32> {
    of_stat(process, 1)?.parse().ok()
}

/// Whether a thread waits for something in the kernel (the `S` or `D` of proc_pid_stat(5)).
pub fn waits(tid: Tid) -> bool {
    state(tid).is_some_and(|state| "SD".contains(state))
}

/// Whether a thread that is traced has stopped, or ended.
pub fn has_stopped(tid: Tid) -> bool {
    state(tid).is_none_or(|state| "tTZX".contains(state))
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

/// The sockets of a process, by their inodes, each with its descriptors in order.
pub fn descriptors_by_socket(process: i32) -> HashMap<u64, Vec<i32>> {
    let mut found = HashMap::<u64, Vec<i32>>::new();
    for descriptor in sockets(process).unwrap_or_default() {
        if let Some(socket) = inode(process, descriptor) {
            found.entry(socket).or_default().push(descriptor);
        }
    }
    found
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
