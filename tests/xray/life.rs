//! The program behaves as it does without xray, and whatever happens to one of them, nothing is left
//! behind.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::AsRawFd;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use predicates::str::contains;

use crate::events::{Event, Scratch, calls, events, samples, tracing_works};
use crate::{xray, xray_path};
use support::linux::{in_child, with_default_signals};
use support::{DEADLINE, Running, printed, program, succeeds};

fn sh(script: &str) -> assert_cmd::Command {
    xray(&["sh", "-c", script])
}

pub fn kill(process: i64, signal: i32) {
    // SAFETY: it takes numbers, and the process is one that the test has started.
    assert_eq!(unsafe { libc::kill(process as i32, signal) }, 0);
}

/// Waits until `done` says so.
pub fn until(what: &str, mut done: impl FnMut() -> bool) {
    let give_up = Instant::now() + DEADLINE;
    while !done() {
        assert!(Instant::now() < give_up, "waiting until {what}");
        thread::yield_now();
    }
}

/// The state of a process (proc_pid_stat(5)); none when it is gone.
fn state(process: i64) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit(") ").next()?.chars().next()
}

/// What a file has by now, without a line that is not written whole.
pub fn so_far(path: &Path) -> Vec<Event> {
    let text = fs::read_to_string(path).unwrap_or_default();
    events(&text[..text.rfind('\n').map_or(0, |end| end + 1)])
}

/// A program of samples.rs under xray, which waits in accept.
struct Waiting {
    log: Scratch,
    xray: Running,
    address: SocketAddr,
    /// The program's number.
    process: i64,
}

fn waiting(words: &[&str]) -> Waiting {
    let log = Scratch::new();
    let mut command = Command::new(xray_path());
    command.arg("--json").arg("--output").arg(log.path()).arg(samples()).args(words);
    let mut xray = Running::start(with_default_signals(&mut command));
    let address = xray.wait_for("\n").trim().parse().expect("an address");
    let mut process = 0;
    until("accept waits", || {
        let waits = so_far(log.path()).into_iter().find(|event| event.is("waits"));
        process = waits.map_or(0, |event| event.number("process"));
        process != 0
    });
    Waiting { log, xray, address, process }
}

#[test]
fn the_status_is_the_programs() {
    if !tracing_works() {
        return;
    }
    for status in [0, 1, 2, 77, 255] {
        sh(&format!("exit {status}")).assert().code(status).stdout("").stderr("");
    }
    // As a shell sees it.
    let shell = r#""$0" sh -c 'exit 3'; echo $?"#;
    program("sh").args(["-c", shell, xray_path()]).assert().stdout("3\n");
}

#[test]
fn what_it_reads_and_writes_and_where_it_is_are_its_own() {
    if !tracing_works() {
        return;
    }
    let script = "cat; echo complaint >&2; pwd; echo $ANYTHING; env | grep -c ^CARGO";
    let folder = std::env::temp_dir().canonicalize().expect("a folder");
    let mut command = sh(script);
    command.current_dir(&folder).write_stdin("typed\n").env_clear().env("ANYTHING", "as it was");
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let stdout = format!("typed\n{}\nas it was\n0\n", folder.display());
    command.assert().stdout(stdout).stderr("complaint\n");
}

#[test]
fn rows_go_to_stderr_or_to_a_file() {
    if !tracing_works() {
        return;
    }
    let run = xray(&[samples(), "rebind", "1"]).assert();
    run.stdout("").stderr(contains("  bind(127.0.0.1:"));

    let log = Scratch::new();
    let mut command = xray(&["--output"]);
    command.arg(log.path()).args([samples(), "rebind", "1"]).assert().stdout("").stderr("");
    assert!(log.text().contains("  bind(127.0.0.1:"));
}

#[test]
fn a_signal_that_ends_the_program_ends_xray() {
    if !tracing_works() {
        return;
    }
    for signal in [libc::SIGKILL, libc::SIGTERM, libc::SIGUSR2] {
        let log = Scratch::new();
        let mut command = Command::new(xray_path());
        command.arg("--json").arg("--output").arg(log.path());
        let status = command
            .args([samples(), "kill", &signal.to_string()])
            .stderr(Stdio::null())
            .status()
            .expect("it ends");
        assert_eq!(status.signal(), Some(signal), "{status}");
        let seen = so_far(log.path());
        let end = seen.last().expect("its end");
        assert!(end.is("end") && end.number("signal") == i64::from(signal), "{end:?}");
        // The kernel closed its socket, and that is no call.
        let shown: Vec<String> =
            calls(seen).iter().map(|call| call.text("call").to_string()).collect();
        assert_eq!(shown, ["socket", "bind"]);
    }
}

#[test]
fn signals_that_xray_gets_are_for_the_program() {
    if !tracing_works() {
        return;
    }
    for signal in [libc::SIGTERM, libc::SIGINT, libc::SIGHUP] {
        let waiting = waiting(&["serve"]);
        kill(i64::from(waiting.xray.process()), signal);
        let run = waiting.xray.finish();
        assert_eq!(run.get_output().status.signal(), Some(signal), "{run}");
        assert_eq!(state(waiting.process), None);
        let last = so_far(waiting.log.path()).pop().expect("its end");
        assert_eq!(last.number("signal"), i64::from(signal));
    }
    // One that the program handles, and goes on.
    let mut waiting = waiting(&["signal", "restart"]);
    kill(i64::from(waiting.xray.process()), libc::SIGUSR1);
    waiting.xray.wait_for("signal\n");
    drop(TcpStream::connect(waiting.address).expect("it still listens"));
    waiting.xray.finish().success();
}

#[test]
fn a_call_that_a_signal_interrupts_is_shown_as_the_program_sees_it() {
    if !tracing_works() {
        return;
    }
    // With SA_RESTART the kernel begins the call again: for the program it is one call.
    for (how, expected) in [("restart", &[""][..]), ("interrupt", &["EINTR", ""])] {
        let mut waiting = waiting(&["signal", how]);
        kill(waiting.process, libc::SIGUSR1);
        waiting.xray.wait_for("signal\n");
        drop(TcpStream::connect(waiting.address).expect("it still listens"));
        waiting.xray.finish().success();
        let seen = calls(so_far(waiting.log.path()));
        let accepted: Vec<&str> =
            seen.iter().filter(|call| call.text("call") == "accept").map(Event::symbol).collect();
        assert_eq!(accepted, expected, "{how}");
    }
}

#[test]
fn a_program_ends_when_xray_is_killed() {
    if !tracing_works() {
        return;
    }
    let mut waiting = waiting(&["serve"]);
    let client = TcpStream::connect(waiting.address).expect("it serves");
    kill(i64::from(waiting.xray.process()), libc::SIGKILL);
    let (status, _) = waiting.xray.wait_for_end();
    assert_eq!(status.signal(), Some(libc::SIGKILL));
    let process = waiting.process;
    until("the program has ended", || state(process).is_none_or(|state| state == 'Z'));
    drop(client);
}

#[test]
fn a_program_that_is_stopped_and_continued() {
    if !tracing_works() {
        return;
    }
    let waiting = waiting(&["serve"]);
    kill(waiting.process, libc::SIGSTOP);
    let process = waiting.process;
    let stopped = || state(process).is_some_and(|state| "tT".contains(state));
    // And stays so: xray stops it for a moment at each signal.
    until("it is stopped", || (0..5000).all(|_| stopped()));
    kill(process, libc::SIGCONT);
    let mut client = TcpStream::connect(waiting.address).expect("the kernel connects");
    std::io::Write::write_all(&mut client, b"end").expect("it reads");
    waiting.xray.finish().success();
}

#[test]
fn what_was_ignored_stays_so() {
    if !tracing_works() {
        return;
    }
    let ignored = |words: &[&str]| {
        let mut command = Command::new(words[0]);
        let ignore = || {
            // SAFETY: it takes numbers.
            unsafe { libc::signal(libc::SIGHUP, libc::SIG_IGN) };
            Ok(())
        };
        // SAFETY: it makes a system call, and allocates nothing.
        unsafe { in_child(&mut command, ignore) };
        let done = command.args(&words[1..]).output().expect("it runs");
        String::from_utf8(done.stdout).expect("UTF-8")
    };
    let show = ["grep", "^Sig[BI]", "/proc/self/status"];
    let without = ignored(&show);
    assert!(without.contains("SigIgn"), "{without}");
    assert_eq!(ignored(&[&[xray_path()], show.as_slice()].concat()), without);
}

#[test]
fn what_the_program_inherits_is_what_xray_was_given() {
    if !tracing_works() {
        return;
    }
    let shell = |script: &str| {
        let run = program("sh").args(["-c", script, xray_path()]).assert().success();
        printed(&run).to_string()
    };
    let tell = "sh -c 'grep SigIgn /proc/self/status; ulimit -Sn'";
    let plain = shell(tell);
    for before in ["true; ", "trap '' PIPE; ", "ulimit -Sn 100; "] {
        let without = shell(&format!("{before}{tell}"));
        assert_eq!(without == plain, before == "true; ");
        assert_eq!(shell(&format!("{before}\"$0\" {tell}")), without, "{before}");
    }
    // Descriptors that are closed stay closed.
    let closed = r#""$0" sh -c 'ls -l /proc/$$/fd/0 2>/dev/null || echo closed' <&-"#;
    assert_eq!(shell(closed), "closed\n");
}

#[test]
fn children_that_are_not_its_own_keep_nobody_waiting() {
    if !tracing_works() {
        return;
    }
    // The shell's child waits for a pipe that this test holds, and is xray's after exec.
    let script = r#"exec 3<&0; cat <&3 & exec "$0" true"#;
    let mut shell = Command::new("sh");
    shell.args(["-c", script, xray_path()]).stdin(Stdio::piped());
    let mut shell = shell.spawn().expect("sh runs");
    let mut status = None;
    until("xray ends", || {
        status = shell.try_wait().expect("its status");
        status.is_some()
    });
    assert!(status.is_some_and(|status| status.success()), "{status:?}");
    drop(shell.stdin.take());
}

#[test]
fn rows_on_the_programs_own_stdout_or_on_a_slow_stderr() {
    if !tracing_works() {
        return;
    }
    let file = Scratch::new();
    let script = r#""$0" --output /dev/stdout \
                    sh -c 'echo first; "$0" rebind 1; echo last' "$1" >"$2""#;
    succeeds(program("sh").args(["-c", script, xray_path(), samples()]).arg(file.path()));
    let text = file.text();
    assert!(text.contains("first\n") && text.contains("last\n"), "{text}");
    assert!(text.contains("  listen(64) "), "{text}");

    // A program may make stderr non-blocking, which is xray's as well. The pipe is full at 64 KiB.
    let Some(python) = support::python() else { return };
    let nonblocking = "import os, socket\nos.set_blocking(2, False)\n\
                       for _ in range(1000): socket.socket().close()";
    let mut command = Command::new(xray_path());
    command.args([python, "-c", nonblocking]).stderr(Stdio::piped()).stdout(Stdio::null());
    let mut xray = command.spawn().expect("xray runs");
    let stderr = xray.stderr.take().expect("its stderr");
    // Nobody reads until nothing more is written.
    let waiting = || {
        let mut bytes = 0;
        // SAFETY: FIONREAD writes one int.
        assert_eq!(unsafe { libc::ioctl(stderr.as_raw_fd(), libc::FIONREAD, &mut bytes) }, 0);
        bytes
    };
    until("the pipe is full", || {
        let before = waiting();
        before > 60_000 && (0..5000).all(|_| waiting() == before)
    });
    let sockets = std::io::BufRead::lines(std::io::BufReader::new(stderr))
        .map_while(Result::ok)
        .filter(|line| line.starts_with("  socket("))
        .count();
    assert!(xray.wait().expect("it ends").success());
    assert_eq!(sockets, 1000);
}

#[test]
fn what_it_leaves_behind_is_followed_and_said() {
    if !tracing_works() {
        return;
    }
    // The child reads its stdin until we let go of it; its parent has ended long before.
    let script = r#"exec 3<&0; ("$0" wait <&3) & exit 0"#;
    let mut command = Command::new(xray_path());
    command.args(["sh", "-c", script, samples()]).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut xray = command.stderr(Stdio::piped()).spawn().expect("xray runs");
    let mut lines =
        std::io::BufRead::lines(std::io::BufReader::new(xray.stderr.take().expect("its stderr")));
    let said = lines.find_map(|line| line.ok().filter(|line| line.starts_with("xray: ")));
    assert!(said.expect("a remark").contains("what it started goes on: samples"));
    drop(xray.stdin.take());
    assert!(lines.map_while(Result::ok).any(|line| line.starts_with("  close(")));
    assert!(xray.wait().expect("it ends").success());
}
