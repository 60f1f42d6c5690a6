//! Why "Address already in use" right after a restart?
//!
//! A server stops, is started again, and cannot have its own port for a minute. Everyone who writes
//! a server asks this once.
//!
//! Also: EADDRINUSE, AddrInUse, reuseaddr, set_reuse_address, server restart, cannot bind, can't
//! bind to port, allow_reuse_address, bind failed.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: on macOS and the BSDs it is enough to set SO_REUSEADDR on the new socket. Windows
//! lets a server bind beside TIME_WAIT without it; there, leave it out.

use std::io::Read;
use std::net::SocketAddr;
use std::process::ExitCode;

use lesson::{Shown, address_of, say, wait_for_state};
use question::answer;
use question::setup::{ANY_PORT, TCP, client_of, close};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("address_in_use_after_restart.rs"), address_in_use_after_restart)
}

fn address_in_use_after_restart() -> anyhow::Result<()> {
    say!("A server without SO_REUSEADDR serves a client, ends the connection, and stops:");
    let address = serve_once(false)?;
    say!("It is started again:");
    let server = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    server.bind(&address.into()).must_fail("EADDRINUSE", format!("bind({address})"), &server)?;
    say!("SO_REUSEADDR on the new socket alone does not help: the old one needed it too.");
    server.set_reuse_address(true).shown("setsockopt(SO_REUSEADDR, 1)", &server)?;
    server.bind(&address.into()).must_fail("EADDRINUSE", format!("bind({address})"), &server)?;

    say!("The same again, with SO_REUSEADDR before bind each time:");
    let address = serve_once(true)?;
    let server = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    server.set_reuse_address(true).shown("setsockopt(SO_REUSEADDR, 1)", &server)?;
    server.bind(&address.into()).shown(format!("bind({address})"), &server)?;

    answer!(
        "The server closed first, so its end of the connection stays in TIME_WAIT for a minute and \
         keeps the port. Always set SO_REUSEADDR before bind: Linux wants it on both the old \
         socket and the new one."
    );
    Ok(())
}

/// The life of a server that ends its only connection first. Returns the address that it had.
fn serve_once(reuse: bool) -> anyhow::Result<SocketAddr> {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
    listener.set_reuse_address(reuse).explained("setsockopt(SO_REUSEADDR)", &listener)?;
    listener.bind(&ANY_PORT.into()).explained("bind()", &listener)?;
    listener.listen(1).shown("listen(1)", &listener)?;
    let client = client_of(&listener)?;
    let (server, _) = listener.accept().shown_as("accept()")?;
    let ends = (address_of(&server)?, address_of(&client)?);
    close(server);
    let _ = (&client).read(&mut [0])?; // the end
    drop((client, listener));
    wait_for_state("the server's end", [ends.0, ends.1], "TIME_WAIT")?;
    Ok(ends.0)
}
