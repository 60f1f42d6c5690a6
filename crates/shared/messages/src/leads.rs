//! The questions to which messages lead.

use crate::Message;
use crate::errors::Field;
use crate::lookup::named;
use crate::phrases::{PHRASES, Sense};
use crate::words::has;

/// An error (or `the end`, or `a timer`), words of which one must be in the text, and the question
/// that answers then. The first of an error's that fit come first; those without words fit always.
const LEADS: &[(&str, &[&str], &str)] = &[
    (
        "EADDRINUSE",
        &["already allocated", "docker", "which process", "driver failed"],
        "who_holds_the_port",
    ),
    ("EADDRINUSE", &[UNIX_SOCKET], "unix_sockets"),
    (
        "EADDRINUSE",
        &[
            "another program",
            "is busy",
            "occupied",
            "ports are not available",
            "stop the process",
            "taken",
        ],
        "who_holds_the_port",
    ),
    ("EADDRINUSE", &[], "address_in_use_after_restart"),
    ("EADDRINUSE", &[], "who_holds_the_port"),
    ("EADDRINUSE", &[], "child_holds_the_port"),
    ("EADDRNOTAVAIL", &["connect", "connecting", "dial"], "ports_for_clients_run_out"),
    ("EADDRNOTAVAIL", &[], "not_my_address"),
    ("EAFNOSUPPORT", &[], "family_must_fit"),
    ("EALREADY", &[], "connect_in_progress"),
    ("EINPROGRESS", &[], "connect_in_progress"),
    ("ECONNABORTED", &["accept", "accept4", "accepting"], "client_gone_before_accept"),
    ("ECONNABORTED", &["host machine", "10053", "recv", "read", "send", "write"], "broken_pipe"),
    ("ECONNABORTED", &[], "client_gone_before_accept"),
    ("ECONNREFUSED", &[UNIX_SOCKET], "unix_sockets"),
    ("ECONNREFUSED", &[IPV6_LOOPBACK], "localhost_is_a_name"),
    (
        "ECONNREFUSED",
        &["udp", "icmp", "portunreachableexception", "recvfrom", "sendto"],
        "udp_port_closed",
    ),
    ("ECONNREFUSED", OF_CONTAINERS, "unreachable_from_outside"),
    ("ECONNREFUSED", &[], "connection_refused"),
    ("ECONNREFUSED", &["localhost"], "localhost_is_a_name"),
    ("ECONNRESET", OF_CONTAINERS, "unreachable_from_outside"),
    ("ECONNRESET", &["socket hang up", "network socket disconnected"], "peer_gone"),
    (
        "ECONNRESET",
        &["accept loop", "server ended", "panicked", "panics", "server dies", "server crashes"],
        "reset_ends_the_server",
    ),
    ("ECONNRESET", &[], "close_that_resets"),
    ("ECONNRESET", &[], "reset_ends_the_server"),
    ("ECONNRESET", &[], "broken_pipe"),
    ("ECONNRESET", &["curl"], "unreachable_from_outside"),
    ("EPIPE", &["sigpipe"], "no_sigpipe"),
    ("EPIPE", &[], "broken_pipe"),
    ("EPIPE", &[], "peer_gone"),
    ("EMSGSIZE", &["10040", "wsaemsgsize", "datagram socket was larger"], "short_buffer"),
    ("EMSGSIZE", &[], "largest_datagram"),
    ("ENOENT", &[UNIX_SOCKET], "unix_sockets"),
    ("ETIMEDOUT", &["recv", "read", "recvfrom"], "keepalive"),
    ("ETIMEDOUT", &["recv", "read", "recvfrom"], "peer_gone"),
    ("ETIMEDOUT", &[], "connect_timeout"),
    ("EHOSTUNREACH", &[], "unreachable_from_outside"),
    ("EACCES", &[UNIX_SOCKET], "unix_sockets"),
    ("EACCES", &["broadcast", "255 255 255 255", "sendto", "udp"], "broadcast"),
    ("EACCES", &[], "privileged_port"),
    ("EACCES", &[], "broadcast"),
    ("EAGAIN", &[UNIX_SOCKET], "queue_full"),
    ("EAGAIN", &["timeout", "timed out", "so rcvtimeo"], "receive_timeout"),
    ("EAGAIN", &[], "would_block"),
    ("EAGAIN", &[], "receive_timeout"),
    ("EINVAL", &["bind"], "bind_twice"),
    ("EINVAL", &["accept", "accept4"], "listen_without_bind"),
    ("EBADF", &["accept", "accept4"], "stop_a_blocked_accept"),
    ("EMFILE", &[], "too_many_open_files"),
    ("ENFILE", &[], "too_many_open_files"),
    ("ENETRESET", &[], "peer_gone"),
    ("EAI_NONAME", &[], "localhost_is_a_name"),
    ("EAI_AGAIN", &[], "localhost_is_a_name"),
    ("EAI_FAIL", &[], "localhost_is_a_name"),
    ("EAI_NODATA", &[], "localhost_is_a_name"),
    (END, &[], "peer_gone"),
    (TIMER, OF_CONNECT, "connect_timeout"),
    (TIMER, &[], "receive_timeout"),
    (TIMER, &[], "connect_timeout"),
];

const END: &str = "the end";
const TIMER: &str = "a timer";

/// A sign that is no word.
const IPV6_LOOPBACK: &str = "::1";

/// A sign that is no word.
const UNIX_SOCKET: &str = "a Unix socket";

/// What else is said of a port that a container publishes.
const OF_CONTAINERS: &[&str] = &[
    "docker",
    "container",
    "published",
    "publish",
    "podman",
    "kubernetes",
    "kubectl",
    "compose",
    "port forward",
    "pod",
    "devcontainer",
    "wsl",
];

/// What is said of a connect that took too long.
const OF_CONNECT: &[&str] = &[
    "connect",
    "connecting",
    "dial",
    "connecttimeouterror",
    "connecttimeoutexception",
    "connecttimeout",
    "opentimeout",
    "und err connect timeout",
    "connection timeout",
];

/// All questions to which any message leads.
pub fn all() -> impl Iterator<Item = &'static str> {
    LEADS.iter().map(|(.., question)| *question)
}

/// What programs say that leads to a question rather than to an error of a socket's call.
#[must_use]
pub fn names_of_question(name: &str) -> Vec<&'static str> {
    let is_of_names = |symbol: &&str| named(symbol).is_some_and(|it| it.field == Field::Names);
    let groups = PHRASES.iter();
    let groups = groups.filter(|(sense, symbols, _)| {
        *sense != Sense::Error || symbols.first().is_some_and(is_of_names)
    });
    let phrases = groups.flat_map(|(.., phrases)| phrases.iter().copied());
    phrases.filter(|phrase| Message::read(phrase).questions().first() == Some(&name)).collect()
}

/// The questions to which a message leads, the best first.
pub fn questions(message: &Message) -> Vec<&'static str> {
    let keys: Vec<&str> = match message.sense {
        None => Vec::new(),
        Some(Sense::End) => vec![END],
        Some(Sense::Timer) => vec![TIMER],
        Some(Sense::Error) => message.errors.iter().map(|error| error.symbol).collect(),
    };
    let is_there = |sign: &&str| match *sign {
        IPV6_LOOPBACK => message.is_ipv6_loopback,
        UNIX_SOCKET => message.is_unix_socket,
        sign => has(&message.words, sign),
    };
    let mut found = Vec::new();
    for key in keys {
        let of_key = LEADS.iter().filter(|(its, ..)| *its == key);
        for (_, signs, question) in of_key {
            let fits = signs.is_empty() || signs.iter().any(is_there);
            if fits && !found.contains(question) {
                found.push(*question);
            }
        }
    }
    found
}
