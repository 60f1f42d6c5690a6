//! How do I make an address?
//!
//! bind and connect want one. In Python it is a tuple, ("127.0.0.1", 8080). In Rust it is a
//! SocketAddr of the standard library, and socket2's calls take that as a SockAddr, a type of their
//! own.
//!
//! Also: SocketAddr, SockAddr, sockaddr_in, host and port, invalid socket address syntax, IpAddr,
//! Ipv4Addr, Ipv6Addr, IPv6 brackets, tuple, create an address, SocketAddrV4, string to address,
//! address from a string, IP and port, AddrParseError, ParseIntError, inet_pton, InetSocketAddress,
//! write an IPv6 address.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs};
use std::process::ExitCode;

use anyhow::Context;
use lesson::{Shown, must_be, say};
use question::answer;
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("make_an_address.rs"), make_an_address)
}

fn make_an_address() -> anyhow::Result<()> {
    say!("SocketAddr::from(([127, 0, 0, 1], 0)), from numbers:");
    bind_to(SocketAddr::from(([127, 0, 0, 1], 0)))?;

    say!("SocketAddr::new(ip, 0), from an IP address and a port:");
    let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
    bind_to(SocketAddr::new(ip, 0))?;

    say!("\"127.0.0.1:0\".parse() and \"[::1]:0\".parse(), from a text:");
    bind_to("127.0.0.1:0".parse()?)?;
    let six: SocketAddr = "[::1]:0".parse()?;
    must_be("its family", Domain::for_address(six), Domain::IPV6)?;
    if bind_to(six).is_err() {
        say!("This machine has no IPv6 address, so the second has no row.");
    }

    say!("Without brackets, without a port, or with a name it does not parse:");
    for text in ["::1:0", "127.0.0.1", "localhost:0"] {
        let error = text.parse::<SocketAddr>().err().context("it should not parse")?;
        say!("{text:?}.parse() says: {error}.");
    }

    say!("\"localhost:0\".to_socket_addrs() looks the name up. The IPv4 address that it finds:");
    let found = "localhost:0".to_socket_addrs().explained("getaddrinfo(localhost)", None)?;
    let four = found.into_iter().find(SocketAddr::is_ipv4);
    bind_to(four.context("localhost has no IPv4 address here")?)?;

    answer!(
        "SocketAddr::from(([127, 0, 0, 1], 8080)), SocketAddr::new(ip, 8080), or, from a text, \
         \"127.0.0.1:8080\".parse(). bind and connect take &address.into(), as_socket() gets it \
         back, and Domain::for_address(address) is the family for its socket. In a text IPv6 \
         stands in brackets. A name is no address: to_socket_addrs() looks it up, and may find \
         several."
    );
    Ok(())
}

/// Binds a socket of the address's family to it, and reads its address back.
fn bind_to(address: SocketAddr) -> anyhow::Result<()> {
    let new = Socket::new(Domain::for_address(address), Type::STREAM, None);
    let socket = new.explained("socket(…)", None)?;
    socket.bind(&address.into()).shown(format!("bind({address})"), &socket)?;
    let bound = socket.local_addr()?.as_socket().context("an IP address")?;
    must_be("the IP address", bound.ip(), address.ip())?;
    must_be("the kernel picked a port", bound.port() != 0, true)?;
    Ok(())
}
