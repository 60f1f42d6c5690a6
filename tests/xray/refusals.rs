//! Where xray cannot work, it says why in a sentence, and what to do.

use std::os::linux::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use assert_cmd::assert::Assert;
use predicates::str::{contains, starts_with};

use crate::events::{Scratch, samples, tracing_works};
use crate::running::Target;
use crate::{xray, xray_path};
use support::linux::{is_root, refusing};
use support::{
    Running, complained, copy_program, fails, from_std, printed, row, rows_of, says, skip,
};

/// It cannot work, and says so in lines that fit.
fn refuses(command: Command) -> Assert {
    let run = fails(&mut from_std(command), 1);
    assert!(complained(&run).lines().all(|line| line.chars().count() <= 100));
    run
}

#[test]
fn a_program_that_is_none() {
    if !tracing_works() {
        return;
    }
    // In PATH there may be folders that are closed to an ordinary user: EACCES for all that is not
    // found elsewhere.
    let wrong = [
        ("./no-such-program", "ENOENT", "as you would type it"),
        ("no-such-program", "(E", "PATH leads to no program of that name"),
        ("no such program", "(E", "Leave out the quotes"),
        // The tests run in the package's folder.
        ("Cargo.toml", "(E", "`python3 FILE`"),
        ("./Cargo.toml", "EACCES", "`python3 FILE`"),
        ("/", "EACCES", "It is not a program"),
    ];
    for (name, symbol, advice) in wrong {
        fails(&mut xray(&[name]), 1)
            .stderr(starts_with(format!("error: exec({name}): ")))
            .stderr(says(symbol))
            .stderr(says(advice))
            .stderr(says("Do:"));
    }
}

#[test]
fn a_file_that_cannot_be_written() {
    fails(&mut xray(&["--output", "/no/such/folder", "true"]), 1)
        .stderr(starts_with("error: open(/no/such/folder): "))
        .stderr(says("ENOENT"))
        .stderr(says("--output"));
}

#[test]
fn tracing_is_forbidden() {
    let mut command = Command::new(xray_path());
    refusing(command.arg("true"), libc::SYS_ptrace, None, libc::EPERM);
    refuses(command)
        .stderr(starts_with("error: ptrace: Operation not permitted (EPERM, 1)"))
        .stderr(says("container"))
        .stderr(says("Do: "));
}

#[test]
fn a_kernel_that_is_too_old() {
    for words in [&["true"][..], &["--pid", "1"]] {
        let mut command = Command::new(xray_path());
        refusing(command.args(words), libc::SYS_pidfd_getfd, None, libc::ENOSYS);
        refuses(command)
            .stderr(starts_with("error: pidfd_getfd: "))
            .stderr(says("older than Linux 5.6"))
            .stderr(says("strace"));
    }
}

#[test]
fn a_process_that_is_none() {
    // One that has ended, and whose number is no other's yet.
    let mut ended = Command::new("true").spawn().expect("true runs");
    ended.wait().expect("its end");
    for more in [&[][..], &["--follow"]] {
        let mut command = xray(&["--pid", &ended.id().to_string()]);
        let start = format!("error: ptrace({}): No such process (ESRCH, 3)", ended.id());
        fails(command.args(more), 1).stderr(starts_with(start)).stderr(says("`ps -e` lists them"));
    }
}

/// xray as nobody runs it, who may not be allowed to read the build folder: so it is copied.
fn xray_of_nobody(copy: &Scratch) -> Command {
    const NOBODY: u32 = 65534;
    copy_program(Path::new(xray_path()), copy.path());
    let mut command = Command::new(copy.path());
    command.uid(NOBODY).gid(NOBODY);
    command
}

#[test]
fn a_process_that_is_another_users() {
    let copy = Scratch::new();
    let (mut command, theirs) = if is_root() {
        // Nobody looks at this test.
        (xray_of_nobody(&copy), std::process::id())
    } else if std::fs::read_dir("/proc/1/fd").is_ok() {
        return skip("process 1 is this user's own");
    } else {
        (Command::new(xray_path()), 1)
    };
    command.args(["--pid", &theirs.to_string()]);
    refuses(command)
        .stderr(starts_with(format!("error: open(/proc/{theirs}/fd): ")))
        .stderr(says("EACCES"))
        .stderr(says("sudo"))
        .stderr(says("--port"));
}

/// Whose port it is, the system does not say; how many wait there, it tells everybody.
#[test]
fn the_port_of_a_process_that_is_another_users() {
    let copy = Scratch::new();
    // Where the tests are not root's, the process hides from its own user.
    let mut command = if is_root() { xray_of_nobody(&copy) } else { Command::new(xray_path()) };
    let target = Target::start("hidden");
    let port = target.address.port().to_string();
    command.args(["--port", &port]);
    let run = from_std(command).assert().success();
    let user =
        if is_root() { 0 } else { std::fs::metadata("/proc/self").expect("this process").st_uid() };
    let who = format!("user {user}; the system says no more");
    let rows = rows_of(printed(&run), &who);
    let listener = rows.iter().find(|row| row.state.starts_with("LISTEN")).expect("its listener");
    assert_eq!([&*listener.fd, &*listener.state], ["unknown", "LISTEN queue 1 of 64"]);
    assert_eq!(rows.iter().filter(|row| row.fd == "unknown").count(), rows.len());
    // Nobody has a descriptor of what is queued.
    assert_eq!(row(printed(&run), "no program yet: it is queued").fd, "—");
}

#[test]
fn a_port_where_the_kernel_does_not_answer() {
    let target = Target::start("wait");
    let mut command = Command::new(xray_path());
    command.args(["--port", &target.address.port().to_string()]);
    let netlink = Some(libc::AF_NETLINK as u64);
    refusing(&mut command, libc::SYS_socket, netlink, libc::EAFNOSUPPORT);
    let run = from_std(command).assert().success();
    let rows = rows_of(printed(&run), "samples, process ");
    assert!(rows.iter().any(|row| row.state == "LISTEN queue unknown"), "{rows:?}");
}

/// The sockets of samples.rs's `wait`, where copies of its descriptors are refused.
#[test]
fn copies_are_refused_of_a_running_process() {
    let mut target = Running::start(Command::new(samples()).arg("serve"));
    let address = target.wait_for("\n").trim().to_string();
    let mut command = Command::new(xray_path());
    command.args(["--pid", &target.process().to_string()]);
    refusing(&mut command, libc::SYS_pidfd_getfd, None, libc::EPERM);
    let run = from_std(command)
        .assert()
        .success()
        .stderr(says("does not let xray copy the program's descriptors"))
        .stderr(says("(EPERM, 1)"))
        .stderr(says("the kernel's tables in /proc"));
    let listener = row(printed(&run), "a listener");
    assert_eq!([listener.fd, listener.kind, listener.local], ["3", "TCP/IPv4", &address]);
    // The tables know the state, and not how many a queue may have.
    assert_eq!(listener.state, "LISTEN");
}

#[test]
fn copies_are_refused_of_a_program_that_xray_starts() {
    if !tracing_works() {
        return;
    }
    let mut command = Command::new(xray_path());
    command.args([samples(), "messages"]);
    refusing(&mut command, libc::SYS_pidfd_getfd, None, libc::EPERM);
    let remark = "xray: This system does not let xray copy the program's descriptors";
    let run = from_std(command).assert().success().stderr(contains(remark).count(1));
    let shown = complained(&run);
    assert_eq!(row(shown, "listen(64)").state, "LISTEN");
    let connected = row(shown, "connect(127.0.0.1:");
    assert!(connected.local.starts_with("127.0.0.1:"));
    assert!(["SYN_SENT", "ESTABLISHED"].contains(&connected.state.as_str()));
    // Bound and no more: such a socket is in no table.
    let bound = shown.lines().find(|line| line.starts_with("  bind(")).expect("bind");
    assert!(bound.ends_with("unknown"));
}

#[test]
fn another_traces_it() {
    if !tracing_works() {
        return;
    }
    // xray traces the program, and a second xray may not.
    let log = Scratch::new();
    let mut first = Command::new(xray_path());
    first.arg("--output").arg(log.path()).args(["sh", "-c", "echo $$; read line"]);
    // A stdin that stays open.
    let mut first = first
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("xray runs");
    let mut line = String::new();
    let stdout = first.stdout.take().expect("its stdout");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).expect("a line");
    let process = line.trim();
    fails(&mut xray(&["--pid", process, "--follow"]), 1)
        .stderr(says(format!("Process {} is tracing it", first.id())));
    drop(first.stdin.take());
    first.wait().expect("its end");
}
