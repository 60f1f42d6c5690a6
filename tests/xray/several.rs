//! `--pid` with `--children`, and of several processes; and how xray is asked to let them go.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

use predicates::str::{contains, ends_with};

use crate::events::{Event, Scratch, calls, events, samples, tracing_works};
use crate::life::{kill, so_far, until};
use crate::running::{Target, client, say};
use crate::{xray, xray_path};
use support::linux::{in_child, with_default_signals};
use support::{
    Running, complained, fails, from_std, output, printed, program, python, says, succeeds,
};

/// The processes of the sockets that are listed, each once.
fn listed(seen: &[Event]) -> BTreeSet<i64> {
    let sockets = seen.iter().filter(|event| event.is("socket"));
    sockets.map(|event| event.number("process")).collect()
}

/// xray, to follow these. It has no terminal, in whose background it could be.
pub fn following(words: &[&str]) -> Command {
    let mut command = Command::new(xray_path());
    command.args(words).arg("--follow");
    let change = || {
        // SAFETY: it takes nothing.
        unsafe { libc::setsid() };
        Ok(())
    };
    // SAFETY: it makes a system call, and allocates nothing.
    unsafe { in_child(with_default_signals(&mut command), change) };
    command
}

#[test]
fn children_that_are_left_out_are_named() {
    if !tracing_works() {
        return;
    }
    let target = Target::start("workers");
    let number = target.number();
    let seen = events(&output(&mut xray(&["--json", "--pid", &number])));
    assert_eq!(listed(&seen), [number.parse().expect("a number")].into());
    let left_out = seen.last().expect("a line");
    assert!(left_out.is("left_out") && left_out.number("process").to_string() == number);
    let child = &left_out.0["processes"][0];
    assert_eq!(child["name"], "samples");
    let name = format!("samples, process {}", child["process"]);
    succeeds(&mut xray(&["--pid", &number]))
        .stdout(says(format!("It has a child, not shown without --children: {name}.")));

    let mut xray = Running::start(&mut following(&["--pid", &number]));
    xray.wait_for("Its calls from now on");
    kill(xray.process().into(), libc::SIGINT);
    xray.finish()
        .success()
        .stdout(says(format!("It has a child, not followed without --children: {name}.")));

    // And theirs.
    say(&mut client(target.address), b"new");
    succeeds(&mut crate::xray(&["--pid", &number]))
        .stdout(says("It has children, and they have some, not shown without --children: samples"));
}

#[test]
fn children_are_followed_and_theirs_and_those_that_come() {
    if !tracing_works() {
        return;
    }
    let target = Target::start("workers");
    // The child serves this one, and has a child for the next one.
    let mut first = client(target.address);
    say(&mut first, b"new");
    let log = Scratch::new();
    let file = log.path().to_str().expect("UTF-8");
    let words = ["--pid", &target.number(), "--children", "--json", "--output", file];
    let mut xray = Running::start(&mut following(&words));
    let waiting = || so_far(log.path()).iter().filter(|event| event.is("waits")).count();
    until("recv and accept to wait", || waiting() >= 2);
    let family = listed(&so_far(log.path()));
    assert_eq!(family.len(), 3, "{family:?}");

    say(&mut first, b"one");
    let mut second = client(target.address);
    say(&mut second, b"new");
    let mut third = client(target.address);
    say(&mut third, b"two");
    let senders = || -> BTreeSet<i64> {
        let sent = calls(so_far(log.path())).into_iter().filter(|call| call.text("call") == "send");
        sent.map(|call| call.number("process")).collect()
    };
    until("an answer of each", || senders().len() == 3);
    let (senders, own) = (senders(), target.number().parse().expect("a number"));
    assert_eq!(senders.intersection(&family).count(), 2, "{senders:?} {family:?}");
    assert!(!senders.contains(&own));
    kill(xray.process().into(), libc::SIGTERM);
    assert!(xray.wait_for_end().0.success());
    // All go on.
    [first, second, third].iter_mut().for_each(|client| say(client, b"six"));
}

/// Whenever a child comes: before it is looked for, between that and the tracing, or later.
#[test]
fn no_child_is_missed_that_comes_meanwhile() {
    if !tracing_works() {
        return;
    }
    for _ in 0..3 {
        const MANY: &str = "60";
        let mut target = Target::start_with(&["hatch", MANY]);
        target.tell(b"!");
        let words = ["--pid", &target.number(), "--children", "--summary-only"];
        let mut xray = Running::start(&mut following(&words));
        xray.wait_for("calls from now on");
        assert_eq!(target.end(), Some(0));
        let run = xray.finish().success();
        let (_, counts) = printed(&run).split_once("calls from now on").expect("the counts");
        let line = counts.lines().find(|line| line.starts_with("  socket  "));
        let count = line.and_then(|line| line.split_whitespace().nth(1));
        assert_eq!(count, Some(MANY), "{run}");
    }
}

/// It would wait for xray to go on, and xray for it to read.
#[test]
fn what_reads_the_rows_is_not_followed_and_neither_is_xray() {
    if !tracing_works() {
        return;
    }
    // The reader is there before xray begins.
    let script = r#"mkfifo "$1"; { read go <"$1"; exec "$0" --pid $$ --children; } |
                    { echo go >"$1"; exec cat; }; exit"#;
    let fifo = Scratch::new();
    let mut shell = program("sh");
    let run = succeeds(shell.args(["-c", script, xray_path()]).arg(fifo.path()));
    let heads = printed(&run).lines().filter(|line| line.contains(", process "));
    assert_eq!(heads.map(|line| line.starts_with("sh, ")).collect::<Vec<_>>(), [true], "{run}");
}

#[test]
fn children_with_other_numbers_in_a_namespace_of_their_own() {
    if !tracing_works() {
        return;
    }
    // Its child is number 1 there.
    let script = "exec 3<&0; unshare --user --map-root-user --pid --fork cat <&3 & wait";
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).stdin(Stdio::piped()).stderr(Stdio::null());
    let mut shell = shell.spawn().expect("sh runs");
    let number = shell.id().to_string();
    let ends = Command::new("unshare").args(["-Urpf", "true"]).stderr(Stdio::null()).status();
    if ends.is_ok_and(|status| status.success()) {
        let shown = || output(&mut xray(&["--pid", &number, "--children"]));
        until("cat to be shown", || shown().contains("\ncat, process "));
    } else {
        support::skip("this system allows no such namespace");
    }
    drop(shell.stdin.take());
    shell.wait().expect("its end");
}

#[test]
fn several_processes_each_once() {
    if !tracing_works() {
        return;
    }
    let (one, two) = (Target::start("serve"), Target::start("serve"));
    let (one_number, two_number) = (one.number(), two.number());
    let list = format!("{one_number},{two_number}");
    let words = ["--pid", &list, "--pid", &one_number];
    let seen = events(&output(&mut xray(&[&["--json"], &words[..]].concat())));
    let shown: Vec<String> = seen.iter().map(|seen| seen.number("process").to_string()).collect();
    assert_eq!(shown, [&*one_number, &*two_number]);
    // As pidof prints them.
    let spaced = list.replace(',', " ");
    let run = succeeds(&mut xray(&["--pid", &spaced]));
    assert_eq!(printed(&run).matches("  a listener  ").count(), 2, "{run}");
    assert_eq!(printed(&run).matches("  socket  ").count(), 2, "each has its heads: {run}");

    let mut xray = Running::start(&mut following(&words));
    xray.wait_for("→ waits\n");
    say(&mut client(one.address), b"end");
    assert_eq!(one.end(), Some(0));
    // The other one is still followed.
    say(&mut client(two.address), b"two");
    xray.wait_for("\"two\"");
    kill(xray.process().into(), libc::SIGINT);
    xray.finish()
        .success()
        .stdout(contains("Their calls from now on, until Ctrl-C lets them go:"))
        .stdout(contains(format!("process {one_number}, has ended: status 0.\n")))
        .stdout(ends_with(format!("\n\n  samples, process {two_number}, goes on.\n\n")));
    say(&mut client(two.address), b"end");
}

#[test]
fn one_of_several_that_is_none_or_may_not_be_followed() {
    if !tracing_works() {
        return;
    }
    let good = Target::start("serve");
    let mut ended = Command::new("true").spawn().expect("true runs");
    ended.wait().expect("its end");
    let gone = ended.id().to_string();
    // SAFETY: it takes nothing.
    let thread = thread::spawn(|| {
        // SAFETY: it takes nothing.
        let thread = unsafe { libc::gettid() }.to_string();
        let good = Target::start("serve");
        fails(&mut xray(&["--pid", &thread, "--pid", &good.number()]), 1)
            .stderr(contains("Name the process: --pid"))
            .stdout(contains("  a listener  "));
    });
    thread.join().expect("no panic");
    fails(&mut xray(&["--pid", &gone, "--pid", &good.number()]), 1)
        .stderr(contains(format!("ptrace({gone}): No such process (ESRCH, 3)")))
        .stdout(contains("  a listener  "));
    fails(&mut xray(&["--pid", &gone]), 1).stdout("");

    // One that has a tracer already.
    let taken = Target::start("serve");
    let mut tracer = Running::start(&mut following(&["--pid", &taken.number()]));
    tracer.wait_for("→ waits\n");
    let list = format!("{},{}", taken.number(), good.number());
    let mut second = Running::start(&mut following(&["--pid", &list]));
    second.wait_for("→ waits\n");
    say(&mut client(good.address), b"end");
    let run = second.finish().code(1);
    let why = format!("Process {} is tracing it", tracer.process());
    assert!(complained(&run).contains(&why), "{run}");
    assert!(printed(&run).contains(&format!("process {}, has ended", good.number())), "{run}");
    kill(tracer.process().into(), libc::SIGINT);
    tracer.finish().success();
}

#[test]
fn what_a_followed_process_leaves_behind_is_let_go_too() {
    if !tracing_works() {
        return;
    }
    let script = r#"exec 3<&0; read go; ("$0" wait <&3) & exit 0"#;
    let mut shell = Command::new("sh");
    shell.args(["-c", script, samples()]).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut shell = shell.spawn().expect("sh runs");
    let mut stdin = shell.stdin.take().expect("its stdin");
    let mut command = following(&["--pid", &shell.id().to_string()]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut xray = command.spawn().expect("xray runs");
    let lines = |stream| std::io::BufRead::lines(std::io::BufReader::new(stream));
    let mut rows = lines(Box::new(xray.stdout.take().expect("stdout")) as Box<dyn std::io::Read>);
    assert!(rows.any(|line| line.expect("UTF-8").contains("calls from now on")));
    stdin.write_all(b"go\n").expect("it reads");
    let mut said = lines(Box::new(xray.stderr.take().expect("stderr")));
    let said: String = [(); 2]
        .map(|()| said.next().expect("a remark").expect("UTF-8").trim().to_string())
        .join(" ");
    assert!(said.contains("what it started goes on: samples"), "{said}");
    assert!(said.ends_with("xray follows it to the end; Ctrl-C lets it go."), "{said}");
    shell.wait().expect("its end");
    kill(xray.id().into(), libc::SIGINT);
    assert!(xray.wait().expect("its end").success());
    drop(stdin);
}

/// In what a script starts with `&`, Ctrl-C's signal is ignored.
#[test]
fn where_ctrl_c_does_not_end_it_it_says_what_does() {
    if !tracing_works() {
        return;
    }
    for ignored in [&[libc::SIGINT][..], &[libc::SIGINT, libc::SIGTERM]] {
        let target = Target::start("serve");
        let mut command = following(&["--pid", &target.number()]);
        let change = move || {
            for signal in ignored {
                // SAFETY: SIG_IGN is no function of ours.
                unsafe { libc::signal(*signal, libc::SIG_IGN) };
            }
            Ok(())
        };
        // SAFETY: it makes system calls, and allocates nothing.
        unsafe { in_child(&mut command, change) };
        let mut xray = Running::start(&mut command);
        let (how, signal) = match ignored {
            [_] => ("kill", libc::SIGTERM),
            _ => ("kill -9", libc::SIGKILL),
        };
        let process = xray.process();
        xray.wait_for(&format!("Its calls from now on, until `{how} {process}` lets it go:"));
        xray.wait_for("→ waits\n");
        kill(process.into(), libc::SIGINT);
        kill(process.into(), signal);
        assert_eq!(xray.wait_for_end().0.success(), signal == libc::SIGTERM);
        say(&mut client(target.address), b"end");
        assert_eq!(target.end(), Some(0));
    }
}

/// With job control, Ctrl-C goes to the terminal's foreground alone.
#[test]
fn in_the_background_of_a_terminal_it_says_how_to_end_it() {
    if !tracing_works() {
        return;
    }
    let Some(python) = python() else { return };
    let script = "import os, pty, subprocess, sys
read, write = os.pipe()
pid, terminal = pty.fork()
if pid == 0:
    background = sys.argv[1] == 'background'
    xray = subprocess.Popen(sys.argv[2:], preexec_fn=os.setpgrp if background else None)
    os.write(write, str(xray.pid).encode())
    xray.wait()
    os._exit(0)
seen = b''
while b' go:' not in seen:
    seen += os.read(terminal, 1000)
number = int(os.read(read, 20))
os.kill(number, 15)
os.waitpid(pid, 0)
how = seen.decode().partition('until ')[2].partition(' lets')[0]
print(how.replace(str(number), 'PID'))
";
    for (place, how) in [("foreground", "Ctrl-C\n"), ("background", "`kill PID`\n")] {
        let target = Target::start("serve");
        let mut command = Command::new(python);
        command.args(["-c", script, place, xray_path(), "--pid", &target.number(), "--follow"]);
        // Where Ctrl-C is ignored, as behind nohup, another way is said.
        with_default_signals(&mut command);
        succeeds(&mut from_std(command)).stdout(how);
        say(&mut client(target.address), b"end");
    }
}
