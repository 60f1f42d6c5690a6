//! What the kernel says about a socket now.

use std::io;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, SockAddr, Socket, Type};

use crate::explain::Failure;
use crate::kernel::{self, Queue};

/// A look at a socket: each field was read from the kernel when the view was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The descriptor's number (on Windows, the handle's).
    pub descriptor: u64,
    /// Type and family, such as `TCP/IPv4` (`SO_TYPE`, and the family of `getsockname` or, before
    /// bind on Windows, of `SO_PROTOCOL_INFOW`); `Unix`, and `?` for what is neither, or no socket.
    pub kind: &'static str,
    /// The address on this side; `None` before bind (`getsockname`).
    pub local: Option<SocketAddr>,
    /// The address of the other side; `None` when not connected (`getpeername`).
    pub peer: Option<SocketAddr>,
    /// Whether it is TCP, which has states; UDP has none.
    pub has_states: bool,
    /// The state of TCP; `None` where the system does not tell.
    pub state: Option<&'static str>,
    /// A listener's queue; `None` for other sockets, and where the system does not tell.
    pub queue: Option<Queue>,
    /// Bytes that a TCP connection has received and the program has not read yet.
    pub unread: Option<usize>,
}

impl View {
    /// Looks at `socket`. It asks, and changes nothing.
    #[must_use]
    #[inline]
    pub fn of(socket: &Socket) -> View {
        View::look(socket, false)
    }

    /// As [`of`](View::of), for a socket that was one of datagrams when it was looked at before: it
    /// is asked for that first, and so for less.
    #[must_use]
    #[inline]
    pub fn of_datagrams(socket: &Socket) -> View {
        View::look(socket, matches!(socket.r#type(), Ok(Type::DGRAM)))
    }

    #[inline]
    fn look(socket: &Socket, is_datagrams: bool) -> View {
        let address = socket.local_addr().ok();
        let name = address.as_ref().and_then(SockAddr::as_socket);
        // Windows tells no address before bind.
        let is_ip = name.is_some() || address.is_none();
        let info = if is_ip && !is_datagrams { kernel::tcp_info(socket) } else { None };
        let family = match name {
            Some(address) => Some(Domain::for_address(address)),
            None if is_ip => kernel::family_before_bind(socket),
            None => None,
        };
        let kind = match &address {
            // What has TCP's states is TCP.
            _ if is_ip && info.is_some() => kind_of_ip(Ok(Type::STREAM), family),
            _ if is_ip && is_datagrams => kind_of_ip(Ok(Type::DGRAM), family),
            _ if is_ip => kind_of_ip(socket.r#type(), family),
            Some(address) if address.is_unix() => "Unix",
            _ => "?",
        };
        let tcp = kind.starts_with("TCP");
        let listening = || kernel::is_listening(socket)?.then_some("LISTEN");
        let state = match info {
            Some(info) => Some(info.state),
            None if tcp => listening(),
            None => None,
        };
        let peer = socket.peer_addr().ok().and_then(|address| address.as_socket());
        View {
            descriptor: descriptor(socket),
            kind,
            local: name.filter(|address| address.port() != 0),
            peer,
            has_states: tcp,
            state,
            queue: info.and_then(|info| info.queue),
            unread: if tcp && state != Some("LISTEN") {
                kernel::unread_bytes(socket)
            } else {
                None
            },
        }
    }
}

/// Type and family in words.
fn kind_of_ip(type_of_socket: io::Result<Type>, family: Option<Domain>) -> &'static str {
    let kinds = match type_of_socket {
        Ok(Type::STREAM) => ["TCP/IPv4", "TCP/IPv6", "TCP"],
        Ok(Type::DGRAM) => ["UDP/IPv4", "UDP/IPv6", "UDP"],
        Ok(Type::RAW) => ["RAW/IPv4", "RAW/IPv6", "RAW"],
        _ => return "?",
    };
    kinds[match family {
        Some(Domain::IPV4) => 0,
        Some(Domain::IPV6) => 1,
        _ => 2,
    }]
}

/// The number that the system knows the socket by.
#[cfg(unix)]
#[must_use]
pub fn descriptor(socket: &Socket) -> u64 {
    use std::os::fd::AsRawFd;
    socket.as_raw_fd() as u64
}

/// The number that the system knows the socket by.
#[cfg(windows)]
#[must_use]
pub fn descriptor(socket: &Socket) -> u64 {
    use std::os::windows::io::AsRawSocket;
    socket.as_raw_socket()
}

/// Waits until `happened`, at most two seconds, and says whether it did. For what the kernel does
/// shortly after a call has returned, such as moving a finished connection into the queue.
pub fn wait_until(mut happened: impl FnMut() -> bool) -> bool {
    let give_up = Instant::now() + Duration::from_secs(2);
    while !happened() {
        if Instant::now() >= give_up {
            return false;
        }
        thread::sleep(Duration::from_millis(1));
    }
    true
}

/// Waits until `length` connections are in the listener's queue, where the system tells.
pub fn wait_for_queue(listener: &Socket, length: u32) -> bool {
    wait_until(|| View::of(listener).queue.is_none_or(|queue| queue.length >= length))
}

/// Waits until `bytes` bytes wait to be received, where the system tells.
pub fn wait_for_bytes(socket: &Socket, bytes: usize) -> bool {
    wait_until(|| kernel::unread_bytes(socket).is_none_or(|unread| unread >= bytes))
}

/// Waits until a datagram is there to be received, so that a receive need not wait for ever.
///
/// # Errors
///
/// None came: something on this machine drops it.
pub fn wait_for_datagram(socket: &Socket) -> Result<(), Failure> {
    if wait_for_bytes(socket, 1) {
        return Ok(());
    }
    Err(Failure {
        call: "recvfrom".to_string(),
        words: "no datagram has arrived for 2 s".to_string(),
        why: "It was sent, and something on this machine dropped it: a firewall, for instance."
            .to_string(),
        todo: "Look for rules that concern the loopback interface or this address.".to_string(),
    })
}

/// Waits until every other thread of this program is blocked, where the system tells.
pub fn wait_for_blocked_threads() {
    wait_until(|| kernel::other_threads_wait().unwrap_or(true));
}
