//! Listeners that share an address and port (SO_REUSEPORT, socket(7)): the kernel gives each its
//! share of the clients, and one that nobody accepts from lets its share wait.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use advice::Silent;
use kernel::View;
use socket2::Socket;

use super::calls::{Call, Kind};
use super::process;
use super::ptrace::Tid;
use super::remarks::{Key, Observed, Processes};

/// How long a client may wait for a listener that is only slow at first.
const LONG: Duration = Duration::from_secs(3);

/// How often the queues are looked at.
const OFTEN: Duration = Duration::from_millis(500);

struct Listener {
    address: SocketAddr,
    /// The socket's number in the kernel: several processes may have it.
    inode: u64,
    key: Key,
    /// Whether anybody has accepted from it.
    accepts: bool,
    /// Whether it is closed; it is still one of those that have accepted.
    closed: bool,
    /// When a client was first seen in its queue, as long as there is one.
    waits_since: Option<Instant>,
}

#[derive(Default)]
pub struct Sharers {
    listeners: Vec<Listener>,
    looked: Option<Instant>,
    /// Whether it is too soon to look again, and something has happened that may show.
    is_due: bool,
}

impl Sharers {
    pub fn after(&mut self, seen: &Observed, processes: &mut Processes) -> Vec<Silent> {
        match seen.call.traced.kind {
            Kind::Listen if seen.succeeded() && seen.copy.reuse_port().unwrap_or(false) => {
                self.add(seen);
                Vec::new()
            }
            Kind::Accept if seen.succeeded() && !self.listeners.is_empty() => {
                self.accepted(seen.process, seen.tid, seen.call);
                self.meanwhile(processes).into_iter().map(|(_, fault)| fault).collect()
            }
            _ => Vec::new(),
        }
    }

    fn add(&mut self, seen: &Observed) {
        let (Some(address), Some(inode)) =
            (seen.look.view().local, process::inode(seen.tid, seen.descriptor))
        else {
            return;
        };
        if self.listeners.iter().all(|listener| listener.inode != inode) {
            let (key, accepts, closed, waits_since) = (seen.key(), false, false, None);
            self.listeners.push(Listener { address, inode, key, accepts, closed, waits_since });
        }
    }

    /// A call has accepted.
    pub fn accepted(&mut self, process: i32, tid: Tid, call: &Call) {
        let by = (process, call.descriptor.unwrap_or(-1));
        if self.listeners.iter().all(|listener| listener.accepts) {
            return;
        }
        // A child may have it under another number.
        let own = self.listeners.iter().position(|listener| listener.key == by);
        let at = own.or_else(|| {
            let inode = process::inode(tid, by.1)?;
            self.listeners.iter().position(|listener| listener.inode == inode)
        });
        if let Some(at) = at {
            self.listeners[at].accepts = true;
        }
    }

    /// Whether to look again soon, whatever the program does.
    pub fn watches(&self) -> bool {
        let waits = |listener: &Listener| listener.waits_since.is_some() && !listener.accepts;
        self.is_due || self.listeners.iter().any(waits)
    }

    /// Those that have let a client wait for long, each with the process that made the listener.
    pub fn meanwhile(&mut self, processes: &mut Processes) -> Vec<(i32, Silent)> {
        if self.listeners.iter().all(|listener| listener.accepts) {
            return Vec::new();
        }
        self.is_due = self.looked.is_some_and(|looked| looked.elapsed() < OFTEN);
        if self.is_due {
            return Vec::new();
        }
        self.looked = Some(Instant::now());
        let mut faults = Vec::new();
        for at in 0..self.listeners.len() {
            let waiting = self.waiting(at, processes, |other| !other.closed);
            let listener = &mut self.listeners[at];
            listener.waits_since =
                waiting.map(|_| listener.waits_since.unwrap_or_else(Instant::now));
            let long = listener.waits_since.is_some_and(|since| since.elapsed() >= LONG);
            let Some(waiting) = waiting.filter(|_| long) else { continue };
            // What is not followed may accept without being seen.
            let inode = self.listeners[at].inode;
            self.listeners[at].waits_since = None;
            if holders(inode).iter().all(|holder| processes.contains_key(holder)) {
                let process = self.listeners[at].key.0;
                faults.push((process, self.fault(at, waiting, processes)));
            }
        }
        faults
    }

    /// Those that are closed with clients in their queues, of a process that closes a descriptor or
    /// ends.
    pub fn before_close(
        &mut self,
        process: i32,
        descriptor: Option<i32>,
        processes: &mut Processes,
    ) -> Vec<Silent> {
        let is_it = |key: Key| key.0 == process && descriptor.is_none_or(|fd| fd == key.1);
        let closed: Vec<usize> =
            (0..self.listeners.len()).filter(|at| is_it(self.listeners[*at].key)).collect();
        let mut faults = Vec::new();
        for at in closed {
            let Some(waiting) = self.waiting(at, processes, |_| true) else { continue };
            // Whoever else has it may accept later: a child, or this one by another number.
            let inode = self.listeners[at].inode;
            let numbers = process::descriptors_by_socket(process).remove(&inode);
            let copied = descriptor.is_some() && numbers.is_some_and(|numbers| numbers.len() > 1);
            if !copied && holders(inode).iter().all(|holder| *holder == process) {
                faults.push(self.fault(at, waiting, processes));
            }
        }
        faults
    }

    /// How many clients are in the queue of a listener that nobody has accepted from, while others of
    /// its group do accept.
    fn waiting(
        &self,
        at: usize,
        processes: &mut Processes,
        counts: impl Fn(&Listener) -> bool,
    ) -> Option<u32> {
        let listener = &self.listeners[at];
        let others_accept =
            |other: &Listener| other.accepts && other.address == listener.address && counts(other);
        if listener.accepts || !self.listeners.iter().any(others_accept) {
            return None;
        }
        let copy = copy(listener.key, processes)?;
        let queue = View::of(&copy).queue?;
        (queue.length > 0).then_some(queue.length)
    }

    fn fault(&self, at: usize, waiting: u32, processes: &Processes) -> Silent {
        let Listener { address, key: (process, descriptor), .. } = &self.listeners[at];
        let mut listener = format!("Descriptor {descriptor}");
        if processes.len() > 1 {
            listener += &format!(" of process {process}");
        }
        Silent::NeverAccepts { listener, address: *address, waiting }
    }

    pub fn forget(&mut self, is_gone: impl Fn(&Key) -> bool) {
        for listener in &mut self.listeners {
            if is_gone(&listener.key) {
                listener.closed = true;
                listener.key = (0, -1); // the number may soon be another socket's
            }
        }
        let live = |address| move |other: &Listener| other.address == address && !other.closed;
        let keep: Vec<bool> = self
            .listeners
            .iter()
            .map(|listener| {
                let matters = listener.accepts && self.listeners.iter().any(live(listener.address));
                !listener.closed || matters
            })
            .collect();
        let mut keep = keep.into_iter();
        self.listeners.retain(|_| keep.next().unwrap_or(false));
    }
}

/// The processes that have a socket.
fn holders(inode: u64) -> Vec<i32> {
    let holders = kernel::holders().remove(&inode).unwrap_or_default();
    holders.into_iter().map(|(_, process)| process as i32).collect()
}

/// A copy of a socket, by its process; it has to go before that does.
pub fn copy((process, descriptor): Key, processes: &mut Processes) -> Option<Socket> {
    processes.get_mut(&process)?.as_mut()?.peek(process, descriptor)
}
