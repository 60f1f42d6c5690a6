//! What this process may not do.

use std::net::SocketAddr;

use socket2::Socket;

use crate::call::{Advice, Call, advise};
use crate::commands::show_route;
#[cfg(unix)]
use crate::errno::{ENODEV, EPERM};
use crate::many::is_for_many;

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
        ("connect" | "sendto", Some(address)) if call.is_udp() && is_broadcast(call, address) => {
            advise(
                format!(
                    "{} is a broadcast address, for every machine of a network: the kernel sends there \
                 only if the socket says that it means to.",
                    address.ip()
                ),
                "If it does, set SO_BROADCAST first (set_broadcast(true) in socket2).",
            )
        }
        ("connect" | "sendto", Some(address)) if cfg!(target_os = "linux") => advise(
            format!(
                "This machine forbids packets to {}, by a route of type prohibit or by a \
                 sandbox.{}{}",
                address.ip(),
                match call.is_udp() && address.is_ipv4() {
                    true => " (Or it is a network's broadcast address, which needs SO_BROADCAST.)",
                    false => "",
                },
                match address.is_ipv6() {
                    true => {
                        " Or a router or a firewall on the way forbids them, and says so (by \
                         ICMPv6; over IPv4 that is EHOSTUNREACH)."
                    }
                    false => "",
                }
            ),
            format!("{} shows what the routes of this machine say.", show_route(address.ip())),
        ),
        _ => not_permitted(),
    }
}

fn is_broadcast(call: &Call, address: SocketAddr) -> bool {
    is_for_many(call, address.ip()) && !address.ip().to_canonical().is_multicast()
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
                 CAP_NET_BIND_SERVICE (sysctl net.ipv4.ip_unprivileged_port_start = {start}), or \
                 has it only in a user namespace of its own, to which this network does not belong, \
                 as root in a container may."
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
        EPERM if call.name == "setsockopt" && is_for_everybody(call) => Some(advise(
            "Linux lets every program set this option, so something else forbids the call: a \
             sandbox (seccomp) or a container's rules. Being root changes nothing about that.",
            "Try outside the sandbox, or ask whoever set it up.",
        )),
        EPERM if call.name == "setsockopt" => Some(advise(
            "The option, or this value of it, is for privileged programs (CAP_NET_ADMIN, mostly), and \
             this one is not; or a sandbox (seccomp) forbids the call, to root as well.",
            "Leave it out, or run the program as root, or with that one capability, outside of a \
             sandbox.",
        )),
        ENODEV if names_no_scope(call) => Some(advise(
            "The interface that the socket is bound to (SO_BINDTODEVICE), or that its control data \
             names (IP_PKTINFO, IPV6_PKTINFO), does not exist, or not any more.",
            "`ip link` lists those that there are. When one comes back, it has a new number: make a \
             new socket for it.",
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

#[cfg(unix)]
fn names_no_scope(call: &Call) -> bool {
    !matches!(call.address, Some(SocketAddr::V6(address)) if address.scope_id() != 0)
}

/// Whether Linux lets every program set this option, to every value: the common ones of the course
/// and their kind.
#[cfg(unix)]
fn is_for_everybody(call: &Call) -> bool {
    const OPTIONS: &[&str] = &[
        "SO_REUSEADDR",
        "SO_REUSEPORT",
        "SO_KEEPALIVE",
        "SO_BROADCAST",
        "SO_LINGER",
        "SO_RCVTIMEO",
        "SO_SNDTIMEO",
        "SO_RCVBUF",
        "SO_SNDBUF",
        "SO_OOBINLINE",
        "SO_RCVLOWAT",
        "SO_TIMESTAMP",
        "TCP_NODELAY",
        "TCP_CORK",
        "TCP_KEEPIDLE",
        "TCP_KEEPINTVL",
        "TCP_KEEPCNT",
        "TCP_USER_TIMEOUT",
        "TCP_DEFER_ACCEPT",
        "TCP_QUICKACK",
        "TCP_FASTOPEN",
        "IPV6_V6ONLY",
        "IP_TTL",
        "IP_RECVERR",
        "IP_PKTINFO",
        "IPV6_RECVPKTINFO",
        "IP_FREEBIND",
        "IP_BIND_ADDRESS_NO_PORT",
        "IP_MULTICAST_TTL",
        "IP_MULTICAST_LOOP",
        "IP_MULTICAST_IF",
        "IP_ADD_MEMBERSHIP",
        "IPV6_ADD_MEMBERSHIP",
        "IP_MTU_DISCOVER",
    ];
    let option = call.arguments.split(',').next().unwrap_or_default().trim();
    cfg!(target_os = "linux") && OPTIONS.contains(&option)
}

#[cfg(not(unix))]
pub(crate) fn of_this_system(_: &Call, _: i32) -> Option<Advice> {
    None
}
