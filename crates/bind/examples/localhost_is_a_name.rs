//! Why is localhost refused when 127.0.0.1 works?
//!
//! It looks like the same place. But a name can stand for several addresses, and on many machines
//! localhost stands for two: 127.0.0.1 and ::1.
//!
//! Also: DNS, resolve, hostname, ToSocketAddrs, ::1, IPv6, getaddrinfo.

use std::net::{Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;

use lesson::{Shown, address_of, say, show};
use question::answer;
use question::setup::listener;
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("localhost_is_a_name.rs"), localhost_is_a_name)
}

fn localhost_is_a_name() -> anyhow::Result<()> {
    say!("A server on 127.0.0.1. A client whose system lists ::1 first for localhost tries that:");
    let server = listener(2)?;
    let port = address_of(&server)?.port();
    let other = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
    let new = "socket(AF_INET6, SOCK_STREAM)";
    let client = Socket::new(Domain::IPV6, Type::STREAM, None).shown_as(new)?;
    client.connect(&other.into()).must_fail(
        "ECONNREFUSED",
        format!("connect({other})"),
        &client,
    )?;

    say!("std::net tries every address that the name stands for, one after the other:");
    let name = format!("localhost:{port}");
    let client = TcpStream::connect(&name).explained(format!("connect({name})"), None)?;
    show("std: TcpStream::connect", &client);

    answer!(
        "localhost is a name, and may stand for ::1 before 127.0.0.1. They are two addresses: a \
         server on one does not receive what is sent to the other. Let the server listen on both, \
         let the client try each address of the name, or write 127.0.0.1 on both sides."
    );
    Ok(())
}
