//! Two sends: what does the other side receive?

use std::io::Read;

use lesson::{
    Shown, address_of, for_clients, show, show_received, show_received_from, wait_for_bytes,
    wait_for_datagram,
};

use crate::conversation::{Tcp, Udp};
use crate::receive::recv_from;

pub fn over_tcp(Tcp { client, connection, .. }: &Tcp) -> anyhow::Result<String> {
    client.send(b"one").shown("send(3 bytes)", client)?;
    client.send(b"two").shown("send(3 bytes)", client)?;
    wait_for_bytes(connection, 6);
    show("the server's end", connection);

    let (mut reader, mut buffer) = (connection, [0; 1024]);
    let length = reader.read(&mut buffer).shown("recv(1024)", connection)?;
    show_received(&buffer[..length]);
    Ok(format!("{:?}", String::from_utf8_lossy(&buffer[..length])))
}

pub fn over_udp(Udp { client, server }: &Udp) -> anyhow::Result<String> {
    let address = for_clients(address_of(server)?);
    client.send_to(b"one", &address.into()).shown(format!("sendto({address})"), client)?;
    client.send_to(b"two", &address.into()).shown(format!("sendto({address})"), client)?;

    let mut buffer = [0; 1024];
    let mut datagrams = Vec::new();
    for _ in 0..2 {
        wait_for_datagram(server)?;
        let (length, sender) = recv_from(server, &mut buffer).shown("recvfrom(1024)", server)?;
        show_received_from(&buffer[..length], &sender);
        datagrams.push(format!("{:?}", String::from_utf8_lossy(&buffer[..length])));
    }
    Ok(datagrams.join(", then "))
}
