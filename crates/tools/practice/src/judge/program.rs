//! A run of the program that is judged.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ChildStdin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use shared_child::SharedChild;
use socket2::{Domain, Socket, Type};

use super::{Call, Calls, PATIENCE, Peer, Seen, seen};
use crate::sandbox::{self, Events, Sandbox};

/// How much of what a program prints is kept, of stdout and of stderr each.
const KEPT: usize = 64 * 1024;

/// A program that prints more than this is ended.
const FLOOD: u64 = 10_000_000;

/// Errors that a program which does not wait may get as often as it asks.
const ASK_AGAIN: [&str; 2] = ["EAGAIN", "EALREADY"];

/// A program that is judged, from its start to its end.
pub struct Program {
    running: Arc<SharedChild>,
    stdin: Option<ChildStdin>,
    watched: Arc<Watched>,
    traced: bool,
    lines_read: usize,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// Its exit status.
    pub status: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
}

#[derive(Default)]
struct Watched {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    printed: u64,
    /// xray has ended it, as it had made too many processes and threads.
    too_many: bool,
    calls: Vec<Call>,
    /// Where the last of them begin that said nothing but that there is nothing yet.
    again_from: usize,
    /// It was ended, as it had made more calls than this, which are kept.
    too_many_calls: Option<usize>,
    ending: Option<Ending>,
    /// How each of its processes ended, as xray says.
    ends: Vec<Ending>,
    open: u8,
}

impl State {
    /// Keeps a call, unless there are too many. A program that asks again and again, and gets nothing,
    /// may do so as long as it likes: the same call without success is kept once.
    fn keep(&mut self, call: Call, most: usize) {
        let says_again = |it: &Call| {
            it.error.as_deref().is_some_and(|error| ASK_AGAIN.contains(&error)) && !it.waits
        };
        if says_again(&call) {
            let is_same = |it: &Call| it.descriptor == call.descriptor && it.shown == call.shown;
            if self.calls[self.again_from..].iter().any(is_same) {
                return;
            }
        } else {
            self.again_from = self.calls.len() + 1;
        }
        if self.calls.len() < most {
            self.calls.push(call);
        } else {
            self.too_many_calls = Some(most);
        }
        self.again_from = self.again_from.min(self.calls.len());
    }

    /// Why it was ended, if it was.
    fn why_ended(&self) -> Option<String> {
        let why = match self.too_many_calls {
            _ if self.printed > FLOOD => "printed more than 10 MB".to_string(),
            Some(most) => format!("made more than {most} calls on sockets"),
            None if self.too_many => "made more than 100 processes and threads".to_string(),
            None => return None,
        };
        Some(format!("it was ended, as it had {why}"))
    }

    /// How the program ended. Who runs it ends with 128 and the number of the signal that ended it;
    /// whether that was one, and no status, xray knows.
    fn how(&self) -> Option<Ending> {
        let ending = self.ending?;
        let by_signal = self.ends.iter().find(|it| {
            it.signal.is_some() && it.signal == ending.status.map(|status| status - 128)
        });
        by_signal.copied().or(Some(ending))
    }
}

impl Watched {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread panics here")
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changed.notify_all();
    }

    /// Waits until `look` finds something, or the time is over.
    fn wait<T>(&self, time: Duration, mut look: impl FnMut(&State) -> Option<T>) -> Option<T> {
        let give_up = Instant::now() + time;
        let mut state = self.state();
        loop {
            if let Some(found) = look(&state) {
                return Some(found);
            }
            let left = give_up.checked_duration_since(Instant::now())?;
            state = self.changed.wait_timeout(state, left).expect("no thread panics here").0;
        }
    }
}

impl Program {
    /// Starts `command` in `folder`; otherwise the reason in words.
    pub(super) fn start(
        sandbox: &Sandbox,
        command: &[OsString],
        folder: &Path,
        descriptors: u64,
    ) -> Result<Program, String> {
        let (running, events) = sandbox.start(command, folder, descriptors)?;
        let watched = Arc::new(Watched::default());
        let stdin = running.take_stdin();
        let stdout = running.take_stdout().expect("a pipe");
        let stderr = running.take_stderr().expect("a pipe");
        let traced = events.is_some();
        watched.state().open = if traced { 3 } else { 2 };
        keep(&watched, stdout, |state| &mut state.stdout, Arc::clone(&running));
        keep(&watched, stderr, |state| &mut state.stderr, Arc::clone(&running));
        if let Some(events) = events {
            read_events(&watched, events, sandbox.most_calls(), Arc::clone(&running));
        }
        let (at_end, child) = (Arc::clone(&watched), Arc::clone(&running));
        thread::spawn(move || {
            let status = child.wait();
            at_end.change(|state| {
                state.ending = Some(Ending {
                    status: status.as_ref().ok().and_then(|it| it.code()),
                    signal: status.ok().and_then(sandbox::signal),
                });
            });
        });
        Ok(Program { running, stdin, watched, traced, lines_read: 0 })
    }

    /// Whether its calls are seen.
    pub fn traced(&self) -> bool {
        self.traced
    }

    /// Its calls so far; after [`finish`](Program::finish), all of them.
    pub fn calls(&self) -> Calls {
        Calls(self.watched.state().calls.clone())
    }

    /// What it has printed to stdout so far.
    pub fn output(&self) -> String {
        String::from_utf8_lossy(&self.watched.state().stdout).into_owned()
    }

    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        self.watched.state().ending.is_some()
    }

    /// A client that connects to the program: it tries again while it is refused, for 5 s, or until
    /// the program ends.
    ///
    /// # Errors
    ///
    /// It cannot connect.
    pub fn connect(&self, address: SocketAddr) -> Result<Peer, Seen> {
        self.connect_with(address, |_| ())
    }

    /// The same with a socket that was changed first.
    ///
    /// # Errors
    ///
    /// It cannot connect.
    pub fn connect_with(
        &self,
        address: SocketAddr,
        change: impl Fn(&Socket),
    ) -> Result<Peer, Seen> {
        let began = Instant::now();
        loop {
            let over = self.has_ended() || began.elapsed() > PATIENCE;
            let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)
                .expect("a socket for a client");
            change(&socket);
            let expected = || format!("a client can connect to {address}");
            match socket.connect_timeout(&address.into(), PATIENCE) {
                Ok(()) => return Ok(Peer::client(socket)),
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
                    if over {
                        let saw = format!(
                            "it was refused, as nobody listens there{}",
                            self.where_it_is()
                        );
                        return Err(self.told(seen(expected(), saw)));
                    }
                    thread::sleep(Duration::from_millis(2));
                }
                Err(error) if error.kind() == ErrorKind::TimedOut => {
                    let saw = "it got no answer for 5 s: the queue is full, and nobody accepts";
                    return Err(self.told(seen(expected(), saw)));
                }
                Err(error) => return Err(self.told(seen(expected(), error.to_string()))),
            }
        }
    }

    /// The first of its calls, also of those it has made already, for which `is` holds; within 5 s.
    ///
    /// # Errors
    ///
    /// There is none. (Where its calls are not seen, there is none either.)
    pub fn wait_for(&self, what: &str, is: impl Fn(&Call) -> bool) -> Result<Call, Seen> {
        let found = self.watched.wait(PATIENCE, |state| {
            let call = state.calls.iter().find(|it| is(it)).cloned();
            // Without any more calls to come there is nothing to wait for.
            let over = state.ending.is_some() && state.open == 0;
            call.map(Some).or_else(|| over.then_some(None))
        });
        found.flatten().ok_or_else(|| {
            self.told(seen(what, format!("it made no such call{}", self.where_it_is())))
        })
    }

    /// The next line that it prints, without its end.
    ///
    /// # Errors
    ///
    /// It prints none within 5 s.
    pub fn line(&mut self) -> Result<String, Seen> {
        self.line_within(PATIENCE)
    }

    /// The same within `time`.
    ///
    /// # Errors
    ///
    /// It prints none in that time.
    pub fn line_within(&mut self, time: Duration) -> Result<String, Seen> {
        let from = self.lines_read;
        let line = self.watched.wait(time, |state| {
            let rest = &state.stdout[from.min(state.stdout.len())..];
            match rest.iter().position(|byte| *byte == b'\n') {
                Some(length) => Some(Some(rest[..length].to_vec())),
                None => (state.ending.is_some() && state.open == 0).then_some(None),
            }
        });
        match line.flatten() {
            Some(line) => {
                self.lines_read += line.len() + 1;
                Ok(String::from_utf8_lossy(&line).trim_end_matches('\r').to_string())
            }
            None => {
                let how_long = match self.has_ended() {
                    true => String::new(),
                    false => format!(" for {} s", time.as_secs_f32()),
                };
                let saw = format!("it printed no line{how_long}{}", self.where_it_is());
                Err(self.told(seen("it prints a line", saw)))
            }
        }
    }

    /// Writes to its stdin, which it may not read.
    pub fn input(&mut self, bytes: &[u8]) {
        use std::io::Write;
        if let Some(stdin) = &mut self.stdin {
            let _ = stdin.write_all(bytes).and_then(|()| stdin.flush());
        }
    }

    /// Ends its stdin.
    pub fn close_input(&mut self) {
        self.stdin = None;
    }

    /// Asks it to end: SIGTERM. (Windows has no such thing; there it is ended.)
    pub fn terminate(&self) {
        sandbox::terminate(&self.running);
    }

    /// Waits for its end.
    ///
    /// # Errors
    ///
    /// It does not end within 5 s.
    pub fn ends(&self) -> Result<Ending, Seen> {
        let ending =
            self.watched.wait(PATIENCE, |state| if state.open == 0 { state.how() } else { None });
        ending.ok_or_else(|| {
            let waits = self.last_wait();
            self.told(seen("it ends", format!("it was still running after 5 s{waits}")))
        })
    }

    /// Waits for its end with status 0.
    ///
    /// # Errors
    ///
    /// It does not end, or in another way.
    pub fn ends_well(&self) -> Result<(), Seen> {
        match self.ends()? {
            Ending { status: Some(0), .. } => Ok(()),
            ending => {
                let why = self.watched.state().why_ended();
                let saw = why.unwrap_or_else(|| format!("it ended {ending}"));
                Err(self.told(seen("it ends with status 0", saw)))
            }
        }
    }

    /// Ends what still runs of it, and collects its calls.
    pub fn finish(&mut self) {
        self.stdin = None;
        sandbox::kill(&self.running);
        self.watched
            .wait(PATIENCE, |state| (state.ending.is_some() && state.open == 0).then_some(()));
    }

    /// Where the program is, for a sentence about what did not come: how it ended, or what it waits
    /// in; begins with a semicolon, or is empty.
    pub fn where_it_is(&self) -> String {
        self.settle();
        let state = self.watched.state();
        if let Some(why) = state.why_ended() {
            return format!("; {why}");
        }
        match state.how() {
            Some(ending) => format!("; your program has ended {ending}"),
            None => {
                drop(state);
                self.last_wait()
            }
        }
    }

    /// That all of its calls were seen, in so far as that can be known.
    ///
    /// # Errors
    ///
    /// It has made more than are kept.
    pub(super) fn all_seen(&self) -> Result<(), Seen> {
        let state = self.watched.state();
        let why = state.too_many_calls.and_then(|_| state.why_ended());
        why.map_or(Ok(()), |why| Err(seen("it makes no more calls than it needs", why)))
    }

    /// A peer may see what a program has done before xray has said it. This waits until the program
    /// has ended, or waits in a call and nothing more is said for a moment; 0.5 s at most.
    fn settle(&self) {
        let began = Instant::now();
        let mut before = usize::MAX;
        while began.elapsed() < Duration::from_millis(500) {
            let state = self.watched.state();
            let said = state.calls.len();
            // Who waits in no call may be on the way to its end.
            let waits = !self.traced || state.calls.last().is_none_or(|call| call.waits);
            drop(state);
            if said == before && waits {
                return;
            }
            before = said;
            let over = |state: &State| (state.ending.is_some() && state.open == 0).then_some(());
            if self.watched.wait(Duration::from_millis(50), over).is_some() {
                return;
            }
        }
    }

    /// The call in which the program waits, if it does and is seen.
    fn last_wait(&self) -> String {
        let state = self.watched.state();
        match state.calls.last() {
            Some(call) if call.waits => format!("; your program waits in {}", call.shown),
            Some(call) => format!("; your program's last call was {}", call.shown),
            None if self.traced => "; your program has made no call on a socket".to_string(),
            None => String::new(),
        }
    }

    /// What was seen, with the program's last words on stderr, and its last calls.
    pub fn told(&self, mut seen: Seen) -> Seen {
        self.settle();
        let state = self.watched.state();
        if seen.rows.is_empty() {
            let from = state.calls.len().saturating_sub(3);
            seen.rows = state.calls[from..].iter().map(Call::row).collect();
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        seen.printed(text(&state.stdout) + &text(&state.stderr))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.finish();
    }
}

impl std::fmt::Display for Ending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.status, self.signal) {
            (Some(status), _) => write!(f, "with status {status}"),
            (None, Some(signal)) => write!(f, "by {}", sandbox::signal_name(signal)),
            (None, None) => write!(f, "in a way that the system does not tell"),
        }
    }
}

/// Keeps what comes from a pipe.
fn keep(
    watched: &Arc<Watched>,
    mut pipe: impl Read + Send + 'static,
    place: impl Fn(&mut State) -> &mut Vec<u8> + Send + 'static,
    running: Arc<SharedChild>,
) {
    let watched = Arc::clone(watched);
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        while let Ok(length @ 1..) = pipe.read(&mut buffer) {
            let mut flood = false;
            watched.change(|state| {
                state.printed += length as u64;
                flood = state.printed > FLOOD;
                let kept = place(state);
                let room = KEPT.saturating_sub(kept.len());
                kept.extend_from_slice(&buffer[..length.min(room)]);
            });
            if flood {
                sandbox::kill(&running);
            }
        }
        watched.change(|state| state.open -= 1);
    });
}

/// Reads what xray says.
fn read_events(watched: &Arc<Watched>, events: Events, most: usize, running: Arc<SharedChild>) {
    let watched = Arc::clone(watched);
    thread::spawn(move || {
        for line in BufReader::new(events).lines().map_while(Result::ok) {
            let Ok(value) = serde_json::from_str::<serde_json::Value>(&line) else { continue };
            if let Some(call) = Call::read(&value) {
                let mut too_many = false;
                watched.change(|state| {
                    state.keep(call, most);
                    too_many = state.too_many_calls.is_some();
                });
                if too_many {
                    sandbox::kill(&running);
                }
            } else if value["event"] == "remark" && value["remarks"][0] == xray::TOO_MANY {
                watched.change(|state| state.too_many = true);
            } else if value["event"] == "end" {
                let number = |name: &str| value[name].as_i64().map(|number| number as i32);
                let ending = Ending { status: number("status"), signal: number("signal") };
                watched.change(|state| state.ends.push(ending));
            }
        }
        watched.change(|state| state.open -= 1);
    });
}
