//! Children with less than the test has: no capability, few descriptors, no network, a refusing
//! kernel. All of it happens in the child, between fork and exec, and never to the test itself.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use kernel::check;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

use crate::skip;

/// Does `change` in the child before the program starts.
///
/// # Safety
///
/// `change` runs between fork and exec of a process that may have threads: it must do nothing but
/// what signal-safety(7) allows, and so allocate nothing.
pub unsafe fn in_child(
    command: &mut Command,
    change: impl FnMut() -> io::Result<()> + Send + Sync + 'static,
) -> &mut Command {
    // SAFETY: the caller promises it.
    unsafe { command.pre_exec(change) }
}

/// The child inherits descriptors 0, 1 and 2, whatever else the test was started with, so that its
/// first socket is number 3.
pub fn with_clean_descriptors(command: &mut Command) -> &mut Command {
    let change = || {
        let flags = libc::CLOSE_RANGE_CLOEXEC;
        // SAFETY: close_range(2) takes numbers alone; the descriptors stay open until exec. (By its
        // number, since musl has no function for it.)
        check(unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, flags) } as i32)
    };
    // SAFETY: it makes system calls, and allocates nothing.
    unsafe { in_child(command, change) }
}

/// Ctrl-C and the end of the terminal end the child, even where they do not end this test: a shell's
/// `&` and nohup ignore them, which is inherited.
pub fn with_default_signals(command: &mut Command) -> &mut Command {
    let change = || {
        for signal in [libc::SIGINT, libc::SIGHUP] {
            // SAFETY: SIG_DFL is no function of ours.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
        }
        Ok(())
    };
    // SAFETY: it makes system calls, and allocates nothing.
    unsafe { in_child(command, change) }
}

/// The child may not bind low ports, even as root.
pub fn without_low_ports(command: &mut Command) -> &mut Command {
    const CAP_NET_BIND_SERVICE: libc::c_ulong = 10;
    let change = || {
        // SAFETY: prctl with numbers alone touches no memory.
        let result = unsafe { libc::prctl(libc::PR_CAPBSET_DROP, CAP_NET_BIND_SERVICE, 0, 0, 0) };
        match check(result) {
            // Whoever may not drop it does not have it.
            Err(error) if error.raw_os_error() == Some(libc::EPERM) => Ok(()),
            result => result,
        }
    };
    // SAFETY: it makes system calls, and allocates nothing.
    unsafe { in_child(command, change) }
}

/// The child may have descriptors 0 to `limit` - 1.
pub fn with_descriptors(command: &mut Command, limit: u64) -> &mut Command {
    let change = move || {
        let limit = libc::rlimit { rlim_cur: limit, rlim_max: limit };
        // SAFETY: setrlimit reads one rlimit.
        check(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) })
    };
    // SAFETY: it makes system calls, and allocates nothing.
    unsafe { in_child(command, change) }
}

/// The child has a network namespace of its own, whose loopback interface is down.
pub fn without_network(command: &mut Command) -> &mut Command {
    let flags =
        if is_root() { libc::CLONE_NEWNET } else { libc::CLONE_NEWNET | libc::CLONE_NEWUSER };
    let change = move || {
        // SAFETY: unshare takes flags and touches no memory.
        check(unsafe { libc::unshare(flags) })
    };
    // SAFETY: it makes system calls, and allocates nothing.
    unsafe { in_child(command, change) }
}

/// Whether this test runs as root.
pub fn is_root() -> bool {
    // SAFETY: geteuid touches no memory.
    unsafe { libc::geteuid() == 0 }
}

/// Whether [`without_network`] is allowed here; says so where it is not.
pub fn namespaces_allowed() -> bool {
    let run = without_network(&mut Command::new("true")).status();
    let allowed = run.is_ok_and(|status| status.success());
    if !allowed {
        skip("this machine allows no network namespace");
    }
    allowed
}

/// Whether a program may make a link in a network of its own here; says so where it may not.
pub fn links_allowed() -> bool {
    let mut opens = Command::new("sh");
    opens.args(["-c", ": <>/dev/net/tun"]).stderr(Stdio::null());
    let allowed = without_network(&mut opens).status().is_ok_and(|status| status.success());
    if !allowed {
        skip("this machine allows no link of one's own (/dev/net/tun)");
    }
    allowed
}

/// The child sees an empty /proc. The mount is in a user namespace of the child's own, whose mounts
/// never reach the others.
pub fn without_proc(command: &mut Command) -> &mut Command {
    let change = || {
        // SAFETY: unshare takes flags; mount reads C strings, or nothing where it is given null.
        unsafe {
            check(libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNS))?;
            let kind = c"tmpfs".as_ptr();
            check(libc::mount(kind, c"/proc".as_ptr(), kind, 0, std::ptr::null()))
        }
    };
    // SAFETY: it makes system calls, and allocates nothing.
    unsafe { in_child(command, change) }
}

/// Whether [`without_proc`] is allowed here; says so where it is not.
pub fn mounts_allowed() -> bool {
    let run = without_proc(&mut Command::new("true")).status();
    let allowed = run.is_ok_and(|status| status.success());
    if !allowed {
        skip("this machine allows no mount in a user namespace");
    }
    allowed
}

/// In the child the kernel answers `errno` to a system call whose first argument is `first` (or
/// any). That is how the answers of kernels that we do not have are made: one without IPv6, or one
/// that a sandbox surrounds.
pub fn refusing(command: &mut Command, call: i64, first: Option<u64>, errno: i32) -> &mut Command {
    let condition = |value| {
        SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value).expect("valid")
    };
    let rules = first.map(|value| SeccompRule::new(vec![condition(value)]).expect("valid"));
    let filter: BpfProgram = SeccompFilter::new(
        [(call, rules.into_iter().collect())].into(),
        SeccompAction::Allow,
        SeccompAction::Errno(errno as u32),
        std::env::consts::ARCH.try_into().expect("an architecture that seccompiler knows"),
    )
    .and_then(TryInto::try_into)
    .expect("a valid filter");
    let change = move || {
        seccompiler::apply_filter(&filter).map_err(|_| io::ErrorKind::PermissionDenied.into())
    };
    // SAFETY: it makes system calls, and allocates nothing.
    unsafe { in_child(command, change) }
}

/// Runs `command` on a terminal of so many columns, and returns what appeared there.
pub fn on_terminal(command: &mut Command, columns: u16) -> String {
    let (main, terminal) = terminal(columns).expect("a terminal");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(terminal.try_clone().expect("a copy"))
        .stderr(terminal)
        .spawn()
        .expect("the program starts");
    command.stdout(Stdio::null()).stderr(Stdio::null()); // lets go of our copies
    let mut shown = Vec::new();
    // Reading fails with EIO when the last program has closed the terminal.
    let _ = { &main }.read_to_end(&mut shown);
    child.wait().expect("its status");
    String::from_utf8(shown).expect("UTF-8").replace("\r\n", "\n")
}

/// A terminal's two ends, see pty(7): ours, and the programs'. Neither is inherited by the children
/// that other tests start meanwhile, as those of openpty(3) would be.
fn terminal(columns: u16) -> io::Result<(File, OwnedFd)> {
    let main = File::options().read(true).write(true).open("/dev/ptmx")?;
    let size = libc::winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    let flags = libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC;
    // SAFETY: `main` is open; TIOCSWINSZ reads one winsize, and the others take numbers.
    let terminal = unsafe {
        check(libc::unlockpt(main.as_raw_fd()))?;
        check(libc::ioctl(main.as_raw_fd(), libc::TIOCSWINSZ, &size))?;
        libc::ioctl(main.as_raw_fd(), libc::TIOCGPTPEER, flags)
    };
    check(terminal)?;
    // SAFETY: the kernel has just made it, and nobody else has it.
    Ok((main, unsafe { OwnedFd::from_raw_fd(terminal) }))
}
