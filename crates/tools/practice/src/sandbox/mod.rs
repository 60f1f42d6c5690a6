//! What a program that is judged may do, and what is left of it afterwards: nothing.
//!
//! - `linux`: networks, processes and folders of its own, and the guard that ends what is left
//! - `confined`: a command of a stranger that has to write files, such as a compiler
//! - `barred`: what a stranger's program is kept from besides
//! - `elsewhere`: systems that have none of it

#[cfg(target_os = "linux")]
mod barred;
#[cfg(target_os = "linux")]
mod confined;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
#[path = "elsewhere.rs"]
mod system;

use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use shared_child::SharedChild;

#[cfg(target_os = "linux")]
pub use confined::{Place, confine};
pub use system::{
    Events, Sandbox, adopt, children, end_below, end_the_rest, guard, kill, signal, terminate,
};
#[cfg(not(target_os = "linux"))]
pub use system::{Place, confine};

/// A program that makes more calls than this on sockets is ended: more are not kept, and of what nobody
/// has seen nothing can be said.
const MOST_CALLS: usize = 100_000;

/// What the system allows the judge.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Allowed {
    /// A network of its own.
    pub network: bool,
    /// Process numbers of its own: what is left of a program ends with the first of them.
    pub processes: bool,
    /// Where it has none: signals that reach no other processes, from Linux 6.12 on.
    pub signals: bool,
    /// Why calls are not to be seen; `None` where they are.
    pub no_tracing: Option<String>,
    /// Another number than [`MOST_CALLS`], for tests.
    pub most_calls: Option<usize>,
    /// Whether the program is a stranger's, who may write nowhere.
    pub stranger: bool,
    /// Whether a stranger's program is root's all the same, as there is no other user to become.
    pub is_roots: bool,
    /// Folders of which a stranger's program sees nothing but the one that it starts in.
    pub hidden: Vec<PathBuf>,
}

impl Sandbox {
    /// How many calls on sockets a program may make.
    pub fn most_calls(&self) -> usize {
        self.allowed.most_calls.unwrap_or(MOST_CALLS)
    }
}

/// Nobody of the same user may look at this process from now on, or write where it reads: where
/// programs see the processes of others, one could say what the judge says.
pub fn let_nobody_in() {
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_dumpable(false);
}

/// Starts a command with pipes as its stdin, stdout and stderr.
fn with_pipes(command: &mut Command) -> io::Result<Arc<SharedChild>> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    SharedChild::spawn(command).map(Arc::new)
}

/// A signal's name.
pub fn signal_name(number: i32) -> String {
    #[cfg(unix)]
    if let Ok(signal) = nix::sys::signal::Signal::try_from(number) {
        return signal.as_str().to_string();
    }
    format!("signal {number}")
}
