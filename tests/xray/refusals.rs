//! Where xray cannot work, it says why in a sentence, and what to do.

use std::os::unix::process::CommandExt;
use std::process::Command;

use assert_cmd::Command as Run;

use crate::events::{Scratch, samples, tracing_works};
use crate::{xray, xray_path};
use support::linux::{is_root, refusing};
use support::{DEADLINE, Running, complaint, prose, row, skip};

fn complains(command: Command, status: i32) -> String {
    let said = complaint(Run::from_std(command).timeout(DEADLINE), status);
    assert!(said.lines().all(|line| line.chars().count() <= 100), "{said}");
    prose(&said)
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
        ("/", "EACCES", "It is no program"),
    ];
    for (name, symbol, advice) in wrong {
        let said = prose(&complaint(&mut xray(&[name]), 1));
        assert!(said.starts_with(&format!("error: exec({name}): ")), "{said}");
        assert!(said.contains(symbol) && said.contains(advice) && said.contains("Do:"), "{said}");
    }
}

#[test]
fn a_file_that_cannot_be_written() {
    let said = prose(&complaint(&mut xray(&["--output", "/no/such/folder", "true"]), 1));
    assert!(said.starts_with("error: open(/no/such/folder): "), "{said}");
    assert!(said.contains("ENOENT") && said.contains("--output"), "{said}");
}

#[test]
fn tracing_is_forbidden() {
    let mut command = Command::new(xray_path());
    refusing(command.arg("true"), libc::SYS_ptrace, None, libc::EPERM);
    let said = complains(command, 1);
    assert!(said.starts_with("error: ptrace: Operation not permitted (EPERM, 1)"), "{said}");
    assert!(said.contains("container") && said.contains("Do: "), "{said}");
}

#[test]
fn a_kernel_that_is_too_old() {
    for words in [&["true"][..], &["--pid", "1"]] {
        let mut command = Command::new(xray_path());
        refusing(command.args(words), libc::SYS_pidfd_getfd, None, libc::ENOSYS);
        let said = complains(command, 1);
        assert!(said.starts_with("error: pidfd_getfd: "), "{said}");
        assert!(said.contains("older than Linux 5.6") && said.contains("strace"), "{said}");
    }
}

#[test]
fn a_process_that_is_none() {
    // One that has ended, and whose number is no other's yet.
    let mut ended = Command::new("true").spawn().expect("true runs");
    ended.wait().expect("its end");
    for more in [&[][..], &["--follow"]] {
        let mut command = xray(&["--pid", &ended.id().to_string()]);
        let said = prose(&complaint(command.args(more), 1));
        let start = format!("error: ptrace({}): No such process (ESRCH, 3)", ended.id());
        assert!(said.starts_with(&start), "{said}");
        assert!(said.contains("`ps -e` lists them"), "{said}");
    }
}

#[test]
fn a_process_that_is_another_users() {
    let copy = Scratch::new();
    let (mut command, theirs) = if is_root() {
        // Nobody looks at this test. (Nobody may not be allowed to read the build folder.)
        const NOBODY: u32 = 65534;
        // By another process: this one forks in other tests, and a program is busy (ETXTBSY) as
        // long as anybody may write to it.
        let copied = Command::new("cp").arg(xray_path()).arg(copy.path()).status();
        assert!(copied.expect("cp runs").success());
        let mut command = Command::new(copy.path());
        command.uid(NOBODY).gid(NOBODY);
        (command, std::process::id())
    } else if std::fs::read_dir("/proc/1/fd").is_ok() {
        return skip("process 1 is this user's own");
    } else {
        (Command::new(xray_path()), 1)
    };
    command.args(["--pid", &theirs.to_string()]);
    let said = complains(command, 1);
    assert!(said.starts_with(&format!("error: open(/proc/{theirs}/fd): ")), "{said}");
    assert!(said.contains("EACCES") && said.contains("sudo") && said.contains("--port"), "{said}");
}

/// The sockets of samples.rs's `wait`, where copies of its descriptors are refused.
#[test]
fn copies_are_refused_of_a_running_process() {
    let mut target = Running::start(Command::new(samples()).arg("serve"));
    let address = target.wait_for("\n").trim().to_string();
    let mut command = Command::new(xray_path());
    command.args(["--pid", &target.process().to_string()]);
    refusing(&mut command, libc::SYS_pidfd_getfd, None, libc::EPERM);
    let done = Run::from_std(command).timeout(DEADLINE).assert().success();
    let said = prose(&String::from_utf8_lossy(&done.get_output().stderr));
    assert!(said.contains("does not let xray copy the program's descriptors"), "{said}");
    assert!(said.contains("(EPERM, 1)") && said.contains("the kernel's tables in /proc"), "{said}");
    let shown = String::from_utf8_lossy(&done.get_output().stdout).to_string();
    let listener = row(&shown, "a listener");
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
    let done = Run::from_std(command).timeout(DEADLINE).assert().success();
    let shown = String::from_utf8_lossy(&done.get_output().stderr).to_string();
    let remark = "xray: This system does not let xray copy the program's descriptors";
    assert_eq!(shown.matches(remark).count(), 1, "{shown}");
    assert_eq!(row(&shown, "listen(64)").state, "LISTEN", "{shown}");
    let connected = row(&shown, "connect(127.0.0.1:");
    assert!(connected.local.starts_with("127.0.0.1:"), "{shown}");
    assert!(["SYN_SENT", "ESTABLISHED"].contains(&connected.state.as_str()), "{shown}");
    // Bound and no more: such a socket is in no table.
    let bound = shown.lines().find(|line| line.starts_with("  bind(")).expect("bind");
    assert!(bound.ends_with("unknown"), "{shown}");
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
    let said = prose(&complaint(&mut xray(&["--pid", process, "--follow"]), 1));
    assert!(said.contains(&format!("Process {} traces it", first.id())), "{said}");
    drop(first.stdin.take());
    first.wait().expect("its end");
}
