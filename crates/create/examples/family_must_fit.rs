//! Why does bind say "Address family not supported by protocol"?
//!
//! A program that takes an address from its user may get an IPv4 or an IPv6 one, and has to make
//! its socket to match.
//!
//! Also: EAFNOSUPPORT, IPv4 and IPv6, wrong family.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: Windows gives another error (WSAEFAULT).

use std::net::{Ipv6Addr, SocketAddr};
use std::process::ExitCode;

use lesson::{Shown, say};
use question::answer;
use question::setup::{ANY_PORT, TCP};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("family_must_fit.rs"), family_must_fit)
}

fn family_must_fit() -> anyhow::Result<()> {
    let address = SocketAddr::from((Ipv6Addr::LOCALHOST, 0));
    let server = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    server.bind(&address.into()).must_fail("EAFNOSUPPORT", format!("bind({address})"), &server)?;

    if let Ok(six) = Socket::new(Domain::IPV6, Type::STREAM, None) {
        say!("The other way round:");
        six.bind(&ANY_PORT.into()).must_fail("EINVAL", format!("bind({ANY_PORT})"), &six)?;
    }

    say!("Domain::for_address(address) asks the address itself:");
    let address = ANY_PORT;
    let family = Domain::for_address(address);
    let new = format!("socket({family:?}, SOCK_STREAM)");
    let server = Socket::new(family, Type::STREAM, None).shown_as(new)?;
    server.bind(&address.into()).shown(format!("bind({address})"), &server)?;

    answer!(
        "The socket is an IPv4 socket, and the address is an IPv6 address. (The other way round \
         Linux says \"Invalid argument\", because an IPv4 address is too short.) Make the socket \
         to match the address: Socket::new(Domain::for_address(address), …)."
    );
    Ok(())
}
