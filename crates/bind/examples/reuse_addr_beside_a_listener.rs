//! Does SO_REUSEADDR let me bind beside a server that is listening?
//!
//! socket2's documentation of set_reuse_address says that over IPv4 it does. Linux says otherwise.
//!
//! Also: reuseaddr, two servers on one port, share a port, UDP port shared, one of two receives,
//! datagrams go to the other program, restart beside live connections.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: on Windows the second bind succeeds, and either socket may get the clients.

use std::io::Read;
use std::net::SocketAddr;
use std::process::ExitCode;

use lesson::{Shown, address_of, must_be, say, show_received};
use question::answer;
use question::setup::{ANY_PORT, TCP, UDP, client_of, close, receive_datagram, udp};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("reuse_addr_beside_a_listener.rs"), reuse_addr_beside_a_listener)
}

fn reuse_addr_beside_a_listener() -> anyhow::Result<()> {
    say!("Two sockets with SO_REUSEADDR, neither of them listening:");
    let first = with_reuse_address()?;
    first.bind(&ANY_PORT.into()).shown(format!("bind({ANY_PORT})"), &first)?;
    let address = address_of(&first)?;
    let second = with_reuse_address()?;
    second.bind(&address.into()).shown(format!("bind({address})"), &second)?;

    say!("One of them may listen, the other may not:");
    first.listen(1).shown("listen(1)", &first)?;
    second.listen(1).must_fail("EADDRINUSE", "listen(1)", &second)?;

    say!("And a third cannot even bind, now that there is a listener:");
    let third = with_reuse_address()?;
    third.bind(&address.into()).must_fail("EADDRINUSE", format!("bind({address})"), &third)?;
    drop((second, third));

    beside_a_connection(first, address)?;
    beside_a_udp_socket()?;

    answer!(
        "Not over TCP. On Linux it lets TCP sockets share an address as long as none of them is \
         listening; once one is, bind and listen on the others fail with EADDRINUSE. It does let a \
         listener start beside connections, also live ones. Over UDP it lets you bind beside a \
         live server: then only one of the two gets what is sent to that address, here the one \
         that came last, and nobody is told."
    );
    Ok(())
}

/// The listener is closed, and its connection is not.
fn beside_a_connection(first: Socket, address: SocketAddr) -> anyhow::Result<()> {
    say!(
        "The listener has a client, and is closed. The connection lives on, beside a new listener:"
    );
    let client = client_of(&first)?;
    let (mut connection, _) = first.accept().shown_as("accept()")?;
    close(first);
    let next = with_reuse_address()?;
    next.bind(&address.into()).shown(format!("bind({address})"), &next)?;
    next.listen(1).shown("listen(1)", &next)?;
    client.send(b"hello").shown("send(5 bytes)", &client)?;
    let mut buffer = [0; 64];
    let length = connection.read(&mut buffer).shown("recv(64)", &connection)?;
    show_received(&buffer[..length]);
    must_be("what arrived", &buffer[..length], b"hello")?;
    Ok(())
}

fn beside_a_udp_socket() -> anyhow::Result<()> {
    say!("UDP: both may bind, and a datagram goes to one of them.");
    let first = udp_with_reuse_address()?;
    first.bind(&ANY_PORT.into()).shown(format!("bind({ANY_PORT})"), &first)?;
    let address = address_of(&first)?;
    let second = udp_with_reuse_address()?;
    second.bind(&address.into()).shown(format!("bind({address})"), &second)?;
    let sender = udp()?;
    sender.send_to(b"for whom?", &address.into()).shown(format!("sendto({address})"), &sender)?;
    must_be("what arrived", receive_datagram(&second, 64)?, b"for whom?".to_vec())?;
    first.set_nonblocking(true).explained("fcntl(O_NONBLOCK)", &first)?;
    (&first).read(&mut [0; 64]).must_fail("EAGAIN", "recv(64)", &first)?;
    Ok(())
}

fn udp_with_reuse_address() -> anyhow::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None).shown_as(UDP)?;
    socket.set_reuse_address(true).explained("setsockopt(SO_REUSEADDR, 1)", &socket)?;
    Ok(socket)
}

fn with_reuse_address() -> anyhow::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    socket.set_reuse_address(true).explained("setsockopt(SO_REUSEADDR, 1)", &socket)?;
    Ok(socket)
}
