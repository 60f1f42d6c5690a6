//! Exercises about sockets, judged by what the kernel and the peers see of a program in any language.

mod catalogue;
mod check;
mod children;
mod command_line;
mod compile;
mod exercise;
mod folder;
mod grade;
mod judge;
mod practice;
mod progress;
mod run;
mod sandbox;
mod show;
mod verdict;
mod watch;

use std::process::ExitCode;

fn main() -> ExitCode {
    // Parts of this program that it starts itself.
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    match words.first().and_then(|word| word.to_str()) {
        Some("--guard") => return sandbox::guard(words[1..].to_vec()),
        Some("--confined") => return sandbox::confine(words[1..].to_vec()),
        Some("--judge") => return run::judge(),
        _ => {}
    }
    let asked = match command_line::parse() {
        Ok(asked) => asked,
        Err(status) => return status,
    };
    practice::run(&asked).unwrap_or_else(|error| {
        output::complain_of(&error);
        ExitCode::from(1)
    })
}
