//! Systems other than Linux: the program runs as any other, and its peers alone judge it.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};
use std::sync::Arc;

use shared_child::SharedChild;

use super::Allowed;

/// Nothing of its own.
#[derive(Debug)]
pub struct Sandbox {
    /// Never here.
    pub own_network: bool,
    pub(super) allowed: Allowed,
}

/// What xray says: nothing, here.
pub type Events = io::Empty;

impl Sandbox {
    /// There is none.
    pub fn enter(allowed: Allowed) -> Sandbox {
        Sandbox { own_network: false, allowed }
    }

    /// What this system allows.
    pub fn allowed(_: bool) -> Allowed {
        Allowed {
            no_tracing: Some("xray sees a program's calls on Linux alone".to_string()),
            ..Allowed::default()
        }
    }

    /// Why calls are not seen.
    pub fn why_no_tracing(&self) -> String {
        "xray sees a program's calls on Linux alone".to_string()
    }

    /// Starts a program.
    pub fn start(
        &self,
        command: &[OsString],
        folder: &Path,
        _descriptors: u64,
    ) -> Result<(Arc<SharedChild>, Option<Events>), String> {
        let [program, words @ ..] = command else { return Err("no program was named".into()) };
        let mut started = Command::new(program);
        started.args(words).current_dir(folder);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut started, 0);
        super::with_pipes(&mut started)
            .map(|child| (child, None))
            .map_err(|error| format!("{}: {error}", program.to_string_lossy()))
    }
}

/// Asks a program to end. Windows has no such thing; there it is ended.
pub fn terminate(child: &SharedChild) {
    #[cfg(unix)]
    let _ = nix::sys::signal::kill(
        nix::unistd::Pid::from_raw(child.id() as i32),
        nix::sys::signal::Signal::SIGTERM,
    );
    #[cfg(windows)]
    let _ = child.kill();
}

/// Ends a program, and on Unix what it has started.
pub fn kill(child: &SharedChild) {
    #[cfg(unix)]
    let _ = nix::sys::signal::killpg(
        nix::unistd::Pid::from_raw(child.id() as i32),
        nix::sys::signal::Signal::SIGKILL,
    );
    let _ = child.kill();
}

/// The signal that ended a process.
pub fn signal(_status: ExitStatus) -> Option<i32> {
    #[cfg(unix)]
    return std::os::unix::process::ExitStatusExt::signal(&_status);
    #[cfg(not(unix))]
    None
}

/// There is none here.
pub fn guard(_: Vec<OsString>) -> ExitCode {
    ExitCode::from(2)
}

/// The place that a command of a stranger has: the same as any other, here.
#[derive(Debug, Clone, Default)]
#[expect(dead_code, reason = "systems without namespaces use the folder alone")]
pub struct Place {
    /// The folder that it starts in.
    pub folder: PathBuf,
    /// The folder that it should write to.
    pub writable: PathBuf,
    /// Not hidden here.
    pub hidden: Vec<PathBuf>,
    /// To be seen as everything is.
    pub needed: Vec<PathBuf>,
    /// Never here.
    pub confined: bool,
}

impl Place {
    /// Nothing to do.
    pub fn hand_over(&self) -> io::Result<()> {
        Ok(())
    }

    /// The command, to be started in this place.
    pub fn command(&self, words: &[OsString]) -> Command {
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).current_dir(&self.folder);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
    }

    /// Nothing is hidden here.
    pub fn closed_above(_: &[PathBuf]) -> Vec<PathBuf> {
        Vec::new()
    }
}

/// There is none here.
pub fn confine(_: Vec<OsString>) -> ExitCode {
    ExitCode::from(2)
}

/// What is left of a program ends with its process group, where there is such a thing.
pub fn end_the_rest() {}

/// No system but Linux lets a process adopt what others have made.
pub fn adopt(_: bool) {}

/// Those that were adopted: none.
pub fn children() -> Vec<i32> {
    Vec::new()
}

/// There is nothing but what has its group.
pub fn end_below(_: &[i32]) {}
