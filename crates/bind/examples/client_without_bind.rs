//! Why doesn't a client call bind?
//!
//! A server calls bind and a client does not, and yet each end of a connection has an address with
//! a port.
//!
//! Also: ephemeral port, source port, outgoing port, client port, client needs no bind.

use std::process::ExitCode;

use anyhow::ensure;
use lesson::{Shown, View, address_of, must_be};
use question::answer;
use question::setup::{TCP, listener};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("client_without_bind.rs"), client_without_bind)
}

fn client_without_bind() -> anyhow::Result<()> {
    let server = listener(1)?;
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    must_be("the client's address before connect", View::of(&client).local, None)?;

    let target = address_of(&server)?;
    client.connect(&target.into()).shown(format!("connect({target})"), &client)?;
    let address = address_of(&client)?;
    ensure!(address.port() != 0, "connect gave the client no port");

    client.bind(&address.into()).must_fail("EINVAL", format!("bind({address})"), &client)?;

    answer!(
        "It does not have to: connect gives the socket an address and an ephemeral port. A server \
         calls bind because its clients have to know the port beforehand."
    );
    Ok(())
}
