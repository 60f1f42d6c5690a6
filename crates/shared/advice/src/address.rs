//! What is wrong with the address: taken, not this machine's, of another family, or missing.

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
                    "Another socket is listening on {local}. SO_REUSEADDR lets several sockets \
                     bind to it while none is listening, but only one may listen."
                ),
                format!(
                    "Stop the other one ({}), or bind to another port.",
                    show_port("-tlnp", local.port())
                ),
            ),
            None => advise(
                format!("The socket is not bound, so listen looks for a free port. {NO_PORT_FREE}"),
                "First bind to a port of your own choice, outside that range.",
            ),
        },
        _ => see_the_page(call),
    }
}

pub(crate) const NO_PORT_FREE: &str = "Every port that the kernel may pick is taken (on Linux, \
                                       those in net.ipv4.ip_local_port_range, or in the socket's \
                                       own IP_LOCAL_PORT_RANGE).";

pub(crate) fn address_in_use(address: SocketAddr, socket: &Socket) -> Advice {
    if address.port() == 0 {
        return advise(NO_PORT_FREE, "Choose a port yourself, outside that range.");
    }
    let other = match address.port().checked_add(1) {
        Some(next) => format!("another port, such as {next}, or 0 to let the kernel pick"),
        None => "another port, or 0 to let the kernel pick".to_string(),
    };
    let Some(entries) = rivals(address, socket) else {
        let why = format!("Another socket has {address}, or a connection on it is in TIME_WAIT.");
        return (why, format!("Use {other}."));
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
                    format!("A program of user {user} (the system does not say which)")
                }
                None => "A program (the system does not say which)".to_string(),
            },
        };
        let does = if entry.state == "LISTEN" { "is listening" } else { "has a socket" };
        let perhaps = match (entry.local.is_ipv4(), address.is_ipv4()) {
            (false, true) => " It takes IPv4 as well, unless IPV6_V6ONLY is set on it.",
            (true, false) => " This socket wants IPv4 as well, unless IPV6_V6ONLY is set on it.",
            _ => "",
        };
        let why = format!("{holder} {does} on {}.{perhaps}", entry.local);
        (why, format!("Stop it ({}), or use {other}.", show_port("-tuanp", address.port())))
    } else if let Some(entry) = left_over.max_by_key(|entry| entry.seconds_left) {
        let how_long = match (entry.state, entry.seconds_left) {
            ("TIME_WAIT", Some(seconds)) => format!(", for {seconds} s more"),
            _ => String::new(),
        };
        let why = format!(
            "A connection on {} that no program holds any more is in {}{how_long}. It keeps the \
             port, unless SO_REUSEADDR was set on its socket and is also set on this one. (A \
             socket that is bound but not listening would keep the port as well, and is missing \
             from the kernel's table.)",
            entry.local, entry.state
        );
        (
            why,
            format!(
                "Wait until that is over, or use {other}. A server that always sets SO_REUSEADDR \
                 before bind does not run into this."
            ),
        )
    } else {
        let why = format!(
            "Another socket has {address}. The system's tables do not show whose it is; they leave \
             out a socket that is bound but not listening, for example."
        );
        (why, format!("Use {other}."))
    }
}

/// The rows of the kernel's table that may keep `socket` from being bound to `address`.
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
    // First those that are certain to be in the way.
    entries.sort_by_key(|entry| entry.local.is_ipv4() != address.is_ipv4());
    Some(entries)
}

/// Whether two sockets with these addresses want the same packets. `::` covers IPv4 as well, unless
/// `IPV6_V6ONLY` is set, which the table does not show.
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
                "There is already a connection from {local} to {address}, perhaps in TIME_WAIT, \
                 and no two connections may have the same addresses and ports at both ends."
            ),
            "Leave out the bind before connect, and the kernel picks another port.",
        ),
        ("connect", None) => advise(
            format!(
                "The kernel finds no free port on this side for a connection to {address}: all \
                 those that it may pick are taken (on Linux, net.ipv4.ip_local_port_range).{}",
                match address.is_ipv6() {
                    true => {
                        " Or this machine has no IPv6 address to send from, perhaps because IPv6 \
                         is switched off (net.ipv6.conf.all.disable_ipv6)."
                    }
                    false => "",
                }
            ),
            match address.is_ipv6() {
                true => {
                    "Try 127.0.0.1, over IPv4. If it is ports that have run out, close connections \
                     that are not needed, or wait until others have left TIME_WAIT."
                }
                false => {
                    "Close connections that are not needed, or wait until others have left \
                     TIME_WAIT."
                }
            },
        ),
        _ => advise(
            format!("{} is not an address of this machine.", address.ip()),
            format!(
                "Use {}, or '' for every interface, or an address that `{SHOW_ADDRESSES}` lists.",
                if address.is_ipv6() { "::1" } else { "127.0.0.1" }
            ),
        ),
    }
}

pub(crate) fn no_loopback(address: SocketAddr) -> Advice {
    advise(
        format!(
            "{} does not exist here: this system's loopback interface is down or has no such \
             address, as in a container without a network or without IPv6.",
            address.ip()
        ),
        match address.is_ipv6() {
            true => {
                "Use 127.0.0.1; or check whether `sysctl net.ipv6.conf.lo.disable_ipv6` is 1 and \
                 `ip address show lo` shows the interface UP."
            }
            false => {
                "`ip address show lo` shows its addresses; root can bring it up with `ip link set \
                 lo up`."
            }
        },
    )
}

/// Whether an IPv4 address was given to an IPv6 socket.
pub(crate) fn is_ipv4_for_ipv6(call: &Call) -> bool {
    let kind = call.view().map(|view| view.kind).unwrap_or_default();
    call.address.is_some_and(|address| address.is_ipv4()) && kind.ends_with("/IPv6")
}

/// Whether an IPv4 address written as IPv6 (`::ffff:127.0.0.1`) was given to a socket that takes
/// only IPv6.
pub(crate) fn is_ipv4_without_ipv4(call: &Call, address: SocketAddr) -> bool {
    let is_mapped = matches!(address, SocketAddr::V6(v6) if v6.ip().to_ipv4_mapped().is_some());
    is_mapped && call.socket.is_some_and(|socket| socket.only_v6().unwrap_or(false))
}

pub(crate) fn ipv4_without_ipv4() -> Advice {
    advise(
        "This is an IPv4 address written as IPv6, and IPV6_V6ONLY is set: the socket takes only \
         IPv6.",
        "Make an IPv4 socket for it, or clear IPV6_V6ONLY before bind and connect.",
    )
}

pub(crate) fn other_family(call: &Call) -> Advice {
    if call.name == "socket" {
        return advise(
            "This system has no such address family: its kernel was built or started without it.",
            "If IPv6 is what is missing, use IPv4: leave out --ipv6, and give an address such as \
             127.0.0.1.",
        );
    }
    let kind = call.view().map(|view| view.kind).unwrap_or_default();
    let family = match kind.split_once('/') {
        Some((_, family)) => format!(", which is {family}"),
        None => String::new(),
    };
    advise(
        format!("The address is not of the socket's family{family}."),
        "Make the socket to suit the address: Domain::for_address(address) in socket2.",
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
        "The socket is UDP and not connected, and the call names no receiver.",
        "Name the receiver with sendto, or once and for all with connect.",
    )
}
