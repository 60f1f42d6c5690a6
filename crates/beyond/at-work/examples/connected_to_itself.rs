//! My client connects though no server runs, and receives what it sends. Why?
//!
//! A client that tries again and again until its server is up may meet itself. The server then
//! cannot start.
//!
//! Also: self-connect, self connect, connected to itself, connect to self, TCP simultaneous open,
//! same local and remote address, local and peer address are the same, same source and destination
//! port, connect succeeds but server is down, connects without a server, echo of my own data,
//! receives its own data, port of the server taken by its client.
//!
//! Runs on Linux alone.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use lesson::{Shown, View, must_be, note, say, show_received};
use question::answer;
use question::namespace::{change, in_network_of_own};
use question::setup::{TCP, close};
use socket2::{Domain, Socket, Type};

const RANGE: &str = "net/ipv4/ip_local_port_range";
const RESERVED: &str = "net/ipv4/ip_local_reserved_ports";

fn main() -> ExitCode {
    question::run(include_str!("connected_to_itself.rs"), connected_to_itself)
}

fn connected_to_itself() -> anyhow::Result<()> {
    in_network_of_own(&[(RANGE, "20000 20000")], at_a_port_for_clients)?;
    answer!(
        "The kernel gave the client the very port to which it connects, as that is one of those for \
         clients, and nobody listened: TCP allows two sockets to connect to each other, and here \
         both are the same. Choose a server's port outside of net.ipv4.ip_local_port_range, or list \
         it in net.ipv4.ip_local_reserved_ports. A client on the same machine that tries again and \
         again can compare getsockname with getpeername, and close the socket if they are equal."
    );
    Ok(())
}

fn at_a_port_for_clients() -> anyhow::Result<()> {
    let target = SocketAddr::from((Ipv4Addr::LOCALHOST, 20000));
    say!("The port is one that the kernel gives to clients, here the only one. Nobody listens:");
    let mut client = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
    client.connect(&target.into()).shown(format!("connect({target})"), &client)?;
    let view = View::of(&client);
    must_be("its two addresses", (view.local, view.peer), (Some(target), Some(target)))?;
    note("both addresses are the same");
    client.write_all(b"hello").shown("send(5 bytes)", &client)?;
    let mut buffer = [0; 64];
    let length = client.read(&mut buffer).shown("recv(64)", &client)?;
    show_received(&buffer[..length]);
    must_be("what came", &buffer[..length], b"hello")?;

    say!("Now the server wants to start:");
    let server = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
    server.set_reuse_address(true).shown("setsockopt(SO_REUSEADDR, 1)", &server)?;
    server.bind(&target.into()).must_fail("EADDRINUSE", format!("bind({target})"), &server)?;
    close(client);

    say!("The same where that port is not given away (net.ipv4.ip_local_reserved_ports):");
    change(RANGE, "20000 20001")?;
    change(RESERVED, "20000")?;
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
    let connected = client.connect(&target.into());
    connected.must_fail("ECONNREFUSED", format!("connect({target})"), &client)?;
    Ok(())
}
