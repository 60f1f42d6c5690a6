//! A connection in the kernel's table, whether or not a descriptor belongs to it.

use std::net::SocketAddr;

use crate::answers::{Entry, Transport};
use crate::system::port_table;

/// The row of one TCP connection, by its four-tuple, as this side sees it: `None` where the system
/// shows no table, `Some(None)` where it shows one without the connection.
#[must_use]
pub fn connection(local: SocketAddr, peer: SocketAddr) -> Option<Option<Entry>> {
    #[cfg(target_os = "linux")]
    if let Some(row) = crate::sock_diag::connection(local, peer) {
        return Some(Some(row));
    }
    let rows = port_table(Transport::Tcp, local.port())?;
    Some(rows.into_iter().find(|row| row.is_of(local, peer)))
}
