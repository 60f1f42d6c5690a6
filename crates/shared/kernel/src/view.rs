//! What the kernel says about a socket now.

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, SockAddr, Socket, Type};

use crate::answers::Queue;
use crate::options::{descriptor, is_listening, unread_bytes};
use crate::system::{family_before_bind, tcp_info};

/// One look at a socket: each field was read from the kernel at that moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The descriptor's number (on Windows, the handle's).
    pub descriptor: u64,
    /// Type and family, such as `TCP/IPv4` (`SO_TYPE`, and the family of `getsockname` or, before
    /// bind on Windows, of `SO_PROTOCOL_INFOW`); `Unix`, and `?` for what is neither, or not a
    /// socket.
    pub kind: &'static str,
    /// The address on this side; `None` before bind (`getsockname`).
    pub local: Option<SocketAddr>,
    /// The address of the other side; `None` when not connected (`getpeername`).
    pub peer: Option<SocketAddr>,
    /// The name of a Unix socket, as [`unix_name`] says it; `None` for all other sockets.
    pub name: Option<String>,
    /// The name of the Unix socket that it is connected to; `None` when not connected.
    pub peer_name: Option<String>,
    /// Whether it is TCP, which has states; UDP has none.
    pub has_states: bool,
    /// The state of TCP, and `LISTEN` of a Unix socket; `None` where the system does not say.
    pub state: Option<&'static str>,
    /// A listener's queue; `None` for other sockets, and where the system does not say.
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

    /// As [`of`](View::of), for a socket that was a datagram socket when last looked at: that is
    /// asked first, and then less has to be asked.
    #[must_use]
    #[inline]
    pub fn of_datagrams(socket: &Socket) -> View {
        View::look(socket, matches!(socket.r#type(), Ok(Type::DGRAM)))
    }

    #[inline]
    fn look(socket: &Socket, is_datagrams: bool) -> View {
        let address = socket.local_addr().ok();
        let name = address.as_ref().and_then(SockAddr::as_socket);
        // Windows gives no address before bind.
        let is_ip = name.is_some() || address.is_none();
        let info = if is_ip && !is_datagrams { tcp_info(socket) } else { None };
        let family = match name {
            Some(address) => Some(Domain::for_address(address)),
            None if is_ip => family_before_bind(socket),
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
        let listening = || is_listening(socket)?.then_some("LISTEN");
        let state = match info {
            Some(info) => Some(info.state),
            None if tcp || kind == "Unix" => listening(),
            None => None,
        };
        let peer = socket.peer_addr().ok();
        View {
            descriptor: descriptor(socket),
            kind,
            local: name.filter(|address| address.port() != 0),
            peer: peer.as_ref().and_then(SockAddr::as_socket),
            name: address.as_ref().and_then(unix_name),
            peer_name: peer.as_ref().and_then(unix_name),
            has_states: tcp,
            state,
            queue: info.and_then(|info| info.queue),
            unread: if tcp && state != Some("LISTEN") { unread_bytes(socket) } else { None },
        }
    }
}

/// The name that the address of a Unix socket has (unix(7)): a path, or `@` and an abstract name, as
/// `ss` shows it, or `unnamed`. `None` for an address of another family, and where it is not told.
#[must_use]
pub fn unix_name(address: &SockAddr) -> Option<String> {
    if !address.is_unix() {
        return None;
    }
    #[cfg(not(unix))]
    return None;
    #[cfg(unix)]
    {
        let path = address.as_pathname().map(|path| path.to_string_lossy().into_owned());
        let of_linux = || {
            let name = address.as_abstract_namespace()?;
            Some(format!("@{}", String::from_utf8_lossy(name)))
        };
        let name = path.or_else(of_linux).unwrap_or_else(|| "unnamed".to_string());
        // What would move a terminal's cursor has no place in a row.
        Some(name.chars().map(|c| if c.is_control() { '·' } else { c }).collect())
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
