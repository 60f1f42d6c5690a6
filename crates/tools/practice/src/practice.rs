//! Doing what was asked.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::catalogue;
use crate::check;
use crate::command_line::Asked;
use crate::compile;
use crate::exercise::Exercise;
use crate::folder::{Folder, Language, Progress};
use crate::grade;
use crate::progress;
use crate::run;
use crate::show;
use crate::verdict::Verdict;
use crate::watch::{self, Watch};

/// Does what was asked; the exit status.
///
/// # Errors
///
/// A file cannot be read or written, or the program does not compile.
pub fn run(asked: &Asked) -> Result<ExitCode> {
    let exercise = |name: &str| catalogue::named(name).expect("the command line knows it");
    match asked {
        Asked::List => {
            show::list(&catalogue::ALL, &Folder::find()?.progress()?);
            Ok(ExitCode::SUCCESS)
        }
        Asked::Judge { exercise: name, python, watch, command } => {
            let program = Program::of(exercise(name), *python, command)?;
            if *watch { program.judge_when_saved() } else { program.judge() }
        }
        Asked::Check { exercises, times, tell } => check::check(exercises, *times, *tell),
        Asked::Grade(options) => grade::grade(options),
        Asked::Hint { exercise: name } => hint(exercise(name)),
        Asked::Solution { exercise: name } => solution(exercise(name)),
        Asked::Reset { exercise: name, python } => reset(exercise(name), *python),
    }
}

/// A program to be judged.
struct Program<'a> {
    exercise: &'static Exercise,
    folder: Folder,
    /// A program of any language; empty for the learner's own file.
    command: &'a [OsString],
    language: Language,
}

impl<'a> Program<'a> {
    fn of(exercise: &'static Exercise, python: bool, command: &'a [OsString]) -> Result<Self> {
        let folder = Folder::find()?;
        let language = match folder.latest(exercise) {
            _ if python => Language::Python,
            found => found.unwrap_or(Language::Rust),
        };
        let program = Program { exercise, folder, command, language };
        if command.is_empty() && program.folder.begin(exercise, language)? {
            show::task(exercise);
            output::paragraph(&format!(
                "Your program is {}. It is a beginning, which is judged now:",
                Folder::shown(&program.file())
            ));
        }
        Ok(program)
    }

    fn file(&self) -> PathBuf {
        self.folder.program(self.exercise, self.language)
    }

    fn judge(&self) -> Result<ExitCode> {
        let (command, folder) = match self.command {
            [] => {
                let command = compile::command(&self.folder, self.exercise, self.language)?;
                (command, self.folder.path().to_path_buf())
            }
            command => (command.to_vec(), std::env::current_dir()?),
        };
        let progress = progress::seconds("Judging");
        let verdict = run::judged(self.exercise, &command, &folder, false);
        progress.finish_and_clear();
        tell(&self.folder, self.exercise, &verdict)
    }

    /// Judges it now, and then whenever it is saved.
    fn judge_when_saved(&self) -> Result<ExitCode> {
        let files = match self.command {
            [] => vec![self.file()],
            command => watch::files_in(command),
        };
        if files.is_empty() {
            bail!("no word of the command is a file, so there is nothing to watch");
        }
        let mut watch = Watch::on(&files)?;
        loop {
            if let Err(error) = self.judge() {
                output::complain_of(&error);
            }
            let names: Vec<String> = files.iter().map(|it| Folder::shown(it)).collect();
            output::paragraph(&format!(
                "Waiting until {} is saved. Ctrl-C ends this.",
                names.join(" or ")
            ));
            watch.wait()?;
        }
    }
}

/// Prints a verdict, and remembers it.
fn tell(folder: &Folder, exercise: &Exercise, verdict: &Verdict) -> Result<ExitCode> {
    show::verdict(exercise, verdict);
    if verdict.failed().is_some() {
        return Ok(ExitCode::from(1));
    }
    // It is solved, or cannot be judged here, whatever becomes of the folder.
    let status = ExitCode::from(u8::from(!verdict.passes()));
    let mut progress = match folder.progress() {
        Ok(progress) => progress,
        Err(error) => {
            output::complain_of(&error.context("what you have solved before cannot be read"));
            return Ok(status);
        }
    };
    let names = match verdict.passes() {
        true => &mut progress.solved,
        false => &mut progress.not_judged_here,
    };
    if !names.iter().any(|name| name == exercise.name) {
        names.push(exercise.name.to_string());
        remember(folder, &progress);
    }
    output::paragraph(&match progress.next(&catalogue::ALL) {
        Some(next) => format!("Next: just practice {}", next.name),
        None => "That was the last one.".to_string(),
    });
    Ok(status)
}

/// Writes down what the learner has reached; says so where that is not possible.
fn remember(folder: &Folder, progress: &Progress) {
    if let Err(error) = folder.remember(progress) {
        output::complain_of(&error.context("this cannot be remembered"));
    }
}

fn hint(exercise: &Exercise) -> Result<ExitCode> {
    let folder = Folder::find()?;
    let mut progress = folder.progress()?;
    let shown = progress.hints.entry(exercise.name.to_string()).or_default();
    *shown = (*shown + 1).min(exercise.hints.len());
    let number = *shown;
    remember(&folder, &progress);
    for (at, hint) in exercise.hints.iter().take(number).enumerate() {
        let width = output::width().min(80);
        let first = format!("  {}. ", at + 1);
        output::print(&format!("\n{}\n", output::wrapped(hint, width, &first, "     ")));
    }
    Ok(ExitCode::SUCCESS)
}

fn solution(exercise: &Exercise) -> Result<ExitCode> {
    let folder = Folder::find()?;
    let mut progress = folder.progress()?;
    let is_in = |names: &[String]| names.iter().any(|name| name == exercise.name);
    if !is_in(&progress.solved) && !is_in(&progress.asked) {
        progress.asked.push(exercise.name.to_string());
        folder.remember(&progress)?;
        output::paragraph(&format!(
            "You have not solved it yet. Ask once more to see a solution all the same; or take a \
             hint: just hint {}",
            exercise.name
        ));
        return Ok(ExitCode::from(1));
    }
    let source = |language: &str, text: &str| {
        output::print(&format!("\n{language}:\n\n{text}"));
    };
    source("In Rust", exercise.files.solution.rust);
    source("In Python", exercise.files.solution.python);
    Ok(ExitCode::SUCCESS)
}

fn reset(exercise: &Exercise, python: bool) -> Result<ExitCode> {
    let folder = Folder::find()?;
    let language = match folder.latest(exercise) {
        _ if python => Language::Python,
        Some(language) => language,
        None => bail!("you have no program for {} yet: just practice {0}", exercise.name),
    };
    let copy = folder.reset(exercise, language)?;
    output::paragraph(&format!(
        "{} is the beginning again. What it was is kept in {}.",
        Folder::shown(&folder.program(exercise, language)),
        Folder::shown(&copy)
    ));
    Ok(ExitCode::SUCCESS)
}
