//! What the rows say of calls that fail: why, in relation to the program, and what to do.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::events::{Event, Scratch, calls, run, samples, tracing_works};
use crate::{running::Target, xray_path};
use support::linux::with_clean_descriptors;
use support::{from_std, has_ipv6, prose, row, rows, succeeds};

/// A folder of its own, removed when the test lets go of it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        let scratch = Scratch::new();
        fs::create_dir(scratch.path()).expect("a folder");
        Folder(scratch.path().to_path_buf())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = Command::new("chmod").arg("700").arg(&self.0).status();
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The rows of a sample in an empty folder.
fn rows_in_a_folder(options: &[&str], words: &[&str]) -> String {
    let (log, folder) = (Scratch::new(), Folder::new());
    let mut xray = Command::new(xray_path());
    xray.args(options).arg("--output").arg(log.path()).arg(samples()).args(words);
    with_clean_descriptors(xray.current_dir(&folder.0));
    succeeds(&mut from_std(xray));
    log.text()
}

/// The words below the first row of this call that has failed with an error of this name.
#[track_caller]
fn below(shown: &str, call: &str, symbol: &str) -> String {
    let start = format!("  {call}");
    let mut parts = shown.split('\n').collect::<Vec<_>>().into_iter().peekable();
    while let Some(line) = parts.next() {
        let mut text = String::new();
        if !line.starts_with(&start) {
            continue;
        }
        while let Some(more) = parts.next_if(|line| line.starts_with("    ")) {
            text += &format!("{more}\n");
        }
        if text.contains(&format!("({symbol}, ")) {
            return prose(&text);
        }
    }
    panic!("{call} {symbol}\n{shown}");
}

#[test]
fn an_error_that_comes_later_has_the_reason_of_its_call() {
    if !tracing_works() {
        return;
    }
    let shown = rows_in_a_folder(&[], &["later"]);
    for call in ["getsockopt(SO_ERROR)", "recv("] {
        let reason = below(&shown, call, "ECONNREFUSED");
        assert!(reason.contains("Nobody is listening at 127.0.0.1:"), "{reason}\n{shown}");
        assert!(reason.contains("Do: Start the server first"), "{reason}\n{shown}");
    }
    // The last one is of a datagram.
    let of_udp = shown.rsplit("  getsockopt(SO_ERROR)").next().expect("a row");
    assert!(prose(of_udp).contains("An earlier datagram from this socket"), "{shown}");

    let seen = calls(run(&[], &[samples(), "later"]).0);
    let told: Vec<&Event> =
        seen.iter().filter(|event| !event.0["returned"]["error"].is_null()).collect();
    assert_eq!(told.len(), 2, "{seen:?}");
    let error = &told[0].0["returned"]["error"];
    assert_eq!([&error["symbol"], &error["number"]], [&"ECONNREFUSED".into(), &Value::from(111)]);
    assert_eq!([&told[0].0["error"], &told[0].0["result"]], [&Value::Null, &Value::from(0)]);
}

#[test]
fn a_question_for_the_peer_is_shown_where_it_fails() {
    if !tracing_works() {
        return;
    }
    let shown = rows_in_a_folder(&[], &["peers"]);
    let asked = rows(&shown).into_iter().filter(|row| row.call.starts_with("getpeername("));
    let states: Vec<String> = asked.map(|row| row.state).collect();
    // Not the one that succeeds, and not the one right before the close.
    let listens = "LISTEN queue 0 of 8";
    assert_eq!(states, ["CLOSE", listens, "CLOSE"], "{shown}");
    assert!(!shown.contains("getsockname"), "{shown}");
    let words = prose(&shown);
    for reason in [
        "The socket was never connected.",
        "The socket is listening: it has no peer of its own.",
        "The socket has no connection any more: it was reset,",
        "Do: Keep the address that accept has told,",
    ] {
        assert!(words.contains(reason), "{reason}\n{shown}");
    }
}

#[test]
fn a_unix_socket_that_fails_is_shown_with_its_reason() {
    if !tracing_works() {
        return;
    }
    let shown = rows_in_a_folder(&[], &["unix"]);
    for (call, symbol, reason) in [
        ("connect(left-over)", "ECONNREFUSED", "no program listens at it any more"),
        ("bind(left-over)", "EADDRINUSE", "Do: Try to connect to it: if that is refused"),
        ("connect(missing)", "ENOENT", "There is no file missing"),
        ("bind(no-folder/socket)", "ENOENT", "Do: Make the folder first"),
        ("connect(text)", "ECONNREFUSED", "text is not a socket."),
        ("bind(text)", "EADDRINUSE", "text exists already, and is not a socket"),
        (
            "connect(server)",
            "ECONNREFUSED",
            "and does not listen. Do: The server has to call listen",
        ),
        ("bind(server)", "EADDRINUSE", "This very program, by its descriptor 3, is listening at"),
        ("bind(again)", "EINVAL", "already has a name, server: bind works only once"),
        ("connect(server)", "EPROTOTYPE", "is of another type than this one"),
        ("connect(server)", "EAGAIN", "is full. Other than with TCP, the connect does not go on"),
        ("sendto(receiver)", "EAGAIN", "The receiver's queue is full"),
        ("send(", "ENOTCONN", "the call names no receiver"),
        ("connect(@xray-", "ECONNREFUSED", "No socket in this network namespace has the abstract"),
        ("connect(@other-", "ECONNREFUSED", "and this socket is of another type"),
        ("bind(aaa", "EINVAL", "The path is too long: it may have 108 bytes"),
    ] {
        let below = below(&shown, call, symbol);
        assert!(below.contains(reason), "{call} {symbol}: {reason}\n{below}\n{shown}");
    }
    // Of what has not failed, and of what only does not wait, --all tells.
    assert!(rows(&shown).iter().all(|row| !row.notes.is_empty()), "{shown}");
    assert!(!shown.contains("  recv("), "{shown}");
    assert!(rows_in_a_folder(&["--all"], &["unix"]).contains("  recv("));
}

#[test]
fn what_a_program_may_not_do_with_sockets_of_other_families() {
    if !tracing_works() {
        return;
    }
    let shown = rows_in_a_folder(&[], &["unix-rights"]);
    for (call, symbol, reason) in [
        ("connect(server)", "EACCES", "has to have the right to write to that file"),
        ("bind(mine)", "EACCES", "this process may not write to that folder"),
        ("socket(AF_PACKET", "EPERM", "Packet sockets are for privileged programs"),
    ] {
        let below = below(&shown, call, symbol);
        assert!(below.contains(reason), "{call} {symbol}: {reason}\n{below}\n{shown}");
    }
}

#[test]
fn what_only_a_library_tries_is_not_shown() {
    if !tracing_works() {
        return;
    }
    assert_eq!(rows_in_a_folder(&[], &["unix-tried"]), "");
}

#[test]
fn who_has_the_port_is_told_in_relation_to_the_program() {
    if !tracing_works() {
        return;
    }
    for (who, parts) in [
        (
            "itself",
            ["This very program, by its descriptor 3, is listening on 127.0.0.1:", "Bind once"],
        ),
        (
            "bound",
            [
                "This very program, by its descriptor 3, has bound a socket to 127.0.0.1:",
                "Bind once",
            ],
        ),
        (
            "child",
            [
                "a child of this program, has inherited the listener on 127.0.0.1:",
                "Do: End it (`kill ",
            ],
        ),
        (
            "parent",
            [
                "which has started this program, is listening on 127.0.0.1:",
                "Bind in one of the two",
            ],
        ),
        (
            "client",
            [
                "This very program, by its descriptor 4, has an outgoing connection to",
                "ip_local_reserved_ports=",
            ],
        ),
        (
            "accepted",
            [
                "This very program, by its descriptor 5, still has a connection on 127.0.0.1:",
                "Set SO_REUSEADDR before every bind",
            ],
        ),
    ] {
        let shown = rows_in_a_folder(&[], &["holder", who]);
        let reason = below(&shown, "bind(127.0.0.1:", "EADDRINUSE");
        for part in parts {
            assert!(reason.contains(part), "{who}: {part}\n{shown}");
        }
    }
    let shown = rows_in_a_folder(&[], &["holder", "datagrams"]);
    let inherited = "a child of this program, has inherited the socket on 127.0.0.1:";
    assert!(below(&shown, "bind(127.0.0.1:", "EADDRINUSE").contains(inherited), "{shown}");
    if has_ipv6() {
        let shown = rows_in_a_folder(&[], &["holder", "both-families"]);
        let reason = below(&shown, "bind(127.0.0.1:", "EADDRINUSE");
        assert!(reason.contains("already. It takes IPv4 as well"), "{shown}");
    }
    let range = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").expect("the range");
    let range = range.split_whitespace().collect::<Vec<_>>().join(" to ");
    let shown = rows_in_a_folder(&[], &["holder", "client"]);
    assert!(prose(&shown).contains(&format!("(net.ipv4.ip_local_port_range, {range})")), "{shown}");
}

#[test]
fn a_port_of_a_program_that_is_not_related_has_its_name() {
    if !tracing_works() {
        return;
    }
    let target = Target::start("wait");
    let log = Scratch::new();
    let mut xray = Command::new(xray_path());
    xray.arg("--output").arg(log.path()).arg(samples());
    succeeds(from_std(xray).args(["bind-to", &target.address.to_string()]));
    let (shown, address) = (log.text(), target.address);
    let reason = below(&shown, "bind(", "EADDRINUSE");
    let words = format!("samples, process {}, is listening on {address}.", target.number());
    assert!(reason.contains(&words), "{shown}");
}

#[test]
fn a_listener_that_was_handed_over_is_told_so() {
    if !tracing_works() {
        return;
    }
    for (process, part) in [
        ("own", "Do: Accept on descriptor 3, and leave out socket, bind and listen"),
        ("1", "LISTEN_PID names process 1, and this is process "),
    ] {
        let shown = rows_in_a_folder(&[], &["handed-over", process]);
        let reason =
            below(&shown, "bind(127.0.0.1:", "EADDRINUSE").replace("bind(127.0.0.1:0)", "");
        assert!(
            reason.contains("as its descriptor 3 (socket activation: LISTEN_FDS=1)"),
            "{shown}"
        );
        assert!(reason.contains(part), "{part}\n{shown}");
    }
}

#[test]
fn what_is_taken_for_a_listener_and_is_none() {
    if !tracing_works() {
        return;
    }
    let shown = rows_in_a_folder(&[], &["no-listener"]);
    for (call, symbol, reason) in [
        ("accept(", "ENOTSOCK", "(LISTEN_FDS, from descriptor 3 up) checks first"),
        ("accept(", "EINVAL", "The socket is a connection, not a listener"),
        ("bind(", "EINVAL", "The socket is listening already, on 127.0.0.1:"),
    ] {
        let below = below(&shown, call, symbol);
        assert!(below.contains(reason), "{call} {symbol}: {reason}\n{below}\n{shown}");
    }
    assert!(row(&shown, "listen(8)").notes.is_empty());
}
