//! The parts of a text that mean an error: its symbol, a system's words, a program's.

use std::ops::Range;
use std::sync::LazyLock;

use crate::errors::{Error, System};
use crate::lookup::named;
use crate::phrases::{PHRASES, Sense};
use crate::table::ERRORS;
use crate::unsure::{UNLESS, UNSURE, VAGUE};
use crate::words::{has, spaced, without_numbers};

/// How sure it is that a part of a text means an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// What a program says that gives no reason.
    Vague,
    /// What a language or a program says.
    Phrase,
    /// What a system says.
    Words(System),
    /// The error's own name.
    Symbol,
}

impl Evidence {
    pub fn rank(self) -> u8 {
        match self {
            Evidence::Vague => 0,
            Evidence::Phrase => 1,
            Evidence::Words(_) => 2,
            Evidence::Symbol => 3,
        }
    }
}

/// Words that mean something.
struct Meaning {
    /// As words of a text, with a space before and behind them.
    words: String,
    evidence: Evidence,
    sense: Sense,
    errors: Vec<&'static Error>,
}

impl Meaning {
    /// As it stands in a text.
    fn at(&self, place: Range<usize>) -> Part {
        Part {
            place,
            words: self.words.clone(),
            evidence: self.evidence,
            sense: self.sense,
            errors: self.errors.clone(),
        }
    }
}

/// A part of a text, and what it means.
pub struct Part {
    place: Range<usize>,
    pub words: String,
    pub evidence: Evidence,
    pub sense: Sense,
    pub errors: Vec<&'static Error>,
}

impl Part {
    /// Whether others than programs of sockets say so, too.
    pub fn is_unsure(&self) -> bool {
        self.evidence == Evidence::Phrase && UNSURE.iter().any(|it| spaced(it) == self.words)
    }
}

/// All that means something.
static MEANINGS: LazyLock<Vec<Meaning>> = LazyLock::new(|| {
    let of_error = |error: &'static Error| {
        let meaning = move |words: &str, evidence| {
            let (words, errors) = (spaced(words), vec![error]);
            Meaning { words, evidence, sense: Sense::Error, errors }
        };
        let symbols = [error.symbol.to_string(), format!("WSA{}", error.symbol)];
        let symbols = symbols.map(|symbol| meaning(&symbol, Evidence::Symbol));
        let words = System::ALL.map(|it| meaning(error.words(it), Evidence::Words(it)));
        symbols.into_iter().chain(words)
    };
    let others = ["EWOULDBLOCK", "WSAEWOULDBLOCK", "ENOTSUP", "WSAESHUTDOWN"];
    let others = others.into_iter().map(|symbol| Meaning {
        words: spaced(symbol),
        evidence: Evidence::Symbol,
        sense: Sense::Error,
        errors: named(symbol).into_iter().collect(),
    });
    let phrases = PHRASES.iter().flat_map(|(sense, symbols, phrases)| {
        let errors: Vec<&Error> = symbols.iter().filter_map(|symbol| named(symbol)).collect();
        let evidence = |phrase| match VAGUE.contains(phrase) {
            true => Evidence::Vague,
            false => Evidence::Phrase,
        };
        phrases.iter().map(move |phrase| Meaning {
            words: spaced(phrase),
            evidence: evidence(phrase),
            sense: *sense,
            errors: errors.clone(),
        })
    });
    let all = others.chain(ERRORS.iter().flat_map(of_error)).chain(phrases);
    all.filter(|meaning| meaning.words.trim() != "").collect()
});

/// The parts of a spaced text that mean something, in their order; `bare` is the same text without
/// its addresses.
pub fn parts_of(text: &str, bare: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for meaning in MEANINGS.iter() {
        let places = text.match_indices(meaning.words.as_str());
        parts.extend(places.map(|(from, _)| meaning.at(from..from + meaning.words.len())));
    }
    // `port is in use` with the port's number in it, `connection refused` with the peer's address.
    if parts.is_empty() {
        let text = without_numbers(bare);
        let found = MEANINGS.iter().filter(|it| it.evidence != Evidence::Symbol);
        parts.extend(found.filter(|it| text.contains(&it.words)).map(|it| it.at(0..0)));
    }
    let is_void = |part: &Part| {
        let known = UNLESS.iter().filter(|(phrase, _)| spaced(phrase) == part.words);
        { known }.any(|(_, word)| has(text, word))
    };
    parts.retain(|part| !is_void(part));
    // Of words that stand in others, the longer ones: `Too many open files in system`.
    let longer: Vec<Range<usize>> = parts.iter().map(|part| part.place.clone()).collect();
    let is_within = |part: &Part, other: &Range<usize>| {
        other.len() > part.place.len()
            && other.start <= part.place.start
            && part.place.end <= other.end
    };
    parts.retain(|part| !longer.iter().any(|other| is_within(part, other)));
    parts.sort_by_key(|part| part.place.start);
    parts
}

/// A spaced text without these parts of it.
pub fn without(text: &str, parts: &[Part]) -> String {
    let mut rest = text.to_string();
    for part in parts {
        rest = rest.replace(&part.words, " ");
    }
    rest
}
