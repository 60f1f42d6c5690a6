//! Each step makes the calls that its rows name, in that order, and no others: seen by strace.

#![cfg(target_os = "linux")]

use std::collections::HashSet;
use std::process::Command;

use support::workspace::path_of;
use support::{any_port, output, program, rows, skip, succeeds};

/// A call as both sides name it; an option with its name, a backlog with its value.
type Call = String;

/// The calls that the rows name. A loop is one row with a count.
fn calls_of_rows(output: &str) -> Vec<Call> {
    let mut calls = Vec::new();
    for row in rows(output) {
        let Some((name, arguments)) = row.call.split_once('(') else { continue };
        let call = match name {
            "setsockopt" => format!("setsockopt {}", arguments.split(',').next().unwrap_or("")),
            "listen" => format!("listen {}", arguments.trim_end_matches(')')),
            name => name.to_string(),
        };
        let times = row.call.split_once(" x ").map_or(1, |(_, n)| n.parse().expect("a count"));
        calls.extend(std::iter::repeat_n(call, times));
    }
    calls
}

/// The calls on IP sockets in a log of `strace -e trace=network,close`, without those that only
/// look (getsockname, getpeername, getsockopt) and the closes at the very end.
fn calls_of_log(log: &str) -> Vec<Call> {
    let mut sockets = HashSet::new();
    let mut calls = Vec::new();
    for line in log.lines() {
        // `1234 bind(3, {…}, 16) = 0`
        let line = line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start();
        let Some((name, rest)) = line.split_once('(') else { continue };
        let (arguments, result) = rest.rsplit_once(" = ").expect("a result");
        let arguments = arguments.trim_end().trim_end_matches(')');
        let words: Vec<&str> = arguments.split(", ").collect();
        let made = || result.split(' ').next().expect("a number").to_string();
        if name == "socket" {
            if words[0].starts_with("AF_INET") {
                sockets.insert(made());
                calls.push("socket".to_string());
            }
            continue;
        }
        if !sockets.contains(words[0]) || name.starts_with("get") {
            continue;
        }
        let without_address = words.ends_with(&["NULL", "0"]) || words.ends_with(&["NULL", "NULL"]);
        calls.push(match name {
            "setsockopt" => format!("setsockopt {}", words[2].trim_end_matches("_OLD")),
            "listen" => format!("listen {}", words[1]),
            "accept4" => {
                sockets.insert(made());
                "accept".to_string()
            }
            "sendto" if without_address => "send".to_string(),
            "recvfrom" if without_address => "recv".to_string(),
            "close" => {
                sockets.remove(words[0]);
                "close".to_string()
            }
            name => name.to_string(),
        });
    }
    calls
}

fn strace_works() -> bool {
    let run = Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    let works = run.is_ok_and(|run| run.status.success());
    if !works {
        skip("strace is not there, or may not trace");
    }
    works
}

fn rows_name_the_calls(step: &str, words: &[&str]) {
    if !strace_works() {
        return;
    }
    let log = std::env::temp_dir().join(format!("{step}-{}.strace", std::process::id()));
    let mut strace = program("strace");
    strace.args(["-f", "-e", "trace=network,close", "-e", "signal=none", "-o"]).arg(&log);
    let shown = output(strace.arg(path_of(step)).args(words));
    let text = std::fs::read_to_string(&log).expect("strace's log");
    std::fs::remove_file(&log).expect("the log is ours");

    let named = calls_of_rows(&shown);
    let made = calls_of_log(&text);
    assert!(!named.is_empty(), "{shown}");
    let (made, at_the_end) = made.split_at(named.len().min(made.len()));
    if let Some(first) = named.iter().zip(made).position(|(named, made)| named != made) {
        let from = first.saturating_sub(5);
        let around = |calls: &[Call]| calls[from..calls.len().min(first + 5)].join(", ");
        let (named, made) = (around(&named), around(made));
        panic!("call {first} differs\n the rows: {named}\n  strace: {made}\n{shown}");
    }
    assert_eq!(named.len(), made.len(), "the rows name calls that were not made:\n{shown}");
    assert!(at_the_end.iter().all(|call| call == "close"), "also made: {at_the_end:?}\n{shown}");
}

#[test]
fn create_makes_the_calls_that_it_names() {
    rows_name_the_calls("create", &[]);
    rows_name_the_calls("create", &["--udp"]);
}

#[test]
fn bind_makes_the_calls_that_it_names() {
    rows_name_the_calls("bind", &["127.0.0.1", "0"]);
    rows_name_the_calls("bind", &["", "0"]);
}

#[test]
fn listen_makes_the_calls_that_it_names() {
    rows_name_the_calls("listen", &["127.0.0.1", "0"]);
    rows_name_the_calls("listen", &["127.0.0.1", "0", "--backlog", "5000"]);
}

#[test]
fn accept_makes_the_calls_that_it_names() {
    rows_name_the_calls("accept", &["127.0.0.1", "0"]);
}

#[test]
fn close_makes_the_calls_that_it_names() {
    rows_name_the_calls("close", &["127.0.0.1", "0"]);
}

#[test]
fn udp_vs_tcp_makes_the_calls_that_it_names() {
    rows_name_the_calls("udp-vs-tcp", &["127.0.0.1", "0"]);
}

#[test]
fn the_client_makes_the_calls_that_it_names() {
    let listener = std::net::TcpListener::bind(any_port()).expect("a listener");
    let [host, port] = support::words(listener.local_addr().expect("its address"));
    let server = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut connection, _) = listener.accept().expect("a client");
        connection.set_read_timeout(Some(support::DEADLINE)).expect("a timeout");
        let mut line = [0; 6];
        connection.read_exact(&mut line).expect("its line");
        connection.write_all(b"answer").expect("an answer");
        assert_eq!(connection.read_to_end(&mut Vec::new()).expect("its end"), 0);
    });
    if strace_works() {
        rows_name_the_calls("client", &[&host, &port]);
    } else {
        succeeds(program(path_of("client")).args([host, port]));
    }
    server.join().expect("the server");
}
