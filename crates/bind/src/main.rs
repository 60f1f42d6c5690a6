//! Step 2: bind gives a socket its address.
//!
//! Python: `sock.bind(("localhost", 8080))`

use std::io::ErrorKind;
use std::process::ExitCode;

use anyhow::Context;
use lesson::{Args, Shown, address_of, for_clients, note, say, who_can_reach};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    lesson::run(&lesson::program::BIND, bind)
}

fn bind(args: &Args) -> anyhow::Result<()> {
    let family = Domain::for_address(args.address);
    let new = format!("socket({family:?}, SOCK_STREAM)");
    let server = Socket::new(family, Type::STREAM, None).shown_new(&new)?;

    // On Windows this option would let other programs take the port.
    if cfg!(not(windows)) {
        server.set_reuse_address(true).shown("setsockopt(SO_REUSEADDR, 1)", &server)?;
        note("step 5 shows what this is for");
    }

    // `into` makes socket2's SockAddr of the standard library's SocketAddr.
    server.bind(&args.address.into()).shown(format!("bind({})", args.address), &server)?;

    let address = address_of(&server)?;
    let picked = if args.port == 0 { "The kernel picked a free port. " } else { "" };
    say!(
        "Now the socket has an address: {address}. {picked}Once it listens, {} can connect.",
        who_can_reach(address.ip())
    );
    say!("It does not listen yet. A client tries to connect:");

    let target = for_clients(address);
    let client = Socket::new(family, Type::STREAM, None).shown_new(&new)?;
    // This call may fail, in one way; any other would be an error of the step.
    let refused = client.connect(&target.into()).may_fail(
        &[ErrorKind::ConnectionRefused],
        format!("connect({target})"),
        &client,
    )?;

    refused.err().context("a client reached a socket that does not listen")?;
    say!("The kernel itself turned the client away: nobody can connect to it until it listens.");
    Ok(())
}
