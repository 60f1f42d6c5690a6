//! What the kernel says about a socket of another process: asked through a copy of its descriptor,
//! or, where the system forbids that, read from the kernel's tables.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

use kernel::Entry;
use kernel::View;
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use rustix::process::{PidfdGetfdFlags, pidfd_getfd};
use serde_json::{Value, json};
use socket2::{Domain, Protocol, Socket, Type};

use super::names;
use super::process;
use super::ptrace::Tid;

/// What sockets of families other than IP are called, and their addresses.
#[derive(Debug, Clone)]
struct OtherFamily {
    kind: String,
    local: String,
    peer: String,
    listens: bool,
    is_stream: bool,
}

/// What was read about a socket.
#[derive(Debug, Clone)]
pub struct Look {
    view: View,
    other: Option<OtherFamily>,
    /// Whether it was read from the tables, which do not show every socket.
    in_tables: bool,
}

/// Another process, whose sockets xray looks at.
#[derive(Debug)]
pub struct Process {
    handle: OwnedFd,
    /// Why its descriptors cannot be copied.
    refused: Option<Errno>,
    /// Descriptors that were sockets when they were last looked at, with their kind.
    sockets: BTreeMap<i32, &'static str>,
    /// Descriptors that were sockets when they were closed.
    closed: BTreeSet<i32>,
}

impl Process {
    /// # Errors
    ///
    /// The process has ended, or the kernel is older than Linux 5.3.
    pub fn open(number: i32) -> io::Result<Process> {
        let handle = process::open(number)?;
        let (sockets, closed) = (BTreeMap::new(), BTreeSet::new());
        Ok(Process { handle, refused: None, sockets, closed })
    }

    /// Why its descriptors cannot be copied, once that has been tried.
    pub fn refused(&self) -> Option<Errno> {
        self.refused
    }

    /// A copy of its descriptor, or the reason why there is none.
    ///
    /// The copy keeps the socket open, so it has to go before the process runs on.
    fn copy(&mut self, tid: Tid, descriptor: i32) -> Result<Socket, Errno> {
        if descriptor < 0 {
            return Err(Errno::BADF);
        }
        if let Some(error) = self.refused {
            return Err(error);
        }
        let copy = |handle: &OwnedFd| pidfd_getfd(handle, descriptor, PidfdGetfdFlags::empty());
        let copied = match copy(&self.handle) {
            // The first thread has ended, but the process goes on.
            Err(Errno::SRCH) => process::open_thread(tid).and_then(|handle| copy(&handle)),
            copied => copied,
        };
        copied.map(Socket::from).inspect_err(|error| {
            // Too many descriptors are open here; that will pass.
            if !matches!(*error, Errno::BADF | Errno::SRCH | Errno::MFILE | Errno::NFILE) {
                self.refused = Some(*error);
            }
        })
    }

    /// A copy of a socket that the process is known to have, for a question beside the rows.
    pub fn peek(&mut self, tid: Tid, descriptor: i32) -> Option<Socket> {
        self.sockets.contains_key(&descriptor).then(|| self.copy(tid, descriptor).ok()).flatten()
    }

    /// Whether `descriptor` is a socket. Asking costs as much as the rest of a row, so one that was
    /// a socket at the last look is trusted to be one still, and the next look shows whether that
    /// was right. `tid` is the thread that uses it: the first one may have ended.
    pub fn is_socket(&self, tid: Tid, descriptor: i32) -> bool {
        self.sockets.contains_key(&descriptor) || process::inode(tid, descriptor).is_some()
    }

    /// Forgets which descriptors were sockets: they are closed now, or may be.
    pub fn forget(&mut self, descriptor: Option<i32>) {
        match descriptor {
            Some(descriptor) => {
                self.sockets.remove(&descriptor);
                self.closed.insert(descriptor);
            }
            None => self.sockets.clear(),
        }
    }

    /// Whether `descriptor` was a socket and is closed now: a call on it fails with EBADF.
    pub fn is_closed(&self, tid: Tid, descriptor: i32) -> bool {
        self.closed.contains(&descriptor) && !process::is_open(tid, descriptor)
    }

    /// What the kernel says about a socket of its thread `tid` now, and the copy that was asked, if
    /// there is one; `None` if the number is not a descriptor.
    pub fn look(&mut self, tid: Tid, descriptor: i32) -> (Option<Look>, Option<Socket>) {
        let kind = self.sockets.remove(&descriptor);
        match self.copy(tid, descriptor) {
            Ok(copy) => {
                let look = Look::through(&copy, descriptor, kind);
                if look.is_socket() {
                    self.sockets.insert(descriptor, look.view.kind);
                }
                (Some(look), Some(copy))
            }
            Err(Errno::BADF) => (None, None),
            Err(_) => (Look::in_tables(tid, descriptor), None),
        }
    }
}

impl Look {
    /// Looks through a copy of the socket that the other process knows as `descriptor`. What is
    /// asked first depends on the `kind` that it was at the last look.
    fn through(copy: &Socket, descriptor: i32, kind: Option<&'static str>) -> Look {
        let mut view = match kind {
            Some(kind) if kind.starts_with("UDP") => View::of_datagrams(copy),
            _ => View::of(copy),
        };
        view.descriptor = descriptor as u64;
        // A ping socket is also a datagram socket.
        let is_icmp = || {
            let protocol = copy.protocol().ok().flatten();
            matches!(protocol, Some(Protocol::ICMPV4 | Protocol::ICMPV6))
        };
        if view.kind.starts_with("UDP") && kind != Some(view.kind) && is_icmp() {
            view.kind = "ICMP";
        }
        let other = match view.kind {
            "Unix" => Some(OtherFamily {
                kind: "Unix".to_string(),
                local: view.name.take().unwrap_or_else(|| "?".to_string()),
                peer: view.peer_name.take().unwrap_or_else(|| "—".to_string()),
                listens: view.state == Some("LISTEN"),
                is_stream: matches!(copy.r#type(), Ok(Type::STREAM)),
            }),
            "?" => copy.domain().ok().map(|family| {
                let kind = match i32::from(family) {
                    libc::AF_NETLINK => "netlink".to_string(),
                    libc::AF_PACKET => "packet".to_string(),
                    family => names::family(family),
                };
                let [local, peer] = ["—", "—"].map(String::from);
                OtherFamily { kind, local, peer, listens: false, is_stream: false }
            }),
            _ => None,
        };
        Look { view, other, in_tables: false }
    }

    /// Looks in the tables of the process's network namespace (proc_net(5)). They leave out a TCP
    /// socket that is bound but neither listening nor connected.
    fn in_tables(process: i32, descriptor: i32) -> Option<Look> {
        let inode = process::inode(process, descriptor)?;
        let mut view = View {
            descriptor: descriptor as u64,
            kind: "?",
            local: None,
            peer: None,
            name: None,
            peer_name: None,
            has_states: false,
            state: None,
            queue: None,
            unread: None,
        };
        let files =
            [("tcp", "TCP/IPv4"), ("tcp6", "TCP/IPv6"), ("udp", "UDP/IPv4"), ("udp6", "UDP/IPv6")];
        for (file, kind) in files {
            let Some(entry) = entry(process, file, inode) else { continue };
            let is_tcp = file.starts_with("tcp");
            view.kind = kind;
            view.local = Some(entry.local).filter(|address| address.port() != 0);
            view.peer = Some(entry.peer).filter(|address| address.port() != 0);
            view.has_states = is_tcp;
            view.state = is_tcp.then_some(entry.state);
            return Some(Look { view, other: None, in_tables: true });
        }
        let unix = kernel::table_text(&format!("/proc/{process}/net/unix")).unwrap_or_default();
        let line = unix.lines().find(|line| {
            line.split_whitespace().nth(6).is_some_and(|word| word.parse() == Ok(inode))
        });
        let other = line.map(|line| {
            view.kind = "Unix";
            let kind = "Unix".to_string();
            let path = line.split_whitespace().nth(7).unwrap_or("unnamed").to_string();
            let peer = "—".to_string();
            OtherFamily { kind, local: path, peer, listens: false, is_stream: false }
        });
        Some(Look { view, other, in_tables: true })
    }

    /// Whether its family is shown only with `--all`.
    pub fn is_hidden(&self) -> bool {
        self.other.is_some()
    }

    /// Whether the copy has shown that it is a socket.
    fn is_socket(&self) -> bool {
        self.other.is_some() || self.view.kind != "?"
    }

    /// Whether it is a socket, as far as could be seen.
    pub fn may_be_a_socket(&self) -> bool {
        self.is_socket() || self.in_tables
    }

    /// Whether its bytes form a stream.
    pub fn is_stream(&self) -> bool {
        self.view.kind.starts_with("TCP")
            || self.other.as_ref().is_some_and(|other| other.is_stream)
    }

    /// What the kernel says, without the words of the table.
    pub fn view(&self) -> &View {
        &self.view
    }

    /// The cells of the row that shows it beside `words`.
    pub fn cells<'a>(&'a self, words: &'a str) -> [Cow<'a, str>; 6] {
        let mut cells = output::cells(words, &self.view);
        if let Some(OtherFamily { kind, local, peer, listens, .. }) = &self.other {
            let state = if *listens { "LISTEN" } else { "" };
            let [call, descriptor, ..] = cells;
            cells = [call, descriptor, kind.into(), local.into(), peer.into(), state.into()];
        } else if self.view.kind == "?" {
            cells[5] = "unknown".into();
        }
        cells
    }

    /// The same for `--json`.
    pub fn json(&self) -> Value {
        let View { kind, local, peer, state, queue, unread, .. } = &self.view;
        let [mut local, mut peer] =
            [local, peer].map(|address| json!(address.map(|a| a.to_string())));
        let (mut kind, mut state) = (json!(kind), json!(state));
        if let Some(other) = &self.other {
            kind = json!(other.kind);
            [local, peer] = [&other.local, &other.peer].map(|address| json!(address));
            state = json!(other.listens.then_some("LISTEN"));
        }
        json!({
            "kind": kind,
            "local": local,
            "peer": peer,
            "state": state,
            "queue": queue.map(|queue| json!({ "length": queue.length, "limit": queue.limit })),
            "unread": unread,
        })
    }
}

/// The row of one of the tables that the process sees, by the socket's number.
fn entry(process: i32, table: &str, inode: u64) -> Option<Entry> {
    kernel::table(&format!("/proc/{process}/net/{table}"))?
        .into_iter()
        .find(|entry| entry.owner == inode)
}

/// Whether a close may wait until what was sent has arrived (SO_LINGER, socket(7)).
pub fn lingers(copy: &Socket) -> bool {
    matches!(copy.linger(), Ok(Some(_)))
}

/// The options of a socket that have changed since it was made, in words.
pub fn options(copy: &Socket) -> Vec<String> {
    let mut options = Vec::new();
    let mut add = |set: io::Result<bool>, name: &str| {
        if set.unwrap_or(false) {
            options.push(name.to_string());
        }
    };
    add(copy.nonblocking(), "O_NONBLOCK");
    add(copy.reuse_address(), "SO_REUSEADDR");
    add(copy.reuse_port(), "SO_REUSEPORT");
    add(copy.keepalive(), "SO_KEEPALIVE");
    add(copy.broadcast(), "SO_BROADCAST");
    if matches!(copy.r#type(), Ok(Type::STREAM)) {
        add(copy.tcp_nodelay(), "TCP_NODELAY");
    }
    if matches!(copy.domain(), Ok(Domain::IPV6)) {
        add(copy.only_v6(), "IPV6_V6ONLY");
    }
    let mut time = |value: io::Result<Option<std::time::Duration>>, name: &str| {
        if let Ok(Some(value)) = value {
            options.push(format!("{name} {}", names::span(value.as_micros() as i128)));
        }
    };
    time(copy.linger(), "SO_LINGER");
    time(copy.read_timeout(), "SO_RCVTIMEO");
    time(copy.write_timeout(), "SO_SNDTIMEO");
    options
}
