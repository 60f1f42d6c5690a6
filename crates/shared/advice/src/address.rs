//! What is wrong with the address: taken, of another family, or missing.

use std::net::{IpAddr, SocketAddr};

use kernel::{Entry, Transport};
use socket2::{Socket, Type};

use crate::call::{Advice, Call, advise, see_the_page};
use crate::commands::show_port;
use crate::ports::none_is_free;

pub(crate) fn in_use(call: &Call) -> Advice {
    match (call.name, call.address, call.socket) {
        ("bind", Some(address), Some(socket)) => address_in_use(address, socket),
        _ => see_the_page(call),
    }
}

pub(crate) fn address_in_use(address: SocketAddr, socket: &Socket) -> Advice {
    if address.port() == 0 {
        return none_is_free(socket);
    }
    let other = match address.port().checked_add(1) {
        Some(next) => format!("another port, such as {next}, or 0 to let the kernel pick"),
        None => "another port, or 0 to let the kernel pick".to_string(),
    };
    let Some(entries) = rivals(address, socket, None) else {
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

/// The rows of the kernel's table that may keep `socket` from being bound to `address`. Where it is of
/// another network, they are the ones that the process `of` sees.
pub(crate) fn rivals(address: SocketAddr, socket: &Socket, of: Option<u32>) -> Option<Vec<Entry>> {
    if kernel::is_of_another_network(socket) && of.is_none() {
        return None;
    }
    let transport = match socket.r#type() {
        Ok(Type::DGRAM) => Transport::Udp,
        _ => Transport::Tcp,
    };
    let mut entries = kernel::port_table_of(of, transport, address.port())?;
    entries.retain(|entry| overlap(entry.local.ip(), address.ip()));
    // First those that are certain to be in the way.
    entries.sort_by_key(|entry| entry.local.is_ipv4() != address.is_ipv4());
    Some(entries)
}

/// Whether two sockets with these addresses want the same packets. `::` covers IPv4 as well, unless
/// `IPV6_V6ONLY` is set, which the table does not show.
pub(crate) fn overlap(one: IpAddr, other: IpAddr) -> bool {
    let (one, other) = (one.to_canonical(), other.to_canonical());
    let every = |ip: IpAddr| ip.is_unspecified();
    one == other
        || (every(one) || every(other)) && one.is_ipv4() == other.is_ipv4()
        || every(one) && one.is_ipv6()
        || every(other) && other.is_ipv6()
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

pub(crate) fn no_receiver() -> Advice {
    advise(
        "The socket is UDP and not connected, and the call names no receiver.",
        "Name the receiver with sendto, or once and for all with connect.",
    )
}
