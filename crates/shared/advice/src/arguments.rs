//! What the call was given besides an address: pointers, lengths, flags, options.

use std::net::SocketAddr;

use crate::address::{ipv4_without_ipv4, is_ipv4_for_ipv6, is_ipv4_without_ipv4, other_family};
use crate::call::{Advice, Call, advise, see_the_page};

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
        (_, Some(SocketAddr::V6(v6))) if v6.ip().is_unicast_link_local() => advise(
            "A link-local address is complete only with the interface that it belongs to.",
            format!("Name the interface: {}%eth0, for instance.", v6.ip()),
        ),
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
        ("bind", Some(SocketAddr::V6(v6))) if v6.ip().is_multicast() && call.local().is_none() => {
            advise(
                "This is an IPv6 multicast address: TCP cannot bind to one, and over UDP a \
                 link-local one (ff02::) needs its interface as well.",
                "Bind to the address of one machine; or over UDP, to ff02::1%eth0, for instance.",
            )
        }
        ("bind", _) => match call.local() {
            Some(local) => advise(
                format!(
                    "The socket already has an address, {local}: bind works only once, and listen, \
                     connect and sendto bind a socket that has none."
                ),
                "Call bind first, or make a new socket.",
            ),
            None => advise(LENGTH, SIZE),
        },
        ("listen", _) => advise(
            "The socket is connected, or connecting, so it cannot listen as well.",
            "Make a separate socket to listen with.",
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

pub(crate) fn no_socket() -> Advice {
    advise(
        "The descriptor belongs to a file, a pipe or something else that is not a socket.",
        "Find out where the number comes from. Often it belonged to a socket that was closed, and \
         belongs to something else now.",
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
