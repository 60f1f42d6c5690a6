//! The processes that this one has started and waits for, so that all of them can be ended.

use std::io;
use std::ops::Deref;
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard};

use shared_child::SharedChild;

/// Those that run, or `None` after [`stop`].
static RUNNING: Mutex<Option<Vec<Arc<SharedChild>>>> = Mutex::new(Some(Vec::new()));

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
        if let Some(running) = &mut *running() {
            running.retain(|it| !Arc::ptr_eq(it, &self.0));
        }
    }
}

/// Starts a process.
///
/// # Errors
///
/// It cannot be started, or everything has been stopped.
pub fn start(command: &mut Command) -> io::Result<Child> {
    let mut running = running();
    let Some(running) = &mut *running else { return Err(io::ErrorKind::Interrupted.into()) };
    let child = Arc::new(SharedChild::spawn(command)?);
    running.push(Arc::clone(&child));
    Ok(Child(child))
}

/// Ends all of them, and lets no other start.
pub fn stop() {
    for child in running().take().unwrap_or_default() {
        end(&child);
    }
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

fn running() -> MutexGuard<'static, Option<Vec<Arc<SharedChild>>>> {
    RUNNING.lock().expect("no thread panics here")
}
