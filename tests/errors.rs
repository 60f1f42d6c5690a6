//! The field guide: each error of its table comes when it is provoked, and is found by whatever a
//! reader knows of it.

#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread;

use kernel::check;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::{contains, starts_with};
use support::linux::{on_terminal, refusing};
use support::workspace::own_program;
use support::{fails, from_std, output, printed, program, prose, says, skip, succeeds};

#[path = "../crates/tools/errors/src/on_linux.rs"]
mod on_linux;

/// All rows of the guide, in its order: U can be provoked by anybody, N by a process without
/// privileges, NS by one in a network of its own, and I by nobody.
const TABLE: &str = "\
socket: EACCES/NS EAFNOSUPPORT/U EINVAL/U EINVAL/U EMFILE/U ENFILE/I ENOBUFS/I ENOMEM/I
  EPROTONOSUPPORT/U ESOCKTNOSUPPORT/U EPERM/N
bind: EACCES/N EADDRINUSE/U EADDRINUSE/U EADDRINUSE/U EBADF/U EINVAL/U EINVAL/U EINVAL/U EINVAL/U EAFNOSUPPORT/U
  EAFNOSUPPORT/U ENOTSOCK/U EADDRNOTAVAIL/U EFAULT/U ENODEV/U ENOMEM/I
listen: EADDRINUSE/U EADDRINUSE/U EBADF/U ENOTSOCK/U EOPNOTSUPP/U EINVAL/U
accept: EAGAIN/U EAGAIN/U EBADF/U ECONNABORTED/I EFAULT/U EINTR/U EINVAL/U EINVAL/U EINVAL/U
accept4: EINVAL/U
accept: EMFILE/U ENFILE/I ENOBUFS/I ENOMEM/I ENOTSOCK/U EOPNOTSUPP/U EPERM/I EPROTO/I
connect: EACCES/U EACCES/NS EPERM/I EADDRINUSE/I EADDRNOTAVAIL/U EADDRNOTAVAIL/U EAFNOSUPPORT/U
  EAGAIN/U EALREADY/U EBADF/U ECONNREFUSED/U EFAULT/U EINVAL/U EINPROGRESS/U EINPROGRESS/U EINTR/U
  EISCONN/U EISCONN/U ENETUNREACH/U ENETUNREACH/NS EHOSTUNREACH/NS EINVAL/NS ENOTSOCK/U
  ETIMEDOUT/U
close: EBADF/U EINTR/I EIO/I
shutdown: EBADF/U EINVAL/U ENOTCONN/U ENOTCONN/U ENOTCONN/U ENOTSOCK/U
sendto: EACCES/U
send: EAGAIN/U EAGAIN/U
sendto: EAGAIN/U EINPROGRESS/U EALREADY/U
send: EBADF/U ECONNRESET/U ECONNREFUSED/U EDESTADDRREQ/U EFAULT/U EINTR/U
sendto: EINVAL/U EINVAL/U EISCONN/U EMSGSIZE/U
sendmsg: ENOBUFS/U
sendto: ENOBUFS/NS
send: ENOMEM/I ENOTCONN/I EPIPE/U ENOTSOCK/U EOPNOTSUPP/U EPIPE/U EPIPE/U ETIMEDOUT/U
sendto: EPERM/NS ENETUNREACH/NS EHOSTUNREACH/NS EAFNOSUPPORT/U
recv: EAGAIN/U EAGAIN/U EAGAIN/U EBADF/U ECONNREFUSED/U ECONNRESET/U EFAULT/U EINTR/U EINVAL/U
recvfrom: EINVAL/U
recvmsg: ENOMEM/I
recv: ENOTCONN/U ENOTCONN/U ENOTSOCK/U ETIMEDOUT/U
setsockopt SO_REUSEADDR: EBADF/U EFAULT/U EINVAL/U ENOPROTOOPT/U ENOTSOCK/U
setsockopt SO_REUSEPORT: EBADF/U EFAULT/U EINVAL/U ENOPROTOOPT/U ENOTSOCK/U EOPNOTSUPP/U";

fn guide_path() -> PathBuf {
    own_program("errors")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    call: &'static str,
    symbol: &'static str,
    class: &'static str,
}

fn table() -> Vec<Row> {
    let mut rows = Vec::new();
    let mut call = "";
    for line in TABLE.lines() {
        let (of_call, errors) = line.split_once(": ").unwrap_or((call, line));
        call = of_call;
        for error in errors.split_whitespace() {
            let (symbol, class) = error.split_once('/').expect("a symbol and its class");
            rows.push(Row { call, symbol, class });
        }
    }
    rows
}

fn guide(words: &[&str]) -> assert_cmd::Command {
    let mut guide = program(guide_path());
    guide.args(words);
    guide
}

/// The errors that `output` shows, each by the number in its heading and how often it was provoked.
fn provoked(output: &str, symbol: &str) -> usize {
    let note = format!("({symbol}, ");
    output.lines().filter(|line| line.contains("→ ") && line.contains(&note)).count()
}

/// What one process did that had to provoke the row at `place`.
fn provoke(place: usize) -> Output {
    let mut guide = guide(&["--provoke", &place.to_string()]);
    guide.output().expect("it ends")
}

fn provoke_and_compare(place: usize, row: Row) -> Result<(), String> {
    let output = provoke(place);
    let text = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    let wrong =
        |what: &str| Err(format!("{place}, {row:?}: {what}\n{}\n{text}{said}", output.status));
    match (row.class, output.status.code()) {
        ("I", Some(2)) => return Ok(()),
        ("I", _) => return wrong("it is said to be impossible"),
        (_, Some(0)) => {}
        (_, Some(3)) => {
            let reason = prose(&text);
            // What an older kernel does otherwise is no fault of this machine's settings.
            match reason.contains(" since ") {
                true => drop(writeln!(io::stderr(), "not here: {row:?}: {reason}")),
                false => skip(&format!("{row:?}: {reason}")),
            }
            return Ok(());
        }
        _ => return wrong("it should have come"),
    }
    let last = text.lines().rfind(|line| line.contains("→ ")).unwrap_or_default();
    // A long call stands above the rest of its row.
    let above = text.lines().rev().skip_while(|line| *line != last).skip(1);
    let call = { above }.find(|line| !line.starts_with("   ")).unwrap_or_default();
    if !call.starts_with(&format!("  {}(", row.call.split(' ').next().unwrap_or_default())) {
        return wrong("its last call should have been this one");
    }
    let number =
        last.rsplit_once(&format!("({}, ", row.symbol)).map(|(_, rest)| rest.trim_end_matches(')'));
    let Some(number) = number.and_then(|number| number.parse().ok()) else {
        return wrong("its last call should have failed with it");
    };
    let words = io::Error::from_raw_os_error(number).to_string();
    let words = words.split(" (os").next().unwrap_or_default();
    if !last.contains(words) {
        return wrong("number and words should agree");
    }
    if !text.contains("\n  Why: ") || !text.contains("\n  Do:  ") {
        return wrong("it should be explained");
    }
    if text.lines().any(|line| line.chars().count() > 100) {
        return wrong("a line is too long");
    }
    Ok(())
}

/// Other systems find an error by what Linux calls it, which this system can tell.
#[test]
fn the_numbers_and_words_for_other_systems_are_linuxs() {
    let symbols = TABLE.split_whitespace().filter_map(|word| word.split_once('/'));
    for (symbol, _) in symbols {
        let (number, words) = on_linux::on_linux(symbol).expect(symbol);
        assert_eq!(advice::number(symbol), Some(number), "{symbol}");
        let here = io::Error::from_raw_os_error(number).to_string();
        assert_eq!(here, format!("{words} (os error {number})"), "{symbol}");
    }
}

#[test]
fn every_error_of_the_table_comes_when_it_is_provoked() {
    let rows = table();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                while let Some((place, row)) = {
                    let place = next.fetch_add(1, Relaxed);
                    rows.get(place).map(|row| (place, *row))
                } {
                    if let Err(text) = provoke_and_compare(place, row) {
                        wrong.lock().unwrap_or_else(PoisonError::into_inner).push(text);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn the_table_has_123_rows_to_provoke_and_17_that_nobody_sees() {
    let count = |class: &str| table().iter().filter(|row| row.class == class).count();
    assert_eq!(["U", "N", "NS", "I"].map(count), [112, 2, 9, 17]);
    // There is no row after the last.
    fails(&mut guide(&["--provoke", &table().len().to_string()]), 2);
}

#[test]
fn the_list_names_every_call_with_its_errors() {
    let run = succeeds(&mut guide(&[])).stdout(contains("just error EADDRINUSE"));
    let list = printed(&run);
    let rest_of_call = |call: &str| {
        let lines = list.lines().skip_while(|line| !line.starts_with(&format!("  {call} ")));
        let first = lines.clone().take(1);
        let more = lines.skip(1).take_while(|line| line.starts_with("     "));
        first.chain(more).flat_map(str::split_whitespace).collect::<Vec<_>>()
    };
    for row in table() {
        let shown = rest_of_call(row.call);
        assert!(!shown.is_empty(), "{} should be in the list", row.call);
        if row.class != "I" {
            assert!(shown.contains(&row.symbol), "{row:?} should be in the list");
        }
    }
}

#[test]
fn an_error_is_found_by_name_number_or_words() {
    for words in [
        &["EADDRINUSE"][..],
        &["eaddrinuse"],
        &["WSAEADDRINUSE"],
        &["AddrInUse"],
        &["io::ErrorKind::AddrInUse"],
        &["Address already in use (os error 98)"],
        &["OSError: [Errno 98] Address already in use"],
        &["Os { code: 98, kind: AddrInUse, message: \"Address already in use\" }"],
        &["os", "error", "98"],
        &["98"],
        &["address already in use"],
        &["Address", "already", "in", "use"],
    ] {
        let shown = output(&mut guide(words));
        let heading = "EADDRINUSE · 98 · Address already in use · io::ErrorKind::AddrInUse";
        assert_eq!(shown.lines().next(), Some(heading), "{words:?}");
        assert_eq!(provoked(&shown, "EADDRINUSE"), 5, "{words:?}");
    }
}

#[test]
fn an_error_is_found_by_what_happened() {
    succeeds(&mut guide(&["nobody", "listens", "there"]))
        .stdout(starts_with("ECONNREFUSED · 111 · "));
    // These words begin with those of a call.
    succeeds(&mut guide(&["socket operation on non-socket"]))
        .stdout(starts_with("ENOTSOCK · 88 · "));
}

#[test]
fn a_call_shows_its_errors_and_no_others() {
    let shown = output(&mut guide(&["listen"]));
    let headings: Vec<&str> = shown.lines().filter(|line| line.contains("io::ErrorKind")).collect();
    let symbols: Vec<&str> = headings.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(symbols, ["EADDRINUSE", "EBADF", "ENOTSOCK", "EOPNOTSUPP", "EINVAL"]);
}

#[test]
fn a_call_and_an_error_show_that_error_of_that_call() {
    for (words, times) in [
        (&["bind", "EADDRINUSE"][..], 3),
        (&["EADDRINUSE", "bind"], 3),
        (&["bind", "98"], 3),
        (&["bind", "already in use"], 3),
        (&["bind", "another", "socket"], 1),
        (&["listen eaddrinuse"], 2),
    ] {
        let shown = output(&mut guide(words));
        assert_eq!(provoked(&shown, "EADDRINUSE"), times, "{words:?}");
    }
    let shown = output(&mut guide(&["setsockopt", "ENOTSOCK"]));
    assert_eq!(provoked(&shown, "ENOTSOCK"), 2);
    succeeds(&mut guide(&["setsockopt", "SO_REUSEPORT"])).stdout(contains("SO_REUSEADDR").not());
}

#[test]
fn an_error_without_a_kind_says_what_to_compare() {
    succeeds(&mut guide(&["bind", "ENOTSOCK"]))
        .stdout(says("compare error.raw_os_error() with Some(88)"));
    succeeds(&mut guide(&["bind", "EADDRINUSE"])).stdout(contains("raw_os_error").not());
}

#[test]
fn an_error_that_nobody_sees_is_listed_with_the_reason() {
    let run = succeeds(&mut guide(&["accept", "ECONNABORTED"]))
        .stdout(says("accept · never seen: Linux hands out a connection"));
    assert_eq!(provoked(printed(&run), "ECONNABORTED"), 0);
}

#[test]
fn the_port_is_said_to_be_the_guides_own() {
    succeeds(&mut guide(&["bind", "another socket"])).stdout(says("Why: errors, process "));
}

#[test]
fn words_that_fit_nothing_get_a_hint() {
    for words in [&["EWHATEVER"][..], &["bind", "EPIPE"], &["99999"], &[""]] {
        fails(&mut guide(words), 2)
            .stderr(contains("no error of a socket call matches"))
            .stderr(contains("`just error` lists them all"));
    }
    fails(&mut guide(&["bind", "EPIPE"]), 2).stderr(contains("It comes from send.\n"));
    fails(&mut guide(&["--such"]), 2).stderr(contains("just error --help"));
}

/// The kind that is shown is the one that this compiler gives; and where none is shown, the oldest
/// Rust of the manifest has none either. What later ones have is left out, or what the guide prints
/// would depend on the compiler.
#[test]
fn a_kind_that_is_shown_is_every_compilers() {
    let compiler = Command::new("rustc").arg("--version").output();
    let is_oldest = compiler.is_ok_and(|run| run.stdout.starts_with(b"rustc 1.85."));
    let symbols: BTreeSet<&str> = table().iter().map(|row| row.symbol).collect();
    for symbol in symbols {
        let shown = output(&mut guide(&[symbol]));
        let heading: Vec<&str> = shown.lines().next().expect("a heading").split(" · ").collect();
        let error = io::Error::from_raw_os_error(heading[1].parse().expect("a number"));
        let kind = format!("{:?}", error.kind());
        match heading[3].strip_prefix("io::ErrorKind::") {
            Some(shown) => assert_eq!(shown, kind, "{symbol}"),
            None => {
                assert_eq!(heading[3], "no io::ErrorKind", "{symbol}");
                let unnamed = ["Uncategorized", "InProgress"].contains(&kind.as_str());
                assert!(unnamed || !is_oldest, "{symbol} is io::ErrorKind::{kind}");
            }
        }
    }
}

#[test]
fn help_says_how_to_ask() {
    succeeds(&mut guide(&["--help"]))
        .stdout(contains("Usage: just error"))
        .stdout(contains("just error bind EADDRINUSE"))
        .stdout(contains("Exit status"))
        .stdout(contains("--provoke").not());
}

#[test]
fn no_process_is_left() {
    let mut guide = Command::new(guide_path());
    guide.arg("EINTR").process_group(0).stdout(Stdio::null());
    let mut guide = guide.spawn().expect("it starts");
    let group = -i32::try_from(guide.id()).expect("a process number");
    assert!(guide.wait().expect("its status").success());
    // SAFETY: kill takes numbers, and signal 0 is none: it asks whether somebody is there.
    let left = check(unsafe { libc::kill(group, 0) });
    assert_eq!(left.expect_err("nobody is there").raw_os_error(), Some(libc::ESRCH));
}

/// The calls by which `arguments` make the guide's own process change what it may do or have, in all
/// of its threads.
fn changes_of_itself(arguments: &[&str]) -> String {
    let folder = std::env::temp_dir().join(format!("guide-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for strace's logs");
    let calls =
        "trace=execve,unshare,setns,setuid,setgid,setgroups,setrlimit,prlimit64,timer_create,alarm";
    let mut strace = program("strace");
    strace.args(["-ff", "-e", calls, "-e", "signal=none", "-o"]).arg(folder.join("log"));
    strace.arg(guide_path()).args(arguments).assert().success();
    // A log for each thread and each process; those that provoke were started for it.
    let logs = std::fs::read_dir(&folder).expect("the logs").flatten();
    let logs = logs.map(|log| std::fs::read_to_string(log.path()).expect("a log"));
    let of_guide = |log: &String| log.contains("--provoke") == arguments.contains(&"--provoke");
    let logs: Vec<String> = logs.filter(of_guide).collect();
    std::fs::remove_dir_all(&folder).expect("the folder is ours");
    assert!(logs.iter().any(|log| log.contains("execve(")), "{arguments:?}: {logs:?}");
    // The runtime asks for its stack's limit and changes nothing.
    let is_change =
        |line: &&str| !["execve(", ", NULL, ", "+++"].iter().any(|words| line.contains(words));
    logs.iter().flat_map(|log| log.lines().filter(is_change)).map(|l| format!("{l}\n")).collect()
}

#[test]
fn what_a_provocation_changes_stays_in_its_own_process() {
    let works = Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    if !works.is_ok_and(|run| run.status.success()) {
        return skip("strace is not there, or may not trace");
    }
    for (call, symbol, change) in [
        ("socket", "EMFILE", "RLIMIT_NOFILE"),
        ("accept", "EINTR", "timer_create"),
        ("listen", "EBADF", "alarm"),
    ] {
        let asked = |row: &Row| (row.call, row.symbol) == (call, symbol);
        let place = table().iter().position(asked).expect("it is in the table");
        let changes = changes_of_itself(&["--provoke", &place.to_string()]);
        assert!(changes.contains(change), "{change} should be in:\n{changes}");
        assert_eq!(changes_of_itself(&[call, symbol]), "");
    }
}

#[test]
fn a_machine_without_namespaces_says_so() {
    let mut command = Command::new(guide_path());
    command.args(["sendto", "ENETUNREACH"]);
    refusing(&mut command, libc::SYS_unshare, None, libc::EPERM);
    from_std(command)
        .assert()
        .success()
        .stdout(says("Not shown here: this process may not have a network of its own"))
        .stdout(says("(EPERM, 1)"));
}

#[test]
fn another_error_than_the_tables_is_a_failure() {
    let mut command = Command::new(guide_path());
    command.args(["listen", "EOPNOTSUPP"]);
    refusing(&mut command, libc::SYS_listen, None, libc::EACCES);
    fails(&mut from_std(command), 1).stderr(says("Permission denied (EACCES, 13), not EOPNOTSUPP"));
}

#[test]
fn a_narrow_terminal_gets_narrow_lines() {
    let mut command = Command::new(guide_path());
    command.args(["bind", "EADDRINUSE"]).env_remove("NO_COLOR").env("TERM", "dumb");
    let shown = on_terminal(&mut command, 60);
    assert_eq!(provoked(&shown, "EADDRINUSE"), 3, "{shown}");
    let widest = shown.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(60), "{shown}");
}
