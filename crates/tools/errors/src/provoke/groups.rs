//! What keeps `setsockopt` from joining a group (multicast), or from binding a socket to an interface.

use std::net::Ipv4Addr;

use question::child::give_up_rights;

use super::preparations::{tcp, udp};
use super::{Fails, NotHere, Provoked, namespace};
use lesson::Shown;

/// A group for private use (RFC 2365).
const GROUP: Ipv4Addr = Ipv4Addr::new(239, 1, 1, 1);
const JOIN: &str = "setsockopt(IP_ADD_MEMBERSHIP, 239.1.1.1 on 127.0.0.1)";

pub fn twice() -> Provoked {
    let socket = udp()?;
    let join = || socket.join_multicast_v4(&GROUP, &Ipv4Addr::LOCALHOST);
    join().shown(JOIN, &socket)?;
    join().fails_with("EADDRINUSE", JOIN, &socket)
}

pub fn no_group() -> Provoked {
    let socket = udp()?;
    let join = socket.join_multicast_v4(&Ipv4Addr::new(10, 1, 1, 1), &Ipv4Addr::LOCALHOST);
    let call = "setsockopt(IP_ADD_MEMBERSHIP, 10.1.1.1 on 127.0.0.1)";
    join.fails_with("EINVAL", call, &socket)
}

pub fn no_route() -> Provoked {
    namespace::enter()?;
    let socket = udp()?;
    let join = socket.join_multicast_v4(&GROUP, &Ipv4Addr::UNSPECIFIED);
    let call = "setsockopt(IP_ADD_MEMBERSHIP, 239.1.1.1 on 0.0.0.0)";
    join.fails_with("ENODEV", call, &socket)
}

pub fn over_tcp() -> Provoked {
    let socket = tcp()?;
    let join = socket.join_multicast_v4(&GROUP, &Ipv4Addr::LOCALHOST);
    join.fails_with("EPROTO", JOIN, &socket)
}

pub fn never_joined() -> Provoked {
    let socket = udp()?;
    let leave = socket.leave_multicast_v4(&GROUP, &Ipv4Addr::LOCALHOST);
    let call = "setsockopt(IP_DROP_MEMBERSHIP, 239.1.1.1 on 127.0.0.1)";
    leave.fails_with("EADDRNOTAVAIL", call, &socket)
}

pub fn no_interface() -> Provoked {
    let socket = udp()?;
    let call = "setsockopt(SO_BINDTODEVICE, \"nowhere\")";
    socket.bind_device(Some(b"nowhere")).fails_with("ENODEV", call, &socket)
}

/// Anybody may choose an interface, since Linux 5.7, but only once.
pub fn another_interface() -> Provoked {
    give_up_rights().map_err(|error| NotHere(format!("rights cannot be given up: {error}")))?;
    let socket = udp()?;
    socket.bind_device(Some(b"lo")).shown("setsockopt(SO_BINDTODEVICE, \"lo\")", &socket)?;
    let call = "setsockopt(SO_BINDTODEVICE, \"\")";
    socket.bind_device(None).fails_with("EPERM", call, &socket)
}
