//! What waits at the TCP sockets on a port: in a listener's queue, or to be read, as `ss` shows it
//! too; /proc/net/tcp has no limit of a queue.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use kernel::sock_diag::{Found, tcp_sockets_on};
use kernel::{Entry, Queue};

/// What waits at a socket, as far as the kernel says.
#[derive(Debug, Clone, Copy, Default)]
pub struct Waiting {
    /// At a listener: connections.
    pub queue: Option<Queue>,
    /// At any other: bytes that have arrived.
    pub unread: Option<u32>,
}

/// A row of the kernel's table: both addresses, and the socket's inode.
type Place = (SocketAddr, SocketAddr, u64);

/// What waits at each socket on a port.
pub struct AtPort(HashMap<Place, Waiting>);

impl AtPort {
    /// Asks the kernel; where it does not answer, nothing is known.
    pub fn look(port: u16) -> AtPort {
        let found = tcp_sockets_on(port).unwrap_or_default();
        AtPort(found.iter().map(|found| (place(&found.entry), waiting(found))).collect())
    }

    /// The queue of the listener that gets connections to `address`, if it is full; of several, if
    /// all are.
    pub fn full_listener(&self, address: SocketAddr) -> Option<Queue> {
        let wanted = address.ip().to_canonical();
        let queues = |fits: &dyn Fn(IpAddr) -> bool| -> Vec<Queue> {
            let fitting = self.0.iter().filter(|((local, ..), _)| fits(local.ip().to_canonical()));
            fitting.filter_map(|(_, waiting)| waiting.queue).collect()
        };
        let mut found = queues(&|ip| ip == wanted);
        if found.is_empty() {
            // `::` takes IPv4 as well, unless IPV6_V6ONLY is set.
            found = queues(&|ip| ip.is_unspecified() && (ip.is_ipv6() || wanted.is_ipv4()));
        }
        let full = found.iter().all(|queue| queue.length > queue.limit);
        found.first().copied().filter(|_| full)
    }

    /// What waits at the socket of this row.
    pub fn of(&self, entry: &Entry) -> Waiting {
        self.0.get(&place(entry)).copied().unwrap_or_default()
    }
}

fn place(entry: &Entry) -> Place {
    (entry.local, entry.peer, entry.owner)
}

fn waiting(found: &Found) -> Waiting {
    let Found { entry, arrived, limit_or_unacknowledged } = found;
    if entry.state == "LISTEN" {
        let queue = Queue { length: *arrived, limit: *limit_or_unacknowledged };
        return Waiting { queue: Some(queue), unread: None };
    }
    // The peer's end is counted like one more byte until the program has read it.
    let end = u32::from(["CLOSE_WAIT", "LAST_ACK", "CLOSING"].contains(&entry.state));
    Waiting { queue: None, unread: Some(arrived.saturating_sub(end)) }
}
