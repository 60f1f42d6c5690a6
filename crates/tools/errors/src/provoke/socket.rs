//! What keeps `socket` from making one.

use lesson::{descriptor, show_close};
use question::child::{give_up_rights, limit_descriptors};
use question::setup::TCP;
use socket2::{Domain, Protocol, Socket, Type};

use super::preparations::tcp;
use super::{Fails, NotHere, Provoked, namespace};

/// No group may send pings in a new network (net.ipv4.ping_group_range, icmp(7)).
pub fn ping_not_permitted() -> Provoked {
    namespace::enter()?;
    Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::ICMPV4)).fails_with(
        "EACCES",
        "socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP)",
        None,
    )
}

pub fn unknown_family() -> Provoked {
    Socket::new(Domain::from(99), Type::STREAM, None).fails_with(
        "EAFNOSUPPORT",
        "socket(99, SOCK_STREAM)",
        None,
    )
}

pub fn unknown_flag() -> Provoked {
    let kind = Type::from(libc::SOCK_STREAM | 0x40000);
    Socket::new(Domain::IPV4, kind, None).fails_with(
        "EINVAL",
        "socket(AF_INET, SOCK_STREAM | 0x40000)",
        None,
    )
}

pub fn protocol_out_of_range() -> Provoked {
    Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::from(300))).fails_with(
        "EINVAL",
        "socket(AF_INET, SOCK_STREAM, 300)",
        None,
    )
}

pub fn too_many_descriptors() -> Provoked {
    let socket = tcp()?;
    let lowest_free = descriptor(&socket);
    drop(socket);
    show_close(lowest_free);
    limit_descriptors(lowest_free)?;
    lesson::say!("From now on, this process may have no descriptor above {}:", lowest_free - 1);
    Socket::new(Domain::IPV4, Type::STREAM, None).fails_with("EMFILE", TCP, None)
}

pub fn protocol_of_another_type() -> Provoked {
    Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::UDP)).fails_with(
        "EPROTONOSUPPORT",
        "socket(AF_INET, SOCK_STREAM, IPPROTO_UDP)",
        None,
    )
}

pub fn type_of_another_family() -> Provoked {
    Socket::new(Domain::IPV4, Type::from(libc::SOCK_SEQPACKET), None).fails_with(
        "ESOCKTNOSUPPORT",
        "socket(AF_INET, SOCK_SEQPACKET)",
        None,
    )
}

pub fn raw_without_rights() -> Provoked {
    give_up_rights().map_err(|error| NotHere(format!("rights cannot be given up: {error}")))?;
    Socket::new(Domain::IPV4, Type::from(libc::SOCK_RAW), Some(Protocol::ICMPV4)).fails_with(
        "EPERM",
        "socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)",
        None,
    )
}
