//! What was expected, and what was seen instead.

use super::Call;
use crate::verdict::Row;

/// Why a sentence does not hold.
#[derive(Debug, Clone)]
pub struct Seen {
    /// What should have happened.
    pub expected: String,
    /// What the kernel or a peer saw instead: a fact about sockets.
    pub saw: String,
    /// The calls concerned.
    pub rows: Vec<Row>,
    /// What the program printed, where that helps.
    pub printed: String,
}

/// What was `expected`, and what was seen instead.
pub fn seen(expected: impl Into<String>, saw: impl Into<String>) -> Seen {
    Seen { expected: expected.into(), saw: saw.into(), rows: Vec::new(), printed: String::new() }
}

impl Seen {
    /// With the rows of these calls.
    #[must_use]
    pub fn with<'a>(mut self, calls: impl IntoIterator<Item = &'a Call>) -> Seen {
        self.rows.extend(calls.into_iter().map(Call::row));
        self
    }

    /// With what the program printed.
    #[must_use]
    pub fn printed(mut self, text: impl Into<String>) -> Seen {
        self.printed = text.into();
        self
    }
}
