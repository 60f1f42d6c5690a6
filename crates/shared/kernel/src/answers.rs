//! What the kernel may answer.

use std::net::SocketAddr;

/// The two things that a lesson needs of what `TCP_INFO` says. See tcp(7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpInfo {
    /// The state's name, such as `ESTABLISHED`.
    pub state: &'static str,
    /// For a listener: the finished connections that wait for accept, and the limit the kernel uses
    /// for them (the backlog, capped by `net.core.somaxconn`). `ss -l` shows the same two numbers.
    pub queue: Option<Queue>,
}

/// A listener's queue of finished connections that nobody has accepted yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queue {
    /// Connections in it now.
    pub length: u32,
    /// The limit that the kernel uses.
    pub limit: u32,
}

/// The transport whose table is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// TCP
    Tcp,
    /// UDP
    Udp,
}

/// Why an IPv6 address that an interface has cannot be used yet, or at all (`ip-address(8)`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unready {
    /// It is tentative: whether another machine has it is still being found out.
    Tentative,
    /// Another machine has it (`dadfailed`).
    Duplicate,
}

/// A row of the kernel's table of sockets. It may outlive the descriptor, as TIME_WAIT does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The address and port on this side.
    pub local: SocketAddr,
    /// The address and port of the other side; port 0 where there is none.
    pub peer: SocketAddr,
    /// The state's name; on Linux UDP sockets have `CLOSE`, or `ESTABLISHED` when connected, and
    /// `?` elsewhere.
    pub state: &'static str,
    /// Whole seconds until the kernel's timer for this row runs out; how long TIME_WAIT stays.
    /// Linux only.
    pub seconds_left: Option<u64>,
    /// The user who made the socket, by number. Linux only.
    pub user: Option<u32>,
    /// What leads to the programs that have the socket, see [`holders`](crate::holders): on Linux
    /// the socket's inode, on Windows the number of the process. 0 when no program has it any more.
    pub owner: u64,
}

impl Entry {
    /// Whether it is the row of the connection between these addresses.
    #[must_use]
    pub fn is_of(&self, local: SocketAddr, peer: SocketAddr) -> bool {
        // The table has no zones (fe80::1%2), so addresses are compared without them. An IPv6
        // socket's connection over IPv4 has an IPv6 address (::ffff:127.0.0.1) that not every table
        // gives it.
        let plain = |address: SocketAddr| (address.ip().to_canonical(), address.port());
        (plain(self.local), plain(self.peer)) == (plain(local), plain(peer))
    }
}
