//! Faults that no call reports: everything has worked, and yet it does not do what was meant. What
//! has been seen, why that happens, and what to do.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// A fault that no call reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Silent {
    /// A TCP socket whose peer is itself.
    ConnectedToItself {
        /// The address of both ends.
        address: SocketAddr,
    },
    /// The listener that a connect waits for has a full queue.
    QueueFull {
        /// Where it listens.
        address: SocketAddr,
        /// Connections in its queue.
        length: u32,
        /// The limit.
        limit: u32,
    },
    /// A send was kept back until what had been sent before was acknowledged.
    KeptBack {
        /// How many bytes.
        bytes: u32,
        /// For how long.
        time: Duration,
    },
    /// A UDP answer leaves from another address than the one that was asked.
    AnswersFrom {
        /// Where the client sent its question.
        asked: SocketAddr,
        /// Where the answer comes from.
        from: IpAddr,
    },
    /// The same, as a client sees it.
    AnsweredFrom {
        /// Where the client sent its question.
        asked: SocketAddr,
        /// Where the answer comes from.
        from: SocketAddr,
    },
    /// Of several UDP sockets on one address and port, one gets everything.
    TakesAll {
        /// The address.
        address: SocketAddr,
        /// Whose the other socket is, in words.
        other: String,
    },
    /// A socket in a group that is bound to another address.
    BoundElsewhere {
        /// The group.
        group: IpAddr,
        /// The address.
        bound: IpAddr,
    },
    /// A listener that gets its share of the clients, and does not accept them.
    NeverAccepts {
        /// Whose it is, in words.
        listener: String,
        /// Where it listens.
        address: SocketAddr,
        /// How many clients wait.
        waiting: u32,
    },
}

impl Silent {
    /// What is said about it.
    #[must_use]
    pub fn remark(&self) -> String {
        match self {
            Silent::ConnectedToItself { address } => format!(
                "This socket is connected to itself: nobody was listening at {address}, and its \
                 own port is that very one, picked by the kernel from \
                 net.ipv4.ip_local_port_range, or by bind. Let the server listen on a port outside \
                 that range; a client can compare its two addresses, and connect again."
            ),
            Silent::QueueFull { address, length, limit } => format!(
                "The queue of the listener at {address} is full ({length} of {limit}), so the \
                 kernel drops the SYN; TCP sends it again after a second, and then again and \
                 again. Accept faster, or listen with a longer backlog (at most \
                 net.core.somaxconn)."
            ),
            Silent::KeptBack { bytes, time } => format!(
                "The last {bytes} {} this side sent left {} ms after the send: TCP keeps a short \
                 piece back as long as an earlier one is not acknowledged (Nagle), and the other \
                 side may delay that while it has nothing to send (delayed ACK). Send both in one \
                 call, or set TCP_NODELAY.",
                if *bytes == 1 { "byte that" } else { "bytes that" },
                time.as_millis()
            ),
            Silent::AnswersFrom { asked, from } => format!(
                "The client has asked at {asked}, and this answer leaves from {from}: the socket \
                 is bound to every address, so the kernel picks the sender's by its routes. A \
                 client that is connected does not get it. {ANSWER_FROM}"
            ),
            Silent::AnsweredFrom { asked, from } => format!(
                "{asked} was asked, and {from} answers: a server that is bound to every address \
                 lets the kernel pick the sender's by its routes. A client that is connected would \
                 not get this answer. {ANSWER_FROM}"
            ),
            Silent::TakesAll { address, other } => format!(
                "{other} is bound to {address} as well, which SO_REUSEADDR allows over UDP, and \
                 gets nothing of this: what is sent to one address goes to one of them alone, the \
                 one that was bound last. Have one socket there; SO_REUSEPORT on all of them would \
                 share the senders out."
            ),
            Silent::BoundElsewhere { group, bound } => format!(
                "The socket has joined {group} and is bound to {bound}, so what is sent to the \
                 group does not reach it: the address that it is bound to is the one that it gets \
                 datagrams for. Bind it to {group}, or to {}, which takes unicast as well.",
                if group.is_ipv4() { "0.0.0.0" } else { "::" }
            ),
            Silent::NeverAccepts { listener, address, waiting } => format!(
                "{listener} listens at {address} beside others (SO_REUSEPORT), which accept; in \
                 its queue {} that nobody has accepted. The kernel gives each listener of the \
                 group its share of the clients: accept on this one, too, or close it.",
                match waiting {
                    1 => "is a client".to_string(),
                    _ => format!("are {waiting} clients"),
                }
            ),
        }
    }
}

/// How a server answers from the address that was asked.
const ANSWER_FROM: &str = "Bind a socket to each address that the server has, or answer from the \
                           address that IP_PKTINFO (IPV6_RECVPKTINFO) reports.";
