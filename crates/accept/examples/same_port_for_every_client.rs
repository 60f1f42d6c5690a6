//! Does each client get a new port on the server?
//!
//! Many drawings of accept show one. But then a server could have at most 65535 clients, and every
//! firewall would have to know about the new ports.
//!
//! Also: four-tuple, 65535 clients, accepted socket, new socket.

use std::process::ExitCode;

use lesson::{Shown, address_of, must_be, say};
use question::answer;
use question::setup::{client_of, listener};

fn main() -> ExitCode {
    question::run(include_str!("same_port_for_every_client.rs"), same_port_for_every_client)
}

fn same_port_for_every_client() -> anyhow::Result<()> {
    let listener = listener(2)?;
    let clients = [client_of(&listener)?, client_of(&listener)?];

    say!("Both are accepted, as sockets of their own:");
    let (one, _) = listener.accept().shown_as("accept()")?;
    let (other, _) = listener.accept().shown_as("accept()")?;
    let server = address_of(&listener)?;
    must_be("the server's ends", [address_of(&one)?, address_of(&other)?], [server; 2])?;
    let ends = [address_of(&clients[0])?, address_of(&clients[1])?];
    must_be("the clients' ends differ", ends[0] != ends[1], true)?;
    let peers = [one.peer_addr()?.as_socket(), other.peer_addr()?.as_socket()];
    must_be("the peers", peers, ends.map(Some))?;

    answer!(
        "No: each gets a new socket, and all of them have the listener's address and port. The \
         kernel tells connections apart by four things: both addresses and both ports. The \
         client's port is what differs here."
    );
    Ok(())
}
