//! A question, as it is searched.

use question::{Head, Question};

use crate::words::{Word, is_same, words_in};

/// A question, and the texts in which it is found.
pub struct Entry {
    pub step: &'static str,
    pub name: &'static str,
    pub question: String,
    texts: [Text; 4],
    /// The other words for it, one by one.
    also: Vec<(String, Vec<Word>)>,
}

struct Text {
    /// How much a word in it tells.
    weight: f64,
    lower: String,
    words: Vec<Word>,
}

impl Entry {
    pub fn of(Question { step, name, source, .. }: &Question) -> Entry {
        let Head { question, why, also, elsewhere, .. } = Head::of(source);
        let lower = also.to_lowercase();
        let phrases = lower.split(", ");
        let phrases = phrases.map(|it| (it.to_string(), words_of(it))).collect();
        let text = |weight, text: String| {
            let lower = text.to_lowercase();
            Text { weight, words: words_in(&lower).collect(), lower }
        };
        let texts = [
            text(8.0, format!("{name}. {question}")),
            text(6.0, also),
            text(2.0, why),
            text(1.0, format!("{elsewhere} {}", strings_of(source))),
        ];
        Entry { step, name, question, texts, also: phrases }
    }

    /// How much it is about what `likeness` finds in a text: from 0 to 1.
    fn fit(&self, likeness: impl Fn(&Text) -> f64) -> f64 {
        let sum: f64 = self.texts.iter().map(|text| text.weight * likeness(text)).sum();
        sum / (sum + 8.0)
    }

    /// How much it is about a word; 0 if it does not have it.
    pub fn about(&self, word: &Word) -> f64 {
        self.fit(|text| match word.is_plain() {
            true => text.words.iter().map(|known| known.likeness(word)).fold(0.0, f64::max),
            // What is not a word, such as `0.0.0.0`, must be there exactly.
            false => f64::from(u8::from(text.lower.contains(&word.text))),
        })
    }

    /// The same for two words side by side.
    pub fn about_both(&self, pair: &[Word]) -> f64 {
        let turned: Vec<Word> = pair.iter().rev().cloned().collect();
        let likeness = |words: &[Word]| match words {
            same if is_same(same, pair) => 1.0,
            same if is_same(same, &turned) => 0.5,
            _ => 0.0,
        };
        self.fit(|text| text.words.windows(2).map(likeness).fold(0.0, f64::max))
    }

    /// Whether these words are one of its own phrases.
    pub fn is_also(&self, words: &[Word]) -> bool {
        let is_text = |text: &str| words.len() == 1 && words[0].text == text;
        self.also.iter().any(|(text, phrase)| is_text(text) || is_same(phrase, words))
    }

    pub fn words(&self) -> impl Iterator<Item = &Word> {
        self.texts.iter().flat_map(|text| &text.words)
    }
}

/// The words of a phrase.
fn words_of(phrase: &str) -> Vec<Word> {
    words_in(phrase).filter(|word| !word.text.is_empty()).collect()
}

/// The text in a program's strings.
fn strings_of(source: &str) -> String {
    let code = source.replace("\\\"", "'");
    code.split('"').skip(1).step_by(2).flat_map(|text| [text, ". "]).collect()
}
