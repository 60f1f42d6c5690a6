//! What is said where no row of the table is meant.

use std::process::ExitCode;

use messages::{Error, Field, Message, Sense, System, in_a_line};

use crate::display::paragraph;
use crate::search::is_in_table;

/// Says that nothing was found, what the words are about, and where else to look.
pub fn nothing(words: &str, other_calls: &[&str]) -> ExitCode {
    output::complain(&format!("error: no error of a socket call matches `{}`\n", in_a_line(words)));
    if !other_calls.is_empty() {
        output::complain(&format!("It comes from {}.\n", other_calls.join(", ")));
    } else if let Some(text) = about(words) {
        output::complain(&paragraph(&text));
    }
    output::complain("`just error` lists them all (without just: `cargo run -q -p errors`).\n");
    ExitCode::from(2)
}

/// What a text is about that the table does not have, with what comes nearest to it.
fn about(text: &str) -> Option<String> {
    let message = Message::read(text);
    let near = |text: &str| messages::nearest(text, |error| is_in_table(error.symbol));
    let nearest = |text: &str| match near(text) {
        Some(error) => format!(" The nearest is {}: `just error {}`.", told(error), error.symbol),
        None => String::new(),
    };
    if let (Some(Sense::End), Some(remark)) = (message.sense, Sense::End.remark()) {
        return Some(format!("{remark} `just ask peer_gone` shows it."));
    }
    let Some(error) = message.errors.first() else {
        let text = match messages::exit_status(text) {
            Some(status) => format!(
                "{status} is there how a program ended, and not the number of an error. `just \
                 error {status}` looks for an error of that number."
            ),
            None if text.trim().parse::<i32>().is_ok() => {
                "No error of Linux, macOS or Windows that is known here has this number."
                    .to_string()
            }
            None => nearest(text).trim_start().to_string(),
        };
        return Some(text).filter(|text| !text.is_empty());
    };
    let (symbol, told) = (error.symbol, told(error));
    Some(match error.field {
        Field::Names => format!(
            "{told} comes from the look-up of a name, before any call on a socket: `just ask \
             localhost_is_a_name`."
        ),
        _ if message.is_of_others && is_in_table(symbol) => format!(
            "It is {told}, and the text speaks of something else than a socket, such as a file or \
             a log-in. `just error {symbol}` says when calls on sockets give it."
        ),
        _ => format!("It is {told}, and no call in this guide gives it.{}", nearest(symbol)),
    })
}

/// An error with what Linux says.
fn told(error: &Error) -> String {
    format!("{} ({})", error.symbol, error.words(System::Linux))
}
