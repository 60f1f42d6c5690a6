//! Who can reach an address, and which address a client uses to reach a server.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use advice::{Failure, stands_for_many};
use output::{paragraph, print};
use socket2::{SockAddr, SockRef, Socket};

/// The address at which a client on this machine reaches `server`: the same one, or loopback where
/// it stands for every interface.
#[must_use]
pub fn for_clients(server: SocketAddr) -> SocketAddr {
    let mut address = server; // keeps the zone of an IPv6 address
    if server.ip().to_canonical().is_unspecified() {
        address.set_ip(match (server.ip(), server.ip().to_canonical()) {
            (IpAddr::V4(_), _) => Ipv4Addr::LOCALHOST.into(),
            (_, IpAddr::V4(_)) => Ipv4Addr::LOCALHOST.to_ipv6_mapped().into(),
            (_, IpAddr::V6(_)) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

/// Who can reach a socket that is bound to `ip`, as the subject of a sentence.
pub(crate) fn who_reaches(ip: IpAddr) -> String {
    match ip.to_canonical() {
        ip if stands_for_many(ip) => {
            format!("nobody (TCP connects two machines, and {ip} stands for many)")
        }
        ip if ip.is_loopback() => "only programs on this machine".to_string(),
        ip if ip.is_unspecified() => {
            "every machine that can reach any interface of this one".to_string()
        }
        _ => format!("every machine that can reach this one at {ip}"),
    }
}

/// Who can reach `socket`, which is bound, as the subject of a sentence.
///
/// # Errors
///
/// The system does not say what the socket's address is (`getsockname(2)`).
pub fn who_can_reach(socket: &Socket) -> Result<String, Failure> {
    let ip = address_of(socket)?.ip();
    let is_dual =
        ip.to_canonical() == Ipv6Addr::UNSPECIFIED && socket.only_v6().is_ok_and(|it| !it);
    Ok(who_reaches(ip) + if is_dual { " (over IPv4, too)" } else { "" })
}

/// The address in `peer`, which accept has returned. Makes sure that it is that of `client`, and
/// not of another program that connected first.
///
/// # Errors
///
/// It is another program's.
pub fn must_be_client(client: &Socket, peer: &SockAddr) -> Result<SocketAddr, Failure> {
    let ours = address_of(client)?;
    match peer.as_socket() {
        // The zone and flow of an IPv6 address may differ between the two ends.
        Some(peer) if (peer.ip(), peer.port()) == (ours.ip(), ours.port()) => Ok(peer),
        peer => Err(Failure {
            call: "accept()".to_string(),
            words: format!(
                "the client is {}, but ours is {ours}",
                peer.map_or("unknown".to_string(), |peer| peer.to_string())
            ),
            why: "Another program has connected to this port before the step's own client."
                .to_string(),
            todo: "Run the step again, or on another port: `localhost 0`.".to_string(),
        }),
    }
}

/// The address of a bound socket (`getsockname(2)`).
///
/// # Errors
///
/// The system does not say.
pub fn address_of<'s>(socket: impl Into<SockRef<'s>>) -> Result<SocketAddr, Failure> {
    let socket = socket.into();
    let fail = |error| Failure::of("getsockname()", &error, Some(&*socket));
    let address = socket.local_addr().map_err(fail)?;
    address.as_socket().ok_or_else(|| fail(io::ErrorKind::Unsupported.into()))
}

/// The address at which a client on this machine reaches `server`, which is bound: the server's
/// own, or loopback where it stands for every interface.
///
/// # Errors
///
/// The system does not say what the server's address is (`getsockname(2)`).
pub fn address_for_clients<'s>(server: impl Into<SockRef<'s>>) -> Result<SocketAddr, Failure> {
    Ok(for_clients(address_of(server)?))
}

/// Says which commands make a client for a server at `address`, in a second terminal.
///
/// # Errors
///
/// No client can come to that address.
pub fn invite(address: SocketAddr) -> Result<(), Failure> {
    if let Some(failure) = Failure::nobody_comes(address) {
        return Err(failure);
    }
    let address = address.to_string(); // with the zone of an IPv6 address
    let (host, port) = address.rsplit_once(':').unwrap_or((&address, ""));
    let host = host.trim_matches(['[', ']']);
    paragraph(
        "Waiting for one client; press Ctrl-C to stop. In a second terminal, in this folder, type \
         one of these (the second works without just, the third uses OpenBSD's netcat):",
    );
    print(&format!("    just client {host} {port}\n"));
    print(&format!("    cargo run -p accept --bin client -- {host} {port}\n"));
    print(&format!("    echo hello | nc -N {host} {port}\n\n"));
    Ok(())
}
