//! On systems other than Linux `just error` provokes nothing, and explains what Linux does.

#![cfg(not(target_os = "linux"))]

use predicates::str::{contains, starts_with};
use support::workspace::own_program;
use support::{fails, output, program, says, succeeds};

fn error(words: &[&str]) -> assert_cmd::Command {
    let mut command = program(own_program("errors"));
    command.args(words);
    command
}

#[test]
fn an_error_that_is_found_is_explained_after_a_remark() {
    succeeds(&mut error(&["bind", "EADDRINUSE"]))
        .stdout(starts_with("Errors are provoked on Linux alone"))
        .stdout(contains("On Linux: EADDRINUSE · 98 · Address already in use"))
        .stdout(contains("bind · another socket has this address and port"));
}

/// The list prints each of these as an example.
#[test]
fn the_numbers_and_words_of_linux_find_it_as_well() {
    let by_name = output(&mut error(&["EADDRINUSE"]));
    assert_eq!(output(&mut error(&["98"])), by_name);
    assert_eq!(output(&mut error(&["address", "already", "in", "use"])), by_name);
    assert_eq!(output(&mut error(&["AddrInUse"])), by_name);
}

#[test]
fn one_that_only_linux_has_is_found() {
    succeeds(&mut error(&["ENFILE"])).stdout(contains("ENFILE"));
}

/// Linux never gives it, and others do: so a server has to know.
#[test]
fn a_client_that_is_gone_before_accept_does_not_end_a_server() {
    succeeds(&mut error(&["ECONNABORTED"])).stdout(says("goes on with its accept loop"));
}

#[test]
fn what_is_not_found_says_so() {
    fails(&mut error(&["xyzzy"]), 2).stderr(starts_with("error: no error of socket calls"));
}
