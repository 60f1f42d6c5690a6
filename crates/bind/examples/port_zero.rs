//! What is port 0?
//!
//! A server that does not care which port it gets, in a test for instance, binds to port 0, and
//! then has to tell its clients where it is.
//!
//! Also: random port, free port, any port, tests, ephemeral, choose a port, pick a port, unused
//! port, getsockname.

use std::process::ExitCode;

use anyhow::ensure;
use lesson::{Shown, address_of, must_be};
use question::answer;
use question::setup::{ANY_PORT, TCP};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("port_zero.rs"), port_zero)
}

fn port_zero() -> anyhow::Result<()> {
    let server = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    server.bind(&ANY_PORT.into()).shown(format!("bind({ANY_PORT})"), &server)?;
    server.listen(1).shown("listen(1)", &server)?;
    let address = address_of(&server)?;
    ensure!(address.port() != 0, "the kernel left the port 0");

    let client = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    client.connect(&address.into()).shown(format!("connect({address})"), &client)?;
    must_be("the client's peer", client.peer_addr()?.as_socket(), Some(address))?;

    answer!(
        "Not a port at all: bind takes it as a request for any free port. The kernel picked one, \
         and local_addr (getsockname) reads it back, for clients to connect to."
    );
    Ok(())
}
