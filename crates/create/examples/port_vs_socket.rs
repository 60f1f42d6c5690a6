//! What is the difference between a port and a socket?
//!
//! "The port is open", "the socket is taken": if the two were the same thing, how could one port
//! serve thousands of clients?
//!
//! Also: endpoint, file descriptor, handle, port number.

use std::process::ExitCode;

use lesson::{Shown, View, address_of, must_be};
use question::answer;
use question::setup::{TCP, client_of, listener};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("port_vs_socket.rs"), port_vs_socket)
}

fn port_vs_socket() -> anyhow::Result<()> {
    let fresh = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    must_be("the address of a new socket", View::of(&fresh).local, None)?;

    let listener = listener(8)?;
    let port = address_of(&listener)?.port();
    let clients = [client_of(&listener)?, client_of(&listener)?];
    let mut servers = vec![listener];
    for _ in &clients {
        let (connection, _) = servers[0].accept().shown_as("accept()")?;
        servers.push(connection);
    }

    for socket in &servers {
        must_be("the port of a socket of the server", address_of(socket)?.port(), port)?;
    }

    answer!(
        "A socket is an object in the kernel, which the program holds by a descriptor. A port is a \
         number in a socket's address. A new socket has no port yet; and here three of the \
         server's sockets, with three descriptors, share one port."
    );
    Ok(())
}
