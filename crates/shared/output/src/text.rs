//! Text broken into lines, numbers in it, and the words for what was received.
//!
//! What makes a row is `#[inline]`: xray, which prints very many, is optimised in every build, and
//! so are these functions with it.

use std::borrow::Cow;
use std::str::FromStr;

/// `text` with its control characters written out (`\u{1b}`), but for ends of lines and tabs: a word
/// from outside, such as a host, a path or the name of a process, must not steer the terminal.
#[must_use]
#[inline]
pub fn visible(text: &str) -> Cow<'_, str> {
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if !text.contains(steers) {
        return text.into();
    }
    let escaped = text.chars().map(|c| match steers(c) {
        true => c.escape_debug().to_string(),
        false => c.to_string(),
    });
    Cow::Owned(escaped.collect())
}

/// A whole number as people write one: digits alone, without a sign and without zeros before them.
#[must_use]
pub fn whole_number<T: FromStr>(text: &str) -> Option<T> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    if is_plain && (text == "0" || !text.starts_with('0')) { text.parse().ok() } else { None }
}

/// Breaks `text` into lines of at most `width` columns, the first after `first`, the others after
/// `rest`. Control characters are written out.
#[must_use]
#[inline]
pub fn wrapped(text: &str, width: usize, first: &str, rest: &str) -> String {
    let text = &*visible(text);
    let length = first.chars().count() + text.chars().count();
    if length <= width && !text.contains(['\n', '\t']) && text.is_ascii() {
        return format!("{first}{}\n", text.trim_end());
    }
    let options = textwrap::Options::new(width)
        .initial_indent(first)
        .subsequent_indent(rest)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(text, options) + "\n"
}

/// What a note looks like on `width` columns.
#[must_use]
#[inline]
pub fn note_line(text: &str, width: usize) -> String {
    wrapped(text, width, "    → ", "      ")
}

/// The words for `length` bytes that a stream has delivered and that begin with `start`.
#[must_use]
#[inline]
pub fn what_was_received(length: usize, start: &[u8]) -> String {
    match length {
        0 => "0 bytes: the end".to_string(),
        length => format!("{}: {}", bytes(length), quoted(length, start)),
    }
}

/// The words for a datagram of `length` bytes that begins with `start`.
#[must_use]
pub fn what_was_received_from(length: usize, start: &[u8], sender: &str) -> String {
    format!("{} from {sender}: {}", bytes(length), quoted(length, start))
}

/// A number of bytes, in words.
#[must_use]
#[inline]
pub fn bytes(count: usize) -> String {
    format!("{count} {}", if count == 1 { "byte" } else { "bytes" })
}

/// The first 40 characters of `length` bytes that begin with `start`.
#[inline]
fn quoted(length: usize, start: &[u8]) -> String {
    let text = String::from_utf8_lossy(start);
    let shown: String = text.chars().take(40).collect();
    let all = shown.len() == text.len() && start.len() == length;
    format!("{shown:?}{}", if all { "" } else { "…" })
}
