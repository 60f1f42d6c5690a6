//! What a stranger's program has no use for, and what leads past namespaces and mounts: the
//! terminal, descriptors that somebody has left open, sockets on this machine that are not the
//! network's, keys, and calls that nobody sees.

use std::io;

use libc::{sock_filter, sock_fprog};
use nix::sys::prctl;

/// Keeps what this process will start from what is open: an open file is not held off by a mount
/// that is read-only.
pub fn let_go() {
    // From the fourth on, descriptors end at exec. A kernel before 5.11 changes nothing.
    // SAFETY: it takes three numbers.
    unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, CLOSE_RANGE_CLOEXEC) };
}

const CLOSE_RANGE_CLOEXEC: libc::c_uint = 4;

/// The machine for which this is compiled, as linux/audit.h numbers it.
#[cfg(target_arch = "x86_64")]
const MACHINE: Option<u32> = Some(0xC000_003E);
#[cfg(target_arch = "aarch64")]
const MACHINE: Option<u32> = Some(0xC000_00B7);
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const MACHINE: Option<u32> = None;

/// From here on, numbers are those of another set of calls (x32).
const OTHER_CALLS: u32 = 0x4000_0000;

/// Where struct seccomp_data has what the filter asks about.
const NUMBER: u32 = 0;
const ARCHITECTURE: u32 = 4;
const FIRST_ARGUMENT: u32 = 16;

/// Calls that are as if the kernel did not have them: an io_uring opens sockets past this filter and
/// past xray, and keys are their user's, whatever the namespace.
///
/// clone3 has its flags in memory, where a filter does not see them; whoever is without it uses clone.
const MISSING: [libc::c_long; 5] = [
    libc::SYS_io_uring_setup,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_clone3,
];

/// What would give a program a user namespace of its own, in which it may mount what it likes: memory
/// without a limit, for instance.
const OWN_USERS: u32 = libc::CLONE_NEWUSER as u32;

/// The sockets that there are. A Unix socket leads to whoever listens on it, out of the network
/// namespace: a session bus, a container's engine, an agent that holds keys.
const FAMILIES: [libc::c_int; 4] =
    [libc::AF_UNSPEC, libc::AF_INET, libc::AF_INET6, libc::AF_NETLINK];

fn statement(code: u32, value: u32) -> sock_filter {
    sock_filter { code: code as u16, jt: 0, jf: 0, k: value }
}

fn load(offset: u32) -> sock_filter {
    statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, offset)
}

/// Skips the next instruction unless the loaded value is as asked.
fn unless(how: u32, value: u32) -> sock_filter {
    sock_filter { jf: 1, ..statement(libc::BPF_JMP | how | libc::BPF_K, value) }
}

fn answer(action: u32) -> sock_filter {
    statement(libc::BPF_RET | libc::BPF_K, action)
}

fn fails(error: libc::c_int) -> sock_filter {
    answer(libc::SECCOMP_RET_ERRNO | error as u32)
}

fn filter(machine: u32) -> Vec<sock_filter> {
    let pass = || answer(libc::SECCOMP_RET_ALLOW);
    let is = |value| unless(libc::BPF_JEQ, value);
    let mut filter = vec![load(ARCHITECTURE)];
    // Another machine's calls have other numbers.
    filter.push(sock_filter { jt: 1, jf: 0, ..is(machine) });
    filter.push(answer(libc::SECCOMP_RET_KILL_PROCESS));
    filter.extend([load(NUMBER), unless(libc::BPF_JGE, OTHER_CALLS), fails(libc::ENOSYS)]);
    for call in MISSING {
        filter.extend([is(call as u32), fails(libc::ENOSYS)]);
    }
    for call in [libc::SYS_unshare, libc::SYS_clone] {
        // Both have their flags first.
        filter.push(sock_filter { jf: 4, ..is(call as u32) });
        filter.extend([load(FIRST_ARGUMENT), unless(libc::BPF_JSET, OWN_USERS)]);
        filter.extend([fails(libc::EPERM), pass()]);
    }
    filter.push(sock_filter { jt: 1, jf: 0, ..is(libc::SYS_socket as u32) });
    filter.push(pass());
    filter.push(load(FIRST_ARGUMENT));
    for family in FAMILIES {
        filter.extend([is(family as u32), pass()]);
    }
    filter.push(fails(libc::EAFNOSUPPORT));
    filter
}

/// Bars this process, and all that it will start, from those calls; it must have given up gaining
/// rights by exec.
pub fn bar_calls() -> io::Result<()> {
    let Some(machine) = MACHINE else { return Ok(()) };
    install(filter(machine))
}

fn install(mut filter: Vec<sock_filter>) -> io::Result<()> {
    let program = sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: the kernel copies the instructions, which outlive the call.
    let result = unsafe {
        libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const program)
    };
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Gives up all capabilities. Who has given up gaining rights by exec (PR_SET_NO_NEW_PRIVS) gets none
/// back, not even as root.
pub fn drop_capabilities() -> io::Result<()> {
    const VERSION: u32 = 0x2008_0522; // _LINUX_CAPABILITY_VERSION_3
    let head = [VERSION, 0]; // and this process
    let none = [0_u32; 6]; // twice those that are effective, permitted and inheritable
    // SAFETY: it reads these two structures, which are such numbers (capset(2)).
    let result = unsafe { libc::syscall(libc::SYS_capset, head.as_ptr(), none.as_ptr()) };
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// A signal for everybody, or for a group of processes: a negative number.
const MANY: u32 = 0x8000_0000;

/// Keeps the signals of this process, and of all that it will start, from processes that are not
/// theirs, as far as this system can, where it does not give them process numbers of their own. With
/// `scope` none reaches another process, from Linux 6.12 on (landlock(7)); and none is for everybody,
/// nor for a group that is named, which could be the one of whoever judges.
pub fn keep_signals_in(scope: bool) {
    let _ = prctl::set_no_new_privs();
    if scope {
        let _ = scope_signals();
    }
    if let Some(machine) = MACHINE {
        let pass = || answer(libc::SECCOMP_RET_ALLOW);
        let is = |value| unless(libc::BPF_JEQ, value);
        let _ = install(vec![
            load(ARCHITECTURE),
            sock_filter { jt: 1, jf: 0, ..is(machine) },
            pass(),
            load(NUMBER),
            sock_filter { jt: 1, jf: 0, ..is(libc::SYS_kill as u32) },
            pass(),
            load(FIRST_ARGUMENT),
            unless(libc::BPF_JGE, MANY),
            fails(libc::EPERM),
            pass(),
        ]);
    }
}

/// The struct landlock_ruleset_attr of landlock_create_ruleset(2).
#[repr(C)]
struct Rules {
    files: u64,
    network: u64,
    scoped: u64,
}

/// LANDLOCK_SCOPE_SIGNAL
const SIGNALS: u64 = 2;

fn scope_signals() -> io::Result<()> {
    let rules = Rules { files: 0, network: 0, scoped: SIGNALS };
    let size = size_of::<Rules>();
    // SAFETY: it reads one such structure, of this size.
    let rules =
        unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, &raw const rules, size, 0) };
    if rules == -1 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it takes two numbers; the descriptor ends at exec.
    let result = unsafe { libc::syscall(libc::SYS_landlock_restrict_self, rules, 0) };
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
