//! What this process may not do.

use std::net::SocketAddr;

use socket2::Socket;

use crate::address::stands_for_many;
use crate::call::{Advice, Call, advise};
#[cfg(unix)]
use crate::errno::{ENODEV, EPERM};

pub(crate) fn not_permitted() -> Advice {
    advise(
        "This system's rules do not allow it to this process: a sandbox, a container or a \
         firewall.",
        "Try outside the sandbox, or ask whoever set it up.",
    )
}

pub(crate) fn not_allowed(call: &Call) -> Advice {
    match (call.name, call.address) {
        ("bind", Some(address)) => port_not_permitted(address, call.socket),
        ("socket", _) if call.has("IPPROTO_ICMP") => advise(
            "Ping sockets are only for the groups in net.ipv4.ping_group_range, and this process \
             is in none of them.",
            "`sysctl net.ipv4.ping_group_range` shows them; root may widen it (icmp(7)).",
        ),
        ("connect" | "sendto", Some(address)) if call.is_udp() && is_broadcast(address) => advise(
            format!(
                "{} is a broadcast address, for every machine of a network: the kernel sends there \
                 only if the socket says that it means to.",
                address.ip()
            ),
            "If it does, set SO_BROADCAST first (set_broadcast(true) in socket2).",
        ),
        ("connect" | "sendto", Some(address)) if cfg!(target_os = "linux") => advise(
            format!(
                "This machine forbids packets to {}, by a route of type prohibit or by a \
                 sandbox.{}",
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
            "Low ports are for privileged programs, and which ports are low in the socket's own \
             network namespace cannot be read from here; or a rule of that system forbids it.",
            "Look at net.ipv4.ip_unprivileged_port_start there, or use port 0 to let the kernel \
             pick.",
        );
    }
    match kernel::setting("net/ipv4/ip_unprivileged_port_start") {
        Some(start) if port > 0 && u32::from(port) < start => advise(
            format!(
                "Ports below {start} are for privileged programs, and this one is not: it lacks \
                 CAP_NET_BIND_SERVICE (sysctl net.ipv4.ip_unprivileged_port_start = {start})."
            ),
            format!("Use a port from {start} up, such as 8080, or 0 to let the kernel pick."),
        ),
        None if cfg!(target_os = "macos") && (1..1024).contains(&port) => advise(
            "Ports below 1024 of a single address are for root.",
            "Use a port from 1024 up, such as 8080, or 0 to let the kernel pick.",
        ),
        None if cfg!(windows) => advise(
            "Windows keeps this port for something else, or another socket has it for itself \
             (SO_EXCLUSIVEADDRUSE).",
            "`netsh int ipv4 show excludedportrange tcp` lists what it keeps; or use another port, \
             or 0 to let the kernel pick.",
        ),
        _ => not_permitted(),
    }
}

/// The errors that Windows has no names for: a missing interface, and what only root may do.
#[cfg(unix)]
pub(crate) fn of_this_system(call: &Call, number: i32) -> Option<Advice> {
    match number {
        ENODEV if call.name == "setsockopt" => Some(advise(
            "There is no network interface of that name, number or address.",
            "Name one that exists: `ip link` lists them, `ip address` lists them with their \
             addresses.",
        )),
        EPERM if call.name == "setsockopt" => Some(advise(
            "The option, or this value of it, is for privileged programs (CAP_NET_ADMIN, mostly), and \
             this one is not.",
            "Leave it out, or run the program as root, or with that one capability.",
        )),
        ENODEV => Some(advise(
            "No interface has the number that the address names (its scope, sin6_scope_id).",
            "Name one that exists: fe80::1%eth0, for instance.",
        )),
        EPERM if call.name == "socket" && (call.has("SOCK_RAW") || call.has("SOCK_PACKET")) => {
            Some(advise(
                "Raw sockets are for privileged programs, and this one is not: it lacks \
                 CAP_NET_RAW.",
                "Run it as root, or with that one capability; a ping needs no raw socket (icmp(7), \
                 IPPROTO_ICMP with SOCK_DGRAM).",
            ))
        }
        EPERM if call.sends() => Some(advise(
            format!(
                "A rule of this machine, in a firewall or a sandbox, forbids sending{}.",
                call.address.map_or(String::new(), |address| format!(" to {}", address.ip()))
            ),
            "Look at the firewall's rules for output: root sees them with `nft list ruleset` or \
             `iptables -S OUTPUT`.",
        )),
        EPERM => Some(not_permitted()),
        _ => None,
    }
}

#[cfg(not(unix))]
pub(crate) fn of_this_system(_: &Call, _: i32) -> Option<Advice> {
    None
}
