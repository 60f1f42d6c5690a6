//! What waits at the TCP sockets on a port: in a listener's queue, or to be read. The kernel tells
//! everybody in this network namespace (sock_diag(7)), as `ss` shows it; /proc/net/tcp has no limit
//! of a queue.

use std::collections::HashMap;
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use kernel::{Entry, Queue};
use socket2::{Domain, Protocol, Socket, Type};

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
        let families = [libc::AF_INET, libc::AF_INET6];
        AtPort(families.into_iter().filter_map(|family| ask(family, port)).flatten().collect())
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
        self.0.get(&(entry.local, entry.peer, entry.owner)).copied().unwrap_or_default()
    }
}

const DONE: u16 = libc::NLMSG_DONE as u16;
/// SOCK_DIAG_BY_FAMILY, which asks and answers.
const BY_FAMILY: u16 = 20;
/// struct nlmsghdr.
const HEAD: usize = 16;
/// struct inet_diag_req_v2.
const QUESTION: usize = 56;
/// struct inet_diag_msg; attributes may follow.
const ANSWER: usize = 72;

/// Asks for all TCP sockets of one family on a port. `None`: the kernel does not answer this.
fn ask(family: i32, port: u16) -> Option<Vec<(Place, Waiting)>> {
    let flags = (libc::NLM_F_REQUEST | libc::NLM_F_DUMP) as u16;
    let mut question = Vec::with_capacity(HEAD + QUESTION);
    question.extend(((HEAD + QUESTION) as u32).to_ne_bytes());
    question.extend(BY_FAMILY.to_ne_bytes());
    question.extend(flags.to_ne_bytes());
    question.extend([0; 8]); // a number for the answers, and the sender's; one question needs neither
    question.extend([family as u8, libc::IPPROTO_TCP as u8, 0, 0]);
    question.extend(u32::MAX.to_ne_bytes()); // in every state
    question.extend(port.to_be_bytes());
    question.resize(HEAD + QUESTION, 0); // to and from any address

    let protocol = Protocol::from(libc::NETLINK_SOCK_DIAG);
    let mut socket =
        Socket::new(Domain::from(libc::AF_NETLINK), Type::DGRAM, Some(protocol)).ok()?;
    socket.set_read_timeout(Some(Duration::from_secs(1))).ok()?;
    socket.send(&question).ok()?; // without an address: to the kernel
    let mut found = Vec::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let length = socket.read(&mut buffer).ok()?;
        let mut rest = &buffer[..length];
        if rest.is_empty() {
            return None;
        }
        while let Some(size) = number(rest, 0) {
            let message = rest.get(..size as usize)?;
            match u16::from_ne_bytes(message.get(4..6)?.try_into().ok()?) {
                DONE => return Some(found),
                BY_FAMILY => found.extend(answer(message.get(HEAD..)?)),
                _ => return None, // an error
            }
            rest = rest.get(size.next_multiple_of(4) as usize..).unwrap_or_default();
        }
    }
}

/// Reads a struct inet_diag_msg: family, state, two numbers of a timer; ports, addresses, interface,
/// cookie; the timer's end, what waits to be read and to be acknowledged, user, inode.
fn answer(message: &[u8]) -> Option<(Place, Waiting)> {
    let message = message.get(..ANSWER)?;
    let (family, state) = (i32::from(message[0]), message[1]);
    let address = |port: usize, ip: usize| {
        let ip = match family {
            libc::AF_INET => {
                IpAddr::from(Ipv4Addr::from(<[u8; 4]>::try_from(&message[ip..ip + 4]).ok()?))
            }
            _ => IpAddr::from(Ipv6Addr::from(<[u8; 16]>::try_from(&message[ip..ip + 16]).ok()?)),
        };
        Some(SocketAddr::new(ip, u16::from_be_bytes([message[port], message[port + 1]])))
    };
    let place = (address(4, 8)?, address(6, 24)?, u64::from(number(message, 68)?));
    let [length, limit] = [number(message, 56)?, number(message, 60)?];
    let queue = (state == LISTEN).then_some(Queue { length, limit });
    // The peer's end is counted like one more byte until the program has read it.
    let end = u32::from([CLOSE_WAIT, LAST_ACK, CLOSING].contains(&state));
    let unread = (state != LISTEN).then_some(length.saturating_sub(end));
    Some((place, Waiting { queue, unread }))
}

/// Numbers of states (include/net/tcp_states.h).
const CLOSE_WAIT: u8 = 8;
const LAST_ACK: u8 = 9;
const LISTEN: u8 = 10;
const CLOSING: u8 = 11;

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
