//! Running a program that answers one question.

use std::process::ExitCode;

use output::{complain, complain_of, heading, paragraph, print, width, wrapped};

use crate::head::Head;

/// Runs a program that answers one question: prints the question, which is the first line of its
/// `source`, then what `program` shows, and what is different on other systems. Where the head says
/// that it runs on other systems alone, or the system does not allow the network that it needs, it
/// says so instead of an answer.
///
/// The exit status is 0 when the answer was proved or is not shown here, 1 when the system behaved
/// differently or said no, 2 when the command line was wrong.
pub fn run(source: &str, program: fn() -> anyhow::Result<()>) -> ExitCode {
    let head = Head::of(source);
    let argument = std::env::args_os().nth(1);
    match argument.as_ref().map(|word| word.to_string_lossy()).as_deref() {
        None => {}
        Some("-h" | "--help") => {
            heading(&head.question);
            print(&wrapped(&head.why, width(), "", ""));
            print("\nIt takes no arguments. `just ask` lists all questions.\n");
            return ExitCode::SUCCESS;
        }
        Some(other) => {
            complain(&format!("error: `{other}`: this program takes no arguments\n"));
            return ExitCode::from(2);
        }
    }
    heading(&head.question);
    let done = if head.runs_here() {
        program()
    } else {
        paragraph(&head.why);
        not_shown(&format!(
            "this is about {}, and other systems do otherwise, or do not tell",
            head.systems
        ));
        Ok(())
    };
    let done = match done {
        #[cfg(target_os = "linux")]
        Err(error) if error.is::<crate::link::NotHere>() => {
            not_shown(&error.to_string());
            Ok(())
        }
        done => done,
    };
    if let Err(error) = &done {
        complain_of(error);
    }
    if !head.elsewhere.is_empty() {
        print(&format!("\n{}", wrapped(&head.elsewhere, width().min(80), "  ", "  ")));
    }
    ExitCode::from(u8::from(done.is_err()))
}

fn not_shown(why: &str) {
    paragraph(&format!(
        "Not shown here: {why}. A run on Linux stands in docs/src/questions.md, under this question."
    ));
}

/// Prints the answer to a question. The programs call it by [`answer!`](crate::answer).
pub fn answered(text: &str) {
    print(&format!("\n{}", wrapped(text, width().min(80), "  Answer: ", "          ")));
}
