//! One question and one answer, and the calls that it takes.

use std::io::Read;

use lesson::{
    Args, Shown, address_of, call_count, calls_since, expect_client, for_clients, show_received,
    show_received_from, wait_for_datagram,
};
use socket2::{Domain, Socket, Type};

use crate::receive::recv_from;

/// The sockets of a TCP conversation. They are closed from top to bottom: the client goes first,
/// so that TIME_WAIT is its own, and not on the server's port.
pub struct Tcp {
    pub client: Socket,
    pub connection: Socket,
    #[expect(dead_code, reason = "only kept open")]
    pub listener: Socket,
}

/// The sockets of a UDP conversation.
pub struct Udp {
    pub client: Socket,
    pub server: Socket,
}

pub fn over_tcp(args: &Args) -> anyhow::Result<(Tcp, String)> {
    let before = call_count();
    let family = Domain::for_address(args.address);
    let new = format!("socket({family:?}, SOCK_STREAM)");
    let mut buffer = [0; 1024];

    let listener = Socket::new(family, Type::STREAM, None).shown_new(&new)?;
    if cfg!(not(windows)) {
        listener.set_reuse_address(true).shown("setsockopt(SO_REUSEADDR, 1)", &listener)?;
    }
    listener.bind(&args.address.into()).shown(format!("bind({})", args.address), &listener)?;
    listener.listen(1).shown("listen(1)", &listener)?;

    let client = Socket::new(family, Type::STREAM, None).shown_new(&new)?;
    let address = for_clients(address_of(&listener)?);
    client.connect(&address.into()).shown(format!("connect({address})"), &client)?;
    client.send(b"question").shown("send(8 bytes)", &client)?;

    let (connection, client_address) = listener.accept().shown_new("accept()")?;
    expect_client(&client, &client_address)?;
    let length = (&connection).read(&mut buffer).shown("recv(1024)", &connection)?;
    show_received(&buffer[..length]);
    connection.send(b"answer").shown("send(6 bytes)", &connection)?;

    let length = (&client).read(&mut buffer).shown("recv(1024)", &client)?;
    show_received(&buffer[..length]);

    let calls = calls_since(before);
    Ok((Tcp { client, connection, listener }, calls))
}

pub fn over_udp(args: &Args) -> anyhow::Result<(Udp, String)> {
    let before = call_count();
    let family = Domain::for_address(args.address);
    let new = format!("socket({family:?}, SOCK_DGRAM)");
    let mut buffer = [0; 1024];

    let server = Socket::new(family, Type::DGRAM, None).shown_new(&new)?;
    server.bind(&args.address.into()).shown(format!("bind({})", args.address), &server)?;

    let client = Socket::new(family, Type::DGRAM, None).shown_new(&new)?;
    let address = for_clients(address_of(&server)?);
    // Without it the first sendto would bind the client to every interface.
    let mut own = address;
    own.set_port(0);
    client.bind(&own.into()).shown(format!("bind({own})"), &client)?;
    client.send_to(b"question", &address.into()).shown(format!("sendto({address})"), &client)?;

    // Nobody has connected: the sender's address comes with each datagram.
    wait_for_datagram(&server)?;
    let (length, sender) = recv_from(&server, &mut buffer).shown("recvfrom(1024)", &server)?;
    show_received_from(&buffer[..length], &sender);
    let back = sender.as_socket().unwrap_or(address);
    server.send_to(b"answer", &sender).shown(format!("sendto({back})"), &server)?;

    wait_for_datagram(&client)?;
    let (length, sender) = recv_from(&client, &mut buffer).shown("recvfrom(1024)", &client)?;
    show_received_from(&buffer[..length], &sender);

    let calls = calls_since(before);
    Ok((Udp { client, server }, calls))
}
