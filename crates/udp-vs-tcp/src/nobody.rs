//! Nobody at the other end: does the sender learn it?
//!
//! A socket of ours holds the port, so that no other program can take it meanwhile, and yet nobody
//! serves there.

use std::io::{Error, ErrorKind, Read};
use std::time::Duration;

use anyhow::Context;
use lesson::advice::symbol;
use lesson::{Args, Shown, address_of, descriptor, for_clients, show_close};
use socket2::{Domain, Socket, Type};

use crate::receive::recv_from;

const PATIENCE: Duration = Duration::from_millis(200);
const REFUSED_OR_SILENT: [ErrorKind; 4] = [
    ErrorKind::ConnectionRefused,
    ErrorKind::ConnectionReset, // Windows' way of saying refused
    ErrorKind::WouldBlock,      // no answer in time
    ErrorKind::TimedOut,        // the same on Windows
];
const SERVED: &str = "somebody answered on a port where nobody should";

pub fn over_tcp(args: &Args) -> anyhow::Result<String> {
    let mut any_port = for_clients(args.address);
    any_port.set_port(0);
    let family = Domain::for_address(any_port);
    let new = format!("socket({family:?}, SOCK_STREAM)");

    let server = Socket::new(family, Type::STREAM, None).shown_new(&new)?;
    server.bind(&any_port.into()).shown(format!("bind({any_port})"), &server)?;
    // No listen: it holds the port, and that is all.

    let address = address_of(&server)?;
    let client = Socket::new(family, Type::STREAM, None).shown_new(&new)?;
    let refused = client.connect(&address.into()).may_fail(
        &[ErrorKind::ConnectionRefused],
        format!("connect({address})"),
        &client,
    )?;
    close([client, server]);
    Ok(format!("{} at connect", symbol(&refused.err().context(SERVED)?)))
}

pub fn over_udp(args: &Args) -> anyhow::Result<[String; 2]> {
    let mut any_port = for_clients(args.address);
    any_port.set_port(0);
    let family = Domain::for_address(any_port);
    let new = format!("socket({family:?}, SOCK_DGRAM)");
    let mut buffer = [0; 1024];

    let server = Socket::new(family, Type::DGRAM, None).shown_new(&new)?;
    server.bind(&any_port.into()).shown(format!("bind({any_port})"), &server)?;
    let address = address_of(&server)?;
    // Connected to itself, it takes datagrams from nobody else.
    server.connect(&address.into()).shown(format!("connect({address})"), &server)?;

    let client = Socket::new(family, Type::DGRAM, None).shown_new(&new)?;
    client.bind(&any_port.into()).shown(format!("bind({any_port})"), &client)?;
    client.set_read_timeout(Some(PATIENCE)).shown("setsockopt(SO_RCVTIMEO, 0.2s)", &client)?;
    client.send_to(b"hello?", &address.into()).shown(format!("sendto({address})"), &client)?;
    let silence =
        recv_from(&client, &mut buffer).may_fail(&REFUSED_OR_SILENT, "recvfrom(1024)", &client)?;
    let silence = at_recv(&silence.err().context(SERVED)?);

    // connect sends nothing. It fixes the peer, and lets errors from there reach this socket.
    client.connect(&address.into()).shown(format!("connect({address})"), &client)?;
    client.send(b"hello?").shown("send(6 bytes)", &client)?;
    let refused =
        (&client).read(&mut buffer).may_fail(&REFUSED_OR_SILENT, "recv(1024)", &client)?;
    let refused = at_recv(&refused.err().context(SERVED)?);

    close([client, server]);
    Ok([silence, refused])
}

fn at_recv(error: &Error) -> String {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => {
            format!("no answer in 0.2 s: {}", symbol(error))
        }
        _ => format!("{} at recv", symbol(error)),
    }
}

fn close(sockets: [Socket; 2]) {
    for socket in sockets {
        let number = descriptor(&socket);
        drop(socket);
        show_close(number);
    }
}
