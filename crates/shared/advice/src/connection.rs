//! What is wrong with the connection: refused, reset, ended, missing, or already there.

use crate::call::{Advice, Call, advise, see_the_page};

/// What to do about an error that ends one connection.
const ONE_IS_OVER: &str = "A client connects again. A server closes this connection and goes on \
                           with its accept loop.";

pub(crate) fn refused(call: &Call) -> Advice {
    match call.address {
        _ if call.is_udp() => nobody_receives(),
        Some(address) if address.port() == 0 => port_of_nobody(),
        Some(address) => advise(
            format!(
                "Nobody is listening at {address}. (A port that is only bound refuses as well, and \
                 so do some firewalls.)"
            ),
            "Start the server first (`just step-4 --wait` in another terminal), and check that \
             host and port are the same on both sides.",
        ),
        None => see_the_page(call),
    }
}

/// A peer's port is never 0.
pub(crate) fn port_of_nobody() -> Advice {
    advise(
        "Port 0 is nobody's: no server listens there. It is for bind alone, and asks the kernel to \
         pick a free port.",
        "Give the port at which the server listens: it says so itself, or `just step-4 --wait` \
         does.",
    )
}

fn nobody_receives() -> Advice {
    advise(
        "An earlier datagram from this socket found nobody at the peer's port. The peer's kernel \
         said so (by ICMP), and the next call on the socket reports it.",
        "Start the receiver first, and check that host and port are the same on both sides.",
    )
}

pub(crate) fn reset(call: &Call) -> Advice {
    // Windows' error for it.
    if call.is_udp() {
        return nobody_receives();
    }
    // Windows' error for it.
    if call.is_accept() {
        return gone_before_accept();
    }
    advise(
        "The other side ended the connection with a reset: perhaps it closed before it had read \
         everything that was sent to it, or its listener was closed while this connection was in \
         the queue, or it asked for a reset (SO_LINGER with 0). Or nobody there knows the \
         connection any more: the other machine was restarted, or a NAT, a load balancer or a \
         firewall on the way has forgotten it or cut it off.",
        format!("{ONE_IS_OVER} The side that closes should read to the end first."),
    )
}

pub(crate) fn aborted(call: &Call) -> Advice {
    match call.is_accept() {
        true => gone_before_accept(),
        false => advise(
            "This machine itself gave the connection up: somebody with the right to it ended it \
             (on Linux, `ss --kill`), or, on Windows, the other side closed or did not answer while data \
             was on its way.",
            ONE_IS_OVER,
        ),
    }
}

fn gone_before_accept() -> Advice {
    advise(
        "The client ended its connection with a reset while it was in the queue. Linux hands out \
         such a connection, and a recv reports the reset, after what had arrived before it; on other \
         systems accept itself may.",
        "A server goes on with its accept loop: one client is lost, and the listener is fine.",
    )
}

pub(crate) fn connected(call: &Call) -> Advice {
    if call.state() == "LISTEN" {
        return advise(
            "The socket is listening, and a listening socket cannot connect.",
            "Make a separate socket to connect with.",
        );
    }
    let peer = call.view().and_then(|view| view.peer);
    let peer = peer.map_or(String::new(), |peer| format!(" to {peer}"));
    match call.sends() {
        true => advise(
            format!("MSG_FASTOPEN connects, but the socket is already connected{peer}."),
            "Leave the flag out: send is enough.",
        ),
        false => advise(
            format!("The socket is already connected{peer}: TCP connects no socket that is."),
            match cfg!(target_os = "linux") {
                true => {
                    "Make a new socket for each connection. (A connect to an address of the family \
                     AF_UNSPEC breaks the connection off, with a reset, and then the socket can \
                     connect again.)"
                }
                false => "Make a new socket for each connection.",
            },
        ),
    }
}

pub(crate) fn not_connected(call: &Call) -> Advice {
    if call.is_udp() && call.name == "shutdown" {
        return advise(
            "The socket is not connected. On Linux, shutdown takes effect even so: a receive that \
             is waiting on it returns.",
            "UDP has no end to announce: just close the socket.",
        );
    }
    match (call.state(), call.name) {
        ("LISTEN", _) => advise(
            "The socket is listening: it has no connection of its own.",
            "Use the socket that accept returns.",
        ),
        (_, "shutdown") => advise(
            "The socket was never connected, or its connection is over, after a reset for \
             instance.",
            "After a reset there is nothing left to shut down: close the socket. Otherwise make a \
             new socket and connect that one: on Linux the shutdown has taken effect even so.",
        ),
        _ => advise("The socket is not connected.", "Call connect first."),
    }
}

pub(crate) fn nobody_reads(call: &Call) -> Advice {
    match (call.state(), call.local()) {
        ("LISTEN", _) => advise(
            "The socket is listening: it takes connections, and has none itself.",
            "Send on the socket that accept has returned.",
        ),
        _ if call.is_udp() => advise(
            "This side has ended its sending, with shutdown.",
            "Send everything before shutdown(SHUT_WR).",
        ),
        ("CLOSE", None) => advise(
            "The socket was never connected. POSIX says ENOTCONN here, Linux says EPIPE.",
            "Call connect first.",
        ),
        ("FIN_WAIT1" | "FIN_WAIT2" | "CLOSING" | "LAST_ACK" | "TIME_WAIT", _) => advise(
            "This side has ended its sending, with shutdown.",
            "Send everything before shutdown(SHUT_WR).",
        ),
        ("CLOSE", Some(_)) => advise(
            "The connection is closed or reset: nobody is left to read what is sent. (Or the socket \
             is bound and was never connected.)",
            ONE_IS_OVER,
        ),
        _ => advise(
            "The connection is closed or reset: nobody is left to read what is sent.",
            ONE_IS_OVER,
        ),
    }
}

pub(crate) fn nobody_answered(call: &Call) -> Advice {
    match call.address {
        Some(address) => advise(
            format!(
                "Nothing at {address} answered: there is no such machine, or a firewall drops the \
                 packets, or the listener's queue is full."
            ),
            "Check the address, and any firewall on the way.",
        ),
        None if cfg!(windows)
            && (call.receives() && call.read_timeout().is_some()
                || call.sends() && call.write_timeout().is_some()) =>
        {
            advise(
                "The socket's timeout is over.",
                format!("Windows does not promise that this socket still works. {ONE_IS_OVER}"),
            )
        }
        None => advise(
            "The other side acknowledged nothing until TCP gave up: after many minutes \
             (net.ipv4.tcp_retries2), or earlier because of keepalive (SO_KEEPALIVE) or \
             TCP_USER_TIMEOUT. The latter also applies while the other side accepts no more data.",
            ONE_IS_OVER,
        ),
    }
}
