//! A router that takes no packet: in a network of its own, a route leads to a thread of this process
//! that answers each packet with an ICMP message, as a router does (icmp(7), RFC 792, RFC 4443).

use std::io::{self, Read};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::thread;

use anyhow::ensure;
use kernel::wait_until;
use lesson::{Shown, address_of, say, wait_for_queue};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use super::namespace::{self, ELSEWHERE};
use super::preparations::{tcp, tcp_over_ipv6};
use super::{Fails, Provoked, interface, not_here};

/// The loopback interface's number.
const LOOPBACK: u32 = 1;

/// An address for documentation (RFC 3849), as [`ELSEWHERE`] is.
const ELSEWHERE_IPV6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);

/// The router answers with "destination unreachable" and this code.
pub fn code<const CODE: u8>() -> Provoked {
    let symbol = match CODE {
        0 => "ENETUNREACH",
        1 => "EHOSTUNREACH",
        2 => "ENOPROTOOPT",
        5 => "EOPNOTSUPP",
        7 => "EHOSTDOWN",
        8 => "ENONET",
        code => anyhow::bail!("code {code} is not in the table"),
    };
    // What goes out through the loopback interface, and to nobody's address, is dropped.
    namespace::enter_quietly()?;
    namespace::add_route_through(LOOPBACK, ELSEWHERE.ip())?;
    answered(ELSEWHERE, 3, CODE, symbol)
}

/// [`code`], over IPv6, where the codes are others.
pub fn code_of_ipv6<const CODE: u8>() -> Provoked {
    let symbol = match CODE {
        1 => "EACCES",
        7 => "EPROTO",
        code => anyhow::bail!("code {code} is not in the table"),
    };
    // The loopback interface takes no packet of IPv6 to an address that is nobody's. So it is this
    // machine's, where a full queue leaves the client without an answer.
    namespace::enter_quietly()?;
    interface::add_address(LOOPBACK, ELSEWHERE_IPV6, libc::IFA_F_NODAD)?;
    let listener = Socket::new(Domain::IPV6, Type::STREAM, None).explained("socket", None)?;
    listener.bind(&SocketAddr::from((ELSEWHERE_IPV6, 0)).into()).explained("bind", &listener)?;
    listener.listen(0).explained("listen", &listener)?;
    let address = address_of(&listener)?;
    let queued = Socket::new(Domain::IPV6, Type::STREAM, None).explained("socket", None)?;
    // The kernel sets the route to a new address a moment later.
    ensure!(wait_until(|| queued.connect(&address.into()).is_ok()), "there is no way to {address}");
    wait_for_queue(&listener, 1);
    answered(address, 1, CODE, symbol)
}

fn answered(peer: SocketAddr, kind: u8, code: u8, symbol: &'static str) -> Provoked {
    if let Err(error) = start(peer.ip(), kind, code) {
        return not_here(format!("no raw socket: {}", advice::words(&error)));
    }
    say!(
        "In a network of its own, where a router answers each packet to {} with ICMP: \
         unreachable, code {code}:",
        peer.ip()
    );
    let socket = if peer.is_ipv4() { tcp()? } else { tcp_over_ipv6()? };
    let connected = socket.connect(&peer.into());
    connected.fails_with(symbol, format!("connect({peer})"), &socket)
}

/// Starts the thread; it ends with the process.
fn start(peer: IpAddr, kind: u8, code: u8) -> io::Result<()> {
    let (family, protocol, ether_type) = match peer {
        IpAddr::V4(_) => (Domain::IPV4, Protocol::ICMPV4, libc::ETH_P_IP),
        IpAddr::V6(_) => (Domain::IPV6, Protocol::ICMPV6, libc::ETH_P_IPV6),
    };
    let packets = Protocol::from(i32::from((ether_type as u16).to_be()));
    let mut seen = Socket::new(Domain::PACKET, Type::DGRAM, Some(packets))?;
    let router = Socket::new(family, Type::RAW, Some(protocol))?;
    thread::spawn(move || {
        let mut packet = [0; 2048];
        while let Ok(length) = seen.read(&mut packet) {
            let answer = answer_to(&packet[..length], peer, kind, code);
            if let Some((sender, message)) = answer {
                let _ = router.send_to(&message, &sender);
            }
        }
    });
    Ok(())
}

/// The ICMP message about a packet to `peer`, and to whom it goes: its head, and the packet's
/// beginning, by which the sender knows its connection again.
fn answer_to(packet: &[u8], peer: IpAddr, kind: u8, code: u8) -> Option<(SockAddr, Vec<u8>)> {
    let (sender, receiver): (IpAddr, IpAddr) = match peer {
        IpAddr::V4(_) => (octets::<4>(packet, 12)?.into(), octets::<4>(packet, 16)?.into()),
        IpAddr::V6(_) => (octets::<16>(packet, 8)?.into(), octets::<16>(packet, 24)?.into()),
    };
    if receiver != peer {
        return None;
    }
    let mut message = vec![kind, code, 0, 0, 0, 0, 0, 0];
    message.extend(packet);
    if peer.is_ipv4() {
        message.truncate(8 + 28);
        let sum = checksum(&message);
        message[2..4].copy_from_slice(&sum.to_be_bytes());
    } // over IPv6 the kernel writes it
    Some((SocketAddr::new(sender, 0).into(), message))
}

fn octets<const LENGTH: usize>(packet: &[u8], start: usize) -> Option<[u8; LENGTH]> {
    packet.get(start..start + LENGTH)?.try_into().ok()
}

/// The checksum of RFC 1071, of an even number of bytes.
fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks_exact(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1]));
    let mut sum: u32 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}
