//! The page of the errors is made from the guide's own table and runs: the indexes and the causes
//! and cures from what `just error` prints of each error.

use std::collections::BTreeSet;
use std::process::Command;

use messages::System;
use output::wrapped;
use question::{ALL, Question};

use crate::page::Page;
use support::workspace::path_of;

const PAGE: &str = "docs/src/errors.md";

/// What stands above it is written by hand.
const MADE: &str =
    "<!-- `just bless` makes what follows from the guide's table and its runs. -->\n";

/// An error, as `just error` shows it.
#[derive(Debug, Default)]
struct Error {
    symbol: String,
    number: u32,
    message: String,
    kind: String,
    /// The calls that give it here, in the table's order, and those that never do.
    calls: Vec<String>,
    causes: Vec<Cause>,
    run: String,
}

/// One way in which it happens.
#[derive(Debug, Default)]
struct Cause {
    calls: Vec<String>,
    when: String,
    why: String,
    cure: String,
}

/// The symbols of all errors in the guide, in alphabetical order.
fn symbols() -> BTreeSet<String> {
    let list = Command::new(path_of("errors")).output().expect("the list of errors").stdout;
    let list = String::from_utf8(list).expect("UTF-8");
    let rows = list.lines().filter(|line| line.starts_with("  "));
    let words = rows.flat_map(str::split_whitespace);
    let is_symbol =
        |word: &&str| word.starts_with('E') && word.bytes().all(|byte| byte.is_ascii_uppercase());
    words.filter(is_symbol).map(String::from).collect()
}

/// Reads what `just error SYMBOL` has printed.
fn read(symbol: &str, run: &str) -> Error {
    let mut error = Error { symbol: symbol.to_string(), run: run.to_string(), ..Error::default() };
    let mut lines = run.lines().skip(1).peekable(); // the command
    let head: Vec<&str> = lines.next().unwrap_or_default().split(" · ").collect();
    if let [_, number, message, kind] = head[..] {
        error.number = number.parse().expect("a number");
        error.message = message.to_string();
        error.kind = match kind.strip_prefix("no ") {
            Some(kind) => format!("no `{kind}`"),
            None => format!("`{kind}`"),
        };
    }
    // The lines that go on are indented further.
    let rest = |lines: &mut std::iter::Peekable<std::iter::Skip<std::str::Lines>>, indent: &str| {
        let mut text = String::new();
        while let Some(more) = lines.next_if(|line: &&str| line.starts_with(indent)) {
            text += &format!(" {}", more.trim());
        }
        text
    };
    while let Some(line) = lines.next() {
        if let Some((call, when)) = line.split_once(" · ").filter(|_| !line.starts_with(' ')) {
            let when = when.to_string() + &rest(&mut lines, "  ");
            let call = call.to_string();
            if !when.starts_with("never seen") && !error.calls.contains(&call) {
                error.calls.push(call.clone());
            }
            error.causes.push(Cause { calls: vec![call], when, ..Cause::default() });
        } else if let Some(why) = line.strip_prefix("  Why: ") {
            let why = why.to_string() + &rest(&mut lines, "       ");
            error.causes.last_mut().expect("a cause").why = why;
        } else if let Some(cure) = line.strip_prefix("  Do:  ") {
            let cure = cure.to_string() + &rest(&mut lines, "       ");
            error.causes.last_mut().expect("a cause").cure = cure;
        }
    }
    error.causes = together(error.causes);
    error
}

/// Causes that are the same for several calls, as one.
fn together(causes: Vec<Cause>) -> Vec<Cause> {
    let without_source = |when: &str| match when.rsplit_once(" (") {
        Some((words, _)) => words.to_string(),
        None => when.to_string(),
    };
    let mut merged: Vec<Cause> = Vec::new();
    for cause in causes {
        let when = without_source(&cause.when);
        let same = |other: &&mut Cause| {
            (&other.why, &other.cure) == (&cause.why, &cause.cure)
                && without_source(&other.when) == when
        };
        match merged.iter_mut().find(same) {
            Some(other) => {
                let new = cause.calls.into_iter().filter(|call| !other.calls.contains(call));
                other.calls.extend(new.collect::<Vec<_>>());
                other.when = when;
            }
            None => merged.push(cause),
        }
    }
    merged
}

/// The page as it should be, with the transcripts that it has.
fn made(page: &Page) -> String {
    let blocks = page.blocks();
    let errors: Vec<Error> = symbols()
        .iter()
        .map(|symbol| {
            let command = format!("$ just error {symbol}\n");
            let runs = blocks.iter().map(|block| page.content(block));
            read(symbol, runs.into_iter().find(|run| run.starts_with(&command)).unwrap_or(&command))
        })
        .collect();
    let (head, _) = page.text.split_once(MADE).expect("the mark after what is written by hand");
    format!("{head}{MADE}{}\n## The errors\n{}", indexes(&errors), sections(&errors))
}

fn link(error: &Error) -> String {
    format!("[{0}](#{1})", error.symbol, error.symbol.to_lowercase())
}

/// By message, by symbol, and by number.
fn indexes(errors: &[Error]) -> String {
    let mut by_message: Vec<&Error> = errors.iter().collect();
    by_message.sort_by_key(|error| error.message.to_lowercase());
    let mut text =
        "\n## By message\n\n| Message | Symbol | Number | Seen here from |\n".to_string();
    text += "| --- | --- | --- | --- |\n";
    for error in by_message {
        let calls: BTreeSet<&str> =
            error.calls.iter().filter_map(|call| call.split(' ').next()).collect();
        let calls =
            calls.into_iter().map(|call| format!("`{call}`")).collect::<Vec<_>>().join(", ");
        let calls = if calls.is_empty() { "no call" } else { &calls };
        text += &format!("| {} | {} | {} | {calls} |\n", error.message, link(error), error.number);
    }
    let list = |errors: Vec<String>| wrapped(&errors.join(" · "), 100, "", "");
    text += "\n## By symbol\n\n";
    text += &list(errors.iter().map(link).collect());
    text += "\n## By number\n\nLinux's numbers on most machines, x86 and ARM among them; other systems have others.\n\n";
    let mut by_number: Vec<&Error> = errors.iter().collect();
    by_number.sort_by_key(|error| error.number);
    text += &list(by_number.iter().map(|e| format!("{}\u{a0}{}", e.number, link(e))).collect());
    text
}

fn sections(errors: &[Error]) -> String {
    let mut text = String::new();
    for Error { symbol, number, message, kind, causes, run, .. } in errors {
        text += &format!("\n### {symbol}\n\n**{message}** · {number} · {kind}\n\n");
        text += &format!("{}\n", wrapped(&elsewhere(symbol), 100, "", ""));
        for Cause { calls, when, why, cure } in causes {
            let stop = if why.is_empty() { "" } else { "." };
            let part = |name: &str, text: &str| match text {
                "" => String::new(),
                text => format!(" *{name}:* {text}"),
            };
            let (why, cure) = (part("Why", why), part("Do", cure));
            let line = format!("**{}**: {when}{stop}{why}{cure}", calls.join(", "));
            text += &wrapped(&line, 100, "- ", "  ");
        }
        let questions = questions_about(symbol);
        if !questions.is_empty() {
            text += &format!("\n{}", wrapped(&format!("Questions: {questions}."), 100, "", ""));
        }
        text += "\n<details>\n<summary>Provoked</summary>\n\n";
        let needs = if run.contains("AF_INET6") { "<!-- needs: IPv6 -->\n" } else { "" };
        text += &format!("{needs}```console\n{run}```\n\n</details>\n");
    }
    text
}

/// How other systems number and word an error, and what languages and programs call it: for those
/// who search for that.
fn elsewhere(symbol: &str) -> String {
    let error = messages::named(symbol).expect(symbol);
    let words = |system| match error.words(system) {
        words if words.is_empty() || words == error.words(System::Linux) => String::new(),
        // Only a part of what it says.
        words if system == System::Windows && words.starts_with(char::is_lowercase) => {
            format!(", \"… {words} …\"")
        }
        words if system == System::Windows => format!(", \"{words} …\""),
        words => format!(", \"{words}\""),
    };
    let on = |system: System, number: i32| {
        let symbol = match system {
            System::Windows => error.symbol_on(system) + " ",
            _ => String::new(),
        };
        format!("{} {symbol}{number}{}", system.name(), words(system))
    };
    let others = [System::MacOs, System::Windows];
    let others = others.into_iter().filter_map(|it| Some(on(it, error.number(it)?)));
    let mut text = format!("Elsewhere: {}.", others.collect::<Vec<_>>().join("; "));
    let names: Vec<&str> = messages::names_of(symbol).collect();
    if !names.is_empty() {
        text += &format!(" Also: {}.", names.join(", "));
    }
    text
}

/// The questions whose programs meet the error, as links.
fn questions_about(symbol: &str) -> String {
    let found = ALL.iter().filter(|question| question.meets(symbol));
    let links = found.map(|Question { name, .. }| format!("[{name}](questions.md#{name})"));
    links.collect::<Vec<_>>().join(", ")
}

#[test]
fn every_error_stands_in_the_book_as_the_guide_has_it() {
    check_or_write();
    let errors = Page::read(PAGE).text.matches("\n### E").count();
    assert!(errors > 30, "only {errors} errors are shown");
}

/// Compares the page with what is made of it, or writes it, with the transcripts that it has now.
pub fn check_or_write() {
    Page::read(PAGE).check_or_write(made);
}
