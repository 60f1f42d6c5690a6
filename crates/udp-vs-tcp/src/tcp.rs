//! A question and an answer over TCP: what steps 1 to 4 taught.

use std::io::Read;
use std::net::SocketAddr;

use lesson::{Shown, address_for_clients, call_count, calls_since, show_received, tcp_call};
use socket2::{Domain, Socket, Type};

/// The sockets of a TCP conversation. They are closed from top to bottom: the client goes first,
/// so that TIME_WAIT is its own, and not on the server's port.
pub struct Tcp {
    pub client: Socket,
    pub connection: Socket,
    #[expect(dead_code, reason = "only kept open")]
    pub listener: Socket,
    /// The calls that it took, in words.
    pub calls: String,
}

pub fn conversation(address: SocketAddr) -> anyhow::Result<Tcp> {
    let before = call_count();
    let (family, call) = (Domain::for_address(address), tcp_call(address));
    let listener = Socket::new(family, Type::STREAM, None).shown_as(&call)?;
    #[cfg(not(windows))] // on Windows it would let others take the port
    listener.set_reuse_address(true).shown(lesson::REUSE, &listener)?;
    listener.bind(&address.into()).shown(format!("bind({address})"), &listener)?;
    listener.listen(1).shown("listen(1)", &listener)?;

    let mut client = Socket::new(family, Type::STREAM, None).shown_as(&call)?;
    let to = address_for_clients(&listener)?;
    client.connect(&to.into()).shown(format!("connect({to})"), &client)?;
    client.send(b"question").shown("send(8 bytes)", &client)?;

    let (mut connection, peer) = listener.accept().shown_as("accept()")?;
    lesson::must_be_client(&client, &peer)?;
    let mut buffer = [0; 1024];
    let length = connection.read(&mut buffer).shown("recv(1024)", &connection)?;
    show_received(&buffer[..length]);
    connection.send(b"answer").shown("send(6 bytes)", &connection)?;

    let length = client.read(&mut buffer).shown("recv(1024)", &client)?;
    show_received(&buffer[..length]);
    Ok(Tcp { client, connection, listener, calls: calls_since(before) })
}
