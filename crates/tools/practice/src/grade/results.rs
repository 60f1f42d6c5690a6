//! What came of each submission, and the table of all.

use std::time::Duration;

use crate::verdict::{Holds, Verdict};

/// What came of one submission for one exercise.
#[derive(Debug)]
pub struct Result {
    /// Whose it is: the name of the file or of the folder.
    pub name: String,
    /// The exercise's name.
    pub exercise: &'static str,
    /// The program, as a path in the folder of all; empty where there was none.
    pub program: String,
    /// Why there was nothing to judge: no program, or one that does not compile.
    pub trouble: Option<String>,
    /// What the judge says; where there was nothing to judge, no sentence was reached.
    pub verdict: Verdict,
    /// How long it took, with compiling.
    pub took: Duration,
}

impl Result {
    /// Whether the exercise is solved.
    pub fn passes(&self) -> bool {
        self.trouble.is_none() && self.verdict.passes()
    }

    /// How many sentences there are.
    pub fn of(&self) -> usize {
        self.verdict.sentences.len()
    }

    /// How many could not be looked at here.
    pub fn not_looked_at(&self) -> usize {
        let is_open = |it: &Holds| matches!(it, Holds::NotLookedAt(_));
        self.verdict.sentences.iter().filter(|it| is_open(&it.holds)).count()
    }

    /// The first sentence that does not hold, or the trouble's first line.
    pub fn first_failed(&self) -> &str {
        match &self.trouble {
            Some(trouble) => trouble.lines().next().unwrap_or_default(),
            None => self.verdict.failed().map_or("", |it| &it.says),
        }
    }
}

/// A table with a line for each result, at most `width` columns wide.
pub fn table(results: &[Result], width: usize) -> String {
    let many = results.iter().any(|it| it.exercise != results[0].exercise);
    let longest = |text: &dyn Fn(&Result) -> String| {
        results.iter().map(|it| columns(&text(it))).max().unwrap_or(0)
    };
    let name = longest(&|it| it.name.clone()).min(width / 4);
    let exercise = if many { longest(&|it| it.exercise.to_string()).min(width / 4) + 2 } else { 0 };
    let scores = longest(&score);
    let mut table = String::new();
    for result in results {
        let mark = if result.passes() { "[x]" } else { "[ ]" };
        let mut line = format!("  {mark} {}  ", fitted(&result.name, name));
        if many {
            line += &format!("{}  ", fitted(result.exercise, exercise - 2));
        }
        let head = line + &fitted(&score(result), scores);
        let why = result.first_failed();
        if why.is_empty() {
            table += &format!("{}\n", head.trim_end());
        } else {
            let rest = " ".repeat(columns(&head) + 2);
            // Where too little room is left beside it, the reason goes below.
            let (first, rest) = match width.saturating_sub(rest.len()) {
                0..24 => (format!("{}\n{}", head.trim_end(), " ".repeat(8)), " ".repeat(8)),
                _ => (format!("{head}  "), rest),
            };
            let (before, first) = match first.split_once('\n') {
                Some((before, first)) => (format!("{before}\n"), first.to_string()),
                None => (String::new(), first),
            };
            table += &(before + &output::wrapped(why, width, &first, &rest));
        }
    }
    table
}

fn score(result: &Result) -> String {
    let not = match result.not_looked_at() {
        0 => String::new(),
        number => format!(", {number} not looked at"),
    };
    format!("{} of {}{not}", result.verdict.holding(), result.of())
}

fn columns(text: &str) -> usize {
    text.chars().count()
}

/// The text in exactly so many columns.
fn fitted(text: &str, width: usize) -> String {
    let text = output::visible(text);
    if columns(&text) <= width {
        return format!("{text:<width$}");
    }
    let start: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{start}…")
}
