//! The names of families, types, options and flags, and addresses and values in words.

use std::ffi::OsStr;
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::os::unix::ffi::OsStrExt;

use super::membership;
use libc::{
    AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_UNIX, AF_UNSPEC, AF_VSOCK, IPPROTO_ICMP,
    IPPROTO_ICMPV6, IPPROTO_IP, IPPROTO_IPV6, IPPROTO_MPTCP, IPPROTO_RAW, IPPROTO_SCTP,
    IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE, MSG_CONFIRM, MSG_CTRUNC, MSG_DONTROUTE,
    MSG_DONTWAIT, MSG_EOR, MSG_ERRQUEUE, MSG_FASTOPEN, MSG_MORE, MSG_NOSIGNAL, MSG_OOB, MSG_PEEK,
    MSG_TRUNC, MSG_WAITALL, MSG_WAITFORONE, SOCK_DGRAM, SOCK_RAW, SOCK_RDM, SOCK_SEQPACKET,
    SOCK_STREAM, SOL_SOCKET,
};

/// Names beside their numbers.
macro_rules! named {
    ($($name:ident)*) => { &[$(($name, stringify!($name))),*] };
}

type Names = &'static [(i32, &'static str)];

const FAMILIES: Names = named!(AF_INET AF_INET6 AF_UNIX AF_NETLINK AF_PACKET AF_UNSPEC AF_VSOCK);
const TYPES: Names = named!(SOCK_STREAM SOCK_DGRAM SOCK_RAW SOCK_RDM SOCK_SEQPACKET);
const PROTOCOLS: Names = named!(
    IPPROTO_IP IPPROTO_TCP IPPROTO_UDP IPPROTO_ICMP IPPROTO_ICMPV6 IPPROTO_IPV6 IPPROTO_MPTCP
    IPPROTO_RAW IPPROTO_SCTP IPPROTO_UDPLITE
);
// MSG_NOSIGNAL is in no row, as SOCK_CLOEXEC is not: languages set both on their own.
const FLAGS: Names = named!(
    MSG_CONFIRM MSG_CTRUNC MSG_DONTROUTE MSG_DONTWAIT MSG_EOR MSG_ERRQUEUE MSG_FASTOPEN MSG_MORE
    MSG_OOB MSG_PEEK MSG_TRUNC MSG_WAITALL MSG_WAITFORONE
);

fn name_in(names: Names, number: i32) -> Option<&'static str> {
    names.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
}

fn name_or(names: Names, number: i32, what: &str) -> String {
    name_in(names, number).map_or_else(|| format!("{what} {number}"), String::from)
}

/// An address family, such as `AF_INET`.
pub fn family(number: i32) -> String {
    name_or(FAMILIES, number, "family")
}

/// The type of a socket, with SOCK_NONBLOCK where that is set. SOCK_CLOEXEC is left out: languages
/// set it on their own, and it changes nothing but exec.
pub fn kind(number: i32) -> String {
    let flags = libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    let name = name_or(TYPES, number & !flags, "type");
    let nonblocking = number & libc::SOCK_NONBLOCK != 0;
    if nonblocking { name + "|SOCK_NONBLOCK" } else { name }
}

/// A protocol, such as `IPPROTO_TCP`.
pub fn protocol(number: i32) -> String {
    name_or(PROTOCOLS, number, "protocol")
}

/// What follows a call's other arguments for the flags of send and recv: nothing, or `, MSG_PEEK`.
pub fn flags(number: i32) -> String {
    let mut rest = number & !MSG_NOSIGNAL;
    let mut words = String::new();
    for (flag, name) in FLAGS {
        if rest & flag != 0 {
            rest &= !flag;
            write!(words, "{}{name}", if words.is_empty() { ", " } else { "|" })
                .expect("a String takes all");
        }
    }
    if rest != 0 {
        write!(words, "{}{rest:#x}", if words.is_empty() { ", " } else { "|" })
            .expect("a String takes all");
    }
    words
}

/// A direction of shutdown.
pub fn direction(number: i32) -> String {
    const DIRECTIONS: Names =
        &[(libc::SHUT_RD, "SHUT_RD"), (libc::SHUT_WR, "SHUT_WR"), (libc::SHUT_RDWR, "SHUT_RDWR")];
    name_or(DIRECTIONS, number, "direction")
}

/// An address as the kernel's structure has it.
pub enum Address {
    Ip(SocketAddr),
    Unix(String),
    /// Another family, or too short for its own.
    Other(String),
}

impl Address {
    /// Reads a struct sockaddr; `None` where there is none.
    pub fn read(bytes: &[u8]) -> Option<Address> {
        let family = i32::from(u16::from_ne_bytes(bytes.get(..2)?.try_into().ok()?));
        let port = || Some(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?));
        let ip = || match family {
            AF_INET => {
                let ip: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
                (bytes.len() >= 16).then_some(())?;
                Some(SocketAddr::new(IpAddr::from(Ipv4Addr::from(ip)), port()?))
            }
            AF_INET6 => {
                let ip: [u8; 16] = bytes.get(8..24)?.try_into().ok()?;
                let scope = u32::from_ne_bytes(bytes.get(24..28)?.try_into().ok()?);
                Some(SocketAddrV6::new(Ipv6Addr::from(ip), port()?, 0, scope).into())
            }
            _ => None,
        };
        Some(match (ip(), family) {
            (Some(ip), _) => Address::Ip(ip),
            (None, AF_UNIX) => Address::Unix(path(&bytes[2..])),
            (None, AF_INET | AF_INET6) => {
                Address::Other(format!("{}, {} bytes", self::family(family), bytes.len()))
            }
            (None, _) => Address::Other(self::family(family)),
        })
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Address::Ip(address) => address.fmt(f),
            Address::Unix(words) | Address::Other(words) => f.write_str(words),
        }
    }
}

/// The path of a Unix socket; an abstract one begins with `@`, as `ss` shows it (unix(7)).
pub fn path(bytes: &[u8]) -> String {
    match bytes {
        [] => "unnamed".to_string(),
        [0, name @ ..] => format!("@{}", printable(name)),
        name => printable(name.split(|byte| *byte == 0).next().unwrap_or_default()),
    }
}

/// Bytes as text, without what would move a terminal's cursor.
pub fn printable(bytes: &[u8]) -> String {
    let text = OsStr::from_bytes(bytes).to_string_lossy();
    text.chars().map(|c| if c.is_control() { '·' } else { c }).collect()
}

/// What an option's value is made of.
#[derive(Clone, Copy)]
enum Form {
    Int,
    Linger,
    Time,
    Text,
    /// Shown by its length.
    Block,
}

/// The options whose names the course knows.
const OPTIONS: &[(i32, i32, &str, Form)] = &[
    (SOL_SOCKET, libc::SO_REUSEADDR, "SO_REUSEADDR", Form::Int),
    (SOL_SOCKET, libc::SO_REUSEPORT, "SO_REUSEPORT", Form::Int),
    (SOL_SOCKET, libc::SO_TYPE, "SO_TYPE", Form::Int),
    (SOL_SOCKET, libc::SO_DOMAIN, "SO_DOMAIN", Form::Int),
    (SOL_SOCKET, libc::SO_PROTOCOL, "SO_PROTOCOL", Form::Int),
    (SOL_SOCKET, libc::SO_ERROR, "SO_ERROR", Form::Int),
    (SOL_SOCKET, libc::SO_ACCEPTCONN, "SO_ACCEPTCONN", Form::Int),
    (SOL_SOCKET, libc::SO_BROADCAST, "SO_BROADCAST", Form::Int),
    (SOL_SOCKET, libc::SO_KEEPALIVE, "SO_KEEPALIVE", Form::Int),
    (SOL_SOCKET, libc::SO_DONTROUTE, "SO_DONTROUTE", Form::Int),
    (SOL_SOCKET, libc::SO_OOBINLINE, "SO_OOBINLINE", Form::Int),
    (SOL_SOCKET, libc::SO_SNDBUF, "SO_SNDBUF", Form::Int),
    (SOL_SOCKET, libc::SO_RCVBUF, "SO_RCVBUF", Form::Int),
    (SOL_SOCKET, libc::SO_RCVLOWAT, "SO_RCVLOWAT", Form::Int),
    (SOL_SOCKET, libc::SO_PRIORITY, "SO_PRIORITY", Form::Int),
    (SOL_SOCKET, libc::SO_PASSCRED, "SO_PASSCRED", Form::Int),
    (SOL_SOCKET, libc::SO_INCOMING_CPU, "SO_INCOMING_CPU", Form::Int),
    (SOL_SOCKET, libc::SO_INCOMING_NAPI_ID, "SO_INCOMING_NAPI_ID", Form::Int),
    (SOL_SOCKET, libc::SO_TIMESTAMP, "SO_TIMESTAMP", Form::Int),
    (SOL_SOCKET, libc::SO_RXQ_OVFL, "SO_RXQ_OVFL", Form::Int),
    (SOL_SOCKET, libc::SO_MARK, "SO_MARK", Form::Int),
    (SOL_SOCKET, libc::SO_BUSY_POLL, "SO_BUSY_POLL", Form::Int),
    (SOL_SOCKET, libc::SO_ZEROCOPY, "SO_ZEROCOPY", Form::Int),
    (SOL_SOCKET, libc::SO_COOKIE, "SO_COOKIE", Form::Block),
    (SOL_SOCKET, libc::SO_NETNS_COOKIE, "SO_NETNS_COOKIE", Form::Block),
    (SOL_SOCKET, libc::SO_PEERCRED, "SO_PEERCRED", Form::Block),
    (SOL_SOCKET, libc::SO_ATTACH_FILTER, "SO_ATTACH_FILTER", Form::Block),
    (SOL_SOCKET, libc::SO_LINGER, "SO_LINGER", Form::Linger),
    (SOL_SOCKET, libc::SO_RCVTIMEO, "SO_RCVTIMEO", Form::Time),
    (SOL_SOCKET, libc::SO_SNDTIMEO, "SO_SNDTIMEO", Form::Time),
    (SOL_SOCKET, libc::SO_BINDTODEVICE, "SO_BINDTODEVICE", Form::Text),
    (SOL_SOCKET, libc::SO_BINDTOIFINDEX, "SO_BINDTOIFINDEX", Form::Int),
    (SOL_SOCKET, libc::SO_MEMINFO, "SO_MEMINFO", Form::Block),
    (IPPROTO_IP, libc::IP_TOS, "IP_TOS", Form::Int),
    (IPPROTO_IP, libc::IP_TTL, "IP_TTL", Form::Int),
    (IPPROTO_IP, libc::IP_RECVERR, "IP_RECVERR", Form::Int),
    (IPPROTO_IP, libc::IP_FREEBIND, "IP_FREEBIND", Form::Int),
    (IPPROTO_IP, libc::IP_TRANSPARENT, "IP_TRANSPARENT", Form::Int),
    (IPPROTO_IP, libc::IP_PKTINFO, "IP_PKTINFO", Form::Int),
    (IPPROTO_IP, libc::IP_MTU_DISCOVER, "IP_MTU_DISCOVER", Form::Int),
    (IPPROTO_IP, libc::IP_MTU, "IP_MTU", Form::Int),
    (IPPROTO_IP, libc::IP_BIND_ADDRESS_NO_PORT, "IP_BIND_ADDRESS_NO_PORT", Form::Int),
    (IPPROTO_IP, IP_LOCAL_PORT_RANGE, "IP_LOCAL_PORT_RANGE", Form::Block),
    (IPPROTO_IPV6, libc::IPV6_V6ONLY, "IPV6_V6ONLY", Form::Int),
    (IPPROTO_IPV6, libc::IPV6_RECVERR, "IPV6_RECVERR", Form::Int),
    (IPPROTO_IPV6, libc::IPV6_UNICAST_HOPS, "IPV6_UNICAST_HOPS", Form::Int),
    (IPPROTO_IPV6, libc::IPV6_RECVPKTINFO, "IPV6_RECVPKTINFO", Form::Int),
    (IPPROTO_IPV6, libc::IPV6_MTU_DISCOVER, "IPV6_MTU_DISCOVER", Form::Int),
    (IPPROTO_IPV6, libc::IPV6_MTU, "IPV6_MTU", Form::Int),
    (IPPROTO_IPV6, IPV6_DONTFRAG, "IPV6_DONTFRAG", Form::Int),
    (IPPROTO_TCP, libc::TCP_NODELAY, "TCP_NODELAY", Form::Int),
    (IPPROTO_TCP, libc::TCP_CORK, "TCP_CORK", Form::Int),
    (IPPROTO_TCP, libc::TCP_MAXSEG, "TCP_MAXSEG", Form::Int),
    (IPPROTO_TCP, libc::TCP_KEEPIDLE, "TCP_KEEPIDLE", Form::Int),
    (IPPROTO_TCP, libc::TCP_KEEPINTVL, "TCP_KEEPINTVL", Form::Int),
    (IPPROTO_TCP, libc::TCP_KEEPCNT, "TCP_KEEPCNT", Form::Int),
    (IPPROTO_TCP, libc::TCP_SYNCNT, "TCP_SYNCNT", Form::Int),
    (IPPROTO_TCP, libc::TCP_LINGER2, "TCP_LINGER2", Form::Int),
    (IPPROTO_TCP, libc::TCP_DEFER_ACCEPT, "TCP_DEFER_ACCEPT", Form::Int),
    (IPPROTO_TCP, libc::TCP_WINDOW_CLAMP, "TCP_WINDOW_CLAMP", Form::Int),
    (IPPROTO_TCP, libc::TCP_INFO, "TCP_INFO", Form::Block),
    (IPPROTO_TCP, libc::TCP_QUICKACK, "TCP_QUICKACK", Form::Int),
    (IPPROTO_TCP, libc::TCP_CONGESTION, "TCP_CONGESTION", Form::Text),
    (IPPROTO_TCP, libc::TCP_USER_TIMEOUT, "TCP_USER_TIMEOUT", Form::Int),
    (IPPROTO_TCP, libc::TCP_FASTOPEN, "TCP_FASTOPEN", Form::Int),
    (IPPROTO_TCP, libc::TCP_FASTOPEN_CONNECT, "TCP_FASTOPEN_CONNECT", Form::Int),
    (IPPROTO_UDP, UDP_SEGMENT, "UDP_SEGMENT", Form::Int),
    (IPPROTO_UDP, UDP_GRO, "UDP_GRO", Form::Int),
];

// ip(7), ipv6(7) and udp(7); libc does not name them for every machine.
const IPV6_DONTFRAG: i32 = 62;
const IP_LOCAL_PORT_RANGE: i32 = 51;
const UDP_SEGMENT: i32 = 103;
const UDP_GRO: i32 = 104;

fn known(level: i32, option: i32) -> Option<&'static (i32, i32, &'static str, Form)> {
    OPTIONS.iter().find(|(l, o, ..)| (*l, *o) == (level, option))
}

/// An option's name, or its level and number.
pub fn option(level: i32, option: i32) -> String {
    let known = known(level, option).map(|(_, _, name, _)| *name);
    match known.or_else(|| membership::name(level, option)) {
        Some(name) => name.to_string(),
        None if level == SOL_SOCKET => format!("SOL_SOCKET, option {option}"),
        None => format!("{}, option {option}", protocol(level)),
    }
}

/// A span of time, such as `5s`, `0.2s` or `20ms`.
pub fn span(microseconds: i128) -> String {
    match (1_000..100_000).contains(&microseconds) && microseconds % 1000 == 0 {
        true => format!("{}ms", microseconds / 1000),
        false => format!("{}s", microseconds as f64 / 1e6),
    }
}

/// An option's value, as far as it is known.
pub fn value(level: i32, option: i32, bytes: &[u8]) -> String {
    let int = |at: usize| Some(i32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let long = |at: usize| Some(i64::from_ne_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    let form = known(level, option).map_or(Form::Block, |(.., form)| *form);
    let words = match form {
        Form::Int => match bytes.len() {
            4 => int(0).map(|value| value.to_string()),
            // ip(7) takes and gives one byte for some of its options, too.
            1 => Some(bytes[0].to_string()),
            _ => None,
        },
        Form::Linger => int(0).zip(int(4)).map(|(on, seconds)| format!("{on}, {seconds}")),
        Form::Time => long(0).zip(long(8)).map(|(seconds, microseconds)| {
            span(i128::from(seconds) * 1_000_000 + i128::from(microseconds))
        }),
        Form::Text => {
            let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
            Some(format!("\"{}\"", printable(text)))
        }
        Form::Block => None,
    };
    words.unwrap_or_else(|| output::bytes(bytes.len()))
}
