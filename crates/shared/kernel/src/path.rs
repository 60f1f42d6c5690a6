//! The path from a socket to a peer: what it carries in one packet, and whether a datagram may be
//! cut into pieces for it (ip(7), ipv6(7)). Linux only.

use std::net::SocketAddr;

use socket2::{Domain, Socket, Type};

use crate::options::option;
use crate::system::is_of_another_network;

/// Why a datagram may not travel in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    /// `IP_MTU_DISCOVER` or `IPV6_MTU_DISCOVER` says so.
    ByDiscovery,
    /// The same, but what routers have said about the path does not count: the interface does.
    ByProbing,
    /// `IPV6_DONTFRAG` is set.
    ByDontFragment,
    /// `UDP_SEGMENT` makes the pieces, and each is a datagram.
    BySegments,
}

// ipv6(7) and udp(7); libc does not name them for every machine.
const IPV6_DONTFRAG: i32 = 62;
const UDP_SEGMENT: i32 = 103;
/// `IP_PMTUDISC_DO`, and `_PROBE` and `_INTERFACE`; the numbers are the same for IPv6.
const DO: i32 = 2;
const PROBE: i32 = 3;
const INTERFACE: i32 = 4;

fn number(socket: &Socket, level: i32, name: i32) -> Option<i32> {
    let mut value = [0; 4];
    let filled = option(socket, level, name, &mut value)?;
    (filled == 4).then(|| i32::from_ne_bytes(value))
}

/// Whether what a UDP `socket` sends to `peer` has to fit into one packet, and why.
#[must_use]
pub fn must_stay_whole(socket: &Socket, peer: SocketAddr) -> Option<Whole> {
    if number(socket, libc::IPPROTO_UDP, UDP_SEGMENT).is_some_and(|size| size > 0) {
        return Some(Whole::BySegments);
    }
    let is_ipv4 = peer.ip().to_canonical().is_ipv4();
    let discovery = match is_ipv4 {
        true => number(socket, libc::IPPROTO_IP, libc::IP_MTU_DISCOVER),
        false => number(socket, libc::IPPROTO_IPV6, libc::IPV6_MTU_DISCOVER),
    };
    match discovery {
        Some(DO) => Some(Whole::ByDiscovery),
        Some(PROBE | INTERFACE) => Some(Whole::ByProbing),
        _ if is_ipv4 => None,
        _ => (number(socket, libc::IPPROTO_IPV6, IPV6_DONTFRAG) == Some(1))
            .then_some(Whole::ByDontFragment),
    }
}

/// How many bytes the path from `socket` to `peer` carries in one packet (`IP_MTU`, `IPV6_MTU`).
/// The kernel tells connected sockets only; for another one, a socket of our own is connected to
/// ask, which sends nothing. `None` where its path may be a different one.
#[must_use]
pub fn path_mtu(socket: &Socket, peer: SocketAddr) -> Option<u32> {
    if socket.peer_addr().ok().and_then(|peer| peer.as_socket()) == Some(peer) {
        return mtu(socket);
    }
    let mut device = [0; libc::IF_NAMESIZE];
    let bound = option(socket, libc::SOL_SOCKET, libc::SO_BINDTODEVICE, &mut device);
    if bound != Some(0) || is_of_another_network(socket) {
        return None;
    }
    let probe = Socket::new(Domain::for_address(peer), Type::DGRAM, None).ok()?;
    probe.set_broadcast(true).ok()?;
    probe.connect(&peer.into()).ok()?;
    mtu(&probe)
}

fn mtu(socket: &Socket) -> Option<u32> {
    // A socket of IPv6 whose peer is of IPv4 answers the first one.
    let [ipv4, ipv6] = [(libc::IPPROTO_IP, libc::IP_MTU), (libc::IPPROTO_IPV6, libc::IPV6_MTU)];
    let peer = socket.peer_addr().ok()?.as_socket()?;
    let (level, name) = if peer.ip().to_canonical().is_ipv4() { ipv4 } else { ipv6 };
    number(socket, level, name)?.try_into().ok()
}
