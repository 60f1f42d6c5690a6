//! What several provocations begin with: descriptors that are not sockets, ports that are all
//! taken, queues and buffers that are full, peers that reset.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::mem::ManuallyDrop;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::Duration;

use anyhow::ensure;
use lesson::kernel::wait_until;
use lesson::{REUSE, Shown, View, address_of, descriptor, note, show, show_close};
use question::setup::{self, ANY_PORT, TCP, UDP};
use socket2::{Domain, Socket, Type};

use super::{not_here, raw};

/// How long calls wait that are told to give up, or are interrupted.
pub const SHORT: Duration = Duration::from_millis(50);

/// A TCP socket. One row.
pub fn tcp() -> anyhow::Result<Socket> {
    Ok(Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?)
}

/// Two TCP sockets that are bound to one address and port, which SO_REUSEADDR allows while neither
/// listens (socket(7)). Six rows.
pub fn two_on_one_port() -> anyhow::Result<[Socket; 2]> {
    let (first, second) = (tcp()?, tcp()?);
    first.set_reuse_address(true).shown(REUSE, &first)?;
    second.set_reuse_address(true).shown(REUSE, &second)?;
    first.bind(&ANY_PORT.into()).shown(format!("bind({ANY_PORT})"), &first)?;
    let address = address_of(&first)?;
    second.bind(&address.into()).shown(format!("bind({address})"), &second)?;
    Ok([first, second])
}

/// A UDP socket. One row.
pub fn udp() -> anyhow::Result<Socket> {
    Ok(Socket::new(Domain::IPV4, Type::DGRAM, None).shown_as(UDP)?)
}

/// A TCP socket over IPv6, where there is IPv6. One row.
pub fn tcp_over_ipv6() -> anyhow::Result<Socket> {
    match Socket::new(Domain::IPV6, Type::STREAM, None) {
        Err(error) if advice::symbol(&error) == "EAFNOSUPPORT" => {
            not_here("this system has no IPv6")
        }
        socket => Ok(socket.shown_as("socket(AF_INET6, SOCK_STREAM)")?),
    }
}

/// All that is left to a program that has closed its socket: a number. Two rows.
pub fn closed_descriptor() -> anyhow::Result<ManuallyDrop<Socket>> {
    let socket = ManuallyDrop::new(tcp()?);
    raw::close(socket.as_raw_fd()).explained("close", &*socket)?;
    show_close(descriptor(&socket));
    Ok(socket)
}

/// A descriptor of something that is not a socket, held as if it were one. One row.
pub fn dev_null() -> anyhow::Result<Socket> {
    let file = Socket::from(OwnedFd::from(File::open("/dev/null")?));
    show("open(\"/dev/null\")", &file);
    Ok(file)
}

/// Lets the kernel give `socket` no other port than that of `taken` (`IP_LOCAL_PORT_RANGE`, ip(7)):
/// as if all others were taken too. One row.
pub fn only_port_of(taken: &Socket, socket: &Socket) -> anyhow::Result<()> {
    const IP_LOCAL_PORT_RANGE: i32 = 51;
    let port = i32::from(address_of(taken)?.port());
    // The highest port in the upper half, the lowest in the lower.
    let set = raw::set_option(socket, libc::IPPROTO_IP, IP_LOCAL_PORT_RANGE, port << 16 | port);
    match set {
        Err(error) if advice::symbol(&error) == "ENOPROTOOPT" => {
            not_here("this kernel has no IP_LOCAL_PORT_RANGE; Linux has it since 6.3")
        }
        set => {
            set.shown("setsockopt(IP_LOCAL_PORT_RANGE)", socket)?;
            note(format!("no port but {port}, which is taken"));
            Ok(())
        }
    }
}

/// A listener whose queue is full, so that it answers no further client. Two rows, and the client
/// that fills it.
pub fn full_listener() -> anyhow::Result<(Socket, Socket)> {
    let listener = setup::listener(0)?;
    let client = setup::client_of(&listener)?;
    Ok((listener, client))
}

/// Both ends of a connection. The first has sent until nothing more fits into the buffers of either
/// side, since the second does not read. Four rows.
pub fn full_buffers() -> anyhow::Result<(Socket, Socket)> {
    let (client, server) = setup::connection()?;
    fill(&client).explained("send(65536 bytes)", &client)?;
    show("send, until nothing fits", &client);
    Ok((client, server))
}

/// Sends without waiting, until nothing more fits.
fn fill(client: &Socket) -> io::Result<()> {
    loop {
        match client.send_with_flags(&[0; 65536], libc::MSG_DONTWAIT) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// Sends one byte more into buffers that are full, until that fails: they may take a little more
/// when the kernel has moved their bytes, and so are filled again before each try.
pub fn send_at_last(client: &Socket) -> io::Result<()> {
    loop {
        fill(client)?;
        client.send(b"x")?;
    }
}

/// A client whose server has reset the connection, as by close with SO_LINGER 0 (socket(7)), and
/// which has not noticed yet. Five rows.
pub fn reset_connection() -> anyhow::Result<Socket> {
    let (client, server) = setup::connection()?;
    server.set_linger(Some(Duration::ZERO)).shown("setsockopt(SO_LINGER, 1, 0)", &server)?;
    let number = descriptor(&server);
    drop(server);
    show_close(number);
    ensure!(raw::wait_for_error(&client), "the server's reset did not arrive");
    show("the client's end", &client);
    Ok(client)
}

/// A connection that the kernel has given up: the peer does not read, and TCP_USER_TIMEOUT has
/// passed (tcp(7)). The peer's end lives as long as the first.
pub fn timed_out_connection() -> anyhow::Result<(Socket, Socket)> {
    let (client, server) = full_buffers()?;
    user_timeout(&client)?;
    ensure!(raw::wait_for_error(&client), "the connection did not time out");
    show("the client's end", &client);
    Ok((client, server))
}

/// Lets TCP give up after 1 ms without an answer. One row.
pub fn user_timeout(socket: &Socket) -> anyhow::Result<()> {
    raw::set_option(socket, libc::IPPROTO_TCP, libc::TCP_USER_TIMEOUT, 1)
        .shown("setsockopt(TCP_USER_TIMEOUT)", socket)?;
    Ok(())
}

/// A UDP socket that is connected to a port at which nobody receives. Two rows.
pub fn connected_to_nobody() -> anyhow::Result<(Socket, Socket)> {
    let nobody = Socket::new(Domain::IPV4, Type::DGRAM, None).explained(UDP, None)?;
    nobody.bind(&ANY_PORT.into()).explained("bind", &nobody)?;
    let address = address_of(&nobody)?;
    // It receives from itself alone: to everybody else the port is as good as closed.
    nobody.connect(&address.into()).explained("connect", &nobody)?;
    let client = udp()?;
    client.connect(&address.into()).shown(format!("connect({address})"), &client)?;
    Ok((client, nobody))
}

/// A TCP socket that is bound, and refuses all, as it does not listen. One row.
pub fn bound() -> anyhow::Result<(Socket, SocketAddr)> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
    socket.bind(&ANY_PORT.into()).shown(format!("bind({ANY_PORT})"), &socket)?;
    let address = address_of(&socket)?;
    Ok((socket, address))
}

/// Makes `socket` non-blocking. One row.
pub fn non_blocking(socket: &Socket) -> anyhow::Result<()> {
    socket.set_nonblocking(true).shown("fcntl(O_NONBLOCK)", socket)?;
    Ok(())
}

/// Waits until the kernel says that `socket` is in `state`.
pub fn wait_for(socket: &Socket, state: &str) {
    wait_until(|| View::of(socket).state == Some(state));
}
