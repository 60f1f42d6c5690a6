//! Who can reach an address, and by which address a client reaches a server.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use advice::Failure;
use output::{paragraph, print};
use socket2::{SockAddr, Socket};

/// The address by which a client on this machine reaches `server`: itself, or loopback where it
/// stands for every interface.
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
#[must_use]
pub fn who_can_reach(ip: IpAddr) -> String {
    let canonical = ip.to_canonical();
    if canonical.is_loopback() {
        "only programs on this machine".to_string()
    } else if !canonical.is_unspecified() {
        format!("every machine that reaches this one at {ip}")
    } else if canonical.is_ipv6() {
        "every machine that reaches any interface of this one (over IPv4, too, unless IPV6_V6ONLY \
         is set)"
            .to_string()
    } else {
        "every machine that reaches any interface of this one".to_string()
    }
}

/// Makes sure that the connection that accept returned is the inside client's, and not one that
/// another program made first.
///
/// # Errors
///
/// It is another's.
pub fn expect_client(client: &Socket, accepted: &SockAddr) -> Result<(), Failure> {
    let ours = address_of(client)?;
    match accepted.as_socket() {
        // The zone and flow of an IPv6 address may differ between the two ends.
        Some(peer) if (peer.ip(), peer.port()) == (ours.ip(), ours.port()) => Ok(()),
        peer => Err(Failure {
            call: "accept()".to_string(),
            words: format!(
                "the client is {}, and ours is {ours}",
                peer.map_or("unknown".to_string(), |peer| peer.to_string())
            ),
            why: "Another program has connected to this port, before the step's own client."
                .to_string(),
            todo: "Run the step again, or on another port: `localhost 0`.".to_string(),
        }),
    }
}

/// The address of a bound socket (`getsockname(2)`).
///
/// # Errors
///
/// The system does not tell it.
pub fn address_of(socket: &Socket) -> Result<SocketAddr, Failure> {
    let fail = |error| Failure::of("getsockname()", &error, Some(socket));
    let address = socket.local_addr().map_err(fail)?;
    address.as_socket().ok_or_else(|| fail(io::ErrorKind::Unsupported.into()))
}

/// Says which commands make a client for a server at `address`, in a second terminal.
pub fn invite(address: SocketAddr) {
    let address = address.to_string(); // with the zone of an IPv6 address
    let (host, port) = address.rsplit_once(':').unwrap_or((&address, ""));
    let host = host.trim_matches(['[', ']']);
    paragraph(
        "Waiting for one client; Ctrl-C ends the waiting. In a second terminal, in this folder, \
         type one of these (the second needs no just, the third is OpenBSD's netcat):",
    );
    print(&format!("    just client {host} {port}\n"));
    print(&format!("    cargo run -p accept --bin client -- {host} {port}\n"));
    print(&format!("    echo hello | nc -N {host} {port}\n\n"));
}
