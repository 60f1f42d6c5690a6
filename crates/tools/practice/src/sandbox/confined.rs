//! A command of a stranger that has to write files, such as a compiler of his program: it sees no
//! network and no other processes, and every file system is read-only but for one folder.

use std::ffi::{CString, OsString};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use libc::{EINVAL, EPERM};
use nix::mount::{MsFlags, mount};
use nix::sched::CloneFlags;
use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{self, ForkResult, Gid, Uid, fork};
use serde::{Deserialize, Serialize};

use super::linux::NOBODY;
use super::{barred, linux};

/// How much memory a compiler may have, how much processor time, and how long a file it may write.
const LIMITS: [(Resource, u64); 4] = [
    (Resource::RLIMIT_DATA, 4 << 30),
    (Resource::RLIMIT_CPU, 120),
    (Resource::RLIMIT_FSIZE, 256 << 20),
    (Resource::RLIMIT_CORE, 0),
];

/// How many processes and threads it may have.
const TASKS: u64 = 512;

/// The place that a command has.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Place {
    /// The folder that it starts in.
    pub folder: PathBuf,
    /// The only folder that it may write to.
    pub writable: PathBuf,
    /// Folders that are not to be seen: there is nothing in them.
    pub hidden: Vec<PathBuf>,
    /// What is to be seen all the same.
    pub needed: Vec<PathBuf>,
    /// Whether this system can do that.
    pub confined: bool,
}

impl Place {
    /// Gives the folder to the user who will write to it.
    pub fn hand_over(&self) -> io::Result<()> {
        match if self.is_nobodys() { give_to_nobody(&self.writable) } else { Ok(()) } {
            // Where there is no such user, the command's has the same files as this one.
            Err(error) if [Some(EINVAL), Some(EPERM)].contains(&error.raw_os_error()) => Ok(()),
            done => done,
        }
    }

    /// Whether the command is run by a user without rights. Where nothing can be hidden, that user
    /// has to be able to reach what is needed as it is.
    fn is_nobodys(&self) -> bool {
        let can_reach = self.confined || Place::closed_above(&self.needed).is_empty();
        Uid::effective().is_root() && can_reach
    }

    /// The command, to be started in this place.
    pub fn command(&self, words: &[OsString]) -> Command {
        let mut command = Command::new("/proc/self/exe");
        command.arg("--confined").arg(serde_json::to_string(self).expect("paths are text"));
        command.args(words);
        command
    }

    /// What has to be hidden, so that `needed` can be seen by a user who has no rights: the first
    /// folder above each that is closed to others.
    pub fn closed_above(needed: &[PathBuf]) -> Vec<PathBuf> {
        let is_closed = |it: &&Path| {
            fs::metadata(it).is_ok_and(|it| it.is_dir() && it.permissions().mode() & 0o1 == 0)
        };
        let above = |path: &PathBuf| {
            let mut folders: Vec<&Path> = path.ancestors().skip(1).collect();
            folders.reverse();
            folders.into_iter().find(|it| is_closed(it)).map(Path::to_path_buf)
        };
        needed.iter().filter_map(above).collect()
    }
}

fn give_to_nobody(path: &Path) -> io::Result<()> {
    unistd::chown(path, Some(Uid::from_raw(NOBODY)), Some(Gid::from_raw(NOBODY)))?;
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            give_to_nobody(&entry?.path())?;
        }
    }
    Ok(())
}

/// The part of a process that becomes the command: `words` are its place and the command.
pub fn confine(mut words: Vec<OsString>) -> ExitCode {
    match try_confine(&mut words) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            output::complain(&format!("error: {error}\n"));
            ExitCode::from(126)
        }
    }
}

fn try_confine(words: &mut Vec<OsString>) -> io::Result<u8> {
    let place: Place = serde_json::from_str(&words.remove(0).to_string_lossy())?;
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    // It leads a session, and so the group that is ended after it.
    unistd::setsid()?;
    barred::let_go();
    let is_nobodys = place.is_nobodys();
    if !place.confined {
        give_up_rights(is_nobodys)?;
        if is_nobodys {
            barred::drop_capabilities()?;
        }
        return Err(become_it(&place, words));
    }
    let spaces = [CloneFlags::CLONE_NEWNET, CloneFlags::CLONE_NEWPID, CloneFlags::CLONE_NEWNS]
        .into_iter()
        .fold(CloneFlags::CLONE_NEWIPC, |all, it| all | it);
    linux::own(spaces)?;
    // SAFETY: this process has one thread, so its child may do what it likes.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => match waitpid(child, None)? {
            WaitStatus::Exited(_, status) => Ok(status as u8),
            WaitStatus::Signaled(_, signal, _) => Ok(128 + signal as u8),
            _ => Ok(126),
        },
        ForkResult::Child => {
            see_no_more(&place)?;
            give_up_rights(is_nobodys)?;
            // Where that is not allowed, the processes of all who are judged would be counted.
            let apart = !is_nobodys || linux::own_user(CloneFlags::empty()).is_ok();
            if apart {
                setrlimit(Resource::RLIMIT_NPROC, TASKS, TASKS)?;
            }
            barred::bar_calls()?;
            barred::drop_capabilities()?;
            Err(become_it(&place, words))
        }
    }
}

/// Makes this process one that gets no more rights, and `nobody`'s if it is to be.
fn give_up_rights(is_nobodys: bool) -> io::Result<()> {
    if is_nobodys {
        // Where that cannot be done, it is root without capabilities; `grade` says so.
        let _ = linux::become_nobody();
    }
    prctl::set_no_new_privs()?;
    // Last, as the kernel forgets it when the user changes.
    prctl::set_pdeathsig(Signal::SIGKILL)?;
    Ok(())
}

fn become_it(place: &Place, words: &[OsString]) -> io::Error {
    for (resource, limit) in LIMITS {
        if let Err(error) = setrlimit(resource, limit, limit) {
            return error.into();
        }
    }
    let error = Command::new(&words[0]).args(&words[1..]).current_dir(&place.folder).exec();
    io::Error::new(error.kind(), format!("exec({}): {error}", words[0].to_string_lossy()))
}

/// Changes what this process and its children see of the files.
fn see_no_more(place: &Place) -> io::Result<()> {
    nix::sys::stat::umask(nix::sys::stat::Mode::from_bits_truncate(0o022));
    let none = None::<&str>;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
    mount(Some("proc"), "/proc", Some("proc"), MsFlags::empty(), none)?;
    let needed: Vec<&PathBuf> = place.needed.iter().chain([&place.writable]).collect();
    hide(&place.hidden, &needed)?;
    hide_terminals()?;
    linux::set_read_only(Path::new("/"), true)?;
    // Which holds what the user may write anyhow: what concerns its own processes.
    linux::set_read_only(Path::new("/proc"), false)?;
    linux::set_read_only(&place.writable, false)
}

/// Hides the terminals, which their user may write to.
pub(super) fn hide_terminals() -> io::Result<()> {
    let terminals = Path::new("/dev/pts");
    if terminals.is_dir() {
        mount(Some("tmpfs"), terminals, Some("tmpfs"), MsFlags::empty(), Some("mode=755,size=4k"))?;
    }
    Ok(())
}

/// Hides folders from this process and its children, but for what is `needed` of them.
pub(super) fn hide(hidden: &[PathBuf], needed: &[&PathBuf]) -> io::Result<()> {
    let open = |path: &PathBuf| {
        let opened = OpenOptions::new().read(true).custom_flags(libc::O_PATH).open(path);
        opened.map_err(|error| about("open", path, &error))
    };
    let opened: Vec<File> = needed.iter().map(|path| open(path)).collect::<io::Result<_>>()?;
    for path in hidden {
        mount(Some("tmpfs"), path, Some("tmpfs"), MsFlags::empty(), Some("mode=755,size=1m"))
            .map_err(|error| about("mount", path, &error.into()))?;
    }
    for (path, opened) in needed.iter().zip(&opened) {
        show_again(path, opened).map_err(|error| about("mount", path, &error))?;
    }
    Ok(())
}

fn about(call: &str, path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{call}({}): {error}", path.display()))
}

/// Mounts what was opened before, where it was.
fn show_again(path: &Path, opened: &File) -> io::Result<()> {
    if opened.metadata()?.is_dir() {
        fs::create_dir_all(path)?;
    } else if !path.exists() {
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/")))?;
        File::create(path)?;
    }
    let from = format!("/proc/self/fd/{}", opened.as_raw_fd());
    mount(Some(&*from), path, None::<&str>, MsFlags::MS_BIND | MsFlags::MS_REC, None::<&str>)?;
    Ok(())
}

/// For `mount_setattr`.
pub(super) fn c_path(path: &Path) -> CString {
    CString::new(path.as_os_str().as_bytes()).expect("a path has no NUL")
}
