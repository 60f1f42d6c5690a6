//! Grading: a folder of submissions is judged, each as a stranger's program.
//!
//! - `submissions`: what was handed in, by whom and for which exercise
//! - `prepare`: a copy of each, compiled where it has to be
//! - `results`: what came of each, and the table of all
//! - `files`: the same for other programs

mod files;
mod prepare;
mod results;
mod submissions;

use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::catalogue;
use crate::children;
use crate::progress;
use crate::run;
use crate::show;
use crate::verdict::Verdict;
use prepare::{Ready, Workshop};
use results::Result as Graded;
use submissions::{Languages, Runs, Source, Submission};

/// What is graded, and what is written.
#[derive(Debug, Clone)]
pub struct Options {
    /// A folder with a file or a folder of each person.
    pub folder: PathBuf,
    /// Whether the folder is one person's.
    pub one: bool,
    /// The exercises; without any, those that files are named for.
    pub exercises: Vec<String>,
    /// What runs other languages: `js=node {}`.
    pub commands: Vec<String>,
    /// How many are judged at the same time.
    pub at_once: usize,
    /// Where to write a table in CSV.
    pub csv: Option<PathBuf>,
    /// Where to write JUnit's XML.
    pub junit: Option<PathBuf>,
    /// Where to write Gradescope's `results.json`.
    pub gradescope: Option<PathBuf>,
}

/// Whether it was stopped from outside.
static STOPPED: AtomicBool = AtomicBool::new(false);

/// Grades; the exit status.
///
/// # Errors
///
/// The folder has no submissions, or a file cannot be written.
pub fn grade(options: &Options) -> Result<ExitCode> {
    let wrong = |why: &str| {
        output::complain(&format!("error: {why}\n"));
        Ok(ExitCode::from(2))
    };
    let languages = match Languages::new(&options.commands) {
        Ok(languages) => languages,
        Err(why) => return wrong(&why),
    };
    let exercises: Vec<_> =
        options.exercises.iter().filter_map(|name| catalogue::named(name)).collect();
    let folder = &options.folder;
    let submissions = submissions::find(folder, options.one, &exercises, &languages)?;
    let people = submissions.iter().zip(submissions.iter().skip(1));
    let is_one = people.clone().all(|(one, next)| one.path == next.path);
    if options.gradescope.is_some() && !is_one {
        return wrong(
            "--gradescope is for one person's submission, as Gradescope runs it: name that \
             folder, with --one",
        );
    }
    let stop = || {
        STOPPED.store(true, Ordering::Relaxed);
        children::stop();
    };
    ctrlc::set_handler(stop).context("a handler for Ctrl-C")?;
    let _no_commands = NoCommands::new();
    let results = judge_all(options, &submissions)?;
    if STOPPED.load(Ordering::Relaxed) {
        output::complain("Stopped.\n");
        return Ok(ExitCode::from(130));
    }
    tell(&results, is_one);
    let write = |path: &Option<PathBuf>, what: fn(&Path, &[Graded]) -> Result<()>| {
        path.as_ref().map_or(Ok(()), |path| what(path, &results))
    };
    write(&options.csv, files::csv)?;
    write(&options.junit, files::junit)?;
    write(&options.gradescope, files::gradescope)?;
    let all_pass = results.iter().all(Graded::passes);
    Ok(ExitCode::from(u8::from(is_one && !all_pass)))
}

/// Prints the results: of one program all that the judge says, of several a table.
fn tell(results: &[Graded], is_one: bool) {
    if let ([result], true) = (results, is_one) {
        let exercise = catalogue::named(result.exercise).expect("it is in the catalogue");
        match &result.trouble {
            // What a compiler says quotes the program.
            Some(trouble) => {
                output::print(&format!("{}: {}\n", result.name, trouble.replace('\n', "\n  | ")))
            }
            None => show::verdict(exercise, &result.verdict),
        }
        return;
    }
    let width = output::width().min(100);
    output::print(&results::table(results, width));
    let passing = results.iter().filter(|it| it.passes()).count();
    output::print(&format!("\n  {passing} of {} pass\n", results.len()));
}

/// Judges them, some at the same time; in the order in which they were found.
fn judge_all(options: &Options, submissions: &[Submission]) -> Result<Vec<Graded>> {
    let is_rust = |it: &Source| matches!(it, Source::Project(..) | Source::File(_, Runs::Rust));
    let rust = submissions.iter().filter_map(|it| it.programs.as_ref().ok()).flatten().any(is_rust);
    let workshop = Workshop::new(&options.folder, rust)?;
    warn(&workshop, rust);
    let bar = progress::bar(submissions.len());
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    thread::scope(|threads| {
        for _ in 0..options.at_once.clamp(1, submissions.len()) {
            threads.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(submission) = submissions.get(number) else { break };
                    let result = judge(options, &workshop, number, submission);
                    if STOPPED.load(Ordering::Relaxed) {
                        break;
                    }
                    results.lock().expect("no thread panics here").push((number, result));
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish_and_clear();
    let mut results = results.into_inner().expect("no thread panics here");
    results.sort_by_key(|(number, _)| *number);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

/// Judges one submission: of several programs for one exercise the best counts, as far as they come
/// to be judged in half a minute.
fn judge(options: &Options, workshop: &Workshop, number: usize, submission: &Submission) -> Graded {
    let began = Instant::now();
    // Tests have less patience.
    let seconds = std::env::var("PRACTICE_ENOUGH").ok().and_then(|text| text.parse().ok());
    let enough = Duration::from_secs(seconds.unwrap_or(30));
    let exercise = submission.exercise;
    let mut best = Graded {
        name: submission.name.clone(),
        exercise: exercise.name,
        program: String::new(),
        trouble: submission.programs.as_ref().err().cloned(),
        verdict: Verdict::open(exercise),
        took: began.elapsed(),
    };
    for (nth, source) in submission.programs.iter().flatten().enumerate() {
        let ready = workshop.prepare(&format!("{number}-{nth}"), source);
        let (trouble, verdict) = match ready {
            Ok(Ready { command, folder }) => {
                (None, run::judged_apart(exercise, &command, &folder, workshop.others()))
            }
            Err(trouble) => (Some(trouble), Verdict::open(exercise)),
        };
        let better = trouble.is_none() && best.trouble.is_some();
        if nth == 0 || better || verdict.holding() > best.verdict.holding() {
            best.program = source.shown(&options.folder);
            (best.trouble, best.verdict) = (trouble, verdict);
        }
        if best.passes() || STOPPED.load(Ordering::Relaxed) {
            break;
        }
        let left = submission.programs.as_ref().map_or(0, Vec::len) - nth - 1;
        if left > 0 && began.elapsed() > enough {
            best.verdict.remarks.push(format!(
                "It has {} programs for this exercise. After {} of them and more than {} s the \
                 others were not judged.",
                nth + 1 + left,
                nth + 1,
                enough.as_secs(),
            ));
            break;
        }
    }
    best.took = began.elapsed();
    best
}

/// GitHub takes lines of a log for commands of a workflow, also those that a submission has printed;
/// as long as this lives, it takes none.
/// (https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands)
struct NoCommands(Option<u64>);

impl NoCommands {
    fn new() -> NoCommands {
        // Only who knows this number can end it.
        let number = std::env::var_os("GITHUB_ACTIONS").map(|_| RandomState::new().hash_one(0));
        if let Some(number) = number {
            output::print(&format!("::stop-commands::{number}\n"));
        }
        NoCommands(number)
    }
}

impl Drop for NoCommands {
    fn drop(&mut self) {
        if let Some(number) = self.0 {
            output::print(&format!("::{number}::\n"));
        }
    }
}

/// Says what is not held off on this system.
fn warn(workshop: &Workshop, rust: bool) {
    if STOPPED.load(Ordering::Relaxed) {
        return;
    }
    let allowed = run::allowed(true);
    let width = output::width().min(100);
    let note = |text: &str| output::complain(&output::wrapped(text, width, "note: ", "      "));
    if !allowed.processes || !allowed.network || (rust && !workshop.is_confined()) {
        note(
            "this system gives programs no namespaces of their own, so nothing but a user's rights \
             keeps a submission from files and networks. Grade strangers' programs in a container \
             or in a virtual machine: see docs/src/grade-a-class.md.",
        );
    }
    if allowed.is_roots {
        note(
            "this system lets root become no other user, so that a submission is root's, without \
             root's capabilities, and may read and write root's files. Grade strangers' programs \
             as another user.",
        );
    }
}
