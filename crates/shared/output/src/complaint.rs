//! Printing an error with its reason.

use std::io;

use advice::{Failure, words};

use crate::print::{complain, complain_after_rows};
use crate::text::wrapped;
use crate::width::width;

/// Prints an error to stderr: the call and the system's words, then why and what to do.
pub fn complain_of(error: &anyhow::Error) {
    let said = match error.root_cause().downcast_ref::<io::Error>() {
        Some(cause) => {
            // What it is about stands before it.
            let about = error.chain().take(error.chain().len() - 1);
            about.map(|it| format!("{it}: ")).collect::<String>() + &words(cause)
        }
        None => format!("{error:#}"),
    };
    complain_after_rows(&wrapped(&said, width(), "error: ", "       "));
    if let Some(failure) = error.downcast_ref() {
        complain(&reasons(failure));
    }
}

/// Why a call failed and what to do, as lines to be printed.
#[must_use]
pub fn reasons(Failure { why, todo, .. }: &Failure) -> String {
    let parts = [("  Why: ", why), ("  Do:  ", todo)];
    let parts = parts.into_iter().filter(|(_, text)| !text.is_empty());
    parts.map(|(head, text)| wrapped(text, width().min(80), head, "       ")).collect()
}
