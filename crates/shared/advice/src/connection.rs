//! The connection, or the want of one: refused, reset, ended, there already.

use crate::call::{Advice, Call, advise, see_the_page};

pub(crate) fn refused(call: &Call) -> Advice {
    match call.address {
        Some(address) => advise(
            format!(
                "Nobody listens at {address}. (A port that is only bound refuses, too, and so do \
                 some firewalls.)"
            ),
            "Start the server first (`just step-4 --wait` in another terminal), and see that host \
             and port are the same on both sides.",
        ),
        None if call.is_udp() => advise(
            "An earlier datagram of this socket found nobody at the peer's port. Its kernel said so \
             (by ICMP), and the next call of a connected socket reports it.",
            "Start the receiver first, and see that host and port are the same on both sides.",
        ),
        None => see_the_page(call),
    }
}

pub(crate) fn reset() -> Advice {
    advise(
        "The other side ended the connection by a reset: it closed before it had read \
         everything that was sent to it, for instance, or its listener was closed while this \
         connection was in the queue, or it asked for a reset (SO_LINGER with 0).",
        "Whoever closes should first read to the end. After a reset, connect again.",
    )
}

pub(crate) fn connected(call: &Call) -> Advice {
    if call.state() == "LISTEN" {
        return advise(
            "The socket listens, and a socket that listens does not connect.",
            "Make a socket of its own to connect.",
        );
    }
    let peer = call.view().and_then(|view| view.peer);
    let peer = peer.map_or(String::new(), |peer| format!(", to {peer}"));
    match call.sends() {
        true => advise(
            format!("MSG_FASTOPEN connects, and the socket is connected{peer}."),
            "Leave the flag out: send is enough.",
        ),
        false => advise(
            format!("The socket is connected{peer}; TCP connects a socket once."),
            "Make a new socket for each connection.",
        ),
    }
}

pub(crate) fn not_connected(call: &Call) -> Advice {
    if call.is_udp() && call.name == "shutdown" {
        return advise(
            "The socket is not connected. On Linux, shutdown works all the same: what waits to \
             receive on it ends.",
            "UDP has no end to be told of: close it.",
        );
    }
    match (call.state(), call.name) {
        ("LISTEN", _) => advise(
            "The socket listens: it has no connection of its own.",
            "Use the socket that accept returns.",
        ),
        (_, "shutdown") => advise(
            "The socket was never connected, or the connection is over, by a reset for instance.",
            "After a reset there is nothing left to end: close it. Otherwise make a new socket and \
             connect that: on Linux the shutdown has taken effect all the same.",
        ),
        _ => advise("The socket is not connected.", "Call connect first."),
    }
}

pub(crate) fn nobody_reads(call: &Call) -> Advice {
    match (call.state(), call.local()) {
        ("LISTEN", _) => advise(
            "The socket listens: it takes connections, and has none itself.",
            "Send by the socket that accept has returned.",
        ),
        _ if call.is_udp() => advise(
            "This side has ended its sending, by shutdown.",
            "Send everything before shutdown(SHUT_WR).",
        ),
        ("CLOSE", None) => advise(
            "The socket was never connected. POSIX says ENOTCONN for it, Linux EPIPE.",
            "Call connect first.",
        ),
        ("FIN_WAIT1" | "FIN_WAIT2" | "CLOSING" | "LAST_ACK" | "TIME_WAIT", _) => advise(
            "This side has ended its sending, by shutdown.",
            "Send everything before shutdown(SHUT_WR).",
        ),
        ("CLOSE", Some(_)) => advise(
            "The connection is closed or reset: nobody is left to read what is sent. (Or the socket \
             is bound and was never connected.)",
            "Drop the connection and go on: clients come and go. If it should not have gone, see why the \
             other side closed.",
        ),
        _ => advise(
            "The connection is closed or reset: nobody is left to read what is sent.",
            "Drop the connection and go on: clients come and go. If it should not have gone, see why the \
             other side closed.",
        ),
    }
}

pub(crate) fn nobody_answered(call: &Call) -> Advice {
    match call.address {
        Some(address) => advise(
            format!(
                "Nothing at {address} answered: no such machine, or a firewall drops packets, or \
                 its queue of connections is full."
            ),
            "Check the address, and the firewall between.",
        ),
        None => advise(
            "The other side acknowledged nothing before TCP gave up: after many minutes \
             (net.ipv4.tcp_retries2), or when keepalive (SO_KEEPALIVE) or TCP_USER_TIMEOUT said \
             so; the latter counts as well when the other side takes nothing.",
            "The connection is over: close it, and connect again.",
        ),
    }
}
