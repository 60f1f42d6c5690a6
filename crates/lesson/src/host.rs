//! From HOST and PORT to an address, and who can reach an address.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use dns_lookup::{AddrInfoHints, LookupError, LookupErrorKind, getaddrinfo};
use socket2::{Domain, SockAddr, Socket, Type};

use crate::args::Args;
use crate::explain::Failure;
use crate::{rows, say};

/// `''` in the article's tuple: every interface, and no port yet.
#[must_use]
pub fn any(ipv6: bool) -> SocketAddr {
    let ip =
        if ipv6 { IpAddr::V6(Ipv6Addr::UNSPECIFIED) } else { IpAddr::V4(Ipv4Addr::UNSPECIFIED) };
    SocketAddr::new(ip, 0)
}

/// The address that HOST and PORT stand for: `''` is every interface, a literal is itself, and a
/// name is looked up as `getaddrinfo(3)` does for one family: IPv4, or IPv6 with `--ipv6`.
///
/// # Errors
///
/// The name is not known, or not in this family (`EAI_NONAME` and its like).
pub fn resolve(args: &Args) -> Result<SocketAddr, Failure> {
    if args.host.is_empty() {
        return Ok(SocketAddr::new(any(args.ipv6).ip(), args.port));
    }
    if let Ok(ip) = args.host.parse() {
        return Ok(SocketAddr::new(ip, args.port));
    }
    // A literal with a zone, such as fe80::1%eth0, has a colon too.
    let ipv6 = args.ipv6 || args.host.contains(':');
    let family = if ipv6 { Domain::IPV6 } else { Domain::IPV4 };
    let hints = AddrInfoHints { address: family.into(), ..AddrInfoHints::default() };
    let fail = |error| lookup_failure(args, error);
    let found = getaddrinfo(Some(&args.host), None, Some(hints)).map_err(fail)?.next();
    let mut address = found
        .ok_or_else(|| fail(LookupError::new(0)))?
        .map_err(|error| fail(error.into()))?
        .sockaddr;
    address.set_port(args.port);
    Ok(address)
}

fn lookup_failure(args: &Args, error: LookupError) -> Failure {
    let host = &args.host;
    let (why, todo) = match error.kind() {
        LookupErrorKind::Again => (
            format!("It is in no hosts file here, and no name server answered about `{host}`."),
            "Take an address itself, such as 127.0.0.1, or try again with network.".to_string(),
        ),
        _ if args.ipv6 => (
            format!("`{host}` has no IPv6 address that this machine knows of."),
            "Use an IPv6 address itself, such as ::1, or leave --ipv6 out.".to_string(),
        ),
        _ => (
            format!("Neither the hosts file nor the name server of this machine knows `{host}`."),
            "Check the spelling; this machine itself is `localhost`.".to_string(),
        ),
    };
    let symbol = match error.kind() {
        LookupErrorKind::Again => "EAI_AGAIN, ",
        LookupErrorKind::Fail => "EAI_FAIL, ",
        LookupErrorKind::NoName => "EAI_NONAME, ",
        LookupErrorKind::NoData => "EAI_NODATA, ",
        _ => "",
    };
    let number = error.error_num();
    let text = io::Error::from(error).to_string();
    let text = text.trim_start_matches("failed to lookup address information: ");
    let words = format!("{text} ({symbol}{number})");
    Failure { call: format!("getaddrinfo({host:?})"), words, why, todo }
}

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

/// Who can reach the address of `socket`, as the subject of a sentence.
///
/// # Errors
///
/// The system does not tell the socket's address (`getsockname(2)`).
pub fn who_can_reach(socket: &Socket) -> Result<String, Failure> {
    let ip = address_of(socket)?.ip();
    let canonical = ip.to_canonical();
    Ok(if canonical.is_loopback() {
        "only programs on this machine".to_string()
    } else if !canonical.is_unspecified() {
        format!("every machine that reaches this one at {ip}")
    } else if canonical.is_ipv6() && socket.only_v6().is_ok_and(|only| !only) {
        "every machine that reaches any interface of this one (over IPv4, too)".to_string()
    } else {
        "every machine that reaches any interface of this one".to_string()
    })
}

/// Says who can reach `socket`, unless it is only this machine.
///
/// # Errors
///
/// The system does not tell the socket's address (`getsockname(2)`).
pub fn announce(socket: &Socket) -> Result<(), Failure> {
    let ip = address_of(socket)?.ip().to_canonical();
    if !ip.is_loopback() && !stands_for_many(ip) {
        let can = if socket.r#type().is_ok_and(|kind| kind == Type::DGRAM) {
            "can send to it"
        } else {
            "can connect"
        };
        rows::note(format!("{} {can}", who_can_reach(socket)?));
    }
    Ok(())
}

/// Whether it is a multicast or a broadcast address.
#[must_use]
pub fn stands_for_many(ip: IpAddr) -> bool {
    ip.is_multicast()
        || [Ipv4Addr::BROADCAST, Ipv4Addr::new(127, 255, 255, 255)].map(IpAddr::V4).contains(&ip)
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
    say!(
        "Waiting for one client; Ctrl-C ends the waiting. In a second terminal, in this folder, \
         type one of these (the second needs no just, the third is OpenBSD's netcat):"
    );
    rows::print(&format!("    just client {host} {port}\n"));
    rows::print(&format!("    cargo run -p accept --bin client -- {host} {port}\n"));
    rows::print(&format!("    echo hello | nc -N {host} {port}\n\n"));
}
