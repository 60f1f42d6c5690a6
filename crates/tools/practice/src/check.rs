//! Whether the exercises are sound: every starter compiles and fails, every solution passes, and every
//! wrong solution is rejected with the sentence that it was written to show. Who only prints what is
//! expected passes nothing.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::catalogue;
use crate::compile;
use crate::exercise::{Exercise, Wrong};
use crate::folder::Folder;
use crate::progress;
use crate::run;
use crate::verdict::{Holds, Verdict};

/// How many solutions are judged at the same time.
const SOLUTIONS: usize = 6;

/// How many of the others: most of them wait, or are waited for, until a deadline has passed.
const OTHERS: usize = 36;

/// The time from one start to the next: starting takes the processor, which waiting does not.
const APART: Duration = Duration::from_millis(60);

/// What a program of an exercise is there for.
enum Part<'a> {
    Starter,
    Solution,
    Wrong(&'a Wrong),
    /// It prints what any exercise wants to hear, and makes no call on a socket.
    OnlyPrints,
}

/// A program of an exercise.
struct Program<'a> {
    exercise: &'a Exercise,
    part: Part<'a>,
    file: PathBuf,
    command: Vec<OsString>,
    /// Whether it is said what the judge says of it.
    tell: bool,
}

/// Checks all exercises, or those named; each solution so many times. With `tell`, it says what the
/// judge says of each wrong solution.
///
/// # Errors
///
/// A file cannot be read, or cargo is not there.
pub fn check(names: &[String], times: usize, tell: bool) -> Result<ExitCode> {
    let folder = Folder::find()?;
    let exercises: Vec<&Exercise> = catalogue::ALL
        .iter()
        .filter(|it| names.is_empty() || names.iter().any(|name| name == it.name))
        .collect();
    let mut faults = Vec::new();
    let mut programs = Vec::new();
    for exercise in &exercises {
        let files = folder.of(exercise.name);
        faults.extend(stray(exercise, &files)?);
        for (part, file) in parts(exercise) {
            programs.push(Program {
                exercise,
                part,
                file: files.join(file),
                command: Vec::new(),
                tell,
            });
        }
        let (part, file) = (Part::OnlyPrints, files.join("../only_prints.py"));
        programs.push(Program { exercise, part, file, command: Vec::new(), tell });
    }
    build(&folder, &mut programs, names.is_empty())?;
    let (solutions, others): (Vec<&Program>, Vec<&Program>) =
        programs.iter().partition(|it| matches!(it.part, Part::Solution));
    let solutions = std::iter::repeat_n(solutions, times).flatten().collect();
    // Not at the same time: a solution has to pass each time, and the others take the processors.
    let runs = [Runs::of(others, OTHERS), Runs::of(solutions, SOLUTIONS)];
    let (again, unseen) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    let faults = Mutex::new(faults);
    let bar = progress::bar(runs.iter().map(|it| it.programs.len()).sum());
    for runs in &runs {
        thread::scope(|threads| {
            for _ in 0..runs.at_once {
                threads.spawn(|| {
                    while let Some(program) = runs.next() {
                        match program.judged() {
                            Outcome::AsItShould => {}
                            Outcome::CannotTell => _ = unseen.fetch_add(1, Ordering::Relaxed),
                            Outcome::Fault(fault) if program.passes_always() => {
                                faults.lock().expect("no thread panics here").push(fault);
                            }
                            Outcome::Fault(_) => {
                                again.lock().expect("no thread panics here").push(program);
                            }
                        }
                        bar.inc(1);
                    }
                });
            }
        });
    }
    bar.finish_and_clear();
    // With so many others at the same time, one may have come to nothing within its deadline.
    let mut faults = faults.into_inner().expect("no thread panics here");
    for program in again.into_inner().expect("no thread panics here") {
        if let Outcome::Fault(fault) = program.judged() {
            faults.push(fault);
        }
    }
    for fault in &faults {
        output::print(&format!("{fault}\n"));
    }
    let runs: usize = runs.iter().map(|it| it.programs.len()).sum();
    let (exercises, count) = (exercises.len(), faults.len());
    output::print(&format!("Exercises: {exercises}. Runs: {runs}. Faults: {count}.\n"));
    match unseen.into_inner() {
        0 => {}
        unseen => output::print(&format!("Mistakes that cannot be seen here: {unseen}.\n")),
    }
    Ok(ExitCode::from(u8::from(!faults.is_empty())))
}

impl Program<'_> {
    fn judged(&self) -> Outcome {
        let folder = self.file.parent().expect("it has a folder");
        let verdict = run::judged(self.exercise, &self.command, folder, false);
        if self.tell {
            output::print(&told(self, &verdict));
        }
        outcome(self, &verdict)
    }

    /// Whether it has to be judged rightly each time, whatever else the machine does.
    fn passes_always(&self) -> bool {
        matches!(self.part, Part::Solution)
    }
}

/// Programs that are judged one after another, so many at the same time.
struct Runs<'a> {
    programs: Vec<&'a Program<'a>>,
    at_once: usize,
    started: Mutex<usize>,
}

impl<'a> Runs<'a> {
    fn of(programs: Vec<&'a Program<'a>>, at_once: usize) -> Runs<'a> {
        Runs { programs, at_once, started: Mutex::new(0) }
    }

    fn next(&self) -> Option<&'a Program<'a>> {
        let mut started = self.started.lock().expect("no thread panics here");
        let next = self.programs.get(*started)?;
        *started += 1;
        thread::sleep(APART);
        Some(next)
    }
}

/// What a verdict says of the exercise.
enum Outcome {
    AsItShould,
    /// Its mistake, or what makes it a solution, is in a sentence that cannot be looked at here.
    CannotTell,
    Fault(String),
}

fn outcome(program: &Program, verdict: &Verdict) -> Outcome {
    let unseen = |id: Option<&str>| {
        let mut sentences = verdict.sentences.iter().filter(|it| id.is_none_or(|id| it.id == id));
        sentences.any(|it| matches!(it.holds, Holds::NotLookedAt(_)))
    };
    let fault = fault(program, verdict);
    match (&program.part, fault) {
        (_, None) => Outcome::AsItShould,
        (Part::Starter, Some(_)) if verdict.passes() && unseen(None) => Outcome::CannotTell,
        (Part::Solution, Some(_)) if verdict.failed().is_none() && unseen(None) => {
            Outcome::CannotTell
        }
        (Part::Wrong(wrong), Some(_)) if unseen(Some(&wrong.fails)) => Outcome::CannotTell,
        (_, Some(fault)) => Outcome::Fault(fault),
    }
}

/// The programs of an exercise, by their place in its folder.
fn parts(exercise: &Exercise) -> Vec<(Part<'_>, PathBuf)> {
    let mut parts = Vec::new();
    for ending in ["rs", "py"] {
        parts.push((Part::Starter, format!("starter.{ending}").into()));
        parts.push((Part::Solution, format!("solution.{ending}").into()));
    }
    parts.extend(exercise.wrong.iter().map(|it| (Part::Wrong(it), PathBuf::from(&it.file))));
    parts
}

/// What is in an exercise's folder and should not be, or the other way round.
fn stray(exercise: &Exercise, folder: &Path) -> Result<Vec<String>> {
    let mut expected: BTreeSet<PathBuf> =
        parts(exercise).into_iter().map(|(_, file)| folder.join(file)).collect();
    expected.extend(["exercise.toml", "judge.rs", "wrong"].map(|name| folder.join(name)));
    let mut there = BTreeSet::new();
    for place in [folder.to_path_buf(), folder.join("wrong")] {
        for entry in fs::read_dir(&place).with_context(|| format!("open({})", place.display()))? {
            there.insert(entry?.path());
        }
    }
    let words = |path: &PathBuf, why: &str| format!("{}: {why}", path.display());
    let stray = there.difference(&expected).map(|path| words(path, "a stray file"));
    let missing = expected.difference(&there).map(|path| words(path, "is missing"));
    Ok(stray.chain(missing).collect())
}

/// Builds the programs in Rust, all at once; and fills in every command.
fn build(folder: &Folder, programs: &mut [Program], all: bool) -> Result<()> {
    let package = folder.package("practice-check")?;
    let sources = package.join("src/bin");
    fs::create_dir_all(&sources)?;
    let name = |program: &Program| {
        let stem = program.file.file_stem().expect("it has a name").to_string_lossy();
        format!("{}--{stem}", program.exercise.name)
    };
    let is_rust = |program: &&Program| program.file.extension().is_some_and(|it| it == "rs");
    let mut there = BTreeSet::new();
    for program in programs.iter().filter(is_rust) {
        let text =
            fs::read(&program.file).with_context(|| format!("open({})", program.file.display()))?;
        let source = sources.join(format!("{}.rs", name(program)));
        // One that is as it was is not built again.
        if fs::read(&source).ok().as_ref() != Some(&text) {
            fs::write(&source, text)?;
        }
        there.insert(source);
    }
    for entry in fs::read_dir(&sources)? {
        let path = entry?.path();
        if all && !there.contains(&path) {
            fs::remove_file(path)?;
        }
    }
    let built = compile::build(&package, None)?;
    for program in programs {
        program.command = match is_rust(&&*program) {
            true => vec![built.get(&name(program)).context("cargo names no program")?.into()],
            false => vec![compile::interpreter().into(), program.file.clone().into()],
        };
    }
    Ok(())
}

/// Whether a sentence could not be looked at here.
fn not_looked_at(verdict: &Verdict, id: &str) -> bool {
    let looked = |holds: &Holds| !matches!(holds, Holds::NotLookedAt(_));
    verdict.sentences.iter().any(|it| it.id == id && !looked(&it.holds))
}

/// A wrong solution, and what the judge says of it; nothing for other programs.
fn told(program: &Program, verdict: &Verdict) -> String {
    let (Part::Wrong(wrong), Some(sentence)) = (&program.part, verdict.failed()) else {
        return String::new();
    };
    let Holds::No { saw, .. } = &sentence.holds else { return String::new() };
    let name = program.exercise.name;
    format!("{name}/{}: {}\n  {}: {saw}\n", wrong.file, wrong.why, sentence.says)
}

/// What is wrong with what the judge says of a program.
fn fault(program: &Program, verdict: &Verdict) -> Option<String> {
    let failed = verdict.failed();
    let said = failed.map(|it| match &it.holds {
        Holds::No { expected, saw, .. } => {
            format!("{}: expected {expected:?}, saw {saw:?}", it.id)
        }
        _ => it.id.clone(),
    });
    let said = said.unwrap_or_else(|| "nothing fails".to_string());
    let why = match &program.part {
        Part::Starter if verdict.passes() => "a starter that passes".to_string(),
        Part::Solution if !verdict.passes() => {
            format!("a solution that fails at {said}; it printed {:?}", verdict.printed)
        }
        Part::OnlyPrints if verdict.holding() > 0 => {
            format!("{}: it makes no call, and {} hold", program.exercise.name, verdict.holding())
        }
        // What only its calls show cannot be found where they are not seen.
        Part::Wrong(wrong) if not_looked_at(verdict, &wrong.fails) => return None,
        Part::Wrong(wrong) => match failed {
            Some(sentence) if sentence.id == wrong.fails => {
                let Holds::No { saw, rows, .. } = &sentence.holds else { return None };
                // Some of the words come from its calls.
                let seen = run::allowed(false).no_tracing.is_some()
                    || saw.contains(&wrong.seen)
                    || rows.iter().any(|row| row.on(output::WIDEST, 0).contains(&wrong.seen));
                if seen {
                    return None;
                }
                format!("should be seen: {:?}; {said}", wrong.seen)
            }
            _ => format!("should fail at {}; {said}", wrong.fails),
        },
        _ => return None,
    };
    Some(format!("{}: {why}", program.file.display()))
}
