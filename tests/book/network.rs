//! A network of its own for each transcript, in which the learner's commands run as they are typed:
//! port 8080 is free there, and nobody else connects.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use kernel::check;
use support::Running;
use support::linux::{
    in_child, is_root, with_clean_descriptors, with_default_signals, without_low_ports,
};
use support::workspace::{path_of, root};

/// A network namespace that lives as long as this does. Where the test is not root, it stands in a
/// user namespace, in which it may make one.
pub struct Network {
    keeper: Child,
    /// What a process has to enter, in this order.
    namespaces: Vec<File>,
    desk: Desk,
}

impl Network {
    pub fn new() -> io::Result<Network> {
        let own_user = !is_root();
        let flags = libc::CLONE_NEWNET | if own_user { libc::CLONE_NEWUSER } else { 0 };
        // It waits for the end of its stdin, which comes when the network is dropped or the test dies.
        let mut keeper = Command::new("cat");
        keeper.stdin(Stdio::piped()).stdout(Stdio::null());
        // The user is the same inside; the kernel wants setgroups(2) given up for that.
        // SAFETY: geteuid and getegid touch no memory.
        let [user, group] = unsafe { [libc::geteuid(), libc::getegid()] };
        let maps = [
            ("/proc/self/uid_map", format!("{user} {user} 1")),
            ("/proc/self/setgroups", "deny".to_string()),
            ("/proc/self/gid_map", format!("{group} {group} 1")),
        ];
        let enter = move || {
            // SAFETY: unshare takes flags and touches no memory.
            check(unsafe { libc::unshare(flags) })?;
            if own_user {
                maps.iter().try_for_each(|(file, map)| std::fs::write(file, map))?;
            }
            switch_loopback_on()
        };
        // SAFETY: it makes system calls; paths as short as these are not copied to the heap.
        unsafe { in_child(&mut keeper, enter) };
        let keeper = keeper.spawn()?;
        let namespace = |kind| File::open(format!("/proc/{}/ns/{kind}", keeper.id()));
        let kinds: &[&str] = if own_user { &["user", "net"] } else { &["net"] };
        let namespaces = kinds.iter().map(namespace).collect::<io::Result<_>>()?;
        Ok(Network { keeper, namespaces, desk: Desk::new()? })
    }

    /// A shell in this network, at a desk, without the right to bind low ports, that runs `command` as
    /// a learner types it; its stderr goes where its stdout goes.
    pub fn shell(&self, command: &str) -> Command {
        let mut shell = Command::new("sh");
        shell.current_dir(&self.desk.0).stdin(Stdio::null()).process_group(0);
        shell.env("PYTHONUNBUFFERED", "1").env("LC_ALL", "C.UTF-8");
        // What would ask glibc who the user is, and glibc a name server over a socket, under strace:
        // Python without a HOME, and python3 where it is a shell script around the interpreter.
        if std::env::var_os("HOME").is_none() {
            shell.env("HOME", "/");
        }
        shell.env(
            "PATH",
            format!("{}{}", python_folder(), std::env::var("PATH").unwrap_or_default()),
        );
        shell.args(["-c", &format!("exec 2>&1\n{}\n{command}\n", stand_ins())]);
        with_clean_descriptors(&mut shell);
        let namespaces: Vec<i32> = self.namespaces.iter().map(AsRawFd::as_raw_fd).collect();
        let enter = move || {
            // SAFETY: setns takes a descriptor that is open here, as a copy of the parent's.
            namespaces.iter().try_for_each(|entry| check(unsafe { libc::setns(*entry, 0) }))
        };
        // SAFETY: it makes system calls alone.
        unsafe { in_child(&mut shell, enter) };
        without_low_ports(with_default_signals(&mut shell));
        shell
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// A folder that has what the workspace's root has, and the programs in target/debug, wherever this
/// test was built; whatever a command leaves there goes with it.
struct Desk(PathBuf);

impl Desk {
    fn new() -> io::Result<Desk> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let programs = path_of("create").parent().expect("a folder").to_path_buf();
        let name = format!("desk-{}-{}", std::process::id(), NEXT.fetch_add(1, Relaxed));
        let desk = Desk(std::env::temp_dir().join(name));
        std::fs::create_dir_all(desk.0.join("target"))?;
        symlink(programs, desk.0.join("target/debug"))?;
        for entry in std::fs::read_dir(root())? {
            let entry = entry?;
            // Nor what is somebody's own: `just practice` makes that folder anew, at the desk.
            if !["target", "my-practice"].map(Into::into).contains(&entry.file_name()) {
                symlink(entry.path(), desk.0.join(entry.file_name()))?;
            }
        }
        Ok(desk)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// `just` and `cargo run` as functions of the shell: they run what the justfile's recipe and cargo
/// would run, already built. (That the real ones do so is tested with the recipes.)
fn stand_ins() -> String {
    let justfile = std::fs::read_to_string(root().join("justfile")).expect("the justfile");
    // Most recipes run one program.
    let mut programs = BTreeMap::<&str, Vec<String>>::new();
    let mut name = "";
    for line in justfile.lines() {
        if let Some(recipe) = line.strip_suffix(" *args:") {
            name = recipe;
        }
        if let Some(run) = line.trim().strip_prefix("@cargo run --quiet --package ") {
            let package = run.split(' ').next().expect("a package");
            let program = match run.split_once("--bin ").or(run.split_once("--example ")) {
                Some((_, other)) => other.split(' ').next().expect("a program"),
                None => package,
            };
            let place = if run.contains("--example") { "examples/" } else { "" };
            programs.entry(name).or_default().push(format!("{place}{program}"));
        }
    }
    let recipe = |(name, programs): (&&str, &Vec<String>)| {
        format!("{name}) programs='{}';;\n", programs.join(" "))
    };
    let recipes: String = programs.iter().map(recipe).collect();
    format!(
        "just() {{
           if [ \"$1\" = ask ] && [ -x \"target/debug/examples/$2\" ]; then
             \"target/debug/examples/$2\"
             return
           fi
           if [ \"$1\" = xray ]; then
             shift
             \"target/debug/xray\" \"$@\"
             return
           fi
           case $1 in
             practice) shift; \"target/debug/practice\" \"$@\"; return;;
             hint | solution | reset | grade) \"target/debug/practice\" \"$@\"; return;;
           esac
           if [ \"$1\" = xray-step ]; then
             step=$(echo create bind listen accept close udp-vs-tcp | cut -d ' ' -f \"$2\")
             shift 2
             \"target/debug/xray\" --hide getsockopt,getpeername \"target/debug/$step\" \"$@\" 2>&1 >/dev/null
             return
           fi
           case $1 in {recipes} *) echo \"no recipe $1\"; return 2;; esac
           shift
           for program in $programs; do \"target/debug/$program\" \"$@\" || return; done
         }}
         cargo() {{
           [ \"$1 $2 $3\" = 'run -q -p' ] || {{ echo \"cargo $*\"; return 2; }}
           program=$4
           shift 4
           case $1 in --bin) program=$2; shift 2;; --example) program=examples/$2; shift 2;; esac
           [ \"$1\" = -- ] && shift
           \"target/debug/$program\" \"$@\"
         }}"
    )
}

/// The folder of the interpreter that `python3` runs, and a colon; nothing where there is none.
fn python_folder() -> &'static str {
    static FOLDER: OnceLock<String> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let asked = Command::new("python3")
            .args(["-c", "import os, sys; print(os.path.dirname(sys.executable))"])
            .stderr(Stdio::null())
            .output();
        match asked {
            Ok(said) if said.status.success() => {
                format!("{}:", String::from_utf8_lossy(&said.stdout).trim_end())
            }
            _ => String::new(),
        }
    })
}

/// Switches this namespace's `lo` on, see netdevice(7).
fn switch_loopback_on() -> io::Result<()> {
    // SAFETY: all zeros is a valid ifreq; SIOCSIFFLAGS reads it.
    unsafe {
        let mut request: libc::ifreq = std::mem::zeroed();
        request.ifr_name[0] = b'l' as libc::c_char;
        request.ifr_name[1] = b'o' as libc::c_char;
        request.ifr_ifru.ifru_flags = libc::IFF_UP as libc::c_short;
        let socket = libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0);
        check(socket)?;
        let switched = check(libc::ioctl(socket, libc::SIOCSIFFLAGS as _, &request));
        libc::close(socket);
        switched
    }
}

/// What `command` prints in `network`, and its exit status.
pub fn run(network: &Network, command: &str) -> (String, i32) {
    Terminal::start(network, command).finish()
}

/// A command that runs in a network, beside others. Whatever is left of it is ended when the test lets
/// go of it.
pub struct Terminal {
    running: Option<Running>,
    /// The shell's process group, in which the command is, as kill(2) takes it.
    group: i32,
}

impl Terminal {
    pub fn start(network: &Network, command: &str) -> Terminal {
        let running = Running::start(&mut network.shell(command));
        let group = -i32::try_from(running.process()).expect("a process number");
        Terminal { running: Some(running), group }
    }

    /// Waits until it has printed `text`.
    pub fn wait_for(&mut self, text: &str) {
        self.running.as_mut().expect("it runs").wait_for(text);
    }

    /// All that it has printed, and its exit status, once it has ended by itself.
    pub fn finish(mut self) -> (String, i32) {
        let (status, output) = self.end();
        (output, status.code().unwrap_or_else(|| panic!("{status}")))
    }

    /// All that it has printed until Ctrl-C ended it.
    pub fn interrupt(mut self) -> String {
        self.signal(libc::SIGINT);
        self.end().1 + "^C\n"
    }

    fn end(&mut self) -> (ExitStatus, String) {
        let running = self.running.as_mut().expect("it runs");
        let ended = running.wait_for_end();
        self.running = None;
        ended
    }

    fn signal(&self, signal: i32) {
        // SAFETY: kill takes numbers. The group is that of the shell, which nobody has waited for
        // as long as `running` is there, so that the number cannot be another's.
        unsafe { libc::kill(self.group, signal) };
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if self.running.is_some() {
            self.signal(libc::SIGKILL);
        }
    }
}
