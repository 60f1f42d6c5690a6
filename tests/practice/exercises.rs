//! The exercises are sound. (What a reader sees of them is tested with the book.)

use std::time::Duration;

use predicates::str::contains;
use support::workspace::{may_build, own_program, root};
use support::{program, python, skip, succeeds};

use crate::learner::{Course, cargo_runs};

/// One of each step. (All of them, each solution several times, are judged by `.ci/run`.)
const SOME: [&str; 7] = [
    "two-sockets",
    "bind-any-port",
    "connect-with-a-limit",
    "byte-by-byte",
    "outlive-a-reset",
    "whose-answer",
    "lengths",
];

/// Every starter compiles and fails, every solution passes, every wrong solution is rejected with its
/// own sentence, and who only prints passes nothing.
#[test]
fn every_program_of_an_exercise_is_judged_as_it_should_be() {
    if python().is_none() || !cargo_runs() {
        return;
    }
    let practice = own_program("practice");
    if !may_build(practice.parent().expect("a folder")) {
        skip("the exercises' programs may not be built here");
        return;
    }
    let mut check = program(practice);
    // The first time it builds the programs; then it takes seconds, most of them deadlines.
    check.current_dir(root()).arg("--check").args(SOME).timeout(Duration::from_secs(300));
    check.assert().success().stdout(contains("Faults: 0.\n"));

    // That it finds nothing to complain of has to mean something. (Not beside the first: both build in
    // the same folder.)
    let course = Course::new("check");
    let files = course.path().join("crates/tools/practice/exercises/bind-any-port");
    std::fs::copy(files.join("starter.py"), files.join("solution.py")).expect("a copy");
    std::fs::write(files.join("notes.txt"), "").expect("a file");
    let mut check = course.practice(&["--check", "bind-any-port"]);
    let run = check.timeout(Duration::from_secs(120)).assert();
    let run = run.code(1).stdout(contains("notes.txt: a stray file"));
    if crate::calls_are_seen() {
        run.stdout(contains("solution.py: a solution that fails at"));
    }
}

#[test]
fn help_names_every_command() {
    let mut help = program(own_program("practice"));
    let mut run = succeeds(help.arg("--help"));
    for command in ["hint", "solution", "reset", "grade", "--watch", "--check", "--python"] {
        run = run.stdout(contains(command));
    }
}
