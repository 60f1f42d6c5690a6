//! No call is missed, and none is shown twice: strace counts them, too.

use std::collections::BTreeMap;
use std::process::Command;

use crate::events::{Scratch, calls, run, samples, tracing_works};
use crate::xray_path;
use support::workspace::{path_of, root};
use support::{DEADLINE, HeldPort, program, python, skip, succeeds};

/// How often each system call was made on a socket.
type Counts = BTreeMap<String, usize>;

/// Calls that are about a socket whatever their descriptor is.
const OF_SOCKETS: [&str; 18] = [
    "socket",
    "socketpair",
    "bind",
    "listen",
    "accept",
    "accept4",
    "connect",
    "shutdown",
    "setsockopt",
    "getsockopt",
    "sendto",
    "sendmsg",
    "sendmmsg",
    "recvfrom",
    "recvmsg",
    "recvmmsg",
    // Shown where they fail.
    "getsockname",
    "getpeername",
];

const EITHER: [&str; 14] = [
    "read",
    "write",
    "readv",
    "writev",
    "close",
    "dup",
    "dup2",
    "dup3",
    "fcntl",
    "ioctl",
    "sendfile",
    "splice",
    "close_range",
    "fcntl64",
];

fn strace_counts(words: &[&str]) -> Option<Counts> {
    let log = Scratch::new();
    let names = [OF_SOCKETS.as_slice(), &EITHER].concat().join(",").replace(",fcntl64", "");
    let mut strace = program("strace");
    strace.args(["-f", "-yy", "-e", &format!("trace={names}"), "-e", "signal=none", "-o"]);
    strace.arg(log.path()).args(words);
    if Command::new("strace").args(["-o", "/dev/null", "true"]).status().is_err() {
        skip("there is no strace");
        return None;
    }
    succeeds(&mut strace);
    let mut counts = Counts::new();
    for line in log.text().lines() {
        // `1234 close(3<TCP:[127.0.0.1:5000]>) = 0`
        let line = line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
        // A child's end came in between, and the kernel begins the call again.
        let begins_again = line.contains(" = ? ERESTART");
        if let Some(rest) = line.strip_prefix("<... ") {
            // The rest of a call whose beginning was counted.
            let name = rest.split(' ').next().expect("a name");
            if begins_again {
                *counts.get_mut(name).expect("its beginning") -= 1;
            }
            continue;
        }
        if line.starts_with("+++") || begins_again {
            continue;
        }
        let (name, rest) = line.split_once('(').expect(line);
        if rest.contains("NETLINK") {
            continue; // left out of xray's, too: see there
        }
        let arguments: Vec<&str> = rest.split(", ").collect();
        let is_socket = |at: usize| {
            let kinds = ["<TCP", "<UDP", "<UNIX", "<NETLINK", "<socket:"];
            arguments.get(at).is_some_and(|word| kinds.iter().any(|kind| word.contains(kind)))
        };
        let command = arguments.get(1).copied().unwrap_or_default();
        let counts_here = match name {
            "getsockname" | "getpeername" => line.contains(" = -1 "),
            "dup2" | "dup3" => is_socket(0) || is_socket(1),
            "splice" => is_socket(0) || is_socket(2),
            "fcntl" => {
                let copies = command.starts_with("F_DUPFD") || command.starts_with("F_SETFL");
                is_socket(0) && copies
            }
            "ioctl" => is_socket(0) && command.starts_with("FIONBIO"),
            // It says nothing of what it closes; the programs here close sockets by it.
            "close_range" => !rest.contains("CLOSE_RANGE_CLOEXEC"),
            name if OF_SOCKETS.contains(&name) => true,
            _ => is_socket(0),
        };
        if counts_here {
            *counts.entry(name.to_string()).or_default() += 1;
        }
    }
    assert!(!counts.is_empty(), "strace saw nothing: {words:?}");
    Some(counts)
}

fn xray_counts(words: &[&str]) -> Counts {
    let mut counts = Counts::new();
    for call in calls(run(&["--all"], words).0) {
        // A program may ask the kernel over netlink until something has happened.
        if call.0["socket"]["kind"] == "netlink" {
            continue;
        }
        *counts.entry(call.text("system_call").to_string()).or_default() += 1;
    }
    counts
}

fn as_many_as_strace(words: &[&str]) {
    as_many_as_strace_without(&[], words);
}

/// `polled` are calls that the program makes until something has happened.
fn as_many_as_strace_without(polled: &[&str], words: &[&str]) {
    if !tracing_works() {
        return;
    }
    let Some(mut expected) = strace_counts(words) else { return };
    let mut counts = xray_counts(words);
    for counts in [&mut expected, &mut counts] {
        counts.retain(|call, _| !polled.contains(&call.as_str()));
    }
    assert_eq!(counts, expected, "{words:?}");
}

#[test]
fn of_the_steps() {
    let path = |step: &str| path_of(step).to_str().expect("UTF-8").to_string();
    as_many_as_strace(&[&path("create")]);
    for step in ["bind", "listen", "accept", "close"] {
        let polled = ["getsockopt", "getpeername"];
        as_many_as_strace_without(&polled, &[&path(step), "127.0.0.1", "0"]);
    }
}

#[test]
fn of_the_python_programs() {
    let Some(python) = python() else { return };
    for step in ["create", "bind", "listen", "accept", "close"] {
        let path = root().join("crates").join(step).join(format!("{step}.py"));
        let path = path.to_str().expect("UTF-8");
        let port = HeldPort::new();
        let [host, port] = port.words();
        match step {
            "create" => as_many_as_strace(&[python, path]),
            _ => as_many_as_strace(&[python, path, &host, &port]),
        }
    }
}

#[test]
fn of_threads_processes_and_exec() {
    as_many_as_strace(&[samples(), "threads"]);
    as_many_as_strace(&[samples(), "fork"]);
    as_many_as_strace(&[samples(), "exec"]);
    as_many_as_strace(&[samples(), "exec-in-thread"]);
    as_many_as_strace(&[samples(), "first-thread-ends"]);
    as_many_as_strace(&[samples(), "filter"]);
    as_many_as_strace(&["sh", "-c", r#""$0" exec; "$0" fork | cat"#, samples()]);
}

#[test]
fn of_every_kind_of_call() {
    let names = [
        "closed-meanwhile",
        "non-blocking",
        "duplicates",
        "families",
        "messages",
        "many-messages",
        "tell-options",
    ];
    for name in names {
        as_many_as_strace(&[samples(), name]);
    }
    as_many_as_strace(&[samples(), "rebind", "20"]);
}

#[test]
fn of_a_hundred_thousand() {
    if !tracing_works() {
        return;
    }
    let log = Scratch::new();
    let mut xray = program(xray_path());
    xray.timeout(10 * DEADLINE).arg("--output").arg(log.path()).args([samples(), "many", "20000"]);
    succeeds(&mut xray);
    let rows = log.text();
    let count = |call: &str| rows.lines().filter(|line| line.starts_with(call)).count();
    // The receiver is a socket that is bound and closed, too.
    assert_eq!(count("  socket("), 20_001);
    assert_eq!(count("  bind("), 1);
    assert_eq!(count("  setsockopt("), 20_000);
    assert_eq!(count("  sendto("), 20_000);
    assert_eq!(count("  recv("), 20_000);
    assert_eq!(count("  close("), 20_001);
    assert_eq!(count("    → 1 byte\n".trim_end()), 40_000);
}
