//! Questions about TCP sockets that the kernel answers to everybody in this network namespace
//! (sock_diag(7)), as `ss` asks them.

use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

use crate::answers::Entry;
use crate::linux_tables::state;

/// What the kernel says about one TCP socket.
#[derive(Debug, Clone)]
pub struct Found {
    /// As a row of its table has it.
    pub entry: Entry,
    /// At a listener, connections in its queue; else bytes that have arrived, and the peer's end,
    /// which counts like one more byte until the program has read it.
    pub arrived: u32,
    /// At a listener, the limit of its queue; else bytes that the peer has not acknowledged.
    pub limit_or_unacknowledged: u32,
}

/// All TCP sockets whose local port is `port`. `None`: the kernel does not answer.
#[must_use]
pub fn tcp_sockets_on(port: u16) -> Option<Vec<Found>> {
    let families = [libc::AF_INET, libc::AF_INET6];
    let each = families.into_iter().filter_map(|family| {
        let mut question = question(libc::NLM_F_DUMP, family);
        question[PORTS..PORTS + 2].copy_from_slice(&port.to_be_bytes()); // at any address
        ask(&question)
    });
    each.reduce(|one, other| [one, other].concat())
}

/// The row of one connection. (/proc/net/tcp would have the same row; but to make that table takes
/// the kernel milliseconds.) `None`: it knows none, or does not answer this; it says ENOENT to both.
#[must_use]
pub fn connection(local: SocketAddr, peer: SocketAddr) -> Option<Entry> {
    let (own, other) = (local.ip().to_canonical(), peer.ip().to_canonical());
    let family = if own.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    let mut question = question(0, family);
    let mut set = |at: usize, bytes: &[u8]| question[at..at + bytes.len()].copy_from_slice(bytes);
    set(PORTS, &local.port().to_be_bytes());
    set(PORTS + 2, &peer.port().to_be_bytes());
    for (at, ip) in [(ADDRESSES, own), (ADDRESSES + 16, other)] {
        match ip {
            IpAddr::V4(ip) => set(at, &ip.octets()),
            IpAddr::V6(ip) => set(at, &ip.octets()),
        }
    }
    if let SocketAddr::V6(local) = local {
        set(INTERFACE, &local.scope_id().to_ne_bytes());
    }
    set(COOKIE, &[0xff; 8]); // whichever socket it is
    let found = ask(&question)?;
    // Where there is no such connection, the kernel names the listener that would get it.
    found.into_iter().map(|found| found.entry).find(|entry| entry.is_of(local, peer))
}

/// SOCK_DIAG_BY_FAMILY, which asks and answers.
const BY_FAMILY: u16 = 20;
/// struct nlmsghdr.
const HEAD: usize = 16;
/// struct inet_diag_req_v2, and where its parts are in the whole message.
const QUESTION: usize = 56;
const PORTS: usize = HEAD + 8;
const ADDRESSES: usize = HEAD + 12;
const INTERFACE: usize = HEAD + 44;
const COOKIE: usize = HEAD + 48;
/// struct inet_diag_msg; attributes may follow.
const ANSWER: usize = 72;

/// A question about TCP sockets in every state, with the flags of netlink(7).
fn question(flags: i32, family: i32) -> [u8; HEAD + QUESTION] {
    let mut question = [0; HEAD + QUESTION];
    question[..4].copy_from_slice(&((HEAD + QUESTION) as u32).to_ne_bytes());
    question[4..6].copy_from_slice(&BY_FAMILY.to_ne_bytes());
    question[6..8].copy_from_slice(&((libc::NLM_F_REQUEST | flags) as u16).to_ne_bytes());
    // A number for the answers, and the sender's; one question needs neither.
    question[HEAD..HEAD + 2].copy_from_slice(&[family as u8, libc::IPPROTO_TCP as u8]);
    question[HEAD + 4..HEAD + 8].copy_from_slice(&u32::MAX.to_ne_bytes()); // in every state
    question
}

/// The kernel's answers; `None` where it does not answer this, or breaks off.
fn ask(question: &[u8]) -> Option<Vec<Found>> {
    const DONE: u16 = libc::NLMSG_DONE as u16;
    let protocol = Protocol::from(libc::NETLINK_SOCK_DIAG);
    let mut socket =
        Socket::new(Domain::from(libc::AF_NETLINK), Type::DGRAM, Some(protocol)).ok()?;
    socket.set_read_timeout(Some(Duration::from_secs(1))).ok()?;
    socket.send(question).ok()?; // without an address: to the kernel
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
            let short = |at| Some(u16::from_ne_bytes(message.get(at..at + 2)?.try_into().ok()?));
            match short(4)? {
                DONE => return Some(found),
                BY_FAMILY => found.extend(answer(message.get(HEAD..)?)),
                _ => return None, // an error
            }
            if i32::from(short(6)?) & libc::NLM_F_MULTI == 0 {
                return Some(found); // it is the only one
            }
            rest = rest.get(size.next_multiple_of(4) as usize..).unwrap_or_default();
        }
    }
}

/// Reads a struct inet_diag_msg: family, state, which timer runs, its tries; ports, addresses,
/// interface, cookie; the timer's end in milliseconds, what waits to be read and to be
/// acknowledged, user, inode.
fn answer(message: &[u8]) -> Option<Found> {
    let message = message.get(..ANSWER)?;
    let address = |port: usize, ip: usize| {
        let ip = match i32::from(message[0]) {
            libc::AF_INET => {
                IpAddr::from(Ipv4Addr::from(<[u8; 4]>::try_from(&message[ip..ip + 4]).ok()?))
            }
            _ => IpAddr::from(Ipv6Addr::from(<[u8; 16]>::try_from(&message[ip..ip + 16]).ok()?)),
        };
        Some(SocketAddr::new(ip, u16::from_be_bytes([message[port], message[port + 1]])))
    };
    let entry = Entry {
        local: address(4, 8)?,
        peer: address(6, 24)?,
        state: state(message[1]),
        seconds_left: Some(u64::from(number(message, 52)?) / 1000),
        user: Some(number(message, 64)?),
        owner: number(message, 68)?.into(),
    };
    let [arrived, limit_or_unacknowledged] = [number(message, 56)?, number(message, 60)?];
    Some(Found { entry, arrived, limit_or_unacknowledged })
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
