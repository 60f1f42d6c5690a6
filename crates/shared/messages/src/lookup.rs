//! Which error has a name or a number, or comes nearest to a text.

use strsim::{osa_distance, sorensen_dice};

use crate::errors::{Error, Field, System};
use crate::table::ERRORS;

/// Other symbols for the same errors.
const SAME: [(&str, &str); 4] = [
    ("EWOULDBLOCK", "EAGAIN"),
    ("ENOTSUP", "EOPNOTSUPP"),
    ("WSAEWOULDBLOCK", "EAGAIN"),
    ("WSAESHUTDOWN", "EPIPE"),
];

/// What macOS calls ENOTSUP.
const NOT_SUPPORTED: i32 = 45;

/// The error of this name, such as `EADDRINUSE` or `WSAEADDRINUSE`, in whichever case.
#[must_use]
pub fn named(symbol: &str) -> Option<&'static Error> {
    let symbol = symbol.to_uppercase();
    let same = SAME.iter().find(|(other, _)| *other == symbol);
    let symbol = same.map_or(symbol.strip_prefix("WSA").unwrap_or(&symbol), |(_, same)| same);
    ERRORS.iter().find(|error| error.symbol == symbol)
}

/// The error that has this number, and the system that counts so: this one first, and one of
/// sockets before others.
#[must_use]
pub fn numbered(number: i32) -> Option<(&'static Error, System)> {
    let systems = [System::HERE].into_iter().chain(System::ALL);
    let found = systems.flat_map(|system| {
        let known = ERRORS.iter().filter(move |error| error.number(system) == Some(number));
        known.map(move |error| (error, system))
    });
    let not_supported = (number == NOT_SUPPORTED).then(|| named("ENOTSUP")).flatten();
    let not_supported = not_supported.map(|error| (error, System::MacOs));
    let found: Vec<_> = found.chain(not_supported).collect();
    let of_sockets =
        found.iter().find(|(error, _)| !matches!(error.field, Field::Other | Field::Files));
    of_sockets.or(found.first()).copied()
}

/// Errors that are like others.
const LIKE: [(&str, &str); 8] = [
    ("EBUSY", "EADDRINUSE"),
    ("ECANCELED", "EINTR"),
    ("EEXIST", "EADDRINUSE"),
    ("ENETDOWN", "ENETUNREACH"),
    ("ENETRESET", "ETIMEDOUT"),
    ("EPFNOSUPPORT", "EAFNOSUPPORT"),
    ("EPROTOTYPE", "EPROTONOSUPPORT"),
    ("ESHUTDOWN", "EPIPE"),
];

/// Of the errors that are wanted the one that comes nearest to a text: by what it means, by a slip
/// of the keyboard in its symbol, or by the words.
#[must_use]
pub fn nearest(text: &str, is_wanted: impl Fn(&Error) -> bool) -> Option<&'static Error> {
    let wanted = || ERRORS.iter().filter(|error| is_wanted(error));
    let text = text.to_uppercase();
    if let Some((_, like)) = LIKE.iter().find(|(symbol, _)| *symbol == text) {
        return wanted().find(|error| error.symbol == *like);
    }
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let slips = |error: &Error| {
        let words = words.iter().map(|word| word.strip_prefix("WSA").unwrap_or(word));
        let words = words.filter(|word| word.starts_with('E') && word.len() > 3);
        words.map(|word| osa_distance(word, error.symbol)).min().unwrap_or(usize::MAX)
    };
    let slipped = wanted().filter(|error| slips(error) <= 2);
    if let Some(nearest) = slipped.min_by_key(|error| slips(error)) {
        return Some(nearest);
    }
    let likeness = |error: &Error| sorensen_dice(&text, &error.words(System::Linux).to_uppercase());
    let nearest = wanted().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(nearest) > 0.5).then_some(nearest)
}
