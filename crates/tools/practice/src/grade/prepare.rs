//! From what was handed in to a command that can be run: a copy in a folder of its own, which is
//! compiled where it has to be.

use std::ffi::OsString;
use std::fs;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use super::submissions::{self, Runs, Source};
use crate::children;
use crate::compile;
use crate::folder::{Folder, MANIFEST};
use crate::sandbox::Place;

/// How long a compiler may take for one program.
const AT_MOST: Duration = Duration::from_secs(30);

/// How much of what a compiler prints is read.
const READ: u64 = 4 << 20;

/// The same for each package, so that what it depends on is compiled once.
const PROFILE: [(&str, &str); 3] =
    [("CARGO_PROFILE_DEV_DEBUG", "0"), ("CARGO_INCREMENTAL", "0"), ("CARGO_TERM_COLOR", "never")];

/// What projects depend on as well: what they do not depend on changes how the rest is compiled.
const ALSO: [(&str, &str); 2] = [
    (
        "socket2-all",
        "[package]\nname = \"socket2-all\"\nedition = \"2024\"\n\n[dependencies]\n\
         socket2 = { version = \"0.6\", features = [\"all\"] }\n\n[workspace]\n",
    ),
    (
        "socket2-alone",
        "[package]\nname = \"socket2-alone\"\nedition = \"2024\"\n\n[dependencies]\n\
         socket2 = \"0.6\"\n\n[workspace]\n",
    ),
];

/// Where submissions become programs.
#[derive(Debug)]
pub struct Workshop {
    folder: TempDir,
    rust: Option<Rust>,
    hidden: Vec<PathBuf>,
    others: Vec<PathBuf>,
    confined: bool,
}

/// A program that can be run.
#[derive(Debug)]
pub struct Ready {
    /// What starts it.
    pub command: Vec<OsString>,
    /// Where it starts.
    pub folder: PathBuf,
}

/// A compiler, and what every program may depend on, compiled.
#[derive(Debug)]
struct Rust {
    base: PathBuf,
    cargo: OsString,
    environment: Vec<(String, OsString)>,
    needed: Vec<PathBuf>,
    /// Cargo's settings of where crates come from, where the course has such (`cargo vendor`).
    sources: Option<String>,
}

impl Drop for Workshop {
    fn drop(&mut self) {
        // What a build has closed to its own user could not be removed.
        open_folders(self.folder.path());
    }
}

impl Workshop {
    /// A workshop for the submissions in `folder`, with a compiler if any of them needs one.
    ///
    /// # Errors
    ///
    /// A folder cannot be written, or what programs depend on does not compile.
    pub fn new(folder: &Path, rust: bool) -> Result<Workshop> {
        let place = open_to_all(std::env::temp_dir());
        let made = tempfile::Builder::new().prefix("practice-grade-").tempdir_in(&place);
        let made = made.with_context(|| format!("mkdir in {}", place.display()))?;
        readable(made.path())?;
        let rust = rust.then(|| Rust::new(&made.path().join("base"))).transpose()?;
        let home = home();
        let can_be_hidden = |it: &PathBuf| it.is_dir() && can_be_hidden(it);
        let hidden = |folders: &[Option<PathBuf>]| -> Vec<PathBuf> {
            let folders = folders.iter().flatten().filter_map(|it| it.canonicalize().ok());
            folders.filter(can_be_hidden).collect()
        };
        // The solutions are in the course's folder.
        let course = Folder::find().ok().map(|it| it.root().to_path_buf());
        let handed_in = Some(folder.to_path_buf());
        let others = hidden(&[handed_in, Some(made.path().to_path_buf()), course]);
        let hidden = [others.clone(), hidden(&[home])].concat();
        let mut workshop = Workshop {
            hidden: merged(&hidden),
            folder: made,
            rust,
            others: merged(&others),
            confined: cfg!(target_os = "linux"),
        };
        workshop.confined = workshop.confined && workshop.may_confine()?;
        Ok(workshop)
    }

    /// Whether a compiler is kept from other files than those of the program that it compiles.
    pub fn is_confined(&self) -> bool {
        self.confined
    }

    /// Where the submissions of others and the solutions are.
    pub fn others(&self) -> &[PathBuf] {
        &self.others
    }

    fn may_confine(&self) -> Result<bool> {
        let folder = self.folder("try")?;
        let place = self.place(&folder);
        let Said { status, .. } = run(&place, &["true".into()], &[])?;
        Ok(status)
    }

    /// Makes a program ready to be run, in a folder of its own, by this unique name; otherwise what
    /// is wrong with it.
    ///
    /// # Errors
    ///
    /// It cannot be copied, it does not compile; in words.
    pub fn prepare(&self, name: &str, source: &Source) -> Result<Ready, String> {
        let folder = self.folder(name).map_err(|error| format!("{error:#}"))?;
        match source {
            Source::File(path, Runs::Words(words)) => {
                let text = submissions::read(path)?;
                let file = folder.join(path.file_name().expect("a file has a name"));
                write(&file, &text)?;
                let word = |word: &String| match word.as_str() {
                    "{}" => file.clone().into_os_string(),
                    word => OsString::from(word),
                };
                Ok(Ready { command: words.iter().map(word).collect(), folder })
            }
            Source::File(path, Runs::Rust) => {
                let text = submissions::read(path)?;
                fs::create_dir_all(folder.join("src")).map_err(|error| error.to_string())?;
                write(&folder.join("src/main.rs"), &text)?;
                write(&folder.join("Cargo.toml"), MANIFEST.as_bytes())?;
                self.compile(folder, None)
            }
            Source::Project(path, program) => {
                submissions::copy_project(path, &folder)?;
                self.compile(folder, program.as_deref())
            }
        }
    }

    /// Compiles the package in `folder`.
    fn compile(&self, folder: PathBuf, program: Option<&str>) -> Result<Ready, String> {
        let words = |error: &dyn std::fmt::Display| format!("it cannot be compiled: {error}");
        let rust = self.rust.as_ref().expect("there is a compiler, where a submission needs one");
        let target = folder.join("target");
        let fit_out = || -> io::Result<()> {
            // The versions that are on this machine, whatever the project's own file says.
            fs::copy(rust.base.join("Cargo.lock"), folder.join("Cargo.lock"))?;
            copy_all(&rust.base.join("target"), &target)?;
            if let Some(sources) = &rust.sources {
                write_new(&folder.join(".cargo/config.toml"), sources)?;
            }
            fs::create_dir_all(target.join("tmp"))?;
            readable_all(&folder)
        };
        fit_out().map_err(|error| words(&error))?;
        let mut place = self.place(&folder);
        place.needed.extend(rust.needed.iter().cloned());
        place.hidden = merged(&[place.hidden, Place::closed_above(&place.needed)].concat());
        place.hand_over().map_err(|error| words(&error))?;
        let mut command = vec![rust.cargo.clone(), "build".into(), "--offline".into()];
        command.extend(["--quiet", "--message-format", "json-render-diagnostics"].map(Into::into));
        command.extend(["--target-dir".into(), target.clone().into_os_string()]);
        match program {
            Some(program) => command.extend(["--bin".into(), program.into()]),
            None => command.push("--bins".into()),
        }
        let mut environment = rust.environment.clone();
        environment.push(("TMPDIR".to_string(), target.join("tmp").into()));
        let said = run(&place, &command, &environment).map_err(|error| words(&error))?;
        if !said.status {
            return Err(format!("it does not compile: {}", first_error(&said.stderr)));
        }
        let built = compile::executables(&said.stdout);
        // What it compiles, and so what cargo says, is its own choice: but not where that is.
        let own = |it: &&PathBuf| it.canonicalize().is_ok_and(|it| it.starts_with(&target));
        match built.values().filter(own).collect::<Vec<_>>()[..] {
            [program] => Ok(Ready { command: vec![program.into()], folder }),
            [] => Err("cargo has built no program from it".to_string()),
            _ => Err("it has several programs, and none is named for the exercise".to_string()),
        }
    }

    /// A place for a compiler that works in `folder`.
    fn place(&self, folder: &Path) -> Place {
        Place {
            folder: folder.to_path_buf(),
            writable: folder.to_path_buf(),
            hidden: self.hidden.clone(),
            needed: Vec::new(),
            confined: self.confined,
        }
    }

    fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder.path().canonicalize()?.join(name);
        fs::create_dir(&folder).with_context(|| format!("mkdir({})", folder.display()))?;
        readable(&folder)?;
        Ok(folder)
    }
}

impl Rust {
    /// Compiles what programs may depend on; it is kept beside what cargo builds for the course.
    ///
    /// Where that cannot be written, it is in `spare`.
    fn new(spare: &Path) -> Result<Rust> {
        let course = Folder::find()?;
        let base = course.package("practice-grade");
        let base = base.or_else(|_| course.package_in(spare, MANIFEST))?;
        write_new(&base.join("src/main.rs"), "fn main() {}\n")?;
        let mut environment: Vec<(String, OsString)> =
            PROFILE.iter().map(|(name, value)| ((*name).to_string(), value.into())).collect();
        let target = base.join("target");
        if !target.exists() && io::stderr().is_terminal() {
            output::complain("Building …\n");
        }
        fs::create_dir_all(&target)?;
        compile::build_with(&base, None, &target, &environment)?;
        for (name, manifest) in ALSO {
            let package = course.package_in(&base.join(name), manifest)?;
            write_new(&package.join("src/main.rs"), "fn main() {}\n")?;
            compile::build_with(&package, None, &target, &environment)?;
        }
        // The compiler itself: what is in PATH may be rustup's, which needs more than it.
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let mut root = Command::new(rustc);
        root.args(["--print", "sysroot"]).stderr(Stdio::inherit());
        let root = root.output().context("rustc cannot be started: is Rust on this PATH?")?;
        if !root.status.success() {
            bail!("rustc does not say where it is");
        }
        let root = PathBuf::from(String::from_utf8_lossy(&root.stdout).trim());
        let tool = |name: &str| {
            let path = root.join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
            if path.exists() { path.into_os_string() } else { OsString::from(name) }
        };
        let mut needed = Vec::new();
        if !root.starts_with("/usr") {
            needed.push(root.clone());
        }
        let own = std::env::var_os("CARGO_HOME").map(PathBuf::from);
        if let Some(home) = own.or_else(|| Some(home()?.join(".cargo"))) {
            // Where crates come from; not what opens a registry to somebody (credentials.toml).
            needed.extend(["registry", "config.toml"].map(|it| home.join(it)));
            environment.push(("CARGO_HOME".to_string(), home.into()));
        }
        let (sources, vendored) = sources(course.root());
        needed.extend(vendored);
        needed.retain(|it| it.exists());
        environment.push(("RUSTC".to_string(), tool("rustc")));
        Ok(Rust { base, cargo: tool("cargo"), environment, needed, sources })
    }
}

/// The settings in the course's folder of where crates come from, and the folders that they name.
fn sources(root: &Path) -> (Option<String>, Vec<PathBuf>) {
    let settings = fs::read_to_string(root.join(".cargo/config.toml"));
    let settings = settings.ok().and_then(|text| text.parse::<toml::Table>().ok());
    let Some(mut sources) = settings.and_then(|mut it| it.remove("source")) else {
        return (None, Vec::new());
    };
    let mut folders = Vec::new();
    for (_, source) in sources.as_table_mut().into_iter().flatten() {
        for name in ["directory", "local-registry"] {
            if let Some(toml::Value::String(folder)) = source.get_mut(name) {
                folders.push(root.join(&folder));
                *folder = root.join(&folder).display().to_string();
            }
        }
    }
    let only = toml::Table::from_iter([("source".to_string(), sources)]);
    (Some(only.to_string()), folders)
}

/// What a command has printed.
struct Said {
    status: bool,
    stdout: String,
    stderr: String,
}

/// Runs a command in its place.
fn run(place: &Place, words: &[OsString], environment: &[(String, OsString)]) -> io::Result<Said> {
    let mut command = place.command(words);
    command.env_clear();
    let kept = ["PATH", "LANG", "SYSTEMROOT", "RUSTUP_TOOLCHAIN", "RUSTUP_HOME"];
    command.envs(kept.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command.env("HOME", "/nonexistent");
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let _adoption = children::adopt();
    let child = children::start(&mut command)?;
    let read = |pipe: Box<dyn Read + Send>| {
        let (tell, said) = channel();
        thread::spawn(move || {
            let mut text = Vec::new();
            let mut pipe = pipe.take(READ);
            let _ = pipe.read_to_end(&mut text);
            let _ = tell.send(text);
            let _ = io::copy(&mut pipe.into_inner(), &mut io::sink());
        });
        said
    };
    let stdout = read(Box::new(child.take_stdout().expect("a pipe")));
    let stderr = read(Box::new(child.take_stderr().expect("a pipe")));
    let status = child.wait_timeout(AT_MOST)?;
    children::end(&child); // and, of its group, who is left
    child.wait()?;
    let text = |said: std::sync::mpsc::Receiver<Vec<u8>>| {
        // A process that has left the group may keep a pipe open.
        let said: Result<_, RecvTimeoutError> = said.recv_timeout(Duration::from_secs(1));
        String::from_utf8_lossy(&said.unwrap_or_default()).into_owned()
    };
    let (stdout, mut stderr) = (text(stdout), text(stderr));
    if status.is_none() {
        stderr = format!("error: it took more than {} seconds", AT_MOST.as_secs());
    }
    Ok(Said { status: status.is_some_and(|it| it.success()), stdout, stderr })
}

/// What a compiler says, from its first error on.
fn first_error(text: &str) -> String {
    const LINES: usize = 12;
    const LONGEST: usize = 400;
    let lines: Vec<&str> = text.lines().collect();
    let first = lines.iter().position(|line| line.starts_with("error")).unwrap_or(0);
    let cut = |line: &&str| line.chars().take(LONGEST).collect::<String>();
    let said = lines[first..].iter().take(LINES).map(cut).collect::<Vec<_>>();
    said.join("\n").trim_end().to_string()
}

/// A folder for temporary files that any user can reach.
fn open_to_all(wanted: PathBuf) -> PathBuf {
    let is_open = |it: &PathBuf| it.is_dir() && Place::closed_above(&[it.join("new")]).is_empty();
    let usual = ["/tmp", "/var/tmp"].map(PathBuf::from);
    let places = [wanted.clone()].into_iter().chain(usual);
    places.into_iter().find(is_open).unwrap_or(wanted)
}

/// The home folder of whoever grades.
fn home() -> Option<PathBuf> {
    let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    std::env::var_os(name).map(PathBuf::from).filter(|it| it.is_absolute())
}

/// What holds the system itself is not hidden.
fn can_be_hidden(folder: &Path) -> bool {
    !["/usr/bin", "/etc", "/dev", "/proc"].iter().any(|it| Path::new(it).starts_with(folder))
}

/// Each folder once, without those inside others.
fn merged(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut merged: Vec<PathBuf> = Vec::new();
    let mut sorted = folders.to_vec();
    sorted.sort();
    for folder in sorted {
        if !merged.iter().any(|it| folder.starts_with(it)) {
            merged.push(folder);
        }
    }
    merged
}

/// Writes a file that is not there yet, so that one which is keeps its time.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    fs::write(path, text)
}

fn write(path: &Path, text: &[u8]) -> Result<(), String> {
    let write = || fs::write(path, text).and_then(|()| readable(path));
    write().map_err(|error| format!("{}: {error}", path.display()))
}

/// Copies a folder that this program has made.
fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let copy = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_all(&entry.path(), &copy)?;
        } else {
            fs::copy(entry.path(), &copy)?;
            // By its time cargo knows whether it is what it has made.
            let time = entry.metadata()?.modified()?;
            fs::File::options().append(true).open(&copy)?.set_modified(time)?;
        }
    }
    Ok(())
}

/// Lets their owner into a folder and all that are in it.
fn open_folders(folder: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    }
    for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        // Not where a link leads.
        if entry.file_type().is_ok_and(|it| it.is_dir()) {
            open_folders(&entry.path());
        }
    }
}

/// Lets any user read a file, or look into a folder.
fn readable(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path)?.permissions().mode();
        let more = if path.is_dir() || mode & 0o100 != 0 { 0o755 } else { 0o644 };
        fs::set_permissions(path, fs::Permissions::from_mode(more))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// The same for everything in a folder.
fn readable_all(folder: &Path) -> io::Result<()> {
    readable(folder)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            readable_all(&entry.path())?;
        } else {
            readable(&entry.path())?;
        }
    }
    Ok(())
}
