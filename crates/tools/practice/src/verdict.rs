//! What the judge says of a program: sentences, each of which holds or not.

use serde::{Deserialize, Serialize};

use crate::exercise::Exercise;

/// All that the judge says of one program.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Verdict {
    /// In the order in which the judge looks at them.
    pub sentences: Vec<Sentence>,
    /// What else is to be said, such as that the program printed more than anybody reads.
    pub remarks: Vec<String>,
    /// What the program printed, where it failed: the first lines of its stdout and stderr.
    pub printed: String,
}

/// One sentence about the program's sockets, or about what its peers met.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sentence {
    /// Its name in the exercise.
    pub id: String,
    /// The sentence.
    pub says: String,
    /// Whether it holds.
    pub holds: Holds,
    /// The place in the book that teaches it.
    pub taught: String,
}

/// Whether a sentence holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Holds {
    /// It does.
    Yes,
    /// It does not, and the judge ended here.
    No {
        /// What should have happened.
        expected: String,
        /// What the kernel or a peer saw instead.
        saw: String,
        /// The calls concerned, as xray shows them.
        rows: Vec<Row>,
    },
    /// An earlier one does not.
    NotReached,
    /// It cannot be looked at here, for this reason.
    NotLookedAt(String),
}

/// The cells of a row, as xray shows it: how wide it may be, only who prints it knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row(pub [String; 6]);

impl Row {
    /// The row where there are `width` columns, of which the first `indent` are taken. Where they are
    /// too few for one line it has two or more, as xray's.
    pub fn on(&self, width: usize, indent: usize) -> String {
        let cells = self.0.each_ref().map(String::as_str);
        let in_lines = || output::row_line(cells, width - indent).trim_end().to_string();
        if width < output::WIDEST {
            return in_lines();
        }
        let row = output::row_line(cells, output::WIDEST);
        let mut row = row.trim_end().to_string();
        // The state may begin further left, where the peer leaves room.
        let state = cells[5];
        while widest(&row) + indent > width && row.ends_with(&format!("   {state}")) {
            row.truncate(row.len() - state.len() - 1);
            row += state;
        }
        if widest(&row) + indent > width { in_lines() } else { row }
    }
}

fn widest(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap_or_default()
}

impl Verdict {
    /// Nothing is known yet.
    pub fn open(exercise: &Exercise) -> Verdict {
        let sentences = exercise.checks.iter().map(|check| Sentence {
            id: check.id.clone(),
            says: check.says.clone(),
            holds: Holds::NotReached,
            taught: check.taught.clone(),
        });
        Verdict { sentences: sentences.collect(), ..Verdict::default() }
    }

    /// The judge did not come to its end, for this reason.
    pub fn broken(exercise: &Exercise, expected: &str, saw: &str) -> Verdict {
        let mut verdict = Verdict::open(exercise);
        verdict.fail_first(expected, saw);
        verdict
    }

    /// The first sentence that is still open does not hold.
    pub fn fail_first(&mut self, expected: &str, saw: &str) {
        let open = self.sentences.iter_mut().find(|it| it.holds == Holds::NotReached);
        if let Some(sentence) = open {
            sentence.holds = Holds::No {
                expected: expected.to_string(),
                saw: saw.to_string(),
                rows: Vec::new(),
            };
        }
    }

    /// Whether the program solves the exercise: every sentence that could be looked at holds.
    pub fn passes(&self) -> bool {
        let is = |holds: &dyn Fn(&Holds) -> bool| self.sentences.iter().any(|it| holds(&it.holds));
        is(&|it| *it == Holds::Yes) && !is(&|it| matches!(it, Holds::No { .. } | Holds::NotReached))
    }

    /// How many sentences hold.
    pub fn holding(&self) -> usize {
        self.sentences.iter().filter(|it| it.holds == Holds::Yes).count()
    }

    /// The one that does not hold.
    pub fn failed(&self) -> Option<&Sentence> {
        self.sentences.iter().find(|it| matches!(it.holds, Holds::No { .. }))
    }
}
