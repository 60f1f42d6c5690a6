//! What the tests share: running a program as a learner would, reading its rows, and ports that no
//! other test touches.

use std::ffi::OsStr;
use std::fmt::{self, Display, Formatter};
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use assert_cmd::assert::Assert;
use predicates::prelude::Predicate;
use predicates::reflection::{Case, PredicateReflection};
use socket2::{Domain, Socket, Type};

pub mod alone;
#[cfg(target_os = "linux")]
pub mod linux;
mod skipped;
pub mod workspace;

/// How long a test waits for anything at all.
pub const DEADLINE: Duration = Duration::from_secs(120);

/// How long a command may take that calls cargo: one crate alone may have other features than in the
/// workspace, and is built again then.
pub const BUILDING: Duration = Duration::from_secs(240);

/// A program of the course, to be run with assert_cmd. It ends or is ended within [`DEADLINE`].
pub fn program(path: impl AsRef<OsStr>) -> assert_cmd::Command {
    from_std(Command::new(path))
}

/// The same for a command whose child may have less than the test has.
pub fn from_std(command: Command) -> assert_cmd::Command {
    let mut command = assert_cmd::Command::from_std(command);
    command.timeout(DEADLINE);
    command
}

/// Copies a program that is to be run. On Unix by another process: this one forks in other tests, and
/// a program is busy (ETXTBSY) as long as anybody may write to it.
pub fn copy_program(program: &Path, copy: &Path) {
    if cfg!(unix) {
        let copied = Command::new("cp").arg(program).arg(copy).status();
        assert!(copied.expect("cp runs").success());
    } else {
        std::fs::copy(program, copy).expect("a copy");
    }
}

/// A run that must succeed and have nothing to complain of.
#[track_caller]
pub fn succeeds(command: &mut assert_cmd::Command) -> Assert {
    command.assert().success().stderr("")
}

/// A run that must end with `status`.
#[track_caller]
pub fn fails(command: &mut assert_cmd::Command, status: i32) -> Assert {
    command.assert().code(status)
}

/// What a run printed to stdout, for tests that look at its rows.
pub fn printed(run: &Assert) -> &str {
    noted(run, &run.get_output().stdout)
}

/// What a run said on stderr, for tests that look at its lines.
pub fn complained(run: &Assert) -> &str {
    noted(run, &run.get_output().stderr)
}

/// The output of a program that must succeed and have nothing to complain of.
#[track_caller]
pub fn output(command: &mut assert_cmd::Command) -> String {
    printed(&succeeds(command)).to_string()
}

/// A predicate on a run shows the run when it fails; an assert on its text cannot. So the run goes
/// into the test's own output: the harness keeps that to itself unless the test fails.
fn noted<'a>(run: &Assert, text: &'a [u8]) -> &'a str {
    let shown = run.to_string();
    println!("{shown}");
    let text = std::str::from_utf8(text).expect("a program's words are UTF-8");
    // assert_cmd leaves out the middle of a long text.
    if shown.contains(" omitted>\n") {
        println!("{text}");
    }
    text
}

/// That a text has these words, wherever its lines break.
pub fn says(words: impl Into<String>) -> Says {
    Says(words.into())
}

pub struct Says(String);

impl Predicate<str> for Says {
    fn eval(&self, text: &str) -> bool {
        prose(text).contains(&self.0)
    }

    fn find_case<'a>(&'a self, expected: bool, text: &str) -> Option<Case<'a>> {
        let case = Case::new(Some(self), self.eval(text));
        (case.result() == expected).then_some(case)
    }
}

impl PredicateReflection for Says {}

impl Display for Says {
    fn fmt(&self, to: &mut Formatter) -> fmt::Result {
        write!(to, "var.says({:?})", self.0)
    }
}

pub use skipped::skip;

/// One row that a program has printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub call: String,
    pub fd: String,
    pub kind: String,
    pub local: String,
    pub peer: String,
    pub state: String,
    /// The lines below it that begin with an arrow.
    pub notes: Vec<String>,
}

/// The rows of the tables in `output`: the call, a descriptor's number (or what stands instead of
/// one), the kind, the addresses and the state. Where a row is too wide for one line, the call stands on the line before.
pub fn rows(output: &str) -> Vec<Row> {
    const KINDS: [&str; 7] = ["TCP/IPv4", "TCP/IPv6", "UDP/IPv4", "UDP/IPv6", "TCP", "UDP", "free"];
    let mut rows: Vec<Row> = Vec::new();
    let mut line_before = "";
    for line in output.lines() {
        if let (Some(note), Some(row)) = (line.strip_prefix("    → "), rows.last_mut()) {
            row.notes.push(note.to_string());
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_number =
            |word: &str| ["—", "unknown"].contains(&word) || word.parse::<u32>().is_ok();
        let kind = words.windows(2).position(|two| is_number(two[0]) && KINDS.contains(&two[1]));
        if let Some(at) = kind {
            let call = if at == 0 { line_before.trim().to_string() } else { words[..at].join(" ") };
            let rest = words[at + 2..].join(" ").replace("not bound", "not-bound");
            let mut rest = rest.splitn(3, ' ').map(|word| word.replace("not-bound", "not bound"));
            let mut cell = || rest.next().unwrap_or_default();
            rows.push(Row {
                call,
                fd: words[at].to_string(),
                kind: words[at + 1].to_string(),
                local: cell(),
                peer: cell(),
                state: cell(),
                notes: Vec::new(),
            });
        }
        line_before = line;
    }
    rows
}

/// The rows whose call begins with `call`.
pub fn rows_of(output: &str, call: &str) -> Vec<Row> {
    rows(output).into_iter().filter(|row| row.call.starts_with(call)).collect()
}

/// The only row whose call begins with `call`.
pub fn row(output: &str, call: &str) -> Row {
    let mut found = rows_of(output, call);
    assert_eq!(found.len(), 1, "{call} should have one row in:\n{output}");
    found.remove(0)
}

/// The text with each run of white space as one space, so that line breaks do not matter.
pub fn prose(output: &str) -> String {
    output.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A TCP port that a socket of the test holds: bound with SO_REUSEADDR, and never listening. The
/// steps' own bind works beside it, again and again, and the kernel gives it to nobody else. Systems
/// other than Linux allow no second bind, so there the port is only one that was free a moment ago.
pub struct HeldPort {
    pub address: SocketAddr,
    _holder: Option<Socket>,
}

#[allow(clippy::new_without_default, reason = "it takes a port, which no default should")]
impl HeldPort {
    pub fn new() -> HeldPort {
        let holder = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        if cfg!(target_os = "linux") {
            holder.set_reuse_address(true).expect("SO_REUSEADDR");
        }
        holder.bind(&any_port().into()).expect("a port of our own");
        let address = holder.local_addr().expect("its address").as_socket().expect("IP");
        HeldPort { address, _holder: cfg!(target_os = "linux").then_some(holder) }
    }

    /// HOST and PORT as a learner would type them.
    pub fn words(&self) -> [String; 2] {
        words(self.address)
    }
}

/// HOST and PORT as a learner would type them.
pub fn words(address: SocketAddr) -> [String; 2] {
    [address.ip().to_string(), address.port().to_string()]
}

/// 127.0.0.1, and a port that the kernel picks.
pub fn any_port() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// Whether this machine has an IPv6 loopback address; says so where it has not.
pub fn has_ipv6() -> bool {
    let bound = Socket::new(Domain::IPV6, Type::STREAM, None)
        .and_then(|socket| socket.bind(&"[::1]:0".parse::<SocketAddr>().expect("address").into()));
    if bound.is_err() {
        skip("this machine has no IPv6 loopback");
    }
    bound.is_ok()
}

/// A program that runs beside the test. It is ended when the test lets go of it.
pub struct Running {
    command: String,
    child: Child,
    lines: Receiver<String>,
    seen: String,
}

impl Running {
    pub fn start(command: &mut Command) -> Running {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stdout = child.stdout.take().expect("its stdout");
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Running { command: format!("{command:?}"), child, lines, seen: String::new() }
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Waits for a line with `text` in it and returns all that was printed so far.
    pub fn wait_for(&mut self, text: &str) -> &str {
        let give_up = Instant::now() + DEADLINE;
        while !self.seen.contains(text) {
            let left = give_up.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => self.seen += &format!("{line}\n"),
                Err(error) => panic!("waiting for {text:?}: {error}; so far:\n{}", self.seen),
            }
        }
        &self.seen
    }

    /// Waits for the end of the program, and has its run as assert_cmd does.
    pub fn finish(mut self) -> Assert {
        let (status, seen) = self.wait_for_end();
        let mut stderr = Vec::new();
        let said = self.child.stderr.take().expect("its stderr").read_to_end(&mut stderr);
        said.expect("its stderr");
        let output = Output { status, stdout: seen.into_bytes(), stderr };
        Assert::new(output).append_context("command", self.command.clone())
    }

    /// Waits for the end of the program: its status, and what it printed to stdout.
    pub fn wait_for_end(&mut self) -> (ExitStatus, String) {
        let give_up = Instant::now() + DEADLINE;
        loop {
            let left = give_up.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => self.seen += &format!("{line}\n"),
                Err(_) if Instant::now() < give_up => break, // it has closed its stdout
                Err(_) => panic!("waiting for the end of the program; so far:\n{}", self.seen),
            }
        }
        (self.child.wait().expect("its status"), std::mem::take(&mut self.seen))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The Python that runs the twins, if there is one.
pub fn python() -> Option<&'static str> {
    let works = |name: &&str| {
        let run = Command::new(name).arg("-c").arg("import socket").output();
        run.is_ok_and(|output| output.status.success())
    };
    let found = ["python3", "python"].into_iter().find(works);
    if found.is_none() {
        skip("there is no Python");
    }
    found
}

/// Runs a step's Python twin on `address`, which must succeed; `None` without Python.
pub fn twin(path: &str, address: SocketAddr) -> Option<Assert> {
    let mut command = program(python()?);
    command.current_dir(workspace::root()).arg(path).args(words(address));
    Some(succeeds(&mut command))
}
