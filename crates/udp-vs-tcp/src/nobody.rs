//! Nobody at the other end: does the sender find out?
//!
//! One of our own sockets holds the port, so that no other program can take it, but nobody serves
//! there.

use std::io::{Error, ErrorKind};
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use anyhow::Context;
use lesson::{
    Args, Shown, address_of, descriptor, for_clients, show_close, symbol, tcp_call, udp_call,
};
use socket2::{Domain, Socket, Type};

const PATIENCE: Duration = Duration::from_millis(20);
const REFUSED_OR_SILENT: [ErrorKind; 4] = [
    ErrorKind::ConnectionRefused,
    ErrorKind::ConnectionReset, // Windows' way of saying refused
    ErrorKind::WouldBlock,      // no answer in time
    ErrorKind::TimedOut,        // the same on Windows
];
const SERVED: &str = "somebody answered on a port where nobody should";

pub fn over_tcp(args: &Args) -> anyhow::Result<String> {
    let any_port = any_port(args);
    let (family, call) = (Domain::for_address(any_port), tcp_call(any_port));
    let server = Socket::new(family, Type::STREAM, None).shown_as(&call)?;
    server.bind(&any_port.into()).shown(format!("bind({any_port})"), &server)?;
    // No listen: it holds the port, and that is all.

    let address = address_of(&server)?;
    let client = Socket::new(family, Type::STREAM, None).shown_as(&call)?;
    let call = format!("connect({address})");
    let refused = client.connect(&address.into()).may_fail(&REFUSED_OR_SILENT, call, &client)?;
    close(client);
    close(server);
    Ok(format!("{} at connect", symbol(&refused.context(SERVED)?)))
}

pub fn over_udp(args: &Args) -> anyhow::Result<[String; 2]> {
    let any_port = any_port(args);
    let (family, call) = (Domain::for_address(any_port), udp_call(any_port));
    let server = Socket::new(family, Type::DGRAM, None).shown_as(&call)?;
    server.bind(&any_port.into()).shown(format!("bind({any_port})"), &server)?;
    let address = address_of(&server)?;
    let connect = format!("connect({address})");
    // Connected to itself, it takes datagrams from nobody else.
    server.connect(&address.into()).shown(&connect, &server)?;

    let client = Socket::new(family, Type::DGRAM, None).shown_as(&call)?;
    client.bind(&any_port.into()).shown(format!("bind({any_port})"), &client)?;
    client.set_read_timeout(Some(PATIENCE)).shown("setsockopt(SO_RCVTIMEO, 20ms)", &client)?;
    client.send_to(b"hello?", &address.into()).shown(format!("sendto({address})"), &client)?;
    let client = UdpSocket::from(client);
    let mut buffer = [0; 1024];
    let answer = client.recv_from(&mut buffer);
    let silence = answer.may_fail(&REFUSED_OR_SILENT, "recvfrom(1024)", &client)?;
    let silence = at_recv(&silence.context(SERVED)?);

    // connect sends nothing. It fixes the peer, and lets errors from there reach this socket.
    client.connect(address).shown(connect, &client)?;
    client.send(b"hello?").shown("send(6 bytes)", &client)?;
    let answer = client.recv(&mut buffer);
    let refused = answer.may_fail(&REFUSED_OR_SILENT, "recv(1024)", &client)?;
    let refused = at_recv(&refused.context(SERVED)?);

    close(Socket::from(client));
    close(server);
    Ok([silence, refused])
}

/// The address of a server on this machine, and a port that the kernel picks.
fn any_port(args: &Args) -> SocketAddr {
    let mut any_port = for_clients(args.address);
    any_port.set_port(0);
    any_port
}

fn at_recv(error: &Error) -> String {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => {
            format!("no answer in 20 ms: {}", symbol(error))
        }
        _ => format!("{} at recv", symbol(error)),
    }
}

fn close(socket: Socket) {
    let number = descriptor(&socket);
    drop(socket);
    show_close(number);
}
