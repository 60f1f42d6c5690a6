//! The folder in which a learner's own programs are: `my-practice`, beside the course, which git
//! ignores. Nothing in it is ever overwritten or deleted.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::exercise::Exercise;

/// Its name.
pub const NAME: &str = "my-practice";

/// What is in the folder besides the programs: what they may depend on.
pub const MANIFEST: &str = "\
# Your own programs, one for each exercise of `just practice`. Add what you like.
[package]
name = \"my-practice\"
edition = \"2024\"

[dependencies]
ctrlc = { version = \"3\", features = [\"termination\"] }
socket2 = { version = \"0.6\", features = [\"all\"] }

[workspace]
";

/// A learner's folder.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
    path: PathBuf,
}

/// A language in which every exercise has a starter and a solution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Rust,
    Python,
}

/// What a learner has reached: `progress.toml`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// The exercises that are solved, by name.
    pub solved: Vec<String>,
    /// Those of which nothing can be judged on this machine.
    pub not_judged_here: Vec<String>,
    /// How many hints of an exercise were shown.
    pub hints: std::collections::BTreeMap<String, usize>,
    /// The exercises whose solution was asked for once, without being solved.
    pub asked: Vec<String>,
}

impl Progress {
    /// The first of `all` that can be judged here, as far as that is known, and is not solved.
    pub fn next<'a>(&self, all: &'a [Exercise]) -> Option<&'a Exercise> {
        let is_in = |names: &[String], it: &Exercise| names.iter().any(|name| name == it.name);
        all.iter().find(|it| !is_in(&self.solved, it) && !is_in(&self.not_judged_here, it))
    }
}

impl Folder {
    /// The learner's folder of the course that the current folder, or else this program, lies in.
    ///
    /// # Errors
    ///
    /// There is no course around either.
    pub fn find() -> Result<Folder> {
        let here = std::env::current_dir().ok();
        let program = std::env::current_exe().ok();
        let is_root = |folder: &&Path| folder.join("crates/tools/practice/exercises").is_dir();
        let from = |start: &Option<PathBuf>| {
            start.as_ref().and_then(|it| it.ancestors().find(is_root)).map(Path::to_path_buf)
        };
        match from(&here).or_else(|| from(&program)) {
            Some(root) => Ok(Folder { path: root.join(NAME), root }),
            None => bail!("this is not inside the course's folder: go there first (cd)"),
        }
    }

    /// A file of it, as one would type it from the course's folder.
    pub fn shown(path: &Path) -> String {
        let mut parts = path.components();
        while parts.clone().next().is_some_and(|it| it.as_os_str() != NAME) {
            parts.next();
        }
        let from = parts.as_path();
        if from.as_os_str().is_empty() { path } else { from }.display().to_string()
    }

    /// Where the program for an exercise is, or would be.
    pub fn program(&self, exercise: &Exercise, language: Language) -> PathBuf {
        match language {
            Language::Rust => self.path.join(format!("src/bin/{}.rs", exercise.name)),
            Language::Python => self.path.join(format!("{}.py", exercise.name)),
        }
    }

    /// The folder of an exercise's own files.
    pub fn of(&self, exercise: &str) -> PathBuf {
        self.root.join("crates/tools/practice/exercises").join(exercise)
    }

    /// The course's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A package of this name that depends on the same, beside what cargo builds.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn package(&self, name: &str) -> Result<PathBuf> {
        let program = std::env::current_exe()?;
        let built = program.ancestors().nth(2).context("the folder of what cargo builds")?;
        self.package_in(&built.join(name), MANIFEST)
    }

    /// A package with this manifest in a folder, with the versions that the course has.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn package_in(&self, package: &Path, manifest: &str) -> Result<PathBuf> {
        fs::create_dir_all(package)?;
        fs::write(package.join("Cargo.toml"), manifest)?;
        fs::write(package.join("Cargo.lock"), fs::read(self.root.join("Cargo.lock"))?)?;
        Ok(package.to_path_buf())
    }

    /// The folder itself, with the manifest in it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The program that is meant where no language is named: the one that was changed last.
    pub fn latest(&self, exercise: &Exercise) -> Option<Language> {
        let changed = |language| {
            let file = fs::metadata(self.program(exercise, language)).ok()?;
            Some(file.modified().unwrap_or(SystemTime::UNIX_EPOCH))
        };
        match (changed(Language::Rust), changed(Language::Python)) {
            (Some(rust), Some(python)) if python > rust => Some(Language::Python),
            (None, Some(_)) => Some(Language::Python),
            (Some(_), _) => Some(Language::Rust),
            (None, None) => None,
        }
    }

    /// Puts the starter where the program will be, unless there is one; whether it did.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn begin(&self, exercise: &Exercise, language: Language) -> Result<bool> {
        self.prepare()?;
        let starter = match language {
            Language::Rust => exercise.files.starter.rust,
            Language::Python => exercise.files.starter.python,
        };
        create(&self.program(exercise, language), starter.as_bytes())
    }

    /// Puts the starter in the place of the program, which keeps its text under another name; the
    /// path of that copy.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn reset(&self, exercise: &Exercise, language: Language) -> Result<PathBuf> {
        let program = self.program(exercise, language);
        let text = fs::read(&program).with_context(|| format!("open({})", program.display()))?;
        let mut number = 1;
        let copy = loop {
            // Not in src/bin, where cargo would take it for a program.
            let name = program.file_name().expect("it has a name").to_string_lossy();
            let copy = self.path.join("copies").join(format!("{number}-{name}"));
            if create(&copy, &text)? {
                break copy;
            }
            number += 1;
        };
        fs::remove_file(&program)?;
        self.begin(exercise, language)?;
        Ok(copy)
    }

    /// What the learner has reached.
    ///
    /// # Errors
    ///
    /// The file is there, and is not what it has to be.
    pub fn progress(&self) -> Result<Progress> {
        let path = self.path.join("progress.toml");
        match fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text)
                .with_context(|| format!("{}: mend it, or delete it", Folder::shown(&path))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Progress::default()),
            Err(error) => Err(error).with_context(|| format!("open({})", path.display())),
        }
    }

    /// Writes down what the learner has reached.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn remember(&self, progress: &Progress) -> Result<()> {
        self.prepare()?;
        let path = self.path.join("progress.toml");
        // Whole or not at all, also where two do it at the same time.
        let mut file = tempfile::NamedTempFile::new_in(&self.path)?;
        file.write_all(toml::to_string(progress)?.as_bytes())?;
        file.persist(path)?;
        Ok(())
    }

    fn prepare(&self) -> Result<()> {
        let made = fs::create_dir_all(self.path.join("src/bin"));
        made.with_context(|| format!("mkdir({})", self.path.display()))?;
        create(&self.path.join("Cargo.toml"), MANIFEST.as_bytes())?;
        // The versions that the course has, which are on this machine already.
        let lock = fs::read(self.root.join("Cargo.lock"))?;
        create(&self.path.join("Cargo.lock"), &lock)?;
        Ok(())
    }
}

/// Writes a new file; whether there was none.
fn create(path: &Path, text: &[u8]) -> Result<bool> {
    let write = || -> io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::File::create_new(path)?.write_all(text)
    };
    match write() {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error).with_context(|| format!("open({})", path.display())),
    }
}
