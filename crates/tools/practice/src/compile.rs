//! From a program's text to the command that runs it.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

use serde_json::Value;

use crate::exercise::Exercise;
use crate::folder::{Folder, Language};

/// The command that runs a learner's program; a Rust program is built first, and cargo says what is
/// wrong with it.
///
/// # Errors
///
/// It does not compile, or cargo is not there.
pub fn command(folder: &Folder, exercise: &Exercise, language: Language) -> Result<Vec<OsString>> {
    match language {
        Language::Python => {
            Ok(vec![interpreter().into(), folder.program(exercise, language).into()])
        }
        Language::Rust => {
            let built = build(folder.path(), Some(exercise.name))?;
            let program = built.get(exercise.name).context("cargo names no program")?;
            Ok(vec![program.into()])
        }
    }
}

/// Builds a program of the package in `package`, or all of them, in its own `target`: the path of each
/// by its name, as cargo tells it (where it is depends on the settings of whoever builds).
///
/// # Errors
///
/// It does not compile, which cargo has explained, or cargo is not there.
pub fn build(package: &Path, name: Option<&str>) -> Result<HashMap<String, PathBuf>> {
    build_with(package, name, &package.join("target"), &[])
}

/// The same in a given folder, and with variables in cargo's environment.
///
/// # Errors
///
/// As [`build`].
pub fn build_with(
    package: &Path,
    name: Option<&str>,
    target: &Path,
    environment: &[(String, OsString)],
) -> Result<HashMap<String, PathBuf>> {
    if !target.exists() {
        output::complain("Building …\n"); // the first time, with what it depends on
    }
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--message-format", "json-render-diagnostics"]);
    cargo.arg("--manifest-path").arg(package.join("Cargo.toml"));
    cargo.arg("--target-dir").arg(target);
    cargo.envs(environment.iter().map(|(name, value)| (name, value)));
    match name {
        Some(name) => cargo.args(["--bin", name]),
        None => cargo.args(["--bins", "--keep-going"]),
    };
    let build = cargo.stderr(Stdio::inherit()).output();
    let build = build.context("cargo cannot be started: is Rust on this PATH?")?;
    if !build.status.success() {
        bail!("it does not compile, so it was not run");
    }
    Ok(executables(&String::from_utf8_lossy(&build.stdout)))
}

/// The programs that cargo says it has built, by their names.
pub fn executables(messages: &str) -> HashMap<String, PathBuf> {
    let built = messages.lines().filter_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        let path = message["executable"].as_str()?;
        Some((message["target"]["name"].as_str()?.to_string(), PathBuf::from(path)))
    });
    built.collect()
}

/// The program that runs Python here. What is called so may be a script that looks for it first, which
/// takes its time under xray.
pub fn interpreter() -> &'static str {
    static FOUND: OnceLock<String> = OnceLock::new();
    FOUND.get_or_init(|| {
        let asked = Command::new(python())
            .args(["-c", "import sys; print(sys.executable)"])
            .stderr(Stdio::null())
            .output();
        let path = asked.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_string());
        path.ok().filter(|path| Path::new(path).is_file()).unwrap_or_else(|| python().to_string())
    })
}

/// What Python is called here.
pub fn python() -> &'static str {
    if cfg!(windows) { "python" } else { "python3" }
}
