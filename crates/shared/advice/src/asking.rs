//! Calls that only ask: the addresses of a socket (getsockname, getpeername), and the error that
//! the kernel keeps for it (SO_ERROR).

use crate::call::{Advice, Call, advise};
use crate::errno::{ECONNREFUSED, EHOSTUNREACH, EINVAL, ENETUNREACH, ENOTCONN};

/// `None` where these calls fail for the same reason as any other.
pub(crate) fn reason(call: &Call, number: i32) -> Option<Advice> {
    match (call.name, number) {
        ("getpeername", ENOTCONN) => Some(no_peer(call)),
        ("getpeername" | "getsockname", EINVAL) => Some(advise(
            "The length for the address is negative.",
            "Before each call, set it to the size of the buffer for the address.",
        )),
        // What connect was given, is not known.
        ("getsockopt", ECONNREFUSED) if !call.is_udp() => Some(advise(
            "The connect that went on in the background has ended: nobody is listening at the \
             address that it was given.",
            "Start the server first, and check that host and port are the same on both sides. A \
             new try needs a new connect.",
        )),
        ("getsockopt", EHOSTUNREACH | ENETUNREACH) => Some(advise(
            "A packet of this socket found no way to its destination: there is no route, or nobody \
             on the local network has that address, or a router or a firewall said so (by ICMP).",
            "`ip route get ADDRESS` shows what this machine's routes say.",
        )),
        _ => None,
    }
}

fn no_peer(call: &Call) -> Advice {
    const KEEP: &str = "Keep the address that accept has told, or that connect was given; \
                        getpeername knows it only while the connection lives.";
    match (call.state(), call.local()) {
        _ if call.is_udp() => advise(
            "The socket is not connected: without connect, datagrams come from anybody.",
            "recvfrom says who has sent each. Connect the socket if there is only one peer.",
        ),
        ("LISTEN", _) => advise(
            "The socket is listening: it has no peer of its own.",
            "Ask the socket that accept returns; accept says who has connected, too.",
        ),
        ("SYN_SENT", _) => advise(
            "The connect is still going on, so there is no peer yet.",
            "Wait until poll(2) says that the socket is writable; then SO_ERROR says how it ended.",
        ),
        ("CLOSE", Some(_)) => advise(
            "The socket has no connection any more: it was reset, was refused, or both sides have \
             ended it, and then the kernel forgets the peer. (Or it is bound and was never \
             connected.)",
            KEEP,
        ),
        ("CLOSE", None) => advise("The socket was never connected.", "Call connect first."),
        _ => advise("The socket is not connected, or not any more.", KEEP),
    }
}
