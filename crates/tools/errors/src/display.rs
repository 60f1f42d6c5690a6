//! What is printed: the list of all errors, or those asked for, each with what provoked it.

use std::io;
use std::process::{ExitCode, Output};

use advice::Failure;
use messages::System;
use output::{width, wrapped};

use crate::catalogue::{Row, TABLE};
use crate::kind::kind;
use crate::nothing::nothing;
use crate::processes::{self, CAME, NOT_HERE};
use crate::search::{Found, find, message};

/// Prints the calls and the errors of each.
pub fn list() -> ExitCode {
    if cfg!(target_os = "linux") {
        output::heading("Errors of socket calls: each can be provoked here and now");
    } else {
        output::heading("Errors of socket calls, as Linux gives them");
        output::print(&format!("{}\n", paragraph(EXPLAINED_ONLY)));
    }
    list_calls(|row| !row.is_never());
    output::print("\n");
    output::print(&paragraph(
        "The manual pages name these as well. Linux never gives them for sockets, or only when it \
         has run out of memory or files, or when a security module says so:",
    ));
    output::print("\n");
    list_calls(Row::is_never);
    output::print("\n");
    output::print(&paragraph(
        "`just error EADDRINUSE`, `just error 98`, `just error address already in use`, `just \
         error bind` or `just error bind EADDRINUSE` provokes and explains what you name (without \
         just: `cargo run -q -p errors -- …`). `just error --help` says more.",
    ));
    ExitCode::SUCCESS
}

/// What stands first on other systems.
const EXPLAINED_ONLY: &str = "Errors are provoked on Linux alone, and what follows is what Linux does: \
                              here it is only explained. Another system may give another error.";

/// Prints the calls that have such rows, with the errors of these.
fn list_calls(wanted: fn(&Row) -> bool) {
    let mut calls: Vec<(&str, Vec<&str>)> = Vec::new();
    for row in TABLE.iter().filter(|row| wanted(row)) {
        match calls.iter_mut().find(|(call, _)| *call == row.call) {
            Some((_, symbols)) if symbols.contains(&row.symbol) => {}
            Some((_, symbols)) => symbols.push(row.symbol),
            None => calls.push((row.call, vec![row.symbol])),
        }
    }
    for (call, symbols) in calls {
        let call = format!("  {call:<30}");
        output::print(&wrapped(&symbols.join(" "), width(), &call, &" ".repeat(32)));
    }
}

/// Text in lines that are easy to read.
pub fn paragraph(text: &str) -> String {
    wrapped(text, width().min(80), "", "")
}

/// Prints what the words ask for.
pub fn show(words: &[String]) -> ExitCode {
    let Found { rows, mut remarks, question, other_calls } = find(words);
    let found = by_symbol(rows);
    if found.is_empty() {
        return nothing(&words.join(" "), &other_calls);
    }
    if cfg!(not(target_os = "linux")) {
        output::print(&format!("{}\n", paragraph(EXPLAINED_ONLY)));
    }
    let mut as_expected = true;
    let mut symbol = "";
    processes::provoke_all(&found, |row, output| {
        if symbol != row.symbol {
            if !symbol.is_empty() {
                output::print("\n\n");
            }
            symbol = row.symbol;
            describe(symbol);
            for remark in remarks.drain(..) {
                output::print(&paragraph(&remark));
            }
        }
        let never = if row.is_never() { "never seen: " } else { "" };
        let text = format!("{} · {never}{} ({})", row.call, row.when, row.source);
        output::print("\n");
        output::print(&wrapped(&text, width(), "", "  "));
        if let Some(number) = advice::number(row.symbol).filter(|_| row.is_for_servers()) {
            let error = io::Error::from_raw_os_error(number);
            let reasons = output::reasons(&Failure::of("accept()", &error, None));
            output::print(&format!("\n{reasons}"));
        }
        as_expected &= output.is_none_or(pass_on);
    });
    hint(&found, question);
    ExitCode::from(u8::from(!as_expected))
}

/// Says where to read more about a single error, and about the message that was given.
fn hint(found: &[(usize, &Row)], question: Option<&str>) {
    let Some((_, first)) = found.first() else { return };
    let mut text = Vec::new();
    text.extend(question.map(|question| format!("`just ask {question}` shows it.")));
    if found.iter().all(|(_, row)| row.symbol == first.symbol) {
        more_of(found, &mut text);
    }
    if text.is_empty() {
        return;
    }
    output::print(&format!("\n{}", paragraph(&text.join(" "))));
}

/// Where a single error is shown in another way.
fn more_of(found: &[(usize, &Row)], text: &mut Vec<String>) {
    let [(_, first), others @ ..] = found else { return };
    let symbol = first.symbol;
    if question::ALL.iter().any(|question| question.meets(symbol)) {
        text.push(format!("`just ask {symbol}` lists questions in which it comes up."));
    }
    if let Some((_, other)) = others.iter().find(|(_, row)| row.bare_call() != first.bare_call()) {
        text.push(format!("`just error {} {symbol}` shows one call alone.", other.bare_call()));
    }
}

/// Keeps the rows of each error together, in the order in which the errors first appear in the
/// table.
fn by_symbol(found: Vec<(usize, &'static Row)>) -> Vec<(usize, &'static Row)> {
    let order: Vec<&str> = found.iter().map(|(_, row)| row.symbol).collect();
    let mut found = found;
    found.sort_by_key(|(_, row)| order.iter().position(|symbol| *symbol == row.symbol));
    found
}

/// Prints what the process that provoked a row has printed, and says whether all went as the table
/// says.
fn pass_on(output: io::Result<Output>) -> bool {
    let output = match output {
        Ok(output) => output,
        Err(error) => {
            output::complain_after_rows(&format!("error: cannot start a process: {error}\n"));
            return false;
        }
    };
    output::print("\n");
    output::print(&String::from_utf8_lossy(&output.stdout));
    output::complain(&String::from_utf8_lossy(&output.stderr));
    match output.status.code().map(u8::try_from) {
        Some(Ok(CAME | NOT_HERE)) => true,
        Some(_) => false,
        None => {
            let ended = output.status;
            output::complain(&format!("error: the process was killed: {ended}\n"));
            false
        }
    }
}

/// Prints an error's name, number, words and the `io::ErrorKind` to match.
fn describe(symbol: &str) {
    let linux = messages::named(symbol).filter(|_| cfg!(not(target_os = "linux")));
    let theirs = linux.and_then(|it| Some((it.number(System::Linux)?, it.words(System::Linux))));
    let Some(number) = advice::number(symbol) else {
        let theirs =
            theirs.map_or(String::new(), |(number, words)| format!("{number} · {words} · "));
        output::heading(&format!("{symbol} · {theirs}on Linux; this system has no such error"));
        return;
    };
    let error = io::Error::from_raw_os_error(number);
    let kind = kind(symbol, &error);
    let shown = match kind {
        Some(kind) => format!("io::ErrorKind::{kind:?}"),
        None => "no io::ErrorKind".to_string(),
    };
    let words = message(symbol).unwrap_or_default();
    let name = advice::symbol(&error);
    output::heading(&format!("{name} · {number} · {words} · {shown}"));
    if let Some((number, words)) = theirs {
        output::print(&format!("On Linux: {symbol} · {number} · {words}\n"));
    }
    if kind.is_none() {
        output::print(&paragraph(&format!(
            "Not every Rust has an ErrorKind for it that a program can name: compare \
             error.raw_os_error() with Some({number})."
        )));
    }
}
