//! What the call was given besides an address: pointers, lengths, flags, options.

use std::net::SocketAddr;

use crate::address::{ipv4_without_ipv4, is_ipv4_for_ipv6, is_ipv4_without_ipv4, other_family};
use crate::call::{Advice, Call, advise, see_the_page};
use crate::many::{incomplete, needs_scope, no_group_for_tcp};

/// What a server does that may be given its listener.
pub(crate) const CHECK_IT: &str = "A server that is handed its listener (LISTEN_FDS, from descriptor \
                                   3 up) checks first that LISTEN_PID is its own number, and that \
                                   what it got is a listener (SO_ACCEPTCONN).";

pub(crate) fn bad_pointer(call: &Call) -> Advice {
    // Windows' error for an address of another family.
    if cfg!(windows) && call.address.is_some() {
        return other_family(call);
    }
    let lost = match call.name {
        "accept" | "accept4" => CONNECTION_LOST,
        _ if call.receives() && call.is_udp() => DATAGRAM_LOST,
        _ => "",
    };
    advise(
        format!(
            "A pointer leads to memory that the process does not have, or may not use in this \
             way.{lost}"
        ),
        "Look for the bad pointer: it was freed, or never set. Safe Rust never passes one.",
    )
}

const DATAGRAM_LOST: &str = match cfg!(target_os = "linux") {
    true => " The datagram is lost.",
    false => "",
};

const CONNECTION_LOST: &str = match cfg!(target_os = "linux") {
    true => " The connection is lost: the kernel had taken it out of the queue.",
    false => "",
};

pub(crate) fn invalid(call: &Call) -> Advice {
    const LENGTH: &str = "The length is wrong for an address: an IPv4 address (sockaddr_in) has 16 \
                          bytes, an IPv6 address (sockaddr_in6) has 28.";
    const SIZE: &str = "Give the size of the structure, as socket2 does.";
    match (call.name, call.address) {
        ("bind", Some(SocketAddr::V6(v6))) if v6.ip().is_multicast() && is_unbound_tcp(call) => {
            no_group_for_tcp(*v6.ip())
        }
        (_, Some(SocketAddr::V6(v6))) if needs_scope(*v6.ip()) => incomplete(v6),
        _ if is_ipv4_for_ipv6(call) => other_family(call),
        ("socket", _) => advise(
            "The type has a flag that the kernel does not know, or the protocol's number is out of \
             range.",
            "Use the names: SOCK_STREAM, SOCK_DGRAM, SOCK_CLOEXEC, SOCK_NONBLOCK; and 0 for the \
             protocol.",
        ),
        ("bind" | "connect" | "sendto", Some(address)) if is_ipv4_without_ipv4(call, address) => {
            ipv4_without_ipv4()
        }
        ("bind", _) => match call.local() {
            Some(local) if call.state() == "LISTEN" => advise(
                format!("The socket is listening already, on {local}, and bind works only once."),
                "A listener that was handed over or inherited needs neither bind nor listen: accept \
                 on it. Otherwise make a new socket.",
            ),
            Some(local) => advise(
                format!(
                    "The socket already has an address, {local}, and bind gives one only to a \
                     socket that has none: listen, connect and sendto give it one as well."
                ),
                "Call bind first, or make a new socket.",
            ),
            None => advise(LENGTH, SIZE),
        },
        ("listen", _) => advise(
            "The socket is connected, or connecting, so it cannot listen as well.",
            "Make a separate socket to listen with.",
        ),
        ("accept" | "accept4", _) if is_connection(call) => advise(
            "The socket is a connection, not a listener: accept takes clients from a listener \
             alone.",
            format!(
                "Accept on the socket that has called listen. {CHECK_IT} With Accept=yes systemd \
                 hands over a connection, which needs no accept."
            ),
        ),
        ("accept", _) if call.state() != "LISTEN" => advise(
            "The socket is not listening: listen was not called, or shutdown has ended it.",
            "Call listen first. After a shutdown, call it again; if the kernel had picked the \
             port, bind to that port again before it.",
        ),
        ("recv" | "recvfrom", _) if call.name == "recv" || call.has("MSG_OOB") => advise(
            "There is no urgent data: none was sent, or it has been received already, or it is \
             kept among the ordinary data (SO_OOBINLINE).",
            "Ask for it (MSG_OOB) once poll(2) reports POLLPRI.",
        ),
        ("accept" | "recvfrom", _) => advise(
            format!(
                "The length for the peer's address is negative.{}",
                if call.name == "accept" { CONNECTION_LOST } else { DATAGRAM_LOST }
            ),
            "Before each call, set it to the size of the buffer for the address.",
        ),
        ("accept4", _) => advise(
            "There is a flag other than SOCK_NONBLOCK and SOCK_CLOEXEC, which are the only two.",
            "Leave it out.",
        ),
        ("sendto", Some(address)) if address.port() == 0 => {
            advise("Port 0 is nobody's: nothing can be sent to it.", "Name the receiver's port.")
        }
        ("connect" | "sendto", Some(address))
            if call.local().is_some_and(|local| local.ip().is_loopback())
                && !address.ip().is_loopback() =>
        {
            advise(
                "The socket is bound to a loopback address, and what is sent from there stays on \
                 this machine.",
                "Bind it to an address that others can answer, or do not bind it at all.",
            )
        }
        ("connect" | "sendto", Some(address)) if cfg!(target_os = "linux") => advise(
            format!(
                "This machine throws away packets to {}, by a route of type blackhole; or the \
                 address lacks its interface, or makes no sense for this call.",
                address.ip()
            ),
            format!("`ip route get {}` shows what the routes say.", address.ip()),
        ),
        ("connect" | "sendto", None) => advise(LENGTH, SIZE),
        ("shutdown", _) => advise(
            "There are three directions: SHUT_RD, SHUT_WR and SHUT_RDWR (0, 1 and 2).",
            "Use one of them.",
        ),
        ("setsockopt", _) => advise(
            "The kernel does not accept the value: its length is wrong for the option (an int has \
             4 bytes), or it is out of range, or it comes too late for this socket.",
            "Give a value of the option's own type, as its manual page says.",
        ),
        _ => see_the_page(call),
    }
}

fn is_unbound_tcp(call: &Call) -> bool {
    !call.is_udp() && call.local().is_none()
}

fn is_connection(call: &Call) -> bool {
    call.view().is_some_and(|view| view.has_states && view.peer.is_some())
}

/// Whether an IPv6 option was meant for an IPv4 socket.
fn is_ipv6_for_ipv4(call: &Call) -> bool {
    let kind = call.view().map(|view| view.kind).unwrap_or_default();
    call.arguments.starts_with("IPV6_") && kind.ends_with("/IPv4")
}

pub(crate) fn not_supported(call: &Call) -> Advice {
    match call.name {
        "listen" | "accept" | "accept4" => advise(
            "The socket is of a type without connections, such as UDP (SOCK_DGRAM).",
            "Call recvfrom straight away, or make a TCP socket (SOCK_STREAM).",
        ),
        _ if call.sends() => advise(
            "The socket's type does not support a flag of this call: urgent data (MSG_OOB) needs a \
             stream, such as TCP.",
            "Leave the flag out.",
        ),
        "setsockopt" => advise(
            "This option is not for sockets of this family: newer Linux accepts SO_REUSEPORT on IP \
             sockets only.",
            "Leave it out.",
        ),
        _ => see_the_page(call),
    }
}

pub(crate) fn no_such_option(call: &Call) -> Advice {
    if is_ipv6_for_ipv4(call) {
        return advise(
            "It is an IPv6 option, and this is an IPv4 socket.",
            "Set it on IPv6 sockets only; IPv4 sockets need nothing of the kind.",
        );
    }
    advise(
        "This socket has no such option at this level: it is for sockets of another kind, or its \
         number belongs to another level. Each level (SOL_SOCKET, IPPROTO_IP, IPPROTO_TCP and so \
         on) numbers its own options.",
        "Take the level and the option from the same manual page: socket(7), ip(7), ipv6(7), \
         tcp(7) or udp(7).",
    )
}

pub(crate) fn no_descriptor() -> Advice {
    advise(
        "The number is not an open descriptor of this process: it was closed, or never opened.",
        "Close once, and do not use the number again: it will soon belong to something else. \
         Rust's types see to both.",
    )
}

pub(crate) fn no_socket(call: &Call) -> Advice {
    const FIND_OUT: &str = "Find out where the number comes from. Often it belonged to a socket \
                            that was closed, and belongs to something else now.";
    // The first calls on a socket that a program has not made itself.
    let first = ["bind", "listen", "accept", "accept4", "getsockname", "getsockopt", "setsockopt"];
    advise(
        "The descriptor belongs to a file, a pipe or something else that is not a socket.",
        match call.asker.is_some() && first.contains(&call.name) {
            true => format!("{FIND_OUT} {CHECK_IT}"),
            false => FIND_OUT.to_string(),
        },
    )
}

pub(crate) fn protocol_of_another_type() -> Advice {
    advise(
        "The protocol does not go with this type: TCP goes with SOCK_STREAM, UDP with \
         SOCK_DGRAM.",
        "Give 0 as the protocol (None in socket2), which means the usual one for the type.",
    )
}

pub(crate) fn no_such_type() -> Advice {
    advise(
        "This address family has no sockets of this type, or not with this protocol.",
        "Use SOCK_STREAM for TCP, and SOCK_DGRAM for UDP.",
    )
}
