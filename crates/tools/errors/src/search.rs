//! Which rows of the table are meant.

use messages::{Message, Sense, System};

use crate::catalogue::{Row, TABLE};

/// What was found.
#[derive(Default)]
pub struct Found {
    /// The rows, with their places in the table.
    pub rows: Vec<(usize, &'static Row)>,
    /// What to know about the message in which the error was found.
    pub remarks: Vec<String>,
    /// The question to which that message leads.
    pub question: Option<&'static str>,
    /// The calls that give the error which the words name, where the call that they name does not.
    pub other_calls: Vec<&'static str>,
}

/// A word, and the errors that it names.
struct Word<'a> {
    text: &'a str,
    symbols: Vec<&'static str>,
}

/// The rows that the words ask for. Each word names a call, an option or an error (by symbol, by
/// number on any system, or by what a language calls it); or they are a message, as some program
/// has printed it; or else words from a message or a description, perhaps after a call's name.
pub fn find(words: &[String]) -> Found {
    let asked = words.join(" ").trim().to_lowercase();
    let words: Vec<Word> = asked.split_whitespace().map(word).collect();
    if words.is_empty() {
        return Found::default();
    }
    let message = Message::read(&asked);
    if words.iter().all(|word| TABLE.iter().any(|row| names(row, word))) {
        let rows = rows(|row| words.iter().all(|word| names(row, word)));
        let other_calls = if rows.is_empty() { calls_that_give(&words) } else { Vec::new() };
        let remarks = message.remarks.clone();
        return Found { rows, other_calls, remarks, ..Found::default() };
    }
    if message.sense.is_some() {
        let rows = if message.is_of_a_socket() { rows_of(&message) } else { Vec::new() };
        let mut remarks = message.remarks.clone();
        remarks.extend(message.sense.and_then(Sense::remark).map(String::from));
        let question = message.questions().first().copied();
        return Found { rows, remarks, question, ..Found::default() };
    }
    let of_call = |row: &Row| is_call(row, words[0].text);
    let rest: Vec<&str> = words[1..].iter().map(|word| word.text).collect();
    let rows = said(&rest.join(" "), of_call);
    let rows = if rows.is_empty() { said(&asked, |_| true) } else { rows };
    Found { rows, ..Found::default() }
}

/// The calls that give the error that the words name, whatever call they name.
fn calls_that_give(words: &[Word]) -> Vec<&'static str> {
    let is_named = |row: &Row| words.iter().any(|word| is_error(row, word));
    let mut calls: Vec<&str> = Vec::new();
    for (_, row) in rows(|row| !row.is_never() && is_named(row)) {
        if !calls.contains(&row.bare_call()) {
            calls.push(row.bare_call());
        }
    }
    calls
}

/// Whether the table has this error.
pub fn is_in_table(symbol: &str) -> bool {
    TABLE.iter().any(|row| row.symbol == symbol)
}

fn rows(wanted: impl Fn(&Row) -> bool) -> Vec<(usize, &'static Row)> {
    TABLE.iter().enumerate().filter(|(_, row)| wanted(row)).collect()
}

/// The rows of a message's errors: of its call alone, where that gives them, and of a time limit
/// alone, where one was over.
fn rows_of(message: &Message) -> Vec<(usize, &'static Row)> {
    let mut found: Vec<(usize, &Row)> = Vec::new();
    for error in &message.errors {
        found.extend(rows(|row| row.symbol == error.symbol));
    }
    let mut narrow = |wanted: &dyn Fn(&Row) -> bool| {
        if found.iter().any(|(_, row)| wanted(row)) {
            found.retain(|(_, row)| wanted(row));
        }
    };
    narrow(&|row| message.calls.contains(&row.bare_call()));
    if message.sense == Some(Sense::Timer) {
        narrow(&|row| row.when.contains("was over") || row.when.contains("gave up"));
    }
    found
}

fn word(text: &str) -> Word<'_> {
    let message = Message::read(text);
    let symbols = match message.sense {
        Some(Sense::Error) => message.errors.iter().map(|error| error.symbol).collect(),
        _ => Vec::new(),
    };
    Word { text, symbols }
}

/// Whether a word in lower case names the row's call, its option or its error.
fn names(row: &Row, word: &Word) -> bool {
    is_call(row, word.text)
        || row.call.to_lowercase().split(' ').skip(1).any(|option| option == word.text)
        || is_error(row, word)
}

/// Whether a word is the row's call, as the kernel or as Rust names it: `recv_from` is `recvfrom`,
/// and `read` and `write` of a socket are `recv` and `send`.
fn is_call(row: &Row, word: &str) -> bool {
    let call = match word {
        "read" => "recv".to_string(),
        "write" => "send".to_string(),
        word => word.replace('_', ""),
    };
    row.bare_call() == call
}

fn is_error(row: &Row, word: &Word) -> bool {
    word.symbols.contains(&row.symbol)
}

/// The wanted rows whose message has these words; or else those whose description has them.
fn said(phrase: &str, wanted: impl Fn(&Row) -> bool) -> Vec<(usize, &'static Row)> {
    let phrase = spaced(phrase);
    // A number alone is none that happens to stand in a description.
    if !phrase.contains(char::is_alphabetic) {
        return Vec::new();
    }
    let has = |text: &str| spaced(text).contains(phrase.trim_end());
    let says = |row: &Row| {
        message(row.symbol).is_some_and(|words| has(&words))
            || messages::named(row.symbol).is_some_and(|error| has(error.words(System::Linux)))
    };
    let found = rows(|row| wanted(row) && says(row));
    if found.is_empty() { rows(|row| wanted(row) && has(row.when)) } else { found }
}

/// A space before each word and no punctuation, so that a search matches from the start of a word.
fn spaced(text: &str) -> String {
    let text = text.to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| format!(" {word}")).collect()
}

/// The system's words for an error, such as `Address already in use`.
pub fn message(symbol: &str) -> Option<String> {
    let number = advice::number(symbol)?;
    let text = std::io::Error::from_raw_os_error(number).to_string();
    Some(text.trim_end_matches(&format!(" (os error {number})")).to_string())
}
