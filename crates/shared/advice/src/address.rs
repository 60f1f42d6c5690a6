//! The address that the call was given, or the want of one: taken, not of this machine, of another
//! family.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use kernel::{Entry, Transport};
use socket2::{Socket, Type};

use crate::call::{Advice, Call, advise, see_the_page};
use crate::commands::{SHOW_ADDRESSES, show_port};

pub(crate) fn in_use(call: &Call) -> Advice {
    match (call.name, call.address, call.socket) {
        ("bind", Some(address), Some(socket)) => address_in_use(address, socket),
        ("listen", None, Some(_)) => match call.local() {
            Some(local) => advise(
                format!(
                    "Another socket listens on {local}. SO_REUSEADDR lets several sockets bind \
                     it while none listens; only one may listen."
                ),
                format!(
                    "Stop the other ({}), or bind another port.",
                    show_port("-tlnp", local.port())
                ),
            ),
            None => advise(
                format!("The socket is not bound, so that listen looks for a port. {NO_PORT_FREE}"),
                "Bind a port of your own choice before, outside that range.",
            ),
        },
        _ => see_the_page(call),
    }
}

pub(crate) const NO_PORT_FREE: &str = "No port is free of those that the kernel gives away (on Linux, \
                            net.ipv4.ip_local_port_range, or the socket's own \
                            IP_LOCAL_PORT_RANGE).";

pub(crate) fn address_in_use(address: SocketAddr, socket: &Socket) -> Advice {
    if address.port() == 0 {
        return advise(NO_PORT_FREE, "Choose a port yourself, outside that range.");
    }
    let other = match address.port().checked_add(1) {
        Some(next) => format!("another port, such as {next}, or 0 to let the kernel pick"),
        None => "another port, or 0 to let the kernel pick".to_string(),
    };
    let Some(entries) = rivals(address, socket) else {
        return (format!("Another socket has {address}."), format!("Take {other}."));
    };
    let is_live = |entry: &&Entry| entry.owner != 0 || entry.state == "LISTEN";
    // On Windows TIME_WAIT keeps no port.
    let left_over = entries.iter().filter(|entry| !is_live(entry) && cfg!(target_os = "linux"));
    if let Some(entry) = entries.iter().find(is_live) {
        let holders = kernel::holders().remove(&entry.owner).unwrap_or_default();
        let holder = match holders.as_slice() {
            [(name, process)] => format!("{name}, process {process},"),
            [(name, process), more @ ..] => {
                format!("{name}, process {process}, together with {} more,", more.len())
            }
            [] => match entry.user {
                Some(user) => {
                    format!("A program of user {user} (which one, the system does not say)")
                }
                None => "A program (which one, the system does not say)".to_string(),
            },
        };
        let does = if entry.state == "LISTEN" { "listens" } else { "has a socket" };
        let perhaps = match entry.local.is_ipv4() == address.is_ipv4() {
            true => "",
            false => " It takes IPv4, too, unless IPV6_V6ONLY is set on it.",
        };
        let why = format!("{holder} {does} on {}.{perhaps}", entry.local);
        (why, format!("Stop it ({}), or take {other}.", show_port("-tuanp", address.port())))
    } else if let Some(entry) = left_over.max_by_key(|entry| entry.seconds_left) {
        let how_long = match (entry.state, entry.seconds_left) {
            ("TIME_WAIT", Some(seconds)) => format!(", for {seconds} s more"),
            _ => String::new(),
        };
        let why = format!(
            "A connection of {} that no program has any more is in {}{how_long}. That keeps the \
             port, unless SO_REUSEADDR was set on its socket and is set on this one. (A socket \
             that is bound and does not listen would keep it, too, and is not in that table.)",
            entry.local, entry.state
        );
        (
            why,
            format!(
                "Wait until that is over, or take {other}. A server that sets SO_REUSEADDR before \
                 bind, each time, does not meet this."
            ),
        )
    } else {
        let why = format!(
            "Another socket has {address}. The system's tables do not show whose it is, as for a \
             socket that is bound and does not listen."
        );
        (why, format!("Take {other}."))
    }
}

/// The rows of the kernel's table that may stand in the way of binding `socket` to `address`.
fn rivals(address: SocketAddr, socket: &Socket) -> Option<Vec<Entry>> {
    if kernel::is_of_another_network(socket) {
        return None;
    }
    let transport = match socket.r#type() {
        Ok(Type::DGRAM) => Transport::Udp,
        _ => Transport::Tcp,
    };
    let mut entries = kernel::port_table(transport, address.port())?;
    entries.retain(|entry| overlap(entry.local.ip(), address.ip()));
    // Those first that are in the way for certain.
    entries.sort_by_key(|entry| entry.local.is_ipv4() != address.is_ipv4());
    Some(entries)
}

/// Whether two sockets with these addresses want the same packets. `::` stands for IPv4, too,
/// unless `IPV6_V6ONLY` is set, which the table does not show.
fn overlap(one: IpAddr, other: IpAddr) -> bool {
    let (one, other) = (one.to_canonical(), other.to_canonical());
    let every = |ip: IpAddr| ip.is_unspecified();
    one == other
        || (every(one) || every(other)) && one.is_ipv4() == other.is_ipv4()
        || every(one) && one.is_ipv6()
        || every(other) && other.is_ipv6()
}

pub(crate) fn not_available(call: &Call) -> Advice {
    let Some(address) = call.address else { return see_the_page(call) };
    match (call.name, call.local()) {
        ("bind", None) if address.ip().is_loopback() => no_loopback(address),
        ("connect", Some(local)) => advise(
            format!(
                "A connection of {local} with {address} exists already, in TIME_WAIT perhaps, and \
                 two that agree in all four numbers would be one."
            ),
            "Leave bind out before connect, so that the kernel picks another port.",
        ),
        ("connect", None) => advise(
            format!(
                "The kernel finds no free port on this side for a connection to {address}: all \
                 that it gives away are taken (on Linux, net.ipv4.ip_local_port_range).{}",
                match address.is_ipv6() {
                    true => {
                        " Or this machine has no IPv6 address to send from, as where IPv6 is \
                         switched off (net.ipv6.conf.all.disable_ipv6)."
                    }
                    false => "",
                }
            ),
            match address.is_ipv6() {
                true => {
                    "Try 127.0.0.1, over IPv4. If ports are missing, close connections that are not \
                     needed, or wait until TIME_WAIT of others is over."
                }
                false => {
                    "Close connections that are not needed, or wait until TIME_WAIT of others is over."
                }
            },
        ),
        _ => advise(
            format!("{} is not an address of this machine.", address.ip()),
            format!(
                "Take {}, or '' for every interface, or one that `{SHOW_ADDRESSES}` lists.",
                if address.is_ipv6() { "::1" } else { "127.0.0.1" }
            ),
        ),
    }
}

pub(crate) fn no_loopback(address: SocketAddr) -> Advice {
    advise(
        format!(
            "{} is not there: this system's loopback interface is down or has no such address, as \
             in a container without network or IPv6.",
            address.ip()
        ),
        match address.is_ipv6() {
            true => {
                "Take 127.0.0.1; or see whether `sysctl net.ipv6.conf.lo.disable_ipv6` is 1 and \
                 `ip address show lo` shows the interface UP."
            }
            false => {
                "`ip address show lo` shows what it has; root switches it on by `ip link set lo up`."
            }
        },
    )
}

/// Whether an address of IPv4 was given to a socket of IPv6.
pub(crate) fn is_ipv4_for_ipv6(call: &Call) -> bool {
    let kind = call.view().map(|view| view.kind).unwrap_or_default();
    call.address.is_some_and(|address| address.is_ipv4()) && kind.ends_with("/IPv6")
}

/// Whether an address of IPv4 written as one of IPv6 (`::ffff:127.0.0.1`) was given to a socket that
/// takes IPv6 alone.
pub(crate) fn is_ipv4_without_ipv4(call: &Call, address: SocketAddr) -> bool {
    let is_mapped = matches!(address, SocketAddr::V6(v6) if v6.ip().to_ipv4_mapped().is_some());
    is_mapped && call.socket.is_some_and(|socket| socket.only_v6().unwrap_or(false))
}

pub(crate) fn ipv4_without_ipv4() -> Advice {
    advise(
        "The address is one of IPv4, inside IPv6, and IPV6_V6ONLY is set: the socket takes IPv6 \
         alone.",
        "Make a socket of IPv4 for it, or clear IPV6_V6ONLY before bind and connect.",
    )
}

pub(crate) fn other_family(call: &Call) -> Advice {
    if call.name == "socket" {
        return advise(
            "This system has no such address family: its kernel was built or started without it.",
            "For want of IPv6, take IPv4: leave out --ipv6, and give an address such as 127.0.0.1.",
        );
    }
    let kind = call.view().map(|view| view.kind).unwrap_or_default();
    let family = match kind.split_once('/') {
        Some((_, family)) => format!(", which is {family}"),
        None => String::new(),
    };
    advise(
        format!("The address is of another family than the socket{family}."),
        "Make the socket for its address: Domain::for_address(address) in socket2.",
    )
}

/// Whether it is a multicast or a broadcast address.
#[must_use]
pub fn stands_for_many(ip: IpAddr) -> bool {
    ip.is_multicast()
        || [Ipv4Addr::BROADCAST, Ipv4Addr::new(127, 255, 255, 255)].map(IpAddr::V4).contains(&ip)
}

pub(crate) fn no_receiver() -> Advice {
    advise(
        "The socket is UDP and not connected, so nobody is named to send to.",
        "Name the receiver by sendto, or once for all by connect.",
    )
}
