//! Sockets made ready, for questions about what comes afterwards. Each prints the rows that the
//! reader needs; the steps show how they are made.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;

use kernel::SHORTLY;
use lesson::wait_for_queue;
use lesson::{
    Failure, Shown, View, address_of, descriptor, must_be, show_close, show_received_from,
};
use socket2::{Domain, Socket, Type};

/// 127.0.0.1, and a port that the kernel picks.
pub const ANY_PORT: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));

/// The call that makes a TCP socket, for its row.
pub const TCP: &str = "socket(AF_INET, SOCK_STREAM)";

/// The call that makes a UDP socket, for its row.
pub const UDP: &str = "socket(AF_INET, SOCK_DGRAM)";

/// The error of a receive that has waited as long as it should (`SO_RCVTIMEO`).
pub const RECEIVE_TIMED_OUT: &str = if cfg!(windows) { "ETIMEDOUT" } else { "EAGAIN" };

/// A listener on 127.0.0.1 and a port that the kernel picks, with this backlog. One row.
///
/// # Errors
///
/// One of its calls failed.
pub fn listener(backlog: i32) -> Result<Socket, Failure> {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
    listener.bind(&ANY_PORT.into()).explained(format!("bind({ANY_PORT})"), &listener)?;
    listener.listen(backlog).shown(format!("listen({backlog})"), &listener)?;
    Ok(listener)
}

/// A client's connection to `listener`, which then has it in its queue. One row.
///
/// # Errors
///
/// One of its calls failed.
pub fn client_of(listener: &Socket) -> Result<Socket, Failure> {
    let address = address_of(listener)?;
    let queued = View::of(listener).queue.map_or(0, |queue| queue.length);
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
    client.connect(&address.into()).shown(format!("connect({address})"), &client)?;
    wait_for_queue(listener, queued + 1);
    Ok(client)
}

/// A client whose connect to `target` gives up after 0.2 s, because nobody answers: the queue is
/// full. Two rows.
///
/// # Errors
///
/// It connected, or failed in another way.
pub fn client_that_gives_up(target: SocketAddr) -> Result<Socket, Failure> {
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    let given_up = client.connect_timeout(&target.into(), Duration::from_millis(200)).may_fail(
        &[ErrorKind::TimedOut],
        format!("connect({target})"),
        &client,
    )?;
    let kind = given_up.map(|error| error.kind());
    must_be("the end of its wait", kind, Some(ErrorKind::TimedOut))?;
    Ok(client)
}

/// Both ends of a connection: the client's and the server's. Three rows.
///
/// # Errors
///
/// One of its calls failed.
pub fn connection() -> Result<(Socket, Socket), Failure> {
    let listener = listener(1)?;
    let client = client_of(&listener)?;
    let (server, _) = listener.accept().shown_as("accept()")?;
    Ok((client, server))
}

/// A UDP socket on 127.0.0.1 and a port that the kernel picks. One row.
///
/// # Errors
///
/// One of its calls failed.
pub fn udp() -> Result<Socket, Failure> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None).explained(UDP, None)?;
    socket.bind(&ANY_PORT.into()).shown(format!("bind({ANY_PORT})"), &socket)?;
    Ok(socket)
}

/// Receives at most `size` bytes of a datagram, and prints what came. Waits no longer than
/// [`kernel::SHORTLY`] for it.
///
/// # Errors
///
/// The call failed; `EAGAIN` where no datagram came.
pub fn receive_datagram(socket: &Socket, size: usize) -> Result<Vec<u8>, Failure> {
    let call = format!("recvfrom({size})");
    socket.set_read_timeout(Some(SHORTLY)).explained(&call, socket)?;
    let mut buffer = Vec::with_capacity(size);
    let room = &mut buffer.spare_capacity_mut()[..size];
    let (length, sender) = socket.recv_from(room).shown(&call, socket)?;
    // SAFETY: recv_from has written that many bytes.
    unsafe { buffer.set_len(length) };
    socket.set_read_timeout(None).explained(&call, socket)?;
    show_received_from(&buffer, sender.as_socket().unwrap_or(ANY_PORT));
    Ok(buffer)
}

/// Waits, no longer than [`kernel::SHORTLY`], until an error of an earlier send is there for the next
/// call to report, and leaves it there (poll(2), `POLLERR`).
#[cfg(target_os = "linux")]
pub fn wait_for_error(socket: &Socket) -> bool {
    use std::os::fd::AsRawFd;
    let mut asked = libc::pollfd { fd: socket.as_raw_fd(), events: 0, revents: 0 };
    // SAFETY: poll reads and writes one pollfd.
    unsafe { libc::poll(&mut asked, 1, SHORTLY.as_millis() as libc::c_int) == 1 }
}

/// From now on `socket` hears nothing: the kernel drops whatever comes for it, as if a cable had been
/// pulled or its machine were gone, and answers none of it. (It may only have come over no router at
/// all, with a TTL of 255, and packets are sent with less: `IP_MINTTL`, ip(7).) No row.
///
/// # Errors
///
/// The call failed; other systems than Linux do not have it.
pub fn go_deaf(socket: &Socket) -> Result<(), Failure> {
    const IP_MINTTL: i32 = 21;
    set_ip_option(socket, IP_MINTTL, 255).explained("setsockopt(IP_MINTTL, 255)", socket)
}

/// Sets an option of IP that socket2 does not know, by its number on Linux.
///
/// # Errors
///
/// The call failed; on other systems, always.
pub fn set_ip_option(socket: &Socket, option: i32, value: i32) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use std::os::fd::AsRawFd;

        let size = size_of::<i32>() as libc::socklen_t;
        let (fd, value): (_, *const i32) = (socket.as_raw_fd(), &value);
        // SAFETY: the descriptor is open, and the kernel reads one int.
        kernel::check(unsafe { libc::setsockopt(fd, libc::IPPROTO_IP, option, value.cast(), size) })
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (socket, option, value);
        Err(ErrorKind::Unsupported.into())
    }
}

/// Closes one handle to a socket; any other handle keeps the socket open. One row.
pub fn close(socket: Socket) {
    let number = descriptor(&socket);
    drop(socket);
    show_close(number);
}
