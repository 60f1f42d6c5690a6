//! The processes that this one has started and waits for, so that all of them can be ended.

use std::io;
use std::ops::Deref;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard};

use shared_child::SharedChild;

use crate::sandbox;

/// Those that run.
static RUNNING: Mutex<Running> =
    Mutex::new(Running { children: Vec::new(), stopped: false, adopting: 0 });

struct Running {
    children: Vec<Arc<SharedChild>>,
    /// After [`stop`]: no other starts.
    stopped: bool,
    /// For how many of them this process adopts what they leave.
    adopting: usize,
}

/// A process that [`stop`] ends.
pub struct Child(Arc<SharedChild>);

impl Deref for Child {
    type Target = SharedChild;

    fn deref(&self) -> &SharedChild {
        &self.0
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        running().children.retain(|it| !Arc::ptr_eq(it, &self.0));
    }
}

/// Starts a process.
///
/// # Errors
///
/// It cannot be started, or everything has been stopped.
pub fn start(command: &mut Command) -> io::Result<Child> {
    let mut running = running();
    if running.stopped {
        return Err(io::ErrorKind::Interrupted.into());
    }
    let child = Arc::new(SharedChild::spawn(command)?);
    running.children.push(Arc::clone(&child));
    Ok(Child(child))
}

/// As long as there is one, what judges leave behind is adopted; then it is ended.
///
/// A judge ends what its program has started, unless that has ended the judge. What is left of a judge
/// that still runs is below it, so whatever is a child of this process and was not started by it is
/// left of one that has ended: nobody else's processes can be among them.
pub struct Adoption(bool);

/// Adopts what judges leave.
pub fn adopt() -> Adoption {
    let mut running = running();
    // The shell that has become this process may have had children; what they leave is theirs.
    let has_others_children = sandbox::children().iter().any(|it| !running.knows(*it));
    let adopts = running.adopting > 0 || !has_others_children;
    if adopts {
        sandbox::adopt(true);
        running.adopting += 1;
    }
    Adoption(adopts)
}

impl Drop for Adoption {
    fn drop(&mut self) {
        if !self.0 {
            return;
        }
        let mut running = running();
        let known: Vec<i32> = running.children.iter().map(|it| it.id() as i32).collect();
        sandbox::end_below(&known);
        running.adopting -= 1;
        sandbox::adopt(running.adopting > 0);
    }
}

impl Running {
    fn knows(&self, process: i32) -> bool {
        self.children.iter().any(|it| it.id() as i32 == process)
    }
}

/// Ends all of them, and lets no other start.
pub fn stop() {
    let mut running = running();
    running.stopped = true;
    running.children.iter().for_each(|child| end(child));
}

/// Ends a process, and its group if it leads one.
pub fn end(child: &SharedChild) {
    #[cfg(unix)]
    let _ = nix::sys::signal::killpg(
        nix::unistd::Pid::from_raw(child.id() as i32),
        nix::sys::signal::Signal::SIGKILL,
    );
    let _ = child.kill();
}

fn running() -> MutexGuard<'static, Running> {
    RUNNING.lock().expect("no thread panics here")
}
