//! What is printed: the list of all errors, or those asked for, each with what provoked it.

use std::io;
use std::process::{ExitCode, Output};

use lesson::explain;
use lesson::rows::{self, width, wrapped};

use crate::catalogue::{Class, Row, TABLE};
use crate::children::{self, CAME, NOT_HERE};
use crate::query::{message, rows_for};

/// Prints the calls and the errors of each.
pub fn list() -> ExitCode {
    rows::heading("Errors of socket calls: each can be provoked here and now");
    let mut calls: Vec<&str> = Vec::new();
    for row in TABLE {
        if !calls.contains(&row.call) {
            calls.push(row.call);
        }
    }
    for call in calls {
        let mut symbols: Vec<&str> = Vec::new();
        for row in TABLE.iter().filter(|row| row.call == call && row.class != Class::Never) {
            if !symbols.contains(&row.symbol) {
                symbols.push(row.symbol);
            }
        }
        let name = format!("  {call:<24}");
        let text = if symbols.is_empty() {
            "none that Linux gives".to_string()
        } else {
            symbols.join(" ")
        };
        rows::print(&wrapped(&text, width(), &name, &" ".repeat(26)));
    }
    rows::print("\n");
    rows::print(&wrapped(
        "`just error EADDRINUSE`, `just error 98`, `just error address already in use`, `just error \
         bind` or `just error bind EADDRINUSE` provokes and explains (without just: `cargo run -q -p \
         errors -- …`). `just error --help` tells more.",
        width().min(80),
        "",
        "",
    ));
    ExitCode::SUCCESS
}

/// Prints what the words ask for.
pub fn show(words: &[String]) -> ExitCode {
    let found = by_symbol(rows_for(words));
    if found.is_empty() {
        rows::complain(&format!("error: no error of socket calls fits `{}`\n", words.join(" ")));
        rows::complain("`just error` lists them all (without just: `cargo run -q -p errors`).\n");
        return ExitCode::from(2);
    }
    // All processes start now; what a row has to wait for, the others do not.
    let mut as_expected = true;
    let mut page = Page::default();
    let to_provoke: Vec<usize> =
        found.iter().filter(|(_, row)| can_be_provoked(row)).map(|(place, _)| *place).collect();
    let mut left = found.iter().peekable();
    let mut print_those_without = |page: &mut Page| {
        while let Some((_, row)) = left.next_if(|(_, row)| !can_be_provoked(row)) {
            page.begin(row);
        }
        left.next().map(|(_, row)| *row)
    };
    children::run(&to_provoke, |_, output| {
        let Some(row) = print_those_without(&mut page) else { return };
        page.begin(row);
        as_expected &= page.provoked(output);
    });
    print_those_without(&mut page);
    if cfg!(not(target_os = "linux")) {
        rows::complain("\nerror: errors are provoked on Linux only, where these were seen\n");
        return ExitCode::from(1);
    }
    ExitCode::from(u8::from(!as_expected))
}

fn can_be_provoked(row: &Row) -> bool {
    cfg!(target_os = "linux") && row.class != Class::Never
}

/// The rows of one error stand together, in the order in which the table first has it.
fn by_symbol(found: Vec<(usize, &'static Row)>) -> Vec<(usize, &'static Row)> {
    let order: Vec<&str> = found.iter().map(|(_, row)| row.symbol).collect();
    let mut found = found;
    found.sort_by_key(|(_, row)| order.iter().position(|symbol| *symbol == row.symbol));
    found
}

/// What has been printed so far.
#[derive(Default)]
struct Page {
    symbol: &'static str,
}

impl Page {
    /// Prints the heading of the row's error, unless it stands there, and then the row's own.
    fn begin(&mut self, row: &'static Row) {
        if self.symbol != row.symbol {
            if !self.symbol.is_empty() {
                rows::print("\n\n");
            }
            self.symbol = row.symbol;
            describe(row.symbol);
        }
        let never = if row.class == Class::Never { "never seen: " } else { "" };
        let text = format!("{} · {never}{} ({})", row.call, row.when, row.source);
        rows::print("\n");
        rows::print(&wrapped(&text, width(), "", "  "));
    }

    /// Prints what the process has printed that provoked the row, and says whether all went as the
    /// table says.
    fn provoked(&mut self, output: io::Result<Output>) -> bool {
        let output = match output {
            Ok(output) => output,
            Err(error) => {
                rows::complain_after_rows(&format!("error: no process to be had: {error}\n"));
                return false;
            }
        };
        rows::print("\n");
        rows::print(&String::from_utf8_lossy(&output.stdout));
        rows::complain(&String::from_utf8_lossy(&output.stderr));
        match output.status.code().map(u8::try_from) {
            Some(Ok(CAME | NOT_HERE)) => true,
            Some(_) => false,
            None => {
                rows::complain(&format!(
                    "error: the process did not end by itself: {}\n",
                    output.status
                ));
                false
            }
        }
    }
}

/// Prints an error's name, number, words and `io::ErrorKind`.
fn describe(symbol: &str) {
    let Some(number) = explain::number(symbol) else {
        rows::heading(&format!("{symbol} · this system has no such error"));
        return;
    };
    let error = io::Error::from_raw_os_error(number);
    let kind = format!("{:?}", error.kind());
    let words = message(symbol).unwrap_or_default();
    let name = explain::symbol(&error);
    rows::heading(&format!("{name} · {number} · {words} · io::ErrorKind::{kind}"));
    if kind == "Uncategorized" {
        rows::print(&wrapped(
            &format!(
                "Rust has no ErrorKind of its own for it, and programs cannot name Uncategorized: \
                 compare error.raw_os_error() with Some({number})."
            ),
            width().min(80),
            "",
            "",
        ));
    }
}
