//! Printing: the title, one row a call, and the sentences between.
//!
//! What makes a row is `#[inline]`: xray, which prints very many, is optimised in each build, and so
//! are these with it.

use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::net::SocketAddr;
use std::process;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use socket2::{SockAddr, Socket};

use crate::args::Args;
use crate::explain::{self, Failure, words};
use crate::kernel::{self, Entry};
use crate::program::{Program, Takes};
use crate::view::{View, wait_until};

/// What a step adds to a call: print its row, or explain why it failed.
pub trait Shown<T> {
    /// Prints the row of `call` with what the kernel says about `socket` now.
    ///
    /// # Errors
    ///
    /// The call failed: the [`Failure`] explains it.
    fn shown(self, call: impl Display, socket: &Socket) -> Result<T, Failure>;

    /// [`shown`](Shown::shown) for a call that makes a socket: the row is about the new one.
    ///
    /// # Errors
    ///
    /// The call failed: the [`Failure`] explains it.
    fn opened(self, call: impl Display) -> Result<T, Failure>
    where
        T: NewSocket;

    /// Explains a call that failed, and prints nothing: for one of many calls in a loop, which has
    /// one row as a whole.
    ///
    /// # Errors
    ///
    /// The call failed: the [`Failure`] explains it.
    fn or_explain<'s>(
        self,
        call: impl Display,
        socket: impl Into<Option<&'s Socket>>,
    ) -> Result<T, Failure>;

    /// Prints the row of a call that may fail here, in one of the ways named, and its error if it
    /// did; and hands the result on.
    ///
    /// # Errors
    ///
    /// The call failed in another way: the [`Failure`] explains it.
    fn may_fail(
        self,
        ways: &[ErrorKind],
        call: impl Display,
        socket: &Socket,
    ) -> Result<io::Result<T>, Failure>;

    /// Prints the row of a call that must fail here with the error that `symbol` names, such as
    /// `EADDRINUSE`, and the error.
    ///
    /// # Errors
    ///
    /// The call succeeded, or failed in another way.
    fn must_fail<'s>(
        self,
        symbol: &str,
        call: impl Display,
        socket: impl Into<Option<&'s Socket>>,
    ) -> Result<(), Failure>;
}

impl<T> Shown<T> for io::Result<T> {
    fn shown(self, call: impl Display, socket: &Socket) -> Result<T, Failure> {
        let value = self.or_explain(&call, socket)?;
        CALLS.fetch_add(1, Relaxed);
        look(call, socket);
        Ok(value)
    }

    fn opened(self, call: impl Display) -> Result<T, Failure>
    where
        T: NewSocket,
    {
        let value = self.map_err(|error| Failure::of(&call.to_string(), &error, None))?;
        CALLS.fetch_add(1, Relaxed);
        SOCKETS.fetch_add(1, Relaxed);
        look(call, value.socket());
        Ok(value)
    }

    fn or_explain<'s>(
        self,
        call: impl Display,
        socket: impl Into<Option<&'s Socket>>,
    ) -> Result<T, Failure> {
        self.map_err(|error| Failure::of(&call.to_string(), &error, socket.into()))
    }

    fn may_fail(
        self,
        ways: &[ErrorKind],
        call: impl Display,
        socket: &Socket,
    ) -> Result<io::Result<T>, Failure> {
        CALLS.fetch_add(1, Relaxed);
        look(&call, socket);
        match self {
            Err(error) if ways.contains(&error.kind()) => {
                note(words(&error));
                Ok(Err(error))
            }
            result => Ok(Ok(result.or_explain(call, socket)?)),
        }
    }

    fn must_fail<'s>(
        self,
        symbol: &str,
        call: impl Display,
        socket: impl Into<Option<&'s Socket>>,
    ) -> Result<(), Failure> {
        let socket = socket.into();
        CALLS.fetch_add(1, Relaxed);
        match socket {
            Some(socket) => look(&call, socket),
            None => row([&call.to_string(), "—", "", "", "", ""]),
        }
        let expected = format!("expected {symbol}, and ");
        let surprise = |saw| Failure::surprise(call.to_string(), expected + saw);
        match self {
            Err(error)
                if error.raw_os_error().is_some_and(|it| explain::number(symbol) == Some(it)) =>
            {
                note(words(&error));
                Ok(())
            }
            Err(error) => Err(surprise(&words(&error))),
            Ok(_) => Err(surprise("it succeeded")),
        }
    }
}

static CALLS: AtomicUsize = AtomicUsize::new(0);
static SOCKETS: AtomicUsize = AtomicUsize::new(0);

/// How many calls the program has shown so far, failed ones and closes included, and how many
/// sockets they made.
#[must_use]
pub fn count() -> [usize; 2] {
    [CALLS.load(Relaxed), SOCKETS.load(Relaxed)]
}

/// What was shown since an earlier [`count`], in words.
#[must_use]
pub fn count_since([calls, sockets]: [usize; 2]) -> String {
    let [calls_now, sockets_now] = count();
    format!("{} calls, {} sockets", calls_now - calls, sockets_now - sockets)
}

/// What `Socket::new` and `accept` return.
pub trait NewSocket {
    /// The new socket.
    fn socket(&self) -> &Socket;
}

impl NewSocket for Socket {
    fn socket(&self) -> &Socket {
        self
    }
}

impl NewSocket for (Socket, SockAddr) {
    fn socket(&self) -> &Socket {
        &self.0
    }
}

/// Prints what the kernel says about `socket` now, beside a call or any other words.
pub fn look(call: impl Display, socket: &Socket) {
    row(cells(&call.to_string(), &View::of(socket)).each_ref().map(Cow::as_ref));
}

/// The cells of the row that shows `view` beside `call`.
#[must_use]
#[inline]
pub fn cells<'a>(call: &'a str, view: &View) -> [Cow<'a, str>; 6] {
    // What is no socket (any more) has no address, and is not unbound either.
    let without_address = if view.kind == "?" { "—" } else { "not bound" };
    [
        call.into(),
        view.descriptor.to_string().into(),
        view.kind.into(),
        view.local.map_or(without_address.into(), |address| address.to_string().into()),
        view.peer.map_or("—".into(), |address| address.to_string().into()),
        state(view),
    ]
}

#[inline]
fn state(view: &View) -> Cow<'static, str> {
    let name = match view.state {
        Some(name) => name,
        None if view.has_states => "not told",
        None => "",
    };
    match (view.queue, view.unread) {
        (Some(queue), _) => format!("{name}  queue {} of {}", queue.length, queue.limit).into(),
        (None, Some(unread)) if unread > 0 => format!("{name}  {unread} unread").into(),
        _ => name.into(),
    }
}

/// Prints the row of a close: `descriptor` was the socket's number, and the system is asked whether
/// that number is free now.
pub fn closed(descriptor: u64) {
    let now = match kernel::descriptor_is_free(descriptor) {
        Some(true) => "free",
        Some(false) => "in use",
        None => "not told",
    };
    CALLS.fetch_add(1, Relaxed);
    row([&format!("close({descriptor})"), &descriptor.to_string(), now, "", "", ""]);
}

/// Waits until a TCP connection that no descriptor belongs to any more is in `state`, and prints the
/// kernel's own row of it, matched by the whole four-tuple. Returns the state, for a sentence.
///
/// # Errors
///
/// The kernel has moved the connection to another state, or forgotten it. (Elsewhere than on Linux
/// that is said in the row, and is no error: those systems promise nothing about their tables.)
pub fn wait_for_state(
    words: &str,
    local: SocketAddr,
    peer: SocketAddr,
    state: &str,
) -> Result<String, Failure> {
    let mut seen = None;
    wait_until(|| {
        seen = kernel::connection(local, peer);
        seen.as_ref().is_none_or(|found| found.as_ref().is_some_and(|row| row.state == state))
    });
    let cell = match &seen {
        None => "not told".to_string(),
        Some(None) => "gone".to_string(),
        Some(Some(entry)) => state_of_entry(entry),
    };
    let family = if local.is_ipv4() { "TCP/IPv4" } else { "TCP/IPv6" };
    row([words, "—", family, &local.to_string(), &peer.to_string(), &cell]);
    match seen {
        None => Ok("a state that this system does not tell".to_string()),
        Some(Some(entry)) if entry.state == state => Ok(state.to_string()),
        Some(_) if cfg!(not(target_os = "linux")) => {
            Ok("a state that this system does not show".to_string())
        }
        Some(_) => Err(Failure {
            call: words.to_string(),
            words: format!("it should be in {state}"),
            why: "This kernel ends connections in its own way, as one does that may keep few of \
                  them (net.ipv4.tcp_max_tw_buckets)."
                .to_string(),
            todo: "Look at its settings: `sysctl net.ipv4 | grep tcp_`.".to_string(),
        }),
    }
}

/// The state of a row of the kernel's table, and how long TIME_WAIT stays where that is told.
#[must_use]
pub fn state_of_entry(entry: &Entry) -> String {
    match (entry.state, entry.seconds_left) {
        ("TIME_WAIT", Some(seconds)) => format!("TIME_WAIT  {seconds} s left"),
        (state, _) => state.to_string(),
    }
}

/// Prints what a call returned, under its row.
pub fn note(text: impl Display) {
    print(&note_line(&text.to_string(), width()));
}

/// What a note looks like on `width` columns.
#[must_use]
#[inline]
pub fn note_line(text: &str, width: usize) -> String {
    wrapped(text, width, "    → ", "      ")
}

/// Prints what a call that receives from a stream returned: how many bytes, and the first of them
/// as text. 0 bytes are the end: the other side sends nothing more (recv(2)).
pub fn received(bytes: &[u8]) {
    note(what_was_received(bytes.len(), bytes));
}

/// The words for `length` bytes that a stream has delivered and that begin with `start`.
#[must_use]
#[inline]
pub fn what_was_received(length: usize, start: &[u8]) -> String {
    match length {
        0 => "0 bytes: the end".to_string(),
        length => format!("{}: {}", bytes(length), quoted(length, start)),
    }
}

/// Prints what a call that receives a datagram returned: its length, its sender, and its beginning
/// as text. A datagram may be empty, which ends nothing (udp(7)).
pub fn received_from(bytes: &[u8], sender: &SockAddr) {
    let sender = sender.as_socket().map_or("?".to_string(), |address| address.to_string());
    note(what_was_received_from(bytes.len(), bytes, &sender));
}

/// The words for a datagram of `length` bytes that begins with `start`.
#[must_use]
pub fn what_was_received_from(length: usize, start: &[u8], sender: &str) -> String {
    format!("{} from {sender}: {}", bytes(length), quoted(length, start))
}

/// So many bytes, in words.
#[must_use]
#[inline]
pub fn bytes(count: usize) -> String {
    format!("{count} {}", if count == 1 { "byte" } else { "bytes" })
}

/// The first 40 characters of `length` bytes that begin with `start`.
#[inline]
fn quoted(length: usize, start: &[u8]) -> String {
    let text = String::from_utf8_lossy(start);
    let shown: String = text.chars().take(40).collect();
    let all = shown.len() == text.len() && start.len() == length;
    format!("{shown:?}{}", if all { "" } else { "…" })
}

/// Prints a paragraph between the rows. The steps call it by [`say!`](crate::say).
pub fn paragraph(text: &str) {
    print(&format!("\n{}\n", wrapped(text, width().min(80), "  ", "  ")));
}

/// Prints a sentence or two between the rows; the arguments are those of [`format!`].
#[macro_export]
macro_rules! say {
    ($($words:tt)*) => { $crate::rows::paragraph(&format!($($words)*)) };
}

/// Prints the answer to a question. The programs call it by [`answer!`](crate::answer).
pub fn answered(text: &str) {
    print(&format!("\n{}", wrapped(text, width().min(80), "  Answer: ", "          ")));
}

/// Prints the answer at the end of a program that asks a question; the arguments are those of
/// [`format!`].
#[macro_export]
macro_rules! answer {
    ($($words:tt)*) => { $crate::rows::answered(&format!($($words)*)) };
}

/// Prints the title of a step, and what HOST stands for.
pub fn title(program: &Program, args: &Args) {
    heading(program.title);
    let literal = args.host.parse() == Ok(args.address.ip());
    if program.takes.contains(&Takes::Address) && !literal {
        let host = if args.host.is_empty() { "''" } else { &args.host };
        print(&format!("  {host} is {} here.\n\n", args.address.ip()));
    }
}

/// Prints a program's first line.
pub fn heading(text: &str) {
    print(&format!("{}\n\n", paint(BOLD, wrapped(text, width(), "", "").trim_end())));
}

/// Names the next step.
pub fn next(program: &Program) {
    if let Some(next) = program.next {
        print(&format!("\nNext: {}   (without just: {})\n", next.just, next.cargo));
    }
}

/// The widest that a line may be.
pub const WIDEST: usize = 100;

/// A row of the table: call, descriptor, kind, local address, peer, state. Where it is too wide for
/// the terminal, the call stands on a line of its own and the rest below it.
fn row(cells: [&str; 6]) {
    static HEAD_SHOWN: Once = Once::new();
    HEAD_SHOWN.call_once(|| print(&row_line(HEAD, width())));
    print(&row_line(cells, width()));
}

/// The heads of the columns.
pub const HEAD: [&str; 6] = ["call", "fd", "kind", "local", "peer", "state"];

/// How wide the column of the calls is.
const CALL: usize = 29;

/// What a row looks like on `width` columns.
#[must_use]
#[inline]
pub fn row_line([call, fd, kind, local, peer, state]: [&str; 6], width: usize) -> String {
    // A long call has a line of its own, so that the columns stay where they are.
    let (before, short) = match call.chars().count() > CALL && !kind.is_empty() {
        true => (format!("  {call}\n"), ""),
        false => (String::new(), call),
    };
    let line_with = |peer_width: usize| {
        let mut line =
            format!("  {short:<CALL$}{fd:>3}  {kind:<8}  {local:<15} {peer:<peer_width$}  {state}");
        line.truncate(line.trim_end().len());
        line
    };
    let mut line = line_with(15);
    let too_long = line.chars().count().saturating_sub(WIDEST);
    if too_long > 0 {
        // A long state may begin a little further left, where the peer leaves room.
        line = line_with(15_usize.saturating_sub(too_long));
    }
    if width == WIDEST && line.chars().count() <= WIDEST {
        line.push('\n');
        return before + &line;
    }
    let seen = format!("{fd:>3}  {kind:<8}  {local:<15}  {peer:<15}  {state}");
    format!("  {call}\n{}", wrapped(seen.trim_end(), width, "    ", "        "))
}

/// Breaks `text` into lines of at most `width` columns, the first after `first`, the others after
/// `rest`.
#[must_use]
#[inline]
pub fn wrapped(text: &str, width: usize, first: &str, rest: &str) -> String {
    let length = first.chars().count() + text.chars().count();
    if length <= width && !text.contains(['\n', '\t']) && text.is_ascii() {
        return format!("{first}{}\n", text.trim_end());
    }
    let options = textwrap::Options::new(width)
        .initial_indent(first)
        .subsequent_indent(rest)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(text, options) + "\n"
}

/// The environment variable by which a program tells another one, whose output it passes on, how many
/// columns there are.
pub const WIDTH: &str = "LESSON_WIDTH";

/// How many columns there are: the terminal's, at most [`WIDEST`]; [`WIDEST`] in a pipe.
#[must_use]
pub fn width() -> usize {
    width_of(Stream::Stdout)
}

/// A stream that may be a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Descriptor 1.
    Stdout = 1,
    /// Descriptor 2.
    Stderr = 2,
}

/// [`width`], of one of the two streams.
#[must_use]
pub fn width_of(stream: Stream) -> usize {
    let told = || std::env::var(WIDTH).ok()?.parse().ok();
    let is_terminal = match stream {
        Stream::Stdout => io::stdout().is_terminal(),
        Stream::Stderr => io::stderr().is_terminal(),
    };
    let columns = if is_terminal { kernel::terminal_columns(stream) } else { told() };
    columns.unwrap_or(WIDEST).clamp(40, WIDEST)
}

/// The escape sequence (SGR) that starts bold text.
const BOLD: &str = "\x1b[1m";

/// `text` in `style` on a terminal that wants colour; otherwise as it is. <https://no-color.org>
fn paint(style: &str, text: &str) -> String {
    let plain = !io::stdout().is_terminal()
        || cfg!(windows)
        || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    if plain { text.to_string() } else { format!("{style}{text}\x1b[0m") }
}

/// Prints to stdout. When the reader has gone (`| head -1`), the program ends quietly: nobody is
/// left to tell anything.
///
/// Where one piece ends with an empty line and the next begins with one, they share it.
pub fn print(text: &str) {
    let written = write_out(text);
    if let Err(error) = written {
        if error.kind() == ErrorKind::BrokenPipe {
            process::exit(0);
        }
        complain(&format!("error: cannot write to stdout: {}\n", words(&error)));
        process::exit(1);
    }
}

/// Whether the last line that was printed is empty; as if it were, at the start.
static AFTER_EMPTY_LINE: AtomicBool = AtomicBool::new(true);

/// To be called when somebody else, such as a child process, may have printed lines.
pub fn printed_elsewhere() {
    AFTER_EMPTY_LINE.store(false, Relaxed);
}

fn write_out(text: &str) -> io::Result<()> {
    let shared = AFTER_EMPTY_LINE.swap(text.ends_with("\n\n"), Relaxed);
    let text = if shared { text.trim_start_matches('\n') } else { text };
    let mut stdout = io::stdout();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Prints an error to stderr, apart from the rows before it.
pub fn complain_after_rows(text: &str) {
    let _ = write_out("\n");
    complain(text);
}

/// Prints to stderr, if that is possible.
pub fn complain(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}
