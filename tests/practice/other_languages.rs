//! Exercises that are solved in other languages pass, with other calls for the same thing.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use predicates::str::contains;
use support::workspace::{own_program, root};
use support::{program, python, skip, succeeds};
use tempfile::TempDir;

/// A program that solves an exercise when the exercise's name is its first word.
fn other(name: &str) -> PathBuf {
    root().join("tests/practice/other").join(name)
}

/// A folder for what a language's test writes: the learner's progress, and what it compiles.
fn folder(language: &str) -> TempDir {
    let folder = tempfile::Builder::new().prefix(language).tempdir().expect("a folder");
    // By these `practice` knows the course, in which it keeps the progress.
    fs::create_dir_all(folder.path().join("crates/tools/practice/exercises")).expect("a folder");
    fs::copy(root().join("Cargo.lock"), folder.path().join("Cargo.lock")).expect("a copy");
    folder
}

/// Whether this machine has a program; if not, the test is skipped.
fn has(program: &str, language: &str) -> bool {
    let mut version = Command::new(program);
    version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
    let there = version.status().is_ok_and(|status| status.success());
    if !there {
        skip(&format!("there is no {program} for the exercises in {language}"));
    }
    there
}

/// All of these exercises are solved by `command`.
#[track_caller]
fn solves(folder: &Path, exercises: &[&str], command: &[&OsStr]) {
    for exercise in exercises {
        let mut practice = program(own_program("practice"));
        practice.current_dir(folder).arg(exercise).arg("--").args(command).arg(exercise);
        succeeds(&mut practice).stdout(contains("Solved"));
    }
}

/// poll and calls that do not wait: accept4, recvmsg, and sendmsg with two pieces.
#[cfg(target_os = "linux")]
#[test]
fn c_with_accept4_recvmsg_and_sendmsg_passes() {
    if !has("cc", "C") {
        return;
    }
    let folder = folder("c");
    let servers = folder.path().join("servers");
    let mut compiler = program("cc");
    compiler.args(["-Wall", "-Wextra", "-Werror", "-o"]).arg(&servers).arg(other("servers.c"));
    succeeds(&mut compiler);
    let solved = ["byte-by-byte", "lines", "three-at-once", "outlive-a-reset", "udp-echo"];
    solves(folder.path(), &solved, &[servers.as_os_str()]);
}

/// epoll in one thread, as Python's own asyncio does it.
#[test]
fn python_on_asyncio_passes() {
    let Some(python) = python() else { return };
    let solved = ["byte-by-byte", "lines", "lengths", "three-at-once", "outlive-a-reset"];
    let servers = other("servers.py");
    solves(folder("python").path(), &solved, &[python.as_ref(), servers.as_os_str()]);
}

/// With SO_REUSEADDR bind works beside another socket that has it and does not listen; without it, not
/// beside a connection in TIME_WAIT. Neither is held against a program that was not told.
#[cfg(target_os = "linux")]
#[test]
fn so_reuseaddr_is_left_to_the_program() {
    let Some(python) = python() else { return };
    let solved = ["bind-any-port", "for-the-neighbours", "next-free-port"];
    let options = other("options.py");
    let command = [python.as_ref(), options.as_os_str()];
    solves(folder("options").path(), &solved, &command);
    if std::net::TcpListener::bind((std::net::Ipv6Addr::LOCALHOST, 0)).is_err() {
        skip("there is no IPv6 for both-families");
        return;
    }
    solves(folder("options").path(), &["both-families"], &command);
}

/// epoll in one thread, and readv or writev where there are several pieces.
#[test]
fn javascript_on_node_passes() {
    if !has("node", "JavaScript") {
        return;
    }
    let solved =
        ["byte-by-byte", "lines", "lengths", "three-at-once", "outlive-a-reset", "udp-echo"];
    let servers = other("servers.js");
    solves(folder("node").path(), &solved, &["node".as_ref(), servers.as_os_str()]);
}

/// IPv6 sockets with addresses of IPv4 in them, a thread for each client, and the threads of the
/// virtual machine.
#[test]
fn java_with_its_ipv6_sockets_passes() {
    if !has("javac", "Java") || !has("java", "Java") {
        return;
    }
    let folder = folder("java");
    let mut compiler = program("javac");
    succeeds(compiler.arg("-d").arg(folder.path()).arg(other("Servers.java")));
    let solved =
        ["byte-by-byte", "lines", "lengths", "three-at-once", "outlive-a-reset", "udp-echo"];
    let java: [OsString; 4] = ["java".into(), "-cp".into(), folder.path().into(), "Servers".into()];
    let java: Vec<&OsStr> = java.iter().map(OsString::as_os_str).collect();
    solves(folder.path(), &solved, &java);
}
