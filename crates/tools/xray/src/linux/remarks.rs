//! Faults that no call reports: each call of a program has worked, and together they do not do what
//! was meant. Each is remarked once, and only when it has been seen.
//!
//! What is fine costs next to nothing: the kernel is asked more than the row needs only where
//! something has begun to look like one of these faults.

use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;

use advice::Silent;
use socket2::Socket;

use super::calls::{Call, Kind, Returned};
use super::datagrams::Datagrams;
use super::diag::AtPort;
use super::look::{Look, Process};
use super::pieces::Pieces;
use super::ptrace::Tid;
use super::sharers::Sharers;

/// The processes that are followed, by their numbers.
pub type Processes = BTreeMap<i32, Option<Process>>;

/// A call that has ended, and its socket.
pub struct Observed<'a> {
    pub process: i32,
    pub tid: Tid,
    pub call: &'a Call,
    /// What the kernel returned; an error is its negative number.
    pub result: i64,
    pub returned: &'a Returned,
    pub descriptor: i32,
    pub look: &'a Look,
    /// A copy of the socket.
    pub copy: &'a Socket,
}

impl Observed<'_> {
    pub fn succeeded(&self) -> bool {
        self.result >= 0
    }

    /// Whose socket it is: the process, and its number there.
    pub fn key(&self) -> Key {
        (self.process, self.descriptor)
    }

    /// The address that the call was given.
    pub fn address(&self) -> Option<SocketAddr> {
        self.call.detail_of("address")?.parse().ok()
    }

    pub fn is_tcp(&self) -> bool {
        self.look.view().has_states
    }

    pub fn is_udp(&self) -> bool {
        self.look.view().kind.starts_with("UDP")
    }
}

/// A process, and a descriptor of it.
pub type Key = (i32, i32);

/// What has been seen so far, as far as it may become a fault.
#[derive(Default)]
pub struct Remarks {
    said: HashSet<(&'static str, String)>,
    pieces: Pieces,
    datagrams: Datagrams,
    sharers: Sharers,
    unseen: bool,
}

impl Remarks {
    /// What there is to remark on a call that has ended.
    pub fn after(&mut self, seen: &Observed, processes: &mut Processes) -> Vec<String> {
        let mut faults = Vec::new();
        if seen.is_tcp() {
            faults.extend(to_itself(seen.look));
            faults.extend(self.pieces.after(seen));
            let gave_up = seen.result == -i64::from(libc::ETIMEDOUT);
            if seen.call.traced.kind == Kind::Connect && (gave_up || is_silent(seen.look)) {
                faults.extend(full_queue(seen.call, seen.look, seen.copy));
            }
            if !self.unseen {
                faults.extend(self.sharers.after(seen, processes));
            }
        } else if seen.is_udp() && !self.unseen {
            faults.extend(self.datagrams.after(seen, processes));
        }
        faults.into_iter().filter_map(|fault| self.once(&fault)).collect()
    }

    /// What there is to remark on a call that waits.
    pub fn while_it_waits(
        &mut self,
        call: &Call,
        look: Option<&Look>,
        copy: Option<&Socket>,
    ) -> Option<String> {
        let fault = match call.traced.kind {
            Kind::Connect if is_silent(look?) => full_queue(call, look?, copy?)?,
            _ => return None,
        };
        self.once(&fault)
    }

    /// What there is to remark now and then, while calls wait, and of which process.
    pub fn meanwhile(&mut self, processes: &mut Processes) -> Vec<(i32, String)> {
        let faults = self.sharers.meanwhile(processes);
        let once = |(process, fault)| Some((process, self.once(&fault)?));
        faults.into_iter().filter_map(once).collect()
    }

    /// Whether to ask [`meanwhile`](Remarks::meanwhile) again soon.
    pub fn watches(&self) -> bool {
        self.sharers.watches()
    }

    /// What there is to remark when a process closes a socket, or all of them (`None`).
    pub fn before_close(
        &mut self,
        process: i32,
        descriptor: Option<i32>,
        processes: &mut Processes,
    ) -> Vec<String> {
        let faults = self.sharers.before_close(process, descriptor, processes);
        self.forget(process, descriptor);
        faults.into_iter().filter_map(|fault| self.once(&fault)).collect()
    }

    /// Takes note of a call whose row is left out, and which therefore is not looked at.
    pub fn left_out(&mut self, process: i32, tid: Tid, call: &Call, result: Option<i64>) {
        if call.traced.kind == Kind::Accept && result.is_some_and(|result| result >= 0) {
            self.sharers.accepted(process, tid, call);
        }
        self.datagrams.left_out(call);
    }

    /// The program leaves calls to the kernel, and nothing shows any more who accepts.
    pub fn calls_go_unseen(&mut self) {
        self.sharers = Sharers::default();
        self.unseen = true;
    }

    /// Descriptors that are closed, or may be.
    pub fn forget(&mut self, process: i32, descriptor: Option<i32>) {
        let is_gone = |key: &Key| key.0 == process && descriptor.is_none_or(|fd| fd == key.1);
        self.pieces.forget(is_gone);
        self.datagrams.forget(is_gone);
        self.sharers.forget(is_gone);
    }

    /// The words for a fault, unless they have been said.
    fn once(&mut self, fault: &Silent) -> Option<String> {
        let about = match fault {
            Silent::ConnectedToItself { address } => ("itself", address.to_string()),
            Silent::QueueFull { address, .. } => ("full", address.to_string()),
            // A program that does it does it again and again.
            Silent::KeptBack { .. } => ("kept back", String::new()),
            // The client's view and the server's are one fault.
            Silent::AnswersFrom { asked, .. } | Silent::AnsweredFrom { asked, .. } => {
                ("answers", asked.to_string())
            }
            Silent::TakesAll { address, .. } => ("takes all", address.to_string()),
            Silent::BoundElsewhere { group, bound } => ("group", format!("{group} {bound}")),
            Silent::NeverAccepts { listener, address, .. } => {
                ("never accepts", format!("{listener} {address}"))
            }
        };
        self.said.insert(about).then(|| fault.remark())
    }
}

/// Both ends of a connection are one socket.
fn to_itself(look: &Look) -> Option<Silent> {
    let view = look.view();
    let address = view.local.filter(|local| view.peer == Some(*local))?;
    Some(Silent::ConnectedToItself { address })
}

/// Whether nobody has answered the connect yet.
fn is_silent(look: &Look) -> bool {
    look.view().state == Some("SYN_SENT")
}

/// A connect that gets no answer, from a listener on this machine that has no room.
fn full_queue(call: &Call, look: &Look, copy: &Socket) -> Option<Silent> {
    let view = look.view();
    let address: SocketAddr = call.detail_of("address")?.parse().ok()?;
    let ip = address.ip().to_canonical();
    let is_here = ip.is_loopback()
        || ip.is_unspecified()
        || view.local.is_some_and(|local| local.ip().to_canonical() == ip);
    if !is_here || kernel::is_of_another_network(copy) {
        return None;
    }
    let queue = AtPort::look(address.port()).full_listener(address)?;
    Some(Silent::QueueFull { address, length: queue.length, limit: queue.limit })
}
