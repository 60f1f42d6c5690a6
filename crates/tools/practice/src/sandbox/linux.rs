//! Linux: the judge and the programs have a network of their own, and each program has process
//! numbers of its own, where the system allows it (namespaces(7)).
//!
//! Between the judge and a program stands a guard, a process of its own: it limits what the program
//! may use, has it traced, and ends what is left of it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{self, SigSet, SigmaskHow, Signal};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{
    ForkResult, Gid, Pid, Uid, fork, getgid, getppid, getuid, pipe2, setgroups, setresgid,
    setresuid, setsid,
};
use serde::{Deserialize, Serialize};
use shared_child::SharedChild;

use super::{Allowed, barred};

/// What xray says, a line for each event.
pub type Events = File;

/// What the judge and its programs have of their own.
#[derive(Debug)]
pub struct Sandbox {
    /// Whether there is a network that nobody else is in.
    pub own_network: bool,
    pub(super) allowed: Allowed,
}

/// What a guard is told.
#[derive(Debug, Serialize, Deserialize)]
struct Plan {
    /// The process that waits for it.
    judge: i32,
    /// The descriptor to which xray writes; none where the program is not traced.
    events: Option<i32>,
    /// Whether the program has process numbers of its own.
    processes: bool,
    /// Whether the kernel keeps its signals from processes that are not its own.
    signals: bool,
    /// How many descriptors it may have.
    descriptors: u64,
    /// Whether it may write nowhere.
    stranger: bool,
    /// Where it starts.
    folder: PathBuf,
    /// What a stranger's program does not see.
    hidden: Vec<PathBuf>,
}

/// A program with more processes and threads than this is ended, where xray sees them.
const MOST_TASKS: usize = 100;

/// How many the kernel lets a user have who is not root; with them count the guard and xray.
const TASKS: u64 = 128;

/// How much memory it may have, in bytes.
const MEMORY: u64 = 2 << 30;

/// How much processor time, in seconds.
const PROCESSOR: u64 = 30;

/// How long a file may become, in bytes.
const FILE: u64 = 64 << 20;

impl Sandbox {
    /// Gives this process, which must have one thread, what it may have of its own.
    pub fn enter(allowed: Allowed) -> Sandbox {
        if allowed.stranger {
            let _ = be_nobody();
        }
        let _ = prctl::set_pdeathsig(Signal::SIGKILL);
        let own_network = allowed.network && own_network().is_ok();
        let _ = prctl::set_child_subreaper(true);
        // Nobody who is judged may look at the judge, or write where it reads.
        let _ = prctl::set_dumpable(false);
        Sandbox { own_network, allowed }
    }

    /// What this system allows, each tried.
    pub fn allowed(stranger: bool) -> Allowed {
        let is_roots = stranger && be_nobody().is_err();
        let mut sandbox = Sandbox {
            own_network: own_network().is_ok(),
            allowed: Allowed {
                stranger,
                is_roots,
                processes: true,
                signals: true,
                ..Allowed::default()
            },
        };
        let works = |sandbox: &Sandbox| {
            let child = sandbox.start(&["true".into()], Path::new("/"), 256);
            let Ok((child, events)) = child else { return Err("it does not start".to_string()) };
            drop(events);
            let said = child.take_stderr().map(io::read_to_string);
            match child.wait() {
                Ok(status) if status.success() => Ok(()),
                _ => Err(said.and_then(Result::ok).unwrap_or_default()),
            }
        };
        sandbox.allowed.no_tracing = Some(String::new());
        sandbox.allowed.processes = works(&sandbox).is_ok();
        sandbox.allowed.no_tracing = None;
        sandbox.allowed.no_tracing = works(&sandbox).err().map(|said| {
            let why = said.lines().next().unwrap_or_default().trim_start_matches("error: ");
            format!("this system does not let xray see the program's calls ({})", why.trim())
        });
        sandbox.allowed.network = sandbox.own_network;
        sandbox.allowed
    }

    /// Why calls are not seen.
    pub fn why_no_tracing(&self) -> String {
        self.allowed.no_tracing.clone().unwrap_or_default()
    }

    /// Starts a program in `folder`, with a guard.
    pub fn start(
        &self,
        command: &[OsString],
        folder: &Path,
        descriptors: u64,
    ) -> Result<(Arc<SharedChild>, Option<Events>), String> {
        let pipe = match self.allowed.no_tracing {
            Some(_) => None,
            None => Some(pipe2(OFlag::O_CLOEXEC).map_err(|error| error.to_string())?),
        };
        let events = pipe.as_ref().map(|(_, write)| write.as_raw_fd());
        let plan = Plan {
            judge: std::process::id() as i32,
            events,
            processes: self.allowed.processes,
            signals: self.allowed.signals,
            descriptors,
            stranger: self.allowed.stranger,
            folder: folder.to_path_buf(),
            hidden: self.allowed.hidden.clone(),
        };
        // The path of this program may be closed to the user that this process has become.
        let mut guard = Command::new("/proc/self/exe");
        guard.arg("--guard").arg(serde_json::to_string(&plan).expect("numbers"));
        guard.args(command).current_dir(folder);
        let inherit = move || {
            if let Some(events) = events {
                // SAFETY: fcntl with F_SETFD touches no memory.
                kernel_says(unsafe { libc::fcntl(events, libc::F_SETFD, 0) })?;
            }
            Ok(())
        };
        // SAFETY: between fork and exec it makes one system call.
        unsafe { guard.pre_exec(inherit) };
        let child = super::with_pipes(&mut guard).map_err(|error| error.to_string())?;
        Ok((child, pipe.map(|(read, _)| File::from(read))))
    }
}

/// Who has no rights, on most systems: `nobody`.
pub(super) const NOBODY: u32 = 65_534;

/// Makes this process one without rights, if it is root's, and forgets what stands in its environment,
/// which it does in any case.
fn be_nobody() -> io::Result<()> {
    forget_environment();
    prctl::set_no_new_privs()?;
    become_nobody()
}

/// Makes this process one of the user `nobody`, if it is root's. Where there is no such user to become,
/// as in a container that knows root alone, it is `nobody` in a user namespace of its own, and outside
/// of it still who it was, but without root's capabilities.
pub(super) fn become_nobody() -> io::Result<()> {
    if !getuid().is_root() && !Uid::effective().is_root() {
        return Ok(());
    }
    if change_user().is_err() {
        own_user_as(NOBODY, NOBODY, CloneFlags::empty())?;
    }
    // The kernel closes a process that has changed its user, also to itself.
    Ok(prctl::set_dumpable(true)?)
}

fn change_user() -> io::Result<()> {
    setgroups(&[])?;
    let nobody = Gid::from_raw(NOBODY);
    setresgid(nobody, nobody, nobody)?;
    let nobody = Uid::from_raw(NOBODY);
    setresuid(nobody, nobody, nobody)?;
    Ok(())
}

fn forget_environment() {
    let kept = ["PATH", "LANG", "LC_ALL"];
    for (name, _) in std::env::vars_os() {
        if !kept.iter().any(|it| name == *it) {
            // SAFETY: this process has one thread.
            unsafe { std::env::remove_var(name) };
        }
    }
    for (name, value) in [("HOME", "/nonexistent"), ("TMPDIR", OWN_FILES)] {
        // SAFETY: as above.
        unsafe { std::env::set_var(name, value) };
    }
}

/// Where a stranger's program may write: nowhere else.
const OWN_FILES: &str = "/dev/shm";

fn kernel_says(result: i32) -> io::Result<()> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Moves this process into a network of its own, with a second address.
fn own_network() -> io::Result<()> {
    own(CloneFlags::CLONE_NEWNET)?;
    question::interface::switch_on("lo")?;
    question::interface::add_interface("lan", std::net::Ipv4Addr::new(192, 0, 2, 1))
}

/// Namespaces of its own for this process. Without rights they take a user namespace, in which it
/// stays the user that it is.
pub(super) fn own(what: CloneFlags) -> io::Result<()> {
    if unshare(what).is_ok() { Ok(()) } else { own_user(what) }
}

/// The same with a user namespace in any case, for which the kernel counts processes apart.
pub(super) fn own_user(what: CloneFlags) -> io::Result<()> {
    own_user_as(getuid().as_raw(), getgid().as_raw(), what)
}

/// The same, in which it is the user and the group of these numbers.
fn own_user_as(user: u32, group: u32, what: CloneFlags) -> io::Result<()> {
    let (before, group_before) = (Uid::effective(), Gid::effective());
    unshare(CloneFlags::CLONE_NEWUSER | what)?;
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("{user} {before} 1"))?;
    fs::write("/proc/self/gid_map", format!("{group} {group_before} 1"))
}

/// Asks a program to end.
pub fn terminate(child: &SharedChild) {
    let _ = signal::kill(Pid::from_raw(child.id() as i32), Signal::SIGTERM);
}

/// Ends a program and what it has started: with the guard, all of it ends.
pub fn kill(child: &SharedChild) {
    let _ = child.kill();
}

/// The signal that ended a process.
pub fn signal(status: ExitStatus) -> Option<i32> {
    status.signal()
}

/// The guard's part: `words` are its plan and the command.
pub fn guard(mut words: Vec<OsString>) -> ExitCode {
    match try_guard(&mut words) {
        Ok(status) => status,
        Err(error) => {
            output::complain(&format!("error: {error}\n"));
            ExitCode::from(126)
        }
    }
}

fn try_guard(words: &mut Vec<OsString>) -> io::Result<ExitCode> {
    let plan = words.remove(0);
    let plan: Plan = serde_json::from_str(&plan.to_string_lossy())?;
    let mut awaited = SigSet::empty();
    for signal in [Signal::SIGTERM, Signal::SIGCHLD, Signal::SIGHUP] {
        awaited.add(signal);
    }
    let before = awaited.thread_swap_mask(SigmaskHow::SIG_BLOCK)?;
    // Not SIGKILL: this process has to end what the program has started, also without the judge.
    prctl::set_pdeathsig(Signal::SIGHUP)?;
    if getppid().as_raw() != plan.judge {
        return Ok(ExitCode::from(126)); // the judge has ended before that
    }
    prctl::set_child_subreaper(true)?;
    // Away from the terminal, whose Ctrl-C would end this process before the program.
    setsid()?;
    if plan.stranger {
        barred::let_go();
    }
    if plan.processes {
        own(CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWIPC)?;
    }
    limit(plan.descriptors)?;
    // SAFETY: this process has one thread, so its child may do what it likes.
    match unsafe { fork() }? {
        ForkResult::Child => {
            before.thread_set_mask()?;
            prctl::set_pdeathsig(Signal::SIGKILL)?;
            if plan.stranger {
                // Where memory runs out, the kernel ends a program before whoever judges it.
                let _ = fs::write("/proc/self/oom_score_adj", "1000");
            }
            if plan.processes {
                own_processes(&plan)?;
                if plan.events.is_none() {
                    return run_below(&plan, words, &awaited);
                }
            }
            run(&plan, words)
        }
        ForkResult::Parent { child } => {
            prctl::set_dumpable(false)?;
            if let Some(events) = plan.events {
                // Else the judge waits for its end, which a program that is left could delay.
                let _ = nix::unistd::close(events);
            }
            let status = wait(child, &awaited)?;
            end_the_rest();
            Ok(ExitCode::from(status))
        }
    }
}

/// The first process of a namespace gets no signal for which it has no handler, not even SIGTERM. So
/// this one, where it is not xray, waits for the program, and is not the program itself.
fn run_below(plan: &Plan, words: &[OsString], awaited: &SigSet) -> io::Result<ExitCode> {
    awaited.thread_block()?;
    // SAFETY: this process has one thread, so its child may do what it likes.
    match unsafe { fork() }? {
        ForkResult::Child => {
            awaited.thread_unblock()?;
            run(plan, words)
        }
        ForkResult::Parent { child } => wait(child, awaited).map(ExitCode::from),
    }
}

/// A view of the processes, and of the files, that is right for this process.
fn own_processes(plan: &Plan) -> io::Result<()> {
    let none = None::<&str>;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
    mount(Some("proc"), "/proc", Some("proc"), MsFlags::empty(), none)?;
    if plan.stranger {
        // What it cannot reach it does not see.
        let hidden: Vec<_> =
            plan.hidden.iter().filter(|it| fs::metadata(it).is_ok()).cloned().collect();
        if !hidden.is_empty() {
            super::confined::hide(&hidden, &[&plan.folder])?;
            std::env::set_current_dir(&plan.folder)?;
        }
        super::confined::hide_terminals()?;
        set_read_only(Path::new("/"), true)?;
        let options = Some("size=64m,nr_inodes=4096,mode=1777");
        mount(Some("tmpfs"), OWN_FILES, Some("tmpfs"), MsFlags::empty(), options)?;
    }
    Ok(())
}

/// Makes the file systems at `path` and below it read-only for this process and its children, or
/// the one at `path` writable again (mount_setattr(2)).
pub(super) fn set_read_only(path: &Path, read_only: bool) -> io::Result<()> {
    const READ_ONLY: u64 = 1; // MOUNT_ATTR_RDONLY
    const RECURSIVE: libc::c_uint = 0x8000; // AT_RECURSIVE
    let (set, clear) = if read_only { (READ_ONLY, 0) } else { (0, READ_ONLY) };
    let attributes = [set, clear, 0, 0];
    let path = super::confined::c_path(path);
    // SAFETY: it reads a path and a struct mount_attr, which is four numbers of 64 bits.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            path.as_ptr(),
            RECURSIVE,
            attributes.as_ptr(),
            size_of_val(&attributes),
        )
    };
    kernel_says(result as i32)
}

fn limit(descriptors: u64) -> io::Result<()> {
    setrlimit(Resource::RLIMIT_NOFILE, descriptors, descriptors.max(1024))?;
    setrlimit(Resource::RLIMIT_NPROC, TASKS, TASKS)?;
    setrlimit(Resource::RLIMIT_DATA, MEMORY, MEMORY)?;
    setrlimit(Resource::RLIMIT_CPU, PROCESSOR, PROCESSOR)?;
    setrlimit(Resource::RLIMIT_FSIZE, FILE, FILE)?;
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    Ok(())
}

/// Becomes the program, or the xray that runs it.
fn run(plan: &Plan, words: &[OsString]) -> io::Result<ExitCode> {
    if !plan.processes {
        barred::keep_signals_in(plan.signals);
    }
    if plan.stranger {
        // Where a filter is forbidden, namespaces are as well, and `grade` has said so.
        let barred = barred::bar_calls();
        if plan.processes {
            barred?;
        }
        // Also root's, where it has become nobody else; it gets none back at exec.
        barred::drop_capabilities()?;
    }
    let Some(events) = plan.events else {
        // What the program sends to its group does not reach those who run it; xray does the same.
        setsid()?;
        let error = Command::new(&words[0]).args(&words[1..]).exec();
        return Err(io::Error::new(
            error.kind(),
            format!("exec({}): {error}", words[0].to_string_lossy()),
        ));
    };
    // SAFETY: the judge has opened it for this process.
    let borrowed = unsafe { std::os::fd::BorrowedFd::borrow_raw(events) };
    fcntl(borrowed, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
    let mut xray: Vec<OsString> = vec!["--json".into(), "--output".into()];
    xray.push(format!("/dev/fd/{events}").into());
    xray.push("--".into());
    xray.extend_from_slice(words);
    Ok(xray::run_untrusted(xray, MOST_TASKS)) // the program's own status
}

/// Waits for the end of the program, or of the xray that runs it; SIGTERM is passed on to it. SIGHUP
/// says that nobody waits for it any more.
fn wait(child: Pid, awaited: &SigSet) -> io::Result<u8> {
    loop {
        match waitpid(child, Some(WaitPidFlag::WNOHANG))? {
            WaitStatus::Exited(_, status) => return Ok(status as u8),
            WaitStatus::Signaled(_, signal, _) => return Ok(128 + signal as u8),
            _ => {}
        }
        let _ = match awaited.wait()? {
            Signal::SIGTERM => signal::kill(child, Signal::SIGTERM),
            Signal::SIGHUP => signal::kill(child, Signal::SIGKILL),
            _ => Ok(()),
        };
    }
}

/// Ends what is left below this process.
pub fn end_the_rest() {
    end_below(&[]);
}

/// Whether processes below this one become its children when those that have started them end.
pub fn adopt(them: bool) {
    let _ = prctl::set_child_subreaper(them);
}

/// The processes that this one has made, or has adopted.
pub fn children() -> Vec<i32> {
    children_of(std::process::id() as i32)
}

/// How long it may take to end processes; those of another user never end.
const AT_MOST: Duration = Duration::from_secs(5);

/// Ends what is below this process, as long as there is any, but for the children that are `spared`
/// and what is below them. They are stopped first: one that makes others faster than they end would
/// go on for ever.
pub fn end_below(spared: &[i32]) {
    let began = Instant::now();
    while began.elapsed() < AT_MOST {
        let mut below = Vec::new();
        loop {
            let own = children().into_iter().filter(|it| !spared.contains(it));
            let now = own.flat_map(|child| [vec![child], processes_below(child)].concat());
            let new: Vec<i32> = now.filter(|it| !below.contains(it)).collect();
            if new.is_empty() {
                break;
            }
            for process in new {
                let _ = signal::kill(Pid::from_raw(process), Signal::SIGSTOP);
                below.push(process);
            }
        }
        if below.is_empty() {
            return;
        }
        for process in &below {
            let _ = signal::kill(Pid::from_raw(*process), Signal::SIGKILL);
        }
        // Those that are this one's children now; their own become so.
        let ended = |process: &i32| waitpid(Pid::from_raw(*process), Some(WaitPidFlag::WNOHANG));
        if below.iter().any(|process| ended(process) == Ok(WaitStatus::StillAlive)) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// The processes that a process has made, and those that they have made.
fn processes_below(process: i32) -> Vec<i32> {
    let children = children_of(process).into_iter();
    children.flat_map(|child| [vec![child], processes_below(child)].concat()).collect()
}

fn children_of(process: i32) -> Vec<i32> {
    let threads = fs::read_dir(format!("/proc/{process}/task"));
    let threads = threads.into_iter().flatten().filter_map(Result::ok);
    let children = threads.filter_map(|it| fs::read_to_string(it.path().join("children")).ok());
    let children = children.collect::<String>();
    children.split_whitespace().filter_map(|it| it.parse().ok()).collect()
}
