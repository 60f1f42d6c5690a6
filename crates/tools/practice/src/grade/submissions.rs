//! What was handed in: who, for which exercise, and which file or project is the program.
//!
//! Nothing here follows a symbolic link: where one leads is the wish of whoever handed it in.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::exercise::Exercise;

/// A program is one text: nobody writes more than this by hand.
const LONGEST: u64 = 1 << 20;

/// Where the programs are in somebody's folder: in it, or where `just practice` puts them.
const PLACES: [&str; 4] = ["", "src/bin", "my-practice", "my-practice/src/bin"];

/// What somebody has handed in for one exercise.
#[derive(Debug)]
pub struct Submission {
    /// The name of the file or of the folder.
    pub name: String,
    /// The exercise.
    pub exercise: &'static Exercise,
    /// Its programs, of which the best counts; or why there is none.
    pub programs: Result<Vec<Source>, String>,
}

/// A program before it can run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// One file, which this runs.
    File(PathBuf, Runs),
    /// A cargo project: its folder, and which of its programs; the only one, where none is named.
    Project(PathBuf, Option<String>),
}

impl Source {
    /// The file or the project, without the folder that all submissions are in.
    pub fn shown(&self, folder: &Path) -> String {
        let (Source::File(path, _) | Source::Project(path, _)) = self;
        let path = path.strip_prefix(folder).unwrap_or(path);
        plain(&match self {
            Source::Project(_, Some(program)) => format!("{} ({program})", path.display()),
            _ => path.display().to_string(),
        })
    }
}

/// What runs a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Runs {
    /// It is compiled.
    Rust,
    /// The words of a command, in which `{}` stands for the file.
    Words(Vec<String>),
}

/// Which files are programs, by how their names end.
#[derive(Debug)]
pub struct Languages(Vec<(String, Runs)>);

impl Languages {
    /// Rust and Python, and what `commands` say, such as `js=node {}`.
    ///
    /// # Errors
    ///
    /// One of them is not of this form; the words say how.
    pub fn new(commands: &[String]) -> Result<Languages, String> {
        let python = Runs::Words(vec![crate::compile::python().to_string(), "{}".to_string()]);
        let mut all = vec![("rs".to_string(), Runs::Rust), ("py".to_string(), python)];
        for command in commands {
            let parts = command.split_once('=').and_then(|(ending, words)| {
                let ending = ending.trim_start_matches('.');
                let words = shlex::split(words)?;
                let is_file = words.iter().any(|it| it == "{}");
                (is_file && !ending.is_empty()).then(|| (ending.to_string(), Runs::Words(words)))
            });
            let Some((ending, runs)) = parts else {
                return Err(format!(
                    "{command:?} does not say what runs which files: write, for instance, \
                     --command 'js=node {{}}'"
                ));
            };
            all.retain(|(other, _)| *other != ending);
            all.push((ending, runs));
        }
        Ok(Languages(all))
    }

    fn of(&self, file: &Path) -> Option<&Runs> {
        let ending = file.extension()?.to_str()?;
        self.0.iter().find(|(other, _)| other == ending).map(|(_, runs)| runs)
    }
}

/// Finds the submissions in `folder`: each of its files and folders is one, by its own name; with
/// `one`, the folder itself is the only one. Without any `exercises`, those count for which somebody
/// has a file of that name.
///
/// # Errors
///
/// The folder cannot be read, or nothing in it is a submission.
pub fn find(
    folder: &Path,
    one: bool,
    exercises: &[&'static Exercise],
    languages: &Languages,
) -> Result<Vec<Submission>> {
    let folder = &folder.canonicalize().with_context(|| shown("open", folder))?;
    let mut found = Vec::new();
    let is_file = fs::metadata(folder).with_context(|| shown("open", folder))?.is_file();
    let people = match one || is_file {
        true => vec![folder.to_path_buf()],
        false => entries(folder)?,
    };
    for path in people {
        if !is_folder(&path) && languages.of(&path).is_none() && path != *folder {
            continue; // a list of names, or a picture
        }
        let name = plain(&path.file_name().unwrap_or(path.as_os_str()).to_string_lossy());
        for exercise in asked(&path, exercises, languages) {
            let alone = exercises.len() == 1;
            let programs = programs(&path, exercise, alone, languages);
            found.push(Submission { name: name.clone(), exercise, programs });
        }
        if exercises.is_empty() && found.last().is_none_or(|it| it.name != name) {
            bail!(
                "{}: no file in it is named for an exercise (bind-any-port.rs, for instance): say \
                 which exercise is meant, with --exercise NAME",
                path.display()
            );
        }
    }
    if found.is_empty() {
        bail!("{}: no submission is in it, neither a program nor a folder", folder.display());
    }
    Ok(found)
}

/// The exercises that somebody's programs are for.
fn asked(
    path: &Path,
    exercises: &[&'static Exercise],
    languages: &Languages,
) -> Vec<&'static Exercise> {
    if !exercises.is_empty() {
        return exercises.to_vec();
    }
    let named = |it: &&Exercise| match is_folder(path) {
        true => !named(&inner(path), it, languages).is_empty(),
        false => is_named(path, it),
    };
    crate::catalogue::ALL.iter().filter(named).collect()
}

/// The programs for an exercise. Where it is the only one that is asked for (`alone`), their names
/// do not matter, as long as it is clear which is meant.
fn programs(
    path: &Path,
    exercise: &Exercise,
    alone: bool,
    languages: &Languages,
) -> Result<Vec<Source>, String> {
    if !is_folder(path) {
        return match languages.of(path) {
            Some(_) if !is_regular(path) => Err("it is a link, not a file".to_string()),
            Some(runs) if alone || is_named(path, exercise) => {
                Ok(vec![Source::File(path.to_path_buf(), runs.clone())])
            }
            _ => Err(format!("it is no program for {}", exercise.name)),
        };
    }
    let folder = inner(path);
    let named = named(&folder, exercise, languages);
    if !named.is_empty() {
        return Ok(named);
    }
    let name = exercise.name;
    if !alone {
        return Err(format!("no file in it is named {name}"));
    }
    let projects = project_programs(&folder);
    let files: Vec<Source> = entries(&folder)
        .unwrap_or_default()
        .into_iter()
        .filter(|it| is_regular(it))
        .filter_map(|it| languages.of(&it).map(|runs| Source::File(it.clone(), runs.clone())))
        .collect();
    let found = if projects.is_empty() { files } else { projects };
    match found.len() {
        0 => Err("no program is in it".to_string()),
        1 => Ok(found),
        number => Err(format!("{number} programs are in it, and none is named {name}")),
    }
}

/// The programs of a folder that are named for an exercise.
fn named(folder: &Path, exercise: &Exercise, languages: &Languages) -> Vec<Source> {
    // A project of its own, in a folder of the exercise's name.
    let mut found = project_programs(&folder.join(exercise.name));
    if found.len() != 1 || !is_folder(&folder.join(exercise.name)) {
        found.clear();
    }
    for place in PLACES.map(|it| folder.join(it)) {
        for file in entries(&place).unwrap_or_default() {
            let Some(runs) = languages.of(&file).filter(|_| is_regular(&file)) else { continue };
            if !is_named(&file, exercise) {
                continue;
            }
            // With what the project's manifest says, its edition for instance.
            let project = place.ends_with("src/bin").then(|| place.parent()?.parent()).flatten();
            let project = project.filter(|it| *runs == Runs::Rust && is_project(it));
            found.push(match (project, file.file_stem()) {
                (Some(project), Some(stem)) => {
                    let program = stem.to_string_lossy().into_owned();
                    Source::Project(project.to_path_buf(), Some(program))
                }
                _ => Source::File(file.clone(), runs.clone()),
            });
        }
    }
    found
}

/// Python and Rust modules cannot have a hyphen in their names.
fn is_named(file: &Path, exercise: &Exercise) -> bool {
    let stem = file.file_stem().and_then(|it| it.to_str()).unwrap_or_default();
    stem.replace('_', "-") == exercise.name
}

/// The programs that a cargo project in `folder` has, by the places that cargo looks in.
fn project_programs(folder: &Path) -> Vec<Source> {
    if !is_project(folder) {
        return Vec::new();
    }
    let is_program = |it: &PathBuf| it.extension().is_some_and(|it| it == "rs") && is_regular(it);
    let mut programs = entries(&folder.join("src/bin")).unwrap_or_default();
    programs.push(folder.join("src/main.rs"));
    programs.retain(is_program);
    programs.iter().map(|_| Source::Project(folder.to_path_buf(), None)).collect()
}

fn is_project(folder: &Path) -> bool {
    is_regular(&folder.join("Cargo.toml"))
}

/// The folder that is meant: archives often have one folder, which holds everything.
fn inner(folder: &Path) -> PathBuf {
    match &entries(folder).unwrap_or_default()[..] {
        [only] if is_folder(only) && only.file_name().is_some_and(|it| it != "src") => inner(only),
        _ => folder.to_path_buf(),
    }
}

/// What is in a folder, sorted, without what is hidden and what tools have made.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| shown("open", folder))?;
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.with_context(|| shown("read", folder))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let made = ["target", "node_modules", "__pycache__", "__MACOSX"].contains(&&*name);
        if !made && !name.starts_with('.') {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

fn is_regular(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|it| it.is_file())
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|it| it.is_dir())
}

/// A name on one line, in the order in which its letters are written: with a line's end in it, or
/// with what turns text round, it could look like another's result.
fn plain(name: &str) -> String {
    let steers =
        |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let shown = |c: char| if steers(c) { c.escape_unicode().to_string() } else { c.to_string() };
    name.chars().map(shown).collect()
}

fn shown(call: &str, path: &Path) -> String {
    format!("{call}({})", path.display())
}

/// Reads a file that is not too long for a program.
///
/// # Errors
///
/// It is no file of its own, or longer, or cannot be read; in words.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    if !is_regular(path) {
        return Err(wrong(&"it is no regular file"));
    }
    let mut text = Vec::new();
    let file = fs::File::open(path).map_err(|error| wrong(&error))?;
    file.take(LONGEST + 1).read_to_end(&mut text).map_err(|error| wrong(&error))?;
    if text.len() as u64 > LONGEST {
        return Err(wrong(&"it is longer than 1 MB"));
    }
    Ok(text)
}

/// Copies a project: its files and folders, without links and what tools have made.
///
/// # Errors
///
/// It is too large, or cannot be read; in words.
pub fn copy_project(from: &Path, to: &Path) -> Result<(), String> {
    let mut left = 500;
    copy(from, to, &mut left)
}

fn copy(from: &Path, to: &Path, left: &mut u32) -> Result<(), String> {
    fs::create_dir_all(to).map_err(|error| format!("{}: {error}", to.display()))?;
    for path in entries(from).map_err(|error| format!("{error:#}"))? {
        *left = left.checked_sub(1).ok_or("the project has more than 500 files")?;
        let copy_of = to.join(path.file_name().expect("an entry has a name"));
        if is_folder(&path) {
            copy(&path, &copy_of, left)?;
        } else if is_regular(&path) {
            let text = read(&path)?;
            fs::write(&copy_of, text).map_err(|error| format!("{}: {error}", to.display()))?;
        }
    }
    Ok(())
}
