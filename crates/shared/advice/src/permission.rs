//! What this process may not do.

use std::net::SocketAddr;

use socket2::Socket;

use crate::address::stands_for_many;
use crate::call::{Advice, Call, advise};
#[cfg(unix)]
use crate::errno::{ENODEV, EPERM};

pub(crate) fn not_permitted() -> Advice {
    advise(
        "This system's rules forbid it to this process: a sandbox, a container or a firewall.",
        "Try outside the sandbox, or ask whoever set it up.",
    )
}

pub(crate) fn not_allowed(call: &Call) -> Advice {
    match (call.name, call.address) {
        ("bind", Some(address)) => port_not_permitted(address, call.socket),
        ("socket", _) if call.has("IPPROTO_ICMP") => advise(
            "A ping socket is only for the groups in net.ipv4.ping_group_range, and this process \
             is in none of them.",
            "`sysctl net.ipv4.ping_group_range` shows them; root may widen it (icmp(7)).",
        ),
        ("connect" | "sendto", Some(address)) if call.is_udp() && is_broadcast(address) => advise(
            format!(
                "{} is a broadcast address, for every machine of a network: the kernel sends \
                     there only for a socket that says that it means it.",
                address.ip()
            ),
            "If it does, set SO_BROADCAST first (set_broadcast(true) in socket2).",
        ),
        ("connect" | "sendto", Some(address)) if cfg!(target_os = "linux") => advise(
            format!(
                "This machine forbids packets to {}: by a route of type prohibit, or a sandbox.{}",
                address.ip(),
                match call.is_udp() {
                    true => " (Or it is a network's broadcast address, which needs SO_BROADCAST.)",
                    false => "",
                }
            ),
            format!("`ip route get {}` shows what the routes say.", address.ip()),
        ),
        _ => not_permitted(),
    }
}

fn is_broadcast(address: SocketAddr) -> bool {
    stands_for_many(address.ip()) && !address.ip().is_multicast()
}

fn port_not_permitted(address: SocketAddr, socket: Option<&Socket>) -> Advice {
    let port = address.port();
    if socket.is_some_and(kernel::is_of_another_network) {
        return advise(
            "The low ports are for privileged programs, and those of the socket's own network \
             namespace are not told here; or a rule of that system forbids it.",
            "See net.ipv4.ip_unprivileged_port_start there, or take port 0 to let the kernel pick.",
        );
    }
    match kernel::setting("net/ipv4/ip_unprivileged_port_start") {
        Some(start) if port > 0 && u32::from(port) < start => advise(
            format!(
                "Ports below {start} are for privileged programs, and this one is not: it lacks \
                 CAP_NET_BIND_SERVICE (sysctl net.ipv4.ip_unprivileged_port_start = {start})."
            ),
            format!("Take a port from {start} up, such as 8080, or 0 to let the kernel pick."),
        ),
        _ => not_permitted(),
    }
}

/// The errors that Windows has no names for: an interface that is not there, and what only root may.
#[cfg(unix)]
pub(crate) fn of_this_system(call: &Call, number: i32) -> Option<Advice> {
    match number {
        ENODEV if call.name == "setsockopt" => Some(advise(
            "There is no network interface of that name, number or address.",
            "Name one that is there: `ip link` lists them, `ip address` with their addresses.",
        )),
        EPERM if call.name == "setsockopt" => Some(advise(
            "The option, or this value of it, is for privileged programs (CAP_NET_ADMIN, mostly), and \
             this one is not.",
            "Leave it out, or run the program as root, or with that right alone.",
        )),
        ENODEV => Some(advise(
            "No interface has the number that the address names (its scope, sin6_scope_id).",
            "Name one that is there: fe80::1%eth0, for instance.",
        )),
        EPERM if call.name == "socket" && (call.has("SOCK_RAW") || call.has("SOCK_PACKET")) => {
            Some(advise(
                "Raw sockets are for privileged programs, and this one is not: it lacks \
                 CAP_NET_RAW.",
                "Run it as root, or with that right alone; a ping needs no raw socket \
                 (icmp(7), IPPROTO_ICMP with SOCK_DGRAM).",
            ))
        }
        EPERM if call.sends() => Some(advise(
            format!(
                "A rule of this machine forbids to send{}: a firewall's, or a sandbox's.",
                call.address.map_or(String::new(), |address| format!(" to {}", address.ip()))
            ),
            "Look at the firewall's rules for output: root sees them by `nft list ruleset` or `iptables -S \
             OUTPUT`.",
        )),
        EPERM => Some(not_permitted()),
        _ => None,
    }
}

#[cfg(not(unix))]
pub(crate) fn of_this_system(_: &Call, _: i32) -> Option<Advice> {
    None
}
