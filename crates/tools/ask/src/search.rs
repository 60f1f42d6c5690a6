//! Finding questions by words, the best first.
//!
//! There are some seventy questions, so a look through all of them will do. What a word counts is
//! BM25's: more where few questions have it, and little more for a second place in the same one.
//! The libraries for that find no better without weights for each text, and stemmers take longer to
//! build than all the rest of this program.

use crate::asked::Asked;
use crate::entry::Entry;
use crate::words::Word;

/// What was found.
pub struct Found<'a> {
    /// Those that have all the words, the best first, and before them those that fit even better
    /// with some of the words; or else the nearest.
    pub questions: Vec<&'a Entry>,
    /// Whether the first has what was asked for, or most of it.
    pub fits: bool,
}

pub fn find<'a>(questions: &'a [Entry], asked: &Asked) -> Found<'a> {
    let worth_of = |word: &Word| worth(questions, |it| it.about(word));
    let worths: Vec<f64> = asked.words.iter().map(worth_of).collect();
    let worths_of_joined: Vec<f64> = asked.joined.iter().map(worth_of).collect();
    let pairs: Vec<&[Word]> = asked.words.windows(2).collect();
    let worths_of_pairs: Vec<f64> =
        pairs.iter().map(|pair| worth(questions, |it| it.about_both(pair))).collect();
    let total: f64 = worths.iter().sum();
    let fit = |question: &Entry| -> f64 {
        let words = asked.words.iter().zip(&worths);
        let words = words.chain(asked.joined.iter().zip(&worths_of_joined));
        let words: f64 = words.map(|(word, worth)| worth * question.about(word)).sum();
        let pairs = pairs.iter().zip(&worths_of_pairs);
        let pairs: f64 = pairs.map(|(pair, worth)| worth * question.about_both(pair)).sum();
        let named = question.is_also(&asked.words);
        words + PAIR * pairs + if named { PHRASE * total } else { 0.0 }
    };
    let fits = questions.iter().map(|question| (fit(question), question));
    let mut found: Vec<(f64, &Entry)> = fits.filter(|(fit, _)| *fit > 0.0).collect();
    found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let mut found: Vec<&Entry> = found.into_iter().map(|(_, question)| question).collect();

    let has = |question: &Entry, word: &Word| question.about(word) > 0.0;
    let has_all = |question: &&Entry| asked.words.iter().all(|word| has(question, word));
    if let Some(first) = found.iter().position(has_all) {
        let others = found.split_off(first);
        found.extend(others.into_iter().filter(has_all));
        return Found { questions: found, fits: true };
    }
    let had = |question: &&Entry| -> f64 {
        let words = asked.words.iter().zip(&worths);
        words.filter(|(word, _)| has(question, word)).map(|(_, worth)| worth).sum()
    };
    let fits = found.first().is_some_and(|first| had(first) > MOST * total);
    found.truncate(NEAREST);
    Found { questions: found, fits }
}

/// A word that few questions have says more than one that many have.
fn worth(questions: &[Entry], about: impl Fn(&Entry) -> f64) -> f64 {
    let count = questions.iter().filter(|question| about(question) > 0.0).count() as f64;
    (1.0 + (questions.len() as f64 - count + 0.5) / (count + 0.5)).ln()
}

/// What a pair of words counts, beside its two words.
const PAIR: f64 = 0.6;

/// What it counts that all the words are one of a question's own phrases.
const PHRASE: f64 = 0.5;

/// The part of the words, by their worth, with which a question fits.
const MOST: f64 = 0.5;

/// How many questions are shown where none has all words.
const NEAREST: usize = 5;
