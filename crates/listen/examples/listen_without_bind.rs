//! Can I call listen without bind?
//!
//! This is what happens when you forget the line with bind: no error, and nobody finds the server.
//!
//! Also: forgot bind, random port.
//!
//! Runs on Linux and macOS alone.
//!
//! Elsewhere: Windows refuses (WSAEINVAL).

use std::process::ExitCode;

use lesson::{Shown, View, address_of, for_clients, must_be, note, who_can_reach};
use question::answer;
use question::setup::TCP;
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("listen_without_bind.rs"), listen_without_bind)
}

fn listen_without_bind() -> anyhow::Result<()> {
    let server = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    must_be("the address before listen", View::of(&server).local, None)?;
    server.listen(1).shown("listen(1)", &server)?;
    let address = address_of(&server)?;
    note(format!("{} can connect", who_can_reach(&server)?));
    must_be("every interface", address.ip().is_unspecified(), true)?;

    let target = for_clients(address);
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    client.connect(&target.into()).shown(format!("connect({target})"), &client)?;

    answer!(
        "Yes: listen then binds the socket, to every interface (0.0.0.0) and a port that the \
         kernel picks. Clients cannot guess that port: read it with local_addr, or call bind."
    );
    Ok(())
}
