//! Running a program that answers one question.

use std::process::ExitCode;

use crate::{explain, rows};

/// What the comment at the head of such a program says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The question, as learners ask it: the first line.
    pub question: String,
    /// Why it matters.
    pub why: String,
    /// What is different on other systems; empty where nothing is known to be.
    pub elsewhere: String,
}

impl Head {
    /// Reads the comment at the head of a program's `source`: the lines that begin with `//!`.
    #[must_use]
    pub fn of(source: &str) -> Head {
        let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
        let text: String = lines.map(|line| format!("{}\n", line.trim())).collect();
        let paragraph = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut paragraphs = text.split("\n\n").map(paragraph);
        let question = paragraphs.next().unwrap_or_default();
        let (elsewhere, why): (Vec<_>, Vec<_>) =
            paragraphs.partition(|text| text.starts_with("Elsewhere: "));
        Head { question, why: why.join(" "), elsewhere: elsewhere.join(" ") }
    }
}

/// Runs a program that answers one question: prints the question, which is the first line of its
/// `source`, then what `program` shows, and what is different on other systems.
///
/// The exit status is 0 when the answer was proved, 1 when the system behaved otherwise or said no,
/// 2 when the command line was wrong.
pub fn question(source: &str, program: fn() -> anyhow::Result<()>) -> ExitCode {
    let head = Head::of(source);
    match std::env::args().nth(1).as_deref() {
        None => {}
        Some("-h" | "--help") => {
            rows::heading(&head.question);
            rows::print(&rows::wrapped(&head.why, rows::width(), "", ""));
            rows::print("\nIt takes no arguments. `just ask` lists all questions.\n");
            return ExitCode::SUCCESS;
        }
        Some(other) => {
            rows::complain(&format!("error: `{other}`: this program takes no arguments\n"));
            return ExitCode::from(2);
        }
    }
    rows::heading(&head.question);
    let done = program();
    if let Err(error) = &done {
        explain::print(error);
    }
    if !head.elsewhere.is_empty() {
        rows::print(&format!(
            "\n{}",
            rows::wrapped(&head.elsewhere, rows::width().min(80), "  ", "  ")
        ));
    }
    ExitCode::from(u8::from(done.is_err()))
}
