//! An exercise: its task, its hints, what is checked, and the files that belong to it.

use serde::Deserialize;

use crate::judge::{Judge, Judged};

/// An exercise, as its `exercise.toml` has it, with its files.
#[derive(Debug)]
pub struct Exercise {
    /// The name by which it is called: `bind-any-port`.
    pub name: &'static str,
    /// What it is about, in a few words.
    pub title: String,
    /// The step it belongs to; 7 for those that put things together.
    pub step: u8,
    /// How long it takes, in minutes.
    pub minutes: u16,
    /// What the program has to do, in Markdown.
    pub task: String,
    /// What may be changed in the starter.
    pub may_change: String,
    /// From a nudge to nearly there.
    pub hints: [String; 3],
    /// What is checked, in this order.
    pub checks: Vec<Check>,
    /// Plausible mistakes.
    pub wrong: Vec<Wrong>,
    /// Its programs.
    pub files: &'static Files,
}

/// The programs of an exercise, and its judge.
pub struct Files {
    /// The name of its folder.
    pub name: &'static str,
    /// `exercise.toml`
    pub data: &'static str,
    /// The program that a learner begins with.
    pub starter: Pair,
    /// One that passes.
    pub solution: Pair,
    /// Judges a program.
    pub judge: fn(&mut Judge) -> Judged,
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// The same program in both languages.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    /// Rust, on socket2.
    pub rust: &'static str,
    /// Python.
    pub python: &'static str,
}

/// A sentence that is checked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Its name, unique in the exercise.
    pub id: String,
    /// The sentence.
    pub says: String,
    /// Who sees it.
    pub by: By,
    /// The place in the book that teaches it: `2-bind.md#remember`.
    pub taught: String,
}

/// Who sees whether a sentence holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// xray, where it may trace.
    Calls,
    /// The program's peers.
    Peers,
}

/// A plausible mistake, and what the judge says of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wrong {
    /// The program, in the exercise's folder.
    pub file: String,
    /// What is wrong with it.
    pub why: String,
    /// The check that has to fail.
    pub fails: String,
    /// Words of what is seen instead.
    pub seen: String,
}

/// `exercise.toml`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    title: String,
    step: u8,
    minutes: u16,
    task: String,
    may_change: String,
    hints: [String; 3],
    check: Vec<Check>,
    #[serde(default)]
    wrong: Vec<Wrong>,
}

impl Exercise {
    /// Reads `exercise.toml`.
    ///
    /// # Panics
    ///
    /// It is not what it has to be. A test reads all of them.
    pub fn of(files: &'static Files) -> Exercise {
        let data: Data = toml::from_str(files.data)
            .unwrap_or_else(|error| panic!("{}/exercise.toml: {error}", files.name));
        Exercise {
            name: files.name,
            title: data.title,
            step: data.step,
            minutes: data.minutes,
            task: data.task.trim().to_string(),
            may_change: data.may_change,
            hints: data.hints,
            checks: data.check,
            wrong: data.wrong,
            files,
        }
    }
}
