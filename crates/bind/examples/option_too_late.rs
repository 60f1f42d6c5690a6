//! I set the option after bind. Why has it no effect?
//!
//! An option counts at the moment when the kernel looks at it, and that moment may have passed.
//!
//! Also: setsockopt, socket options, order of calls.
//!
//! Runs on Linux alone.

use std::net::{Ipv6Addr, SocketAddr};
use std::process::ExitCode;

use lesson::{Shown, View, address_of, must_be, note, say};
use question::answer;
use question::setup::{ANY_PORT, TCP, client_of};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("option_too_late.rs"), option_too_late)
}

fn option_too_late() -> anyhow::Result<()> {
    say!(
        "A socket's own bind looks at SO_REUSEADDR once. Here the address already belongs to \
         another socket:"
    );
    let first = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    first.bind(&ANY_PORT.into()).shown(format!("bind({ANY_PORT})"), &first)?;
    let address = address_of(&first)?;
    let second = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    second.bind(&address.into()).must_fail("EADDRINUSE", format!("bind({address})"), &second)?;
    second.set_reuse_address(true).shown("setsockopt(SO_REUSEADDR, 1)", &second)?;
    must_be("the address after the option alone", View::of(&second).local, None)?;

    say!("When others bind, Linux looks at a socket's option again, so this is not too late:");
    first.set_reuse_address(true).shown("setsockopt(SO_REUSEADDR, 1)", &first)?;
    second.bind(&address.into()).shown(format!("bind({address})"), &second)?;

    if let Ok(six) = Socket::new(Domain::IPV6, Type::STREAM, None) {
        say!("IPV6_V6ONLY is refused once the socket is bound:");
        let any = SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0));
        six.bind(&any.into()).shown(format!("bind({any})"), &six)?;
        six.set_only_v6(true).must_fail("EINVAL", "setsockopt(IPV6_V6ONLY, 1)", &six)?;
    }

    say!("A connection gets the options that its listener has when the client connects:");
    let listener = question::setup::listener(1)?;
    let _client = client_of(&listener)?;
    listener.set_reuse_address(true).shown("setsockopt(SO_REUSEADDR, 1)", &listener)?;
    let (connection, _) = listener.accept().shown_as("accept()")?;
    note(format!("SO_REUSEADDR is {}", connection.reuse_address()?));
    must_be("SO_REUSEADDR of the connection", connection.reuse_address()?, false)?;

    answer!(
        "Because the kernel has already looked: the option counts when bind is called, or when a \
         connection is made. IPV6_V6ONLY is even refused after bind (EINVAL). Set options for bind \
         between socket and bind, and those for connections on the listener before clients come, \
         or on each connection after accept."
    );
    Ok(())
}
