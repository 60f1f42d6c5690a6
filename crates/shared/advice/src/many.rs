//! Addresses that stand for many machines, and those that mean something on one link only.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddrV6};

use crate::call::{Advice, Call, advise};

/// Whether it is a multicast or a broadcast address, also of a network of this machine.
#[must_use]
pub fn stands_for_many(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_of_every_machine(ip) || !ip.is_loopback() && kernel::is_broadcast(ip),
        IpAddr::V6(ip) => ip.is_multicast(),
    }
}

/// Whether that holds on every machine.
fn is_of_every_machine(ip: Ipv4Addr) -> bool {
    let all = [Ipv4Addr::BROADCAST, Ipv4Addr::new(127, 255, 255, 255)];
    ip.is_multicast() || all.contains(&ip)
}

/// [`stands_for_many`], for the address of a call: what is a broadcast address in another network
/// cannot be told from here.
pub(crate) fn is_for_many(call: &Call, ip: IpAddr) -> bool {
    match (call.socket, ip.to_canonical()) {
        (Some(socket), IpAddr::V4(ip)) if kernel::is_of_another_network(socket) => {
            is_of_every_machine(ip)
        }
        (_, ip) => stands_for_many(ip),
    }
}

/// Why no connection leads to an address that stands for many machines.
pub(crate) fn tcp_connects_two(ip: IpAddr) -> Advice {
    let one = if ip.is_ipv4() { "127.0.0.1" } else { "::1" };
    advise(
        format!("{ip} stands for many machines, and TCP connects to one."),
        format!("Use the address of one machine; {one} is this one."),
    )
}

/// Whether the address is complete only with the interface that it belongs to (its scope).
pub(crate) fn needs_scope(ip: Ipv6Addr) -> bool {
    ip.is_unicast_link_local() || ip.is_multicast() && [1, 2].contains(&(ip.octets()[1] & 0xf))
}

/// Why an address that is complete only with its interface is invalid.
pub(crate) fn incomplete(address: SocketAddrV6) -> Advice {
    let ip = address.ip();
    match address.scope_id() {
        0 => advise(
            format!("{ip} is complete only with the interface that it belongs to."),
            format!(
                "Name the interface: {ip}%eth0, for instance. Its number is in the address \
                 (sin6_scope_id; in Python the fourth member, which connect and bind of a pair of \
                 host and port leave at 0, whatever follows the %)."
            ),
        ),
        _ => advise(
            "The address names another interface than the one that the socket is bound to \
             (SO_BINDTODEVICE, or the scope of its own address).",
            "Name the same one in both, or make a socket that is bound to none.",
        ),
    }
}

/// Why TCP cannot bind to a multicast address of IPv6.
pub(crate) fn no_group_for_tcp(ip: Ipv6Addr) -> Advice {
    advise(
        format!(
            "{ip} stands for many machines, and TCP connects two: it cannot bind to such an address \
             of IPv6."
        ),
        "Bind to the address of one machine, such as ::1; groups are for UDP.",
    )
}
