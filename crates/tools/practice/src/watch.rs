//! Judging again whenever a program is saved.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use notify_debouncer_mini::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_mini::{DebounceEventResult, Debouncer, new_debouncer};

/// How long a file has to stay as it is: an editor may write it in several pieces.
const STILL: Duration = Duration::from_millis(100);

/// Files that are watched.
pub struct Watch {
    files: Vec<(PathBuf, Option<SystemTime>)>,
    changes: Receiver<DebounceEventResult>,
    _watcher: Debouncer<RecommendedWatcher>,
}

impl Watch {
    /// Watches `files`, from now on.
    ///
    /// # Errors
    ///
    /// A folder of theirs cannot be watched.
    pub fn on(files: &[PathBuf]) -> Result<Watch> {
        let (tell, changes) = channel();
        let mut watcher = new_debouncer(STILL, tell)?;
        for file in files {
            // Not the file: many editors write a new one, and rename it.
            let folder = folder_of(file);
            watcher
                .watcher()
                .watch(&folder, RecursiveMode::NonRecursive)
                .with_context(|| format!("watch({})", folder.display()))?;
        }
        let files = files.iter().map(|file| (file.clone(), saved(file))).collect();
        Ok(Watch { files, changes, _watcher: watcher })
    }

    /// Waits until one of the files is saved. To read it is no change.
    ///
    /// # Errors
    ///
    /// The folder cannot be watched any more.
    pub fn wait(&mut self) -> Result<()> {
        loop {
            self.changes.recv().context("watch")?.context("watch")?;
            let mut changed = false;
            for (file, before) in &mut self.files {
                let now = saved(file);
                changed |= now.is_some() && now != *before;
                *before = now.or(*before);
            }
            if changed {
                return Ok(());
            }
        }
    }
}

/// The files that a command names: those of its words that are there.
pub fn files_in(command: &[OsString]) -> Vec<PathBuf> {
    command.iter().map(PathBuf::from).filter(|path| path.is_file()).collect()
}

fn folder_of(file: &Path) -> PathBuf {
    let folder = file.parent().filter(|it| !it.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).to_path_buf()
}

fn saved(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).ok()?.modified().ok()
}
