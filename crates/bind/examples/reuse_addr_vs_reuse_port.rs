//! SO_REUSEADDR or SO_REUSEPORT?
//!
//! Both let a second socket have an address that is in use, but for opposite reasons.
//!
//! Also: reuseaddr, reuseport, load balancing, several processes, worker processes on the same
//! port.
//!
//! Runs on Linux and macOS alone.
//!
//! Elsewhere: Windows has no SO_REUSEPORT, and its SO_REUSEADDR lets other programs take a port
//! that is in use; servers set SO_EXCLUSIVEADDRUSE there instead. (After a restart that can fail
//! while a connection of the old server still lives: so Microsoft says, and it was not tried.) macOS
//! and the BSDs have SO_REUSEPORT, but do not share out the connections as Linux does.

use std::process::ExitCode;

use lesson::{Shown, address_of, say};
use question::answer;
use question::setup::{ANY_PORT, TCP};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("reuse_addr_vs_reuse_port.rs"), reuse_addr_vs_reuse_port)
}

fn reuse_addr_vs_reuse_port() -> anyhow::Result<()> {
    say!("SO_REUSEADDR on both, and the first one listens:");
    let first = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    first.set_reuse_address(true).shown("setsockopt(SO_REUSEADDR, 1)", &first)?;
    first.bind(&ANY_PORT.into()).shown(format!("bind({ANY_PORT})"), &first)?;
    first.listen(1).shown("listen(1)", &first)?;
    let address = address_of(&first)?;
    let second = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    second.set_reuse_address(true).shown("setsockopt(SO_REUSEADDR, 1)", &second)?;
    second.bind(&address.into()).must_fail("EADDRINUSE", format!("bind({address})"), &second)?;

    say!("SO_REUSEPORT on both:");
    let first = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    set_reuse_port(&first).shown("setsockopt(SO_REUSEPORT, 1)", &first)?;
    first.bind(&ANY_PORT.into()).shown(format!("bind({ANY_PORT})"), &first)?;
    first.listen(1).shown("listen(1)", &first)?;
    let address = address_of(&first)?;
    let second = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    set_reuse_port(&second).shown("setsockopt(SO_REUSEPORT, 1)", &second)?;
    second.bind(&address.into()).shown(format!("bind({address})"), &second)?;
    second.listen(1).shown("listen(1)", &second)?;
    say!("A third socket, without it:");
    let third = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    third.bind(&address.into()).must_fail("EADDRINUSE", format!("bind({address})"), &third)?;

    answer!(
        "SO_REUSEADDR ignores connections on the port, those that are over (TIME_WAIT) and those \
         that live, so that a server can be restarted; a TCP listener keeps its port. (UDP sockets \
         that set it do share one.) SO_REUSEPORT lets several listeners share a \
         port, if each of them asks for it and all belong to one user: it is for a server made of \
         several processes."
    );
    Ok(())
}

#[cfg(unix)]
fn set_reuse_port(socket: &Socket) -> std::io::Result<()> {
    socket.set_reuse_port(true)
}

#[cfg(not(unix))]
fn set_reuse_port(_: &Socket) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}
