//! Step 2: bind gives a socket its address.
//!
//! Python: `sock.bind(("localhost", 8080))`

use std::process::ExitCode;

use lesson::{Args, Shown, address_for_clients, address_of, note, say};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    lesson::run(&lesson::program::BIND, bind)
}

fn bind(args: &Args) -> anyhow::Result<()> {
    let family = Domain::for_address(args.address);
    let call = format!("socket({family:?}, SOCK_STREAM)");
    let server = Socket::new(family, Type::STREAM, None).shown_as(&call)?;

    // On Windows this option would let other programs take the port.
    if cfg!(not(windows)) {
        let reuse = "setsockopt(SO_REUSEADDR, 1)";
        server.set_reuse_address(true).shown(reuse, &server)?;
        note("step 5 shows what this is for");
    }

    // New: the socket gets its address. `into` makes socket2's SockAddr of the
    // standard library's SocketAddr.
    let bind = format!("bind({})", args.address);
    server.bind(&args.address.into()).shown(bind, &server)?;

    let address = address_of(&server)?;
    let picked = match args.port {
        0 => "The kernel picked a free port. ",
        _ => "",
    };
    let who = lesson::who_can_reach(&server)?;
    say!(
        "Now the socket has an address: {address}. {picked}Once it listens, \
         {who} can connect."
    );

    say!("It does not listen yet. A client tries to connect:");
    let address = address_for_clients(&server)?;
    let client = Socket::new(family, Type::STREAM, None).shown_as(&call)?;
    let refused = client.connect(&address.into());
    refused.must_fail("ECONNREFUSED", format!("connect({address})"), &client)?;
    say!(
        "The kernel itself turned the client away: nobody can connect to it \
         until it listens."
    );
    Ok(())
}
