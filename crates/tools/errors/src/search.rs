//! Which rows of the table are meant.

use crate::catalogue::{Row, TABLE};
use crate::on_linux::on_linux;

/// The rows that the words ask for, with their places in the table. Each word names a call, an
/// option or an error (by symbol, by number here or on Linux, or by `io::ErrorKind`); otherwise they
/// are words from a message, or from a description, perhaps after the name of a call.
pub fn rows_for(words: &[String]) -> Vec<(usize, &'static Row)> {
    let asked = asked(words);
    let words: Vec<&str> = asked.split_whitespace().collect();
    if words.is_empty() {
        return Vec::new();
    }
    if words.iter().all(|word| TABLE.iter().any(|row| names(row, word))) {
        return rows(|row| words.iter().all(|word| names(row, word)));
    }
    let call = words[0];
    let of_call = said(&words[1..].join(" "), |row| is_call(row, call));
    if of_call.is_empty() { said(&asked, |_| true) } else { of_call }
}

/// The calls that give the error that the words name, whatever call they name.
pub fn calls_that_give(words: &[String]) -> Vec<&'static str> {
    let asked = asked(words);
    let is_error = |word: &&str| TABLE.iter().any(|row| is_error(row, word));
    let errors: Vec<&str> = asked.split_whitespace().filter(is_error).collect();
    let mut calls: Vec<&str> = Vec::new();
    for (_, row) in rows(|row| !errors.is_empty() && errors.iter().all(|word| names(row, word))) {
        if !row.is_never() && !calls.contains(&row.bare_call()) {
            calls.push(row.bare_call());
        }
    }
    calls
}

/// The words in lower case; or just the number, for an error as Rust or Python prints it: `Broken
/// pipe (os error 32)`, `Os { code: 32, … }`, `[Errno 32] Broken pipe`.
fn asked(words: &[String]) -> String {
    let asked = words.join(" ").to_lowercase();
    let number_after = |start: &str| {
        let rest = asked.split_once(start)?.1;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        (!digits.is_empty()).then_some(digits)
    };
    let number = ["os error ", "code: ", "[errno "].into_iter().find_map(number_after);
    number.unwrap_or_else(|| asked.trim().to_string())
}

fn rows(wanted: impl Fn(&Row) -> bool) -> Vec<(usize, &'static Row)> {
    TABLE.iter().enumerate().filter(|(_, row)| wanted(row)).collect()
}

/// Whether a word in lower case names the row's call, its option or its error.
fn names(row: &Row, word: &str) -> bool {
    is_call(row, word)
        || row.call.to_lowercase().split(' ').skip(1).any(|option| option == word)
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

fn is_error(row: &Row, word: &str) -> bool {
    let name = word.strip_prefix("wsa").unwrap_or(word);
    let is_number = |number: i32| word == number.to_string();
    let is_kind = |number: i32| {
        let kind = std::io::Error::from_raw_os_error(number).kind();
        word.rsplit("::").next() == Some(&format!("{kind:?}").to_lowercase())
    };
    name == row.symbol.to_lowercase()
        || [("ewouldblock", "EAGAIN"), ("enotsup", "EOPNOTSUPP")].contains(&(name, row.symbol))
        || advice::number(row.symbol).is_some_and(|number| is_number(number) || is_kind(number))
        || on_linux(row.symbol).is_some_and(|(number, _)| is_number(number))
}

/// The wanted rows whose message has these words; or else those whose description has them.
fn said(phrase: &str, wanted: impl Fn(&Row) -> bool) -> Vec<(usize, &'static Row)> {
    let phrase = spaced(phrase);
    if phrase.trim().is_empty() {
        return Vec::new();
    }
    let has = |text: &str| spaced(text).contains(phrase.trim_end());
    let says = |row: &Row| {
        message(row.symbol).is_some_and(|words| has(&words))
            || on_linux(row.symbol).is_some_and(|(_, words)| has(words))
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
