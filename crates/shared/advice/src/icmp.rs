//! What a router, or the machine at the other end, says about a packet (by ICMP), and the kernel
//! reports as an error of connect, or of the next call on a UDP socket.

use crate::call::{Advice, Call, advise};
use crate::commands::show_route;

/// Which machine the call is about, in words.
fn peer(call: &Call) -> String {
    let address = call.address.or_else(|| call.view()?.peer);
    address.map_or("the peer".to_string(), |address| address.ip().to_string())
}

/// What shows where packets to it go.
fn look_at_the_way(call: &Call) -> String {
    let address = call.address.or_else(|| call.view()?.peer);
    let shown = address.map_or(String::new(), |address| {
        format!("{} shows the first router; ", show_route(address.ip()))
    });
    format!("{shown}traceroute shows how far packets come. Who runs the network there can mend it.")
}

/// Code 2, protocol unreachable.
pub(crate) fn protocol_refused(call: &Call) -> Advice {
    let protocol = if call.is_udp() { "UDP" } else { "TCP" };
    advise(
        format!(
            "The machine at {}, or a firewall before it, says by ICMP that it does not speak \
             {protocol} (protocol unreachable).",
            peer(call)
        ),
        look_at_the_way(call),
    )
}

/// Code 5, source route failed; over IPv6 an error in a source routing header.
pub(crate) fn way_refused(call: &Call) -> Advice {
    advise(
        format!(
            "A router says by ICMP that a packet to {} cannot follow the way that it names (source \
             route failed).",
            peer(call)
        ),
        look_at_the_way(call),
    )
}

/// Code 7, destination host unknown.
#[cfg(unix)]
pub(crate) fn host_unknown(call: &Call) -> Advice {
    let why = match cfg!(target_os = "linux") {
        true => format!("A router says by ICMP that it knows no machine {}.", peer(call)),
        false => format!("Nobody on the local network answers to {}.", peer(call)),
    };
    advise(why, look_at_the_way(call))
}

/// Code 8, source host isolated.
#[cfg(target_os = "linux")]
pub(crate) fn cut_off(call: &Call) -> Advice {
    advise(
        format!(
            "A router says by ICMP that this machine is cut off from the network of {} (source \
             host isolated).",
            peer(call)
        ),
        look_at_the_way(call),
    )
}
