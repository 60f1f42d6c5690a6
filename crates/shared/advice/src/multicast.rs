//! Groups (multicast): joining and leaving them, and sending to them; and what else is about an
//! interface. As Linux does it; the answers of other systems were not tried.

use std::net::IpAddr;

use crate::call::{Advice, Call, advise};
use crate::errno::*;

/// Why a call about a group or an interface failed with error `number`; `None` where it is about
/// neither.
pub(crate) fn reason(call: &Call, number: i32) -> Option<Advice> {
    if call.name != "setsockopt" {
        return sending(call, number);
    }
    let (option, value) = call.arguments.split_once(", ").unwrap_or((call.arguments, ""));
    match option {
        "IP_ADD_MEMBERSHIP" | "IPV6_ADD_MEMBERSHIP" | "MCAST_JOIN_GROUP" => joining(value, number),
        "IP_ADD_SOURCE_MEMBERSHIP" | "MCAST_JOIN_SOURCE_GROUP" if number == EADDRNOTAVAIL => {
            Some(advise(
                "The socket takes this group from this source already, on this interface.",
                "Join each source once.",
            ))
        }
        "IP_ADD_SOURCE_MEMBERSHIP" | "MCAST_JOIN_SOURCE_GROUP" => joining(value, number),
        "IP_DROP_MEMBERSHIP"
        | "IPV6_DROP_MEMBERSHIP"
        | "IP_DROP_SOURCE_MEMBERSHIP"
        | "MCAST_LEAVE_GROUP"
        | "MCAST_LEAVE_SOURCE_GROUP" => leaving(number),
        "IP_MULTICAST_IF" | "IPV6_MULTICAST_IF" => outgoing(number),
        "SO_BINDTODEVICE" | "SO_BINDTOIFINDEX" if number == EPERM => Some(advise(
            "The socket is bound to an interface already. Anybody may choose one (since Linux \
             5.7), but only a privileged program (CAP_NET_RAW) may change that choice or undo it.",
            "Make a new socket for the other interface, or run the program with that capability.",
        )),
        _ => None,
    }
}

/// The parts of `239.1.1.1 from 10.0.0.1 on lo`: the group and the interface.
fn parts(value: &str) -> (Option<IpAddr>, &str) {
    let (group, interface) = value.split_once(" on ").unwrap_or((value, ""));
    let group = group.split(' ').next().and_then(|group| group.parse().ok());
    (group, interface)
}

/// A group, in words.
fn named(group: Option<IpAddr>) -> String {
    group.map_or("the group".to_string(), |group| group.to_string())
}

fn joining(value: &str, number: i32) -> Option<Advice> {
    let (group, interface) = parts(value);
    let none_named = ["0.0.0.0", "interface 0"].contains(&interface);
    let name_one = "Name an interface that is there and up: over IPv4 by its address or its number \
                    (ip_mreqn), over IPv6 by its number. `ip address` lists both.";
    Some(match number {
        _ if group.is_some_and(|group| !group.is_multicast()) => advise(
            format!("{} is no group's address.", named(group)),
            "Groups are 224.0.0.0 to 239.255.255.255 and, over IPv6, ff00::/8.",
        ),
        ENODEV if none_named => advise(
            format!(
                "The call names no interface, so the kernel takes the one to which its routes for \
                 {} lead, and there is none.",
                named(group)
            ),
            match group {
                Some(IpAddr::V4(group)) => format!(
                    "Name the interface, by its address or its number (ip_mreqn); or give the \
                     machine a route: `ip route add {group} dev eth0`."
                ),
                _ => name_one.to_string(),
            },
        ),
        ENODEV if interface.is_empty() => advise(
            "There is no such interface; or the call names none, and no route leads to the group.",
            name_one,
        ),
        ENODEV => advise(
            match interface.strip_prefix("interface ") {
                Some(number) => format!("There is no interface number {number} here."),
                None => {
                    format!("No interface that is up has the address or name {interface} here.")
                }
            },
            name_one,
        ),
        EADDRINUSE => advise(
            format!(
                "The socket has joined {} already, on this interface: it can do so once.",
                named(group)
            ),
            "Leave the second join out. Other sockets may join as well, and this one on other \
             interfaces.",
        ),
        ENOBUFS => advise(
            "The socket is in as many groups as one may join (net.ipv4.igmp_max_memberships), or \
             takes this one from as many sources as it may (net.ipv4.igmp_max_msf).",
            "Leave a group, or join the others with a second socket; root may raise the limit.",
        ),
        EPROTO => advise(
            "Groups are for datagrams, and this socket is TCP, which connects two.",
            "Make a UDP socket (SOCK_DGRAM).",
        ),
        _ => return None,
    })
}

fn leaving(number: i32) -> Option<Advice> {
    let why = "The socket has not joined this group on this interface, or has left it already.";
    match number {
        EADDRNOTAVAIL | ENODEV => Some(advise(
            why,
            "Name the same group and the same interface as when it joined. (Closing the socket \
             leaves all its groups.)",
        )),
        _ => None,
    }
}

fn outgoing(number: i32) -> Option<Advice> {
    match number {
        EADDRNOTAVAIL | ENODEV => Some(advise(
            "No interface has this address or number.",
            "Name one that is there: `ip address` lists their numbers and addresses.",
        )),
        _ => None,
    }
}

fn sending(call: &Call, number: i32) -> Option<Advice> {
    match (number, call.address.map(|address| address.ip())) {
        (ENETUNREACH, Some(group)) if group.is_multicast() && call.is_udp() => {
            Some(no_route(call, group))
        }
        // The socket has no address of its own yet, and finds none.
        (EADDRNOTAVAIL, Some(IpAddr::V6(peer))) if call.sends() => Some(advise(
            format!(
                "This machine has no IPv6 address from which to send to {peer}: perhaps IPv6 is \
                 switched off (net.ipv6.conf.all.disable_ipv6), or the interface is not ready."
            ),
            "`ip -6 address` lists those that it has; or use IPv4.",
        )),
        (ENXIO, _) if call.sends() => Some(advise(
            "The packet socket does not know through which interface to send: the address names \
             none (sll_ifindex), and the socket is bound to none.",
            "Name the interface by its number in the address, or bind the socket to it (packet(7)).",
        )),
        _ => None,
    }
}

/// No route leads to a group, be it through any interface or through the one that is named.
fn no_route(call: &Call, group: IpAddr) -> Advice {
    let is_named = match group {
        IpAddr::V4(_) => call
            .socket
            .is_some_and(|socket| socket.multicast_if_v4().is_ok_and(|ip| !ip.is_unspecified())),
        IpAddr::V6(_) => {
            !lacks_scope(call)
                || call.socket.is_some_and(|socket| socket.multicast_if_v6().is_ok_and(|it| it > 0))
        }
    };
    let route = match group {
        IpAddr::V4(group) => format!("`ip route add {group} dev eth0`"),
        IpAddr::V6(_) => "`ip -6 route add multicast ff00::/8 dev eth0 table local`".to_string(),
    };
    match (is_named, group) {
        (true, _) => advise(
            format!(
                "No route leads to the group {group} through the interface that is named; the \
                 loopback interface has none over IPv6, for instance."
            ),
            format!("Name another interface, or give this one a route: {route}."),
        ),
        (false, IpAddr::V4(_)) => advise(
            format!(
                "No route leads to the group {group}, and the socket does not say through which \
                 interface to send (IP_MULTICAST_IF)."
            ),
            format!(
                "Name the interface first (set_multicast_if_v4 in socket2, by one of its \
                 addresses), or give the machine a route: {route}."
            ),
        ),
        (false, IpAddr::V6(_)) => advise(
            format!(
                "No route leads to the group {group}, and neither the address nor the socket \
                 (IPV6_MULTICAST_IF) says through which interface to send."
            ),
            format!(
                "Name the interface: in the address ({group}%eth0), or first with \
                 set_multicast_if_v6 in socket2."
            ),
        ),
    }
}

fn lacks_scope(call: &Call) -> bool {
    matches!(call.address, Some(std::net::SocketAddr::V6(address)) if address.scope_id() == 0)
}
