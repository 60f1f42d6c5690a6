//! Words: of what was asked, and of the texts in which they are looked for.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A word in lower case, and what it has in common with its other forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    pub stem: String,
    /// The first of the words that mean the same.
    meaning: String,
}

impl Word {
    pub fn new(text: &str) -> Word {
        let stem = stem(text);
        let meaning = MEANINGS.get(stem).copied().unwrap_or(stem);
        Word { text: text.to_string(), stem: stem.to_string(), meaning: meaning.to_string() }
    }

    /// Whether it is one of letters and digits.
    pub fn is_plain(&self) -> bool {
        self.text.chars().all(char::is_alphanumeric)
    }

    /// 1 for the same word, in any of its forms, less for one that means the same, and half for one
    /// that begins like it.
    pub fn likeness(&self, word: &Word) -> f64 {
        let begins = || self.text.starts_with(&word.stem) && word.stem.len() > 1;
        match word {
            same if same.stem == self.stem => 1.0,
            same if same.meaning == self.meaning => 0.8,
            other if !other.text.starts_with(char::is_numeric) && begins() => 0.5,
            _ => 0.0,
        }
    }
}

/// Whether they mean the same, word by word.
pub fn is_same(some: &[Word], others: &[Word]) -> bool {
    some.len() == others.len()
        && some.iter().zip(others).all(|(one, other)| one.meaning == other.meaning)
}

/// Words that are as good as each other.
const SAME: [&[&str]; 19] = [
    &["many", "multiple", "several", "simultaneous", "concurrent", "parallel"],
    &["stop", "quit", "exit", "terminate", "shutdown"],
    &["hang", "stuck", "block", "freeze", "forever"],
    &["lost", "lose", "loss", "drop"],
    &["maximum", "max", "limit", "largest", "biggest"],
    &["answer", "reply", "response"],
    &["retry", "resend", "retransmit", "retransmission", "repeat"],
    &["die", "dying", "crash"],
    &["handle", "serve"],
    &["free", "unused", "available"],
    &["pick", "choose", "select"],
    &["make", "create"],
    &["machine", "computer"],
    &["process", "program"],
    &["recv", "receive"],
    &["part", "partial"],
    &["message", "msg"],
    &["disconnect", "gone"],
    &["address", "addr"],
];

/// The stem of each of them, with the first of those that are as good.
static MEANINGS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let pairs = SAME.iter().flat_map(|group| group.iter().map(|word| (stem(word), group[0])));
    pairs.collect()
});

/// Words that say nothing.
const FILLERS: [&str; 67] = [
    "", "a", "i", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by", "can",
    "cannot", "cant", "could", "did", "do", "does", "doesnt", "dont", "for", "from", "get", "gets",
    "has", "have", "how", "if", "im", "in", "into", "is", "it", "its", "me", "my", "of", "on",
    "or", "should", "so", "than", "that", "the", "there", "this", "to", "use", "used", "uses",
    "using", "was", "we", "what", "when", "which", "why", "will", "with", "wont", "would", "you",
    "your", "s", "vs",
];

pub fn tells(word: &str) -> bool {
    !FILLERS.contains(&word)
}

/// The words of a text in lower case. An empty one, which is like no other, stands where a sentence
/// or a part of it ends.
pub fn words_in(lower: &str) -> impl Iterator<Item = Word> {
    let lower = lower.replace(". ", ",").replace(": ", ",").replace('\'', "");
    let parts = lower.split([',', ';', '?', '!']).flat_map(|part| {
        let words = part.split(|c: char| !c.is_alphanumeric());
        words.filter(|word| tells(word)).chain([""]).map(Word::new)
    });
    parts.collect::<Vec<_>>().into_iter()
}

/// A word without its ending: `threads` is as good as `thread`, `binding` as `bind`, and `stopped`
/// as `stop`.
pub fn stem(word: &str) -> &str {
    let without = |end: &&str| word.strip_suffix(*end).filter(|stem| stem.len() > 3);
    let ends = ["ing", "ies", "ied", "es", "ed", "s", "e", "y"];
    let stem = ends.iter().find_map(without).unwrap_or(word);
    let mut last = stem.bytes().rev();
    let is_double = stem.len() > 3 && stem.is_ascii() && last.next() == last.next();
    if is_double { &stem[..stem.len() - 1] } else { stem }
}
