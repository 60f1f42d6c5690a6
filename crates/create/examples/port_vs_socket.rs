//! What is the difference between a port and a socket?
//!
//! "The port is open", "the socket is taken": whoever takes the two for one wonders how a single port
//! can serve thousands of clients.

use std::process::ExitCode;

use lesson::{Shown, View, address_of, must_be};
use question::answer;
use question::setup::{TCP, client_of, listener};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("port_vs_socket.rs"), port_vs_socket)
}

fn port_vs_socket() -> anyhow::Result<()> {
    let fresh = Socket::new(Domain::IPV4, Type::STREAM, None).shown_new(TCP)?;
    must_be("the address of a new socket", View::of(&fresh).local, None)?;

    let listener = listener(8)?;
    let port = address_of(&listener)?.port();
    let clients = [client_of(&listener)?, client_of(&listener)?];
    let mut servers = vec![listener];
    for _ in &clients {
        let (connection, _) = servers[0].accept().shown_new("accept()")?;
        servers.push(connection);
    }

    for socket in &servers {
        must_be("the port of a socket of the server", address_of(socket)?.port(), port)?;
    }

    answer!(
        "A socket is an object in the kernel, which the program holds by a descriptor. A port is a \
         number in a socket's address. A new socket has no port yet, and here three sockets of the \
         server, three descriptors, share one port."
    );
    Ok(())
}
