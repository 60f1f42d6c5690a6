//! A text as words.

use std::sync::LazyLock;

use regex_lite::Regex;

/// Its words in lower case, each after a space and all before one, without punctuation: so what
/// begins and ends with a space is found as whole words.
pub fn spaced(text: &str) -> String {
    let text = text.to_lowercase().replace(['\'', '’'], "");
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut spaced: String = words.map(|word| format!(" {word}")).collect();
    spaced.push(' ');
    spaced
}

/// The same without its numbers.
pub fn without_numbers(spaced: &str) -> String {
    let is_number = |word: &&str| {
        let unit = word.trim_start_matches(|c: char| c.is_ascii_digit());
        unit.len() < word.len() && ["", "ms", "s"].contains(&unit)
    };
    let words = spaced.split_whitespace().filter(|word| !is_number(word));
    let mut left: String = words.map(|word| format!(" {word}")).collect();
    left.push(' ');
    left
}

/// Whether a spaced text has these words, one beside the other.
pub fn has(spaced_text: &str, words: &str) -> bool {
    spaced_text.contains(&spaced(words))
}

/// A pattern of this crate, made once.
pub type Pattern = LazyLock<Regex>;

/// Makes one.
pub fn pattern_of(pattern: &'static str) -> Regex {
    Regex::new(pattern).expect("a pattern that stands in this crate")
}
