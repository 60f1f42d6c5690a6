//! Judging a program by what it does: the calls that xray sees, with the kernel's states, and what
//! its peers see.
//!
//! - `program`: a run of the program that is judged
//! - `call`: a call that it made, with what the kernel said after it
//! - `peer`: a client or a server that it talks to over TCP
//! - `datagrams`: a peer over UDP
//! - `seen`: what was expected, and what was seen instead

mod call;
mod datagrams;
mod peer;
mod program;
mod seen;

use std::collections::hash_map::RandomState;
use std::ffi::OsString;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

pub use call::{Call, Calls};
pub use datagrams::Datagrams;
pub use peer::{Heard, How, Listener, Peer, quoted};
pub use program::{Ending, Program};
pub use seen::{Seen, seen};

use crate::exercise::{By, Exercise};
use crate::sandbox::Sandbox;
use crate::verdict::{Holds, Verdict};

/// How long anything may take: to begin, to answer, to end.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// A sentence does not hold; the verdict says so already.
#[derive(Debug)]
pub struct Failed;

/// What a judge returns.
pub type Judged = Result<(), Failed>;

/// One exercise's judge at work on one program.
pub struct Judge {
    verdict: Verdict,
    /// Who sees whether a sentence holds, by its name.
    seen_by: Vec<(String, By)>,
    command: Vec<OsString>,
    folder: PathBuf,
    sandbox: Sandbox,
    descriptors: u64,
    first_is_taken: bool,
    printed: String,
}

impl Judge {
    /// Judges the program that `command` starts in `folder`, in `sandbox`.
    pub fn judge(
        exercise: &Exercise,
        command: Vec<OsString>,
        folder: PathBuf,
        sandbox: Sandbox,
    ) -> Verdict {
        let mut judge = Judge {
            verdict: Verdict::open(exercise),
            seen_by: exercise.checks.iter().map(|it| (it.id.clone(), it.by)).collect(),
            command,
            folder,
            sandbox,
            descriptors: 256,
            first_is_taken: false,
            printed: String::new(),
        };
        if (exercise.files.judge)(&mut judge).is_ok() {
            for sentence in &mut judge.verdict.sentences {
                let open = sentence.holds == Holds::NotReached;
                assert!(!open, "{}: nobody has judged {:?}", exercise.name, sentence.id);
            }
        }
        judge.verdict.printed = judge.printed;
        judge.verdict
    }

    /// The address that the program is given: 127.0.0.1:8080 where the judge has a network of its
    /// own, and otherwise a port that was free a moment ago.
    pub fn address(&self) -> SocketAddr {
        let port = if self.own_network() { 8080 } else { free_port() };
        SocketAddr::from((Ipv4Addr::LOCALHOST, port))
    }

    /// Whether the judge has a network of its own. Then it may change its settings, and 192.0.2.1 is
    /// one more address of this machine.
    pub fn own_network(&self) -> bool {
        self.sandbox.own_network
    }

    /// Changes a setting of the network of its own, such as `net/ipv6/bindv6only`; whether it could.
    pub fn setting(&self, name: &str, value: &str) -> bool {
        self.own_network() && question::namespace::change(name, value).is_ok()
    }

    /// Programs that are started from now on may have at most so many descriptors.
    pub fn limit_descriptors(&mut self, number: u64) {
        self.descriptors = number;
    }

    /// Programs that are started from now on have their stdin as descriptor 3, too, so that a socket
    /// gets a number that is not the usual one. (Not so on Windows.)
    pub fn take_first_descriptor(&mut self) {
        self.first_is_taken = true;
    }

    /// Starts the program with an address as its HOST and PORT.
    ///
    /// # Errors
    ///
    /// It cannot be started; the first sentence does not hold then.
    pub fn start(&mut self, address: SocketAddr) -> Result<Program, Failed> {
        self.start_with(&[&address.ip().to_string(), &address.port().to_string()])
    }

    /// Starts the program with these words.
    ///
    /// # Errors
    ///
    /// It cannot be started; the first sentence does not hold then.
    pub fn start_with(&mut self, words: &[&str]) -> Result<Program, Failed> {
        let mut command = self.command.clone();
        if self.first_is_taken && cfg!(unix) {
            let shell = ["/bin/sh", "-c", "exec \"$@\" 3<&0", "sh"];
            command.splice(0..0, shell.map(OsString::from));
        }
        command.extend(words.iter().map(OsString::from));
        let started = Program::start(&self.sandbox, &command, &self.folder, self.descriptors);
        started.map_err(|saw| {
            self.verdict.fail_first("the program starts", &saw);
            Failed
        })
    }

    /// Ticks a sentence, or says why it does not hold.
    ///
    /// # Errors
    ///
    /// It does not hold.
    pub fn check<T>(&mut self, id: &str, what: Result<T, Seen>) -> Result<T, Failed> {
        self.is_seen_by(id, By::Peers);
        self.enter(id, what)
    }

    /// What `exercise.toml` says of a sentence, and so the book, has to be true.
    fn is_seen_by(&self, id: &str, by: By) {
        let is_it = |(name, its): &(String, By)| name == id && *its == by;
        assert!(self.seen_by.iter().any(is_it), "the check {id:?} is not by {by:?}");
    }

    fn enter<T>(&mut self, id: &str, what: Result<T, Seen>) -> Result<T, Failed> {
        let (holds, result) = match what {
            Ok(value) => (Holds::Yes, Ok(value)),
            Err(Seen { expected, saw, rows, printed }) => {
                if !printed.is_empty() {
                    self.printed = printed;
                }
                (Holds::No { expected, saw: shortened(saw), rows }, Err(Failed))
            }
        };
        self.set(id, holds);
        result
    }

    /// The same for what only the program's calls tell; where they are not to be seen, the sentence
    /// is left open and the judge goes on.
    ///
    /// # Errors
    ///
    /// It does not hold.
    pub fn check_calls<T>(
        &mut self,
        id: &str,
        program: &Program,
        look: impl FnOnce(&Calls) -> Result<T, Seen>,
    ) -> Judged {
        self.is_seen_by(id, By::Calls);
        if !program.traced() {
            self.untold(id, &self.sandbox.why_no_tracing());
            return Ok(());
        }
        // It might have done then what it must never do.
        let seen = program.all_seen();
        let calls = program.calls();
        self.enter(id, seen.and_then(|()| look(&calls))).map(|_| ())
    }

    /// A sentence cannot be looked at here.
    pub fn untold(&mut self, id: &str, why: &str) {
        self.set(id, Holds::NotLookedAt(why.to_string()));
    }

    /// A server of the judge's own, for a program that is a client.
    pub fn listener(&self) -> Listener {
        Listener::new(self.address(), 16)
    }

    /// The same with a backlog.
    pub fn listener_with(&self, backlog: i32) -> Listener {
        Listener::new(self.address(), backlog)
    }

    /// A UDP socket of the judge's own, on a port that the kernel picks.
    pub fn datagrams(&self) -> Datagrams {
        Datagrams::new()
    }

    fn set(&mut self, id: &str, holds: Holds) {
        let sentence = self.verdict.sentences.iter_mut().find(|it| it.id == id);
        let sentence = sentence.unwrap_or_else(|| panic!("the exercise has no check {id:?}"));
        if !matches!(sentence.holds, Holds::No { .. }) {
            sentence.holds = holds;
        }
    }
}

/// A word that nobody can know beforehand, for a peer that is not to be ignored.
pub fn unforeseen(word: &str) -> String {
    format!("{word}-{:04x}", RandomState::new().build_hasher().finish() as u16)
}

/// What was seen may quote what the program has printed or sent, as long as it likes.
fn shortened(mut text: String) -> String {
    const LONGEST: usize = 400;
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// A TCP socket of the judge's own that has this address, and shares it with nobody. (One of std's has
/// SO_REUSEADDR on Unix: beside a program's that has it too, and does not listen, bind works.)
///
/// # Errors
///
/// bind says no.
pub fn hold(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// Whether somebody has this address: another bind to it fails with EADDRINUSE.
pub fn is_taken(address: SocketAddr) -> bool {
    hold(address).is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse)
}

/// A TCP port that nobody has at this moment.
fn free_port() -> u16 {
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let socket = hold(any).expect("a port");
    socket.local_addr().ok().and_then(|it| it.as_socket()).expect("an address").port()
}
