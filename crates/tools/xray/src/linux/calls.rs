//! The system calls that xray shows: which there are, what they were given, what they returned.

use std::io;

use advice::{Failure, words};
use output::{bytes, what_was_received, what_was_received_from};
use serde_json::{Value, json};

use super::membership;
use super::memory::{self, Areas, Message};
use super::names::{self, Address};
use super::ptrace::Tid;

/// What a call does, as far as its arguments and results are read differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Socket,
    Pair,
    Bind,
    Connect,
    Listen,
    Accept,
    Shutdown,
    SetOption,
    GetOption,
    Send,
    SendMessage,
    SendMessages,
    Receive,
    ReceiveMessage,
    ReceiveMessages,
    Read,
    ReadAreas,
    Write,
    WriteAreas,
    SendFile,
    Splice,
    Close,
    CloseRange,
    Duplicate,
    DuplicateOnto,
    Control,
    NonBlocking,
    /// It asks for an address, and is shown where it fails.
    Name,
    /// The end of a signal's handler: it shows what became of the call that the signal interrupted.
    SignalReturn,
    /// The program puts a filter on its own calls.
    Filter,
    /// The program traces another one, or lets itself be traced.
    Trace,
    /// The end of a process, which closes everything.
    End,
    /// The program makes an io_uring, through which the kernel works for it without calls.
    Ring,
}

/// Which calls of a number the filter picks.
#[derive(Debug, Clone, Copy)]
pub enum Argument {
    Any,
    /// Those whose first argument is one of these.
    First(&'static [u32]),
    /// Those whose second argument is one of these.
    Second(&'static [u32]),
}

impl Argument {
    /// The place of the argument, and the values that it may have; none if all calls are picked.
    pub fn is_one_of(&self) -> Option<(usize, &[u32])> {
        match self {
            Argument::Any => None,
            Argument::First(values) => Some((0, values)),
            Argument::Second(values) => Some((1, values)),
        }
    }
}

/// A system call that xray looks at.
#[derive(Debug, Clone, Copy)]
pub struct Traced {
    number: i64,
    pub name: &'static str,
    pub kind: Kind,
    argument: Argument,
}

macro_rules! traced {
    ($($number:ident $name:literal $kind:ident $argument:expr;)*) => {
        &[$(Traced {
            number: libc::$number,
            name: $name,
            kind: Kind::$kind,
            argument: $argument,
        }),*]
    };
}

/// The calls of all machines, the busiest first, because the filter compares them one by one.
const TRACED: &[Traced] = traced!(
    SYS_read "read" Read Argument::Any;
    SYS_write "write" Write Argument::Any;
    SYS_recvfrom "recvfrom" Receive Argument::Any;
    SYS_sendto "sendto" Send Argument::Any;
    SYS_close "close" Close Argument::Any;
    SYS_readv "readv" ReadAreas Argument::Any;
    SYS_writev "writev" WriteAreas Argument::Any;
    SYS_recvmsg "recvmsg" ReceiveMessage Argument::Any;
    SYS_sendmsg "sendmsg" SendMessage Argument::Any;
    SYS_socket "socket" Socket Argument::Any;
    SYS_bind "bind" Bind Argument::Any;
    SYS_listen "listen" Listen Argument::Any;
    SYS_accept "accept" Accept Argument::Any;
    SYS_accept4 "accept4" Accept Argument::Any;
    SYS_connect "connect" Connect Argument::Any;
    SYS_setsockopt "setsockopt" SetOption Argument::Any;
    SYS_getsockopt "getsockopt" GetOption Argument::Any;
    SYS_shutdown "shutdown" Shutdown Argument::Any;
    SYS_getsockname "getsockname" Name Argument::Any;
    SYS_getpeername "getpeername" Name Argument::Any;
    SYS_recvmmsg "recvmmsg" ReceiveMessages Argument::Any;
    SYS_sendmmsg "sendmmsg" SendMessages Argument::Any;
    SYS_socketpair "socketpair" Pair Argument::Any;
    SYS_dup "dup" Duplicate Argument::Any;
    SYS_dup3 "dup3" DuplicateOnto Argument::Any;
    SYS_close_range "close_range" CloseRange Argument::Any;
    SYS_preadv2 "preadv2" ReadAreas Argument::Any;
    SYS_pwritev2 "pwritev2" WriteAreas Argument::Any;
    SYS_sendfile "sendfile" SendFile Argument::Any;
    SYS_splice "splice" Splice Argument::Any;
    SYS_rt_sigreturn "rt_sigreturn" SignalReturn Argument::Any;
    SYS_fcntl "fcntl" Control Argument::Second(&[
        libc::F_SETFL as u32, libc::F_DUPFD as u32, libc::F_DUPFD_CLOEXEC as u32
    ]);
    SYS_ioctl "ioctl" NonBlocking Argument::Second(&[libc::FIONBIO as u32]);
    SYS_exit_group "exit_group" End Argument::Any;
    SYS_seccomp "seccomp" Filter Argument::Any;
    SYS_io_uring_setup "io_uring_setup" Ring Argument::Any;
    SYS_prctl "prctl" Filter Argument::First(&[libc::PR_SET_SECCOMP as u32]);
    SYS_ptrace "ptrace" Trace Argument::First(&[
        libc::PTRACE_TRACEME, libc::PTRACE_ATTACH, libc::PTRACE_SEIZE
    ]);
);

/// Calls that newer machines do not have.
#[cfg(target_arch = "x86_64")]
const OLD: &[Traced] = traced!(SYS_dup2 "dup2" DuplicateOnto Argument::Any;);
#[cfg(not(target_arch = "x86_64"))]
const OLD: &[Traced] = &[];

/// The numbers that the filter picks.
pub fn traced() -> impl Iterator<Item = (i64, Argument)> {
    TRACED.iter().chain(OLD).map(|call| (call.number, call.argument))
}

/// The names of all calls that are shown.
pub fn names() -> impl Iterator<Item = &'static str> {
    let shown = |call: &&Traced| !call.kind.is_never_shown();
    TRACED.iter().chain(OLD).filter(shown).map(|call| call.name)
}

/// The call with this number and these arguments, if xray looks at it.
pub fn find(number: i64, arguments: &[u64; 6]) -> Option<Traced> {
    let call = TRACED.iter().chain(OLD).find(|call| call.number == number)?;
    match call.argument.is_one_of() {
        Some((place, values)) if !values.contains(&(arguments[place] as u32)) => None,
        _ => Some(*call),
    }
}

impl Kind {
    /// Which arguments may be a socket and may be a file: those of calls that are the same for both.
    pub fn any_descriptors(self) -> &'static [usize] {
        match self {
            Kind::Read
            | Kind::ReadAreas
            | Kind::Write
            | Kind::WriteAreas
            | Kind::SendFile
            | Kind::Close
            | Kind::Duplicate
            | Kind::Control
            | Kind::NonBlocking => &[0],
            Kind::DuplicateOnto => &[0, 1],
            Kind::Splice => &[0, 2],
            _ => &[],
        }
    }

    /// Whether xray looks at the call only for what follows from it, and does not show it.
    pub fn is_never_shown(self) -> bool {
        matches!(self, Kind::SignalReturn | Kind::Filter | Kind::Ring | Kind::Trace | Kind::End)
    }

    /// Whether the descriptor that the call returns is the one to look at.
    fn makes_a_descriptor(self) -> bool {
        matches!(
            self,
            Kind::Socket | Kind::Accept | Kind::Duplicate | Kind::DuplicateOnto | Kind::Control
        )
    }
}

/// A call that a thread has begun.
#[derive(Debug)]
pub struct Call {
    pub traced: Traced,
    pub arguments: [u64; 6],
    /// The socket that it is about; `None` for one that makes a socket.
    pub descriptor: Option<i32>,
    /// Its name as programs write it, such as `recv`; the system call behind it may have another.
    pub name: &'static str,
    /// What is between the brackets of its row.
    words: String,
    /// What it was given, for `--json`.
    pub details: Vec<(&'static str, Value)>,
}

/// What a call has returned, besides a number.
#[derive(Debug, Default)]
pub struct Returned {
    /// In words; nothing if the row says it all.
    pub words: Option<String>,
    /// An error of an earlier call that it tells of.
    pub later: Option<Failure>,
    /// What it gave, for `--json`.
    pub details: Vec<(&'static str, Value)>,
}

/// How much of what was received is read for its row.
const PREVIEW: usize = 160;

fn many(count: u64) -> String {
    bytes(count as usize)
}

/// The descriptor, with its name if it is one of the three that have one.
pub fn named(descriptor: i32) -> &'static str {
    match descriptor {
        0 => ", stdin",
        1 => ", stdout",
        2 => ", stderr",
        _ => "",
    }
}

/// The address at a place in the thread's memory; `None` where nothing is.
fn address_at(tid: Tid, address: u64, length: u64) -> Option<Address> {
    match (address, length) {
        (0, _) | (_, 0) => None,
        _ => match memory::bytes(tid, address, length.min(128) as usize).as_slice() {
            [] => Some(Address::Other("unknown".to_string())),
            bytes => Address::read(bytes),
        },
    }
}

impl Call {
    /// Reads what `tid`, which is about to make the call, gives it.
    pub fn begin(traced: Traced, arguments: [u64; 6], tid: Tid) -> Call {
        let [a, b, c, d, e, f] = arguments;
        let mut call = Call {
            traced,
            arguments,
            descriptor: Some(a as i32),
            name: traced.name,
            words: String::new(),
            details: Vec::new(),
        };
        let address = |address: u64, length: u64| address_at(tid, address, length);
        match traced.kind {
            Kind::Socket | Kind::Pair => {
                call.descriptor = None;
                let (family, kind) = (names::family(a as i32), names::kind(b as i32));
                let protocol = match c as i32 {
                    0 => String::new(),
                    number => format!(", {}", names::protocol(number)),
                };
                call.show(traced.name, format!("{family}, {kind}{protocol}"));
                call.details = vec![("family", json!(family)), ("type", json!(kind))];
                call.detail("protocol", json!(c as i32));
            }
            Kind::Bind | Kind::Connect => {
                let address = address(b, c).map_or("nowhere".to_string(), |a| a.to_string());
                call.detail("address", json!(address));
                call.show(traced.name, address);
            }
            Kind::Listen => {
                call.detail("backlog", json!(b as i32));
                call.show("listen", (b as i32).to_string());
            }
            Kind::Accept => {
                let flags = if traced.name == "accept4" { d as i32 } else { 0 };
                let words = match flags & !libc::SOCK_CLOEXEC {
                    0 => String::new(),
                    libc::SOCK_NONBLOCK => "SOCK_NONBLOCK".to_string(),
                    flags => format!("flags {flags:#x}"),
                };
                call.detail("nonblocking", json!(flags & libc::SOCK_NONBLOCK != 0));
                call.show(if words.is_empty() { "accept" } else { "accept4" }, words);
            }
            Kind::Shutdown => {
                call.detail("direction", json!(names::direction(b as i32)));
                call.show("shutdown", names::direction(b as i32));
            }
            Kind::SetOption => {
                let (level, option) = (b as i32, c as i32);
                let bytes = memory::bytes(tid, d, (e as u32 as usize).min(membership::LONGEST));
                let name = names::option(level, option);
                let value = membership::value(tid, level, option, &bytes)
                    .unwrap_or_else(|| names::value(level, option, &bytes));
                call.option(level, option);
                call.detail("value", json!(value));
                call.show("setsockopt", format!("{name}, {value}"));
            }
            Kind::GetOption => {
                let (level, option) = (b as i32, c as i32);
                call.option(level, option);
                call.show("getsockopt", names::option(level, option));
            }
            Kind::Send => {
                call.detail("size", json!(c));
                let flags = names::flags(d as i32);
                match address(e, f) {
                    Some(address) => {
                        call.detail("address", json!(address.to_string()));
                        call.show("sendto", format!("{address}{flags}"));
                    }
                    None => call.show("send", format!("{}{flags}", many(c))),
                }
            }
            Kind::Receive => {
                call.detail("size", json!(c));
                let name = if e == 0 { "recv" } else { "recvfrom" };
                call.show(name, format!("{c}{}", names::flags(d as i32)));
            }
            Kind::SendMessage => {
                let Message { name, areas, .. } = memory::message(tid, b);
                let size = areas.size();
                call.detail("size", json!(size));
                let mut words = many(size);
                if let Some(address) = address(name.0, name.1 as u64) {
                    call.detail("address", json!(address.to_string()));
                    words += &format!(" to {address}");
                }
                call.show("sendmsg", words + &names::flags(c as i32));
            }
            Kind::ReceiveMessage => {
                let size = memory::message(tid, b).areas.size();
                call.detail("size", json!(size));
                call.show("recvmsg", format!("{size}{}", names::flags(c as i32)));
            }
            Kind::SendMessages | Kind::ReceiveMessages => {
                let count = c as u32;
                call.detail("messages", json!(count));
                let flags = names::flags(d as i32);
                let at_most = if traced.kind == Kind::ReceiveMessages { "up to " } else { "" };
                let word = if count == 1 { "message" } else { "messages" };
                call.show(traced.name, format!("{at_most}{count} {word}{flags}"));
            }
            Kind::Read => {
                call.detail("size", json!(c));
                call.show("read", c.to_string());
            }
            Kind::Write => {
                call.detail("size", json!(c));
                call.show("write", many(c));
            }
            Kind::ReadAreas | Kind::WriteAreas => {
                let size = Areas::list(tid, b, c).size();
                call.detail("size", json!(size));
                let reads = traced.kind == Kind::ReadAreas;
                call.show(traced.name, if reads { size.to_string() } else { many(size) });
            }
            Kind::SendFile | Kind::Splice => {
                let size = if traced.kind == Kind::Splice { e } else { d };
                call.detail("size", json!(size));
                call.show(traced.name, many(size));
            }
            Kind::Close => call.show("close", (a as i32).to_string()),
            Kind::CloseRange => {
                call.descriptor = None;
                call.details = vec![("first", json!(a as u32)), ("last", json!(b as u32))];
                let last = match b as u32 {
                    u32::MAX => "the last".to_string(),
                    last => last.to_string(),
                };
                call.show("close_range", format!("{} to {last}", a as u32));
            }
            Kind::Duplicate => call.show("dup", (a as i32).to_string()),
            Kind::DuplicateOnto => {
                call.detail("onto", json!(b as i32));
                call.show(traced.name, format!("{}, {}", a as i32, b as i32));
            }
            Kind::Control => match b as i32 {
                libc::F_SETFL => {
                    let nonblocking = c as i32 & libc::O_NONBLOCK != 0;
                    call.detail("nonblocking", json!(nonblocking));
                    let words = if nonblocking { "O_NONBLOCK" } else { "without O_NONBLOCK" };
                    call.show("fcntl", words.to_string());
                }
                libc::F_DUPFD => call.show("fcntl", format!("F_DUPFD, {}", c as i32)),
                _ => call.show("fcntl", format!("F_DUPFD_CLOEXEC, {}", c as i32)),
            },
            Kind::NonBlocking => {
                let value = memory::int(tid, c).unwrap_or_default();
                call.detail("nonblocking", json!(value != 0));
                call.show("ioctl", format!("FIONBIO, {value}"));
            }
            Kind::Name => {}
            Kind::SignalReturn | Kind::Filter | Kind::Ring | Kind::Trace | Kind::End => {
                call.descriptor = None;
            }
        }
        call
    }

    /// The call as its row shows it.
    pub fn shown(&self) -> String {
        let Call { name, words, .. } = self;
        format!("{name}({words}){}", self.descriptor.map_or("", named))
    }

    /// What it was given, by its name in `--json`, where that is text.
    pub fn detail_of(&self, name: &str) -> Option<&str> {
        self.details.iter().find(|(known, _)| *known == name)?.1.as_str()
    }

    /// Whether it asks for the error that the kernel keeps for the socket.
    pub fn asks_for_the_error(&self) -> bool {
        let [_, level, option, ..] = self.arguments.map(|argument| argument as i32);
        self.traced.kind == Kind::GetOption && (level, option) == (libc::SOL_SOCKET, libc::SO_ERROR)
    }

    /// As the course's advice knows it, when it has failed with error `number`.
    pub fn advised(&self, number: i32) -> String {
        let address = self.detail_of("address");
        let receives = self.descriptor == Some(self.arguments[0] as i32);
        let name = match self.traced.kind {
            // It is about the list of areas.
            Kind::ReadAreas | Kind::WriteAreas if number == libc::EINVAL => self.name,
            Kind::SendMessage if address.is_some() => "sendto",
            Kind::Splice if receives => "recv",
            Kind::Read | Kind::ReadAreas => "recv",
            Kind::Write | Kind::WriteAreas | Kind::SendFile | Kind::Splice => "send",
            Kind::ReceiveMessages => "recvmsg",
            Kind::SendMessages => "sendmsg",
            _ => self.name,
        };
        // For sendto it wants to know the address, and nothing else.
        match (name, address) {
            ("sendto", Some(address)) => format!("sendto({address})"),
            _ => format!("{name}({})", self.words),
        }
    }

    fn show(&mut self, name: &'static str, words: String) {
        (self.name, self.words) = (name, words);
    }

    fn detail(&mut self, name: &'static str, value: Value) {
        self.details.push((name, value));
    }

    fn option(&mut self, level: i32, option: i32) {
        self.detail("level", json!(level));
        self.detail("option", json!(option));
        self.detail("name", json!(names::option(level, option)));
    }

    /// Whether this fcntl copies the descriptor; the others change its flags.
    fn copies(&self) -> bool {
        self.traced.kind != Kind::Control || self.arguments[1] as i32 != libc::F_SETFL
    }

    /// The descriptor to look at, when the call has returned `result`, or has failed.
    pub fn descriptor_after(&self, result: Option<i64>, tid: Tid) -> Option<i32> {
        match result {
            Some(_) if self.traced.kind == Kind::Pair => memory::int(tid, self.arguments[3]),
            Some(result) if self.traced.kind.makes_a_descriptor() && self.copies() => {
                Some(result as i32)
            }
            _ => self.descriptor,
        }
    }

    /// Whether nothing is left to look at afterwards: the call closes the socket that it is about,
    /// whose number now belongs, or soon will, to something else.
    pub fn closes(&self, descriptor: Option<i32>) -> bool {
        match self.traced.kind {
            Kind::Close | Kind::CloseRange => true,
            // From something else onto a socket.
            Kind::DuplicateOnto => self.descriptor == descriptor && descriptor == self.onto(),
            _ => false,
        }
    }

    fn onto(&self) -> Option<i32> {
        let [from, onto, ..] = self.arguments;
        (from != onto).then_some(onto as i32)
    }

    /// Reads what the call gave to `tid`, when it has returned `result` and not an error.
    /// `stream` says whether the socket's bytes are a stream, so that 0 of them are its end.
    pub fn end(&self, result: i64, tid: Tid, stream: bool) -> Returned {
        let [_, b, c, d, e, f] = self.arguments;
        let count = result as u64;
        let mut details = Vec::new();
        let mut received = |areas: Areas, sender: Option<Address>| {
            let start = areas.start(tid, PREVIEW.min(result as usize));
            details.push(("start", json!(String::from_utf8_lossy(&start))));
            if let Some(sender) = sender {
                details.push(("from", json!(sender.to_string())));
                return what_was_received_from(count as usize, &start, &sender.to_string());
            }
            match count {
                0 if areas.size() == 0 => "0 bytes, as it asked for".to_string(),
                0 if !stream => "0 bytes".to_string(),
                _ => what_was_received(count as usize, &start),
            }
        };
        let words = match self.traced.kind {
            Kind::Receive => {
                let length = if e == 0 { None } else { memory::int(tid, f) };
                let sender = address_at(tid, e, length.unwrap_or_default().max(0) as u64);
                Some(received(Areas::one(b, c), sender))
            }
            // The end of a stream does not come through the error queue (MSG_ERRQUEUE, ip(7)).
            Kind::ReceiveMessage if count == 0 && c as i32 & libc::MSG_ERRQUEUE != 0 => {
                Some("0 bytes, and an error from the queue".to_string())
            }
            Kind::ReceiveMessage => {
                let Message { name, areas, .. } = memory::message(tid, b);
                Some(received(areas, address_at(tid, name.0, name.1 as u64)))
            }
            Kind::Read => Some(received(Areas::one(b, c), None)),
            Kind::ReadAreas => Some(received(Areas::list(tid, b, c), None)),
            Kind::SendMessages | Kind::ReceiveMessages => {
                let word = if count == 1 { "message" } else { "messages" };
                Some(format!("{count} {word}"))
            }
            // The row says how many bytes it was given.
            Kind::Send if self.name == "sendto" => Some(many(count)),
            Kind::Send | Kind::Write if count == c => None,
            Kind::SendMessage | Kind::WriteAreas if self.was_given(count) => None,
            Kind::Send | Kind::SendMessage | Kind::Write | Kind::WriteAreas => {
                Some(format!("{}, not all", many(count)))
            }
            Kind::SendFile | Kind::Splice => Some(many(count)),
            Kind::GetOption => {
                let length = memory::int(tid, e).unwrap_or_default().max(0) as usize;
                let bytes = memory::bytes(tid, d, length.min(512));
                let value = membership::value(tid, b as i32, c as i32, &bytes)
                    .unwrap_or_else(|| names::value(b as i32, c as i32, &bytes));
                details.push(("value", json!(value)));
                Some(match value.parse() {
                    Ok(number) if self.asks_for_the_error() && number != 0 => {
                        words(&io::Error::from_raw_os_error(number))
                    }
                    _ => value,
                })
            }
            Kind::Pair => {
                let pair = [memory::int(tid, d), memory::int(tid, d + 4)];
                details.push(("pair", json!(pair)));
                let [one, other] = pair.map(Option::unwrap_or_default);
                Some(format!("descriptors {one} and {other}"))
            }
            _ => None,
        };
        Returned { words, later: None, details }
    }

    fn was_given(&self, count: u64) -> bool {
        self.details.iter().any(|(name, value)| *name == "size" && *value == json!(count))
    }
}
