//! xray: it shows each call once, with what the kernel says, and disturbs nobody.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod counted;
#[cfg(target_os = "linux")]
mod counts;
#[cfg(target_os = "linux")]
mod events;
#[cfg(target_os = "linux")]
mod failing;
#[cfg(target_os = "linux")]
mod groups;
#[cfg(target_os = "linux")]
mod json;
#[cfg(target_os = "linux")]
mod life;
#[cfg(target_os = "linux")]
mod refusals;
#[cfg(target_os = "linux")]
mod running;
#[cfg(target_os = "linux")]
mod several;
#[cfg(target_os = "linux")]
mod silent;
#[cfg(target_os = "linux")]
mod steps;
#[cfg(target_os = "linux")]
mod tracers;

use predicates::str::{contains, starts_with};
use std::sync::OnceLock;

use support::workspace::own_program;
use support::{fails, printed, program, says, succeeds};

fn xray_path() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| own_program("xray").to_str().expect("UTF-8").to_string())
}

fn xray(words: &[&str]) -> assert_cmd::Command {
    let mut xray = program(xray_path());
    xray.args(words);
    xray
}

#[test]
fn the_help_says_what_it_shows_and_what_it_cannot() {
    for words in [&["--help"][..], &[]] {
        let help = succeeds(&mut xray(words))
            .stdout(starts_with("Any program's sockets, call by call"))
            .stdout(says("--pid=PID"))
            .stdout(says("--port=PORT"))
            .stdout(says("io_uring, which makes no calls"));
        assert!(printed(&help).lines().all(|line| line.chars().count() <= 100));
    }
}

#[test]
fn a_wrong_command_line() {
    let wrong: [(&[&str], &str); 19] = [
        (&["--no-such-option", "true"], "--no-such-option"),
        (&["--json"], "name a program, --pid or --port"),
        (&["--pid", "1", "--port", "80"], "name one of them"),
        (&["--pid", "1", "true"], "name one of them"),
        (&["--pid=-1"], "a process number is a whole number from 1 up"),
        (&["--pid", "x"], "a process number is a whole number from 1 up"),
        (&["--port", "0"], "the kernel picks one"),
        (&["--port", "+80"], "a number from 1 to 65535"),
        (&["--port", "080"], "a number from 1 to 65535"),
        (&["--pid", "+1"], "a whole number from 1 up"),
        (&["--port", "65536"], "a number from 1 to 65535"),
        (&["--follow", "true"], "--follow goes with --pid"),
        (&["--children", "true"], "--children goes with --pid"),
        (&["--pid", "1", "2"], "several processes are one word: --pid 12,34"),
        (&["--pid", "1,x"], "a process number is a whole number from 1 up"),
        (&["--pid", ","], "a process number is missing"),
        (&["--pid", "1", "--summary"], "--summary and --time are about calls"),
        (&["--port", "80", "--time"], "--summary and --time are about calls"),
        (&["--time", "--summary-only", "true"], "--summary-only leaves them out"),
    ];
    for (words, reason) in wrong {
        fails(&mut xray(words), 2)
            .stderr(starts_with("error: "))
            .stderr(contains(reason))
            .stderr(contains("just xray --help"));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_call_to_hide_has_to_be_one_that_is_shown() {
    fails(&mut xray(&["--hide", "read,poll", "true"]), 2)
        .stderr(contains("poll is not a call that xray shows"));
}

#[cfg(not(target_os = "linux"))]
#[test]
fn elsewhere_it_says_what_it_needs_and_what_there_is_instead() {
    fails(&mut xray(&["true"]), 1)
        .stderr(starts_with("error: xray: works on Linux alone"))
        .stderr(says("The rest of the course does not need it."));
}
