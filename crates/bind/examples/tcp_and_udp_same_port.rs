//! Can TCP and UDP use the same port number?
//!
//! A name server has port 53 in both, so "is the port free?" has two answers.
//!
//! Also: DNS, port 53, both protocols.

use std::io::ErrorKind;
use std::process::ExitCode;

use lesson::{Shown, address_of, must_be, say};
use question::answer;
use question::setup::{TCP, UDP, listener};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("tcp_and_udp_same_port.rs"), tcp_and_udp_same_port)
}

fn tcp_and_udp_same_port() -> anyhow::Result<()> {
    let tcp = listener(1)?;
    let address = address_of(&tcp)?;
    let udp = Socket::new(Domain::IPV4, Type::DGRAM, None).shown_as(UDP)?;
    let bound = udp.bind(&address.into());
    if bound.as_ref().is_err_and(|error| error.kind() == ErrorKind::AddrInUse) {
        say!("By chance some program has that number in UDP. Once more, with another:");
        return tcp_and_udp_same_port();
    }
    bound.shown(format!("bind({address})"), &udp)?;
    must_be("the address of both", address_of(&udp)?, address)?;

    say!("Within TCP the port is taken:");
    let other = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    other.bind(&address.into()).must_fail("EADDRINUSE", format!("bind({address})"), &other)?;

    answer!(
        "Yes: each protocol has its own 65535 ports, and they have nothing to do with each other."
    );
    Ok(())
}
