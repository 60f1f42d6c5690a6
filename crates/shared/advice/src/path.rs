//! How long a datagram may be on its way: what the path to the peer carries in one packet.

use std::net::SocketAddr;

use kernel::Whole;

use crate::call::{Advice, Call, advise};
use crate::limits;

/// The longest datagram over IPv4: 65535 bytes of a packet, less 20 for IP and 8 for UDP.
const LONGEST: u32 = 65507;

/// Why a datagram was too long for the call, or had been for the path.
pub(crate) fn too_long(call: &Call) -> Advice {
    if call.receives() {
        return earlier();
    }
    // Of sendto only the address is known.
    let size: Option<u32> = call.arguments.split(' ').next().and_then(|size| size.parse().ok());
    let of_the_path = || {
        let socket = call.socket?;
        let peer = call.address.or_else(|| call.view()?.peer)?;
        let Some(whole) = kernel::must_stay_whole(socket, peer) else {
            // The kernel cuts it into pieces.
            return size.filter(|size| *size <= LONGEST).map(|_| earlier());
        };
        for_the_path(peer, whole, kernel::path_mtu(socket, peer), size)
    };
    of_the_path().unwrap_or_else(|| limits::too_long(call))
}

/// What a router has said comes with the next call, whatever that is.
fn earlier() -> Advice {
    advise(
        "An earlier datagram from this socket was longer than the path carries: a router has said \
         so (by ICMP), and the next call on the socket reports it.",
        "Send shorter datagrams. On a connected socket, IP_MTU (IPV6_MTU) says what the path \
         carries now.",
    )
}

/// `None`: the path carries the longest datagram there is, so that is not the reason.
fn for_the_path(
    peer: SocketAddr,
    whole: Whole,
    mtu: Option<u32>,
    size: Option<u32>,
) -> Option<Advice> {
    let ip = peer.ip().to_canonical();
    let (heads, option) = match ip.is_ipv4() {
        true => (28, "IP_MTU_DISCOVER"),
        false => (48, "IPV6_MTU_DISCOVER"),
    };
    let most = mtu.map(|mtu| mtu.saturating_sub(heads));
    if most.is_some_and(|most| most >= LONGEST) {
        return None;
    }
    if size.zip(most).is_some_and(|(size, most)| size <= most && whole != Whole::BySegments) {
        return Some(earlier());
    }
    let because = match whole {
        Whole::ByDiscovery | Whole::ByProbing => format!("{option} is set so"),
        Whole::ByDontFragment => "IPV6_DONTFRAG is set".to_string(),
        Whole::BySegments => "UDP_SEGMENT is set".to_string(),
    };
    let what = if whole == Whole::BySegments { "segment" } else { "datagram" };
    // With probing, what was learnt about the path is no limit, but what the interface carries is.
    let limit = match mtu.zip(most).filter(|_| whole != Whole::ByProbing) {
        Some((mtu, most)) => format!(
            ": to {ip} that is {most} bytes at most (the path's MTU of {mtu} less {heads} for IP \
             and UDP)"
        ),
        None => String::new(),
    };
    Some(advise(
        format!("Each {what} has to fit into one packet here ({because}){limit}."),
        match whole {
            Whole::BySegments => "Make the segments shorter.".to_string(),
            Whole::ByDontFragment => {
                "Send less in each datagram, or clear IPV6_DONTFRAG: then the kernel cuts it into \
                 pieces."
                    .to_string()
            }
            Whole::ByDiscovery | Whole::ByProbing => format!(
                "Send less in each datagram; or set {option} back to {}, and the kernel cuts it \
                 into pieces.",
                option.replace("MTU_DISCOVER", "PMTUDISC_WANT")
            ),
        },
    ))
}
