//! Can I call listen without bind?
//!
//! It is what happens when the line with bind is forgotten: no error, and nobody finds the server.
//!
//! Elsewhere: Windows refuses (WSAEINVAL).

use std::process::ExitCode;

use lesson::setup::TCP;
use lesson::{Shown, View, address_of, answer, expect, host, question};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question(include_str!("listen_without_bind.rs"), listen_without_bind)
}

fn listen_without_bind() -> anyhow::Result<()> {
    let server = Socket::new(Domain::IPV4, Type::STREAM, None).opened(TCP)?;
    expect("the address before listen", View::of(&server).local, None)?;
    server.listen(1).shown("listen(1)", &server)?;
    host::announce(&server)?;
    let address = address_of(&server)?;
    expect("every interface", address.ip().is_unspecified(), true)?;

    let target = host::for_clients(address);
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).opened(TCP)?;
    client.connect(&target.into()).shown(format!("connect({target})"), &client)?;

    answer!(
        "Yes: listen then binds the socket itself, to every interface (0.0.0.0) and a port that the \
         kernel picks. Clients cannot guess that port: read it with local_addr, or call bind."
    );
    Ok(())
}
