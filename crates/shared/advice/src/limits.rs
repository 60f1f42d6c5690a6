//! More than there is room for: descriptors, memory, buffers, datagrams.

use crate::call::{Advice, Call, advise, see_the_page};

/// What a server does about an error of accept that no client has caused.
const SERVER_WAITS: &str = "A server closes what it does not need, waits a moment and goes on with \
                            its accept loop; without the wait it would only spin.";

/// What becomes of the client that accept could not take.
fn client_of(call: &Call) -> &'static str {
    match call.is_accept() {
        true if cfg!(target_os = "linux") => " The client stays in the queue.",
        true if cfg!(target_os = "macos") => " The client's connection is closed.",
        _ => "",
    }
}

pub(crate) fn too_many_descriptors(call: &Call) -> Advice {
    let server = if call.is_accept() { format!(" {SERVER_WAITS}") } else { String::new() };
    advise(
        format!(
            "This process has as many descriptors open as its limit allows; each socket is one.{}",
            client_of(call)
        ),
        format!(
            "`ulimit -n` shows the limit, and `ulimit -Sn $(ulimit -Hn)` raises it as far as you \
             may. But first check whether some descriptors are never closed.{server}"
        ),
    )
}

/// Windows has no such error.
#[cfg(unix)]
pub(crate) fn too_many_files(call: &Call) -> Advice {
    let why = format!(
        "All processes together have as many files open as the system allows (fs.file-max on \
         Linux, kern.maxfiles on macOS).{}",
        client_of(call)
    );
    match call.is_accept() {
        true => advise(why, SERVER_WAITS),
        false => advise(why, "Find the program that keeps so many open: `lsof` lists them."),
    }
}

/// The kernel is out of memory.
pub(crate) fn no_memory(call: &Call) -> Advice {
    match call.is_accept() {
        true => advise(
            format!(
                "The kernel has no memory for another socket. That may be its limit for sockets, \
                 and not all of the machine's memory.{}",
                client_of(call)
            ),
            SERVER_WAITS,
        ),
        false => see_the_page(call),
    }
}

pub(crate) fn no_room(call: &Call) -> Advice {
    match call.name {
        _ if call.is_accept() => no_memory(call),
        "sendmsg" => advise(
            "The control data (cmsg(3)) is longer than the kernel allows (net.core.optmem_max), or \
             the queue of the network interface is full.",
            "Send less of it in each call.",
        ),
        _ if call.sends() => advise(
            "The queue of the network interface is full, or drops everything. Linux says so only \
             to sockets with IP_RECVERR; to others, the send seems to have worked.",
            "Send more slowly; `tc -s qdisc` shows the queues and what they dropped.",
        ),
        _ => see_the_page(call),
    }
}

pub(crate) fn too_long(call: &Call) -> Advice {
    // Windows says so when the buffer is too short.
    if call.receives() {
        return advise(
            "The datagram is longer than the buffer, and the rest of it is lost.",
            "Give a larger buffer; 65535 bytes are always enough.",
        );
    }
    advise(
        "This is more than one datagram can hold: 65507 bytes over IPv4 (65535 less 20 for IP and \
         8 for UDP), 65527 over IPv6; or it is more than the path to the peer allows.",
        "Send less in each datagram, or use TCP, which has no such limit.",
    )
}
