//! What was handed in: who, for which exercise, and which file or project is the program.
//!
//! Nothing here follows a symbolic link: where one leads is the wish of whoever handed it in.

use std::ffi::OsStr;
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
    /// The file or the folder.
    pub path: PathBuf,
    /// Its name, as it can be shown: no other submission's.
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
        let path = plain(path.strip_prefix(folder).unwrap_or(path).as_os_str());
        match self {
            Source::Project(_, Some(program)) => format!("{path} ({})", plain(program.as_ref())),
            _ => path,
        }
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
        let name = name(path.file_name().unwrap_or(path.as_os_str()));
        for exercise in asked(&path, exercises, languages) {
            let alone = exercises.len() == 1;
            let programs = programs(&path, exercise, alone, languages);
            found.push(Submission { path: path.clone(), name: name.clone(), exercise, programs });
        }
        if exercises.is_empty() && found.last().is_none_or(|it| it.path != path) {
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
    if let Some(link) = link(&folder, exercise) {
        return Err(format!("{} is a link, and no link is followed", plain(link.as_os_str())));
    }
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
    for place in PLACES.iter().filter(|it| first_link(folder, it).is_none()) {
        let place = folder.join(place);
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

/// The first folder on the way to `inner`, a path in `folder`, that is a link.
fn first_link(folder: &Path, inner: &str) -> Option<PathBuf> {
    let is_link = |it: &PathBuf| fs::symlink_metadata(it).is_ok_and(|it| it.is_symlink());
    let mut on_the_way: Vec<&Path> = Path::new(inner).ancestors().collect();
    on_the_way.pop(); // the folder itself
    on_the_way.into_iter().rev().map(|it| folder.join(it)).find(is_link)
}

/// A link in the folder where somebody's programs should be, as a path in it.
fn link(folder: &Path, exercise: &Exercise) -> Option<PathBuf> {
    let own = format!("{}/src/bin", exercise.name);
    let places = PLACES.iter().copied().chain([own.as_str()]);
    let link = places.filter_map(|place| first_link(folder, place)).next()?;
    link.strip_prefix(folder).ok().map(Path::to_path_buf)
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
    let mut programs = Vec::new();
    if first_link(folder, "src/bin").is_none() {
        programs = entries(&folder.join("src/bin")).unwrap_or_default();
    }
    if first_link(folder, "src").is_none() {
        programs.push(folder.join("src/main.rs"));
    }
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
/// with what turns text round, it could look like another's result. Bytes that are not UTF-8 are
/// written out.
fn plain(name: &OsStr) -> String {
    written_out(name, |c| {
        c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

/// The name of a submission: as [`plain`], and no two are alike.
fn name(name: &OsStr) -> String {
    plain(written_out(name, |c| c == '\\').as_ref())
}

fn written_out(name: &OsStr, which: impl Fn(char) -> bool) -> String {
    let mut text = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' if which(c) => text.push_str("\\\\"),
                _ if which(c) => text.extend(c.escape_unicode()),
                _ => text.push(c),
            }
        }
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    text
}

fn shown(call: &str, path: &Path) -> String {
    format!("{call}({})", plain(path.as_os_str()))
}

/// Reads a file that is not too long for a program.
///
/// # Errors
///
/// It is no file of its own, or longer, or cannot be read; in words.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", plain(path.as_os_str()));
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
