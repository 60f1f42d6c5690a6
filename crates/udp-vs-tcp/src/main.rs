//! Step 6: the same work over TCP and over UDP.
//! In Python: `sock.sendto(data, address)` and `sock.recvfrom(1024)`

mod boundaries;
mod experiments;
mod nobody;
mod slow_reader;
mod tcp;

use std::{net::UdpSocket, process::ExitCode};

use experiments::Udp;
use lesson::{Args, Shown, say, show_received_from, udp_call, wait_for_datagram};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    lesson::run(&lesson::program::UDP_VS_TCP, udp_vs_tcp)
}

fn udp_vs_tcp(args: &Args) -> anyhow::Result<()> {
    say!("1. A question and an answer. Over TCP the two sides connect first:");
    let tcp = tcp::conversation(args.address)?;

    say!("UDP has ports of its own, and nobody listens, connects or accepts:");
    let before = lesson::call_count();
    let address = args.address;
    let (family, call) = (Domain::for_address(address), udp_call(address));
    let server = Socket::new(family, Type::DGRAM, None).shown_as(&call)?;
    server.bind(&address.into()).shown(format!("bind({address})"), &server)?;

    // Without bind, the first sendto would bind the client to every interface.
    let client = Socket::new(family, Type::DGRAM, None).shown_as(&call)?;
    let to = lesson::address_for_clients(&server)?;
    let mut own = to;
    own.set_port(0);
    client.bind(&own.into()).shown(format!("bind({own})"), &client)?;

    // New: each datagram is sent to somebody, and tells who has sent it.
    let call = format!("sendto({to})");
    client.send_to(b"question", &to.into()).shown(call, &client)?;

    // std's UdpSocket receives into an ordinary buffer.
    let [client, server] = [client, server].map(UdpSocket::from);
    let mut buffer = [0; 1024];
    wait_for_datagram(&server)?;
    let received = server.recv_from(&mut buffer);
    let (length, sender) = received.shown("recvfrom(1024)", &server)?;
    show_received_from(&buffer[..length], sender);
    let call = format!("sendto({sender})");
    server.send_to(b"answer", sender).shown(call, &server)?;
    wait_for_datagram(&client)?;
    let received = client.recv_from(&mut buffer);
    let (length, sender) = received.shown("recvfrom(1024)", &client)?;
    show_received_from(&buffer[..length], sender);

    let calls = lesson::calls_since(before);
    experiments::compare(args, &tcp, &Udp { client, server, calls })
}
