//! I set the option after bind. Why has it no effect?
//!
//! An option counts at the moment when the kernel looks at it, and that moment may be over.

use lesson::setup::{ANY_PORT, TCP, client_of};
use lesson::{Shown, View, address_of, answer, expect, note, question, say};
use socket2::{Domain, Socket, Type};
use std::process::ExitCode;

fn main() -> ExitCode {
    question(include_str!("option_too_late.rs"), option_too_late)
}

fn option_too_late() -> anyhow::Result<()> {
    say!("bind looks at SO_REUSEADDR. Another socket with this option has the address already:");
    let first = Socket::new(Domain::IPV4, Type::STREAM, None).opened(TCP)?;
    first.set_reuse_address(true).shown("setsockopt(SO_REUSEADDR, 1)", &first)?;
    first.bind(&ANY_PORT.into()).shown(format!("bind({ANY_PORT})"), &first)?;
    let address = address_of(&first)?;
    let second = Socket::new(Domain::IPV4, Type::STREAM, None).opened(TCP)?;
    second.bind(&address.into()).must_fail("EADDRINUSE", format!("bind({address})"), &second)?;
    second.set_reuse_address(true).shown("setsockopt(SO_REUSEADDR, 1)", &second)?;
    expect("the address after the option alone", View::of(&second).local, None)?;
    second.bind(&address.into()).shown(format!("bind({address}) again"), &second)?;

    say!("A connection takes the options that its listener has when the client connects:");
    let listener = lesson::setup::listener(1)?;
    let _client = client_of(&listener)?;
    listener.set_reuse_address(true).shown("setsockopt(SO_REUSEADDR, 1)", &listener)?;
    let (connection, _) = listener.accept().opened("accept()")?;
    note(format!("SO_REUSEADDR is {}", connection.reuse_address()?));
    expect("SO_REUSEADDR of the connection", connection.reuse_address()?, false)?;

    answer!(
        "Because the kernel has looked already. Options for bind (SO_REUSEADDR, SO_REUSEPORT, \
         IPV6_V6ONLY) are set between socket and bind; options for connections, on the listener \
         before clients come, or on each connection after accept."
    );
    Ok(())
}
