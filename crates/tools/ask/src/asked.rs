//! What was asked, as words that are looked for.

use crate::entry::Entry;
use crate::words::{Word, stem, tells};

/// What is searched for.
pub struct Asked {
    /// Words, or whatever begins with no letter, such as `0.0.0.0`.
    pub words: Vec<Word>,
    /// Two of them written as one, where a question does so: `time out`.
    pub joined: Vec<Word>,
    /// Words that no question has, and those that are meant, perhaps.
    pub meant: Vec<String>,
}

impl Asked {
    /// The words of `asked`, as far as possible those that `questions` have.
    pub fn of(asked: &str, questions: &[Entry]) -> Asked {
        let is_known =
            |text: &str| questions.iter().any(|question| question.about(&Word::new(text)) > 0.0);
        let mut found = Asked { words: Vec::new(), joined: Vec::new(), meant: Vec::new() };
        let texts = texts_of(asked);
        for (place, text) in texts.iter().enumerate() {
            let lower = text.to_lowercase();
            let next = texts.get(place + 1).map(|next| next.to_lowercase());
            let joined =
                next.map(|next| lower.clone() + &next).filter(|it| is_whole(it, questions));
            // A port of their own, for instance, says nothing.
            let is_number = lower.parse::<u64>().is_ok();
            if is_number && texts.len() > 1 && !is_known(&lower) {
                continue;
            }
            // `ConnectionReset` beside the words `Connection reset` says nothing more.
            let is_said = |pair: &[String]| pair.concat().to_lowercase() == lower;
            if texts.windows(2).any(is_said) {
                continue;
            }
            if is_known(&lower) || !lower.chars().all(char::is_alphabetic) {
                found.add(&lower);
            } else if let Some(parts) = parts_of(text, is_known) {
                parts.iter().for_each(|part| found.add(part));
            } else if let Some(meant) = nearest(&lower, questions) {
                found.add(&meant);
                found.meant.push(meant);
            } else {
                found.add(&lower);
            }
            found.joined.extend(joined.as_deref().map(Word::new));
        }
        found
    }

    fn add(&mut self, text: &str) {
        let word = Word::new(text);
        if tells(text) && !self.words.contains(&word) {
            self.words.push(word);
        }
    }
}

/// Whether a question has exactly this word.
fn is_whole(text: &str, questions: &[Entry]) -> bool {
    questions.iter().any(|question| question.words().any(|word| word.text == text))
}

/// The words of which a name such as `setReadTimeout` or `settimeout` is made, if any is known.
fn parts_of(text: &str, is_known: impl Fn(&str) -> bool) -> Option<Vec<String>> {
    let mut humps: Vec<String> = Vec::new();
    let mut was_lower = true;
    for c in text.chars() {
        match humps.last_mut() {
            Some(hump) if !(was_lower && c.is_uppercase()) => hump.extend(c.to_lowercase()),
            _ => humps.push(c.to_lowercase().collect()),
        }
        was_lower = c.is_lowercase();
    }
    if humps.len() > 1 && humps.iter().any(|hump| is_known(hump)) {
        return Some(humps);
    }
    let lower = text.to_lowercase();
    let places = lower.char_indices().map(|(place, _)| place);
    let halves = places.map(|place| lower.split_at(place)).find(|(one, other)| {
        one.len() > 2 && other.len() > 3 && [one, other].iter().all(|half| is_known(half))
    });
    halves.map(|(one, other)| vec![one.to_string(), other.to_string()])
}

/// The known word that is one slip of the keyboard away; of several, the one that most questions
/// have.
fn nearest(text: &str, questions: &[Entry]) -> Option<String> {
    let is_near = |one: &str, other: &str| strsim::osa_distance(one, other) == 1;
    let is_long = stem(text).len() > 4;
    let slips =
        |known: &&Word| is_near(&known.text, text) || is_long && is_near(&known.stem, stem(text));
    let is_word =
        |known: &&Word| known.text.len() > 4 && known.text.chars().all(char::is_alphabetic);
    if text.chars().count() < 5 {
        return None;
    }
    let known = questions.iter().flat_map(|question| question.words().filter(is_word));
    let near: Vec<&str> = known.filter(slips).map(|word| word.text.as_str()).collect();
    let count = |word: &str| near.iter().filter(|other| **other == word).count();
    near.iter().max_by_key(|word| (is_near(word, text), count(word))).map(ToString::to_string)
}

/// What was typed or pasted, in parts.
fn texts_of(asked: &str) -> Vec<String> {
    let asked = asked.replace(['\'', '’'], "");
    let marks = |c: char| "\"`,;?!(){}[]<>".contains(c);
    let parts = asked.split(|c: char| c.is_whitespace() || c == '(');
    let parts = parts.map(|part| part.trim_matches(marks).trim_end_matches(['.', ':']));
    let is_word = |word: &&str| word.starts_with(char::is_alphabetic);
    // Of `Ctrl-C` the longer word.
    let is_long = |word: &&str| is_word(word) && word.len() > 1;
    let is_address = |word: &&str| word.parse::<std::net::SocketAddr>().is_ok();
    let parts = parts.filter(|part| !is_address(part)).flat_map(|part| match is_word(&part) {
        true => part.split(|c: char| !c.is_alphanumeric()).filter(is_long).collect(),
        false => vec![part],
    });
    parts.filter(|part| tells(&part.to_lowercase())).map(String::from).collect()
}
