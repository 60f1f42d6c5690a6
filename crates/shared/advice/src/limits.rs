//! More than there is room for: descriptors, buffers, datagrams.

use crate::call::{Advice, Call, advise, see_the_page};

pub(crate) fn too_many_descriptors(call: &Call) -> Advice {
    let queued = match call.name {
        "accept" | "accept4" if cfg!(target_os = "linux") => " The client stays in the queue.",
        "accept" if cfg!(target_os = "macos") => " The client's connection is closed.",
        _ => "",
    };
    advise(
        format!(
            "This process has as many descriptors open as its limit allows; each socket is \
             one.{queued}"
        ),
        "`ulimit -n` shows the limit, and `ulimit -Sn $(ulimit -Hn)` raises it as far as you may. \
         But first check whether some descriptors are never closed.",
    )
}

pub(crate) fn no_room(call: &Call) -> Advice {
    match call.name {
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
