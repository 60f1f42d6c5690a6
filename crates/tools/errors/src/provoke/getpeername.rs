//! Sockets that have no peer to name.

use super::preparations::{self, reset_connection, tcp};
use super::{Fails, Provoked};

pub fn not_connected() -> Provoked {
    let socket = tcp()?;
    socket.peer_addr().fails_with("ENOTCONN", "getpeername()", &socket)
}

pub fn after_a_reset() -> Provoked {
    let client = reset_connection()?;
    client.peer_addr().fails_with("ENOTCONN", "getpeername()", &client)
}

pub fn no_socket() -> Provoked {
    let file = preparations::dev_null()?;
    file.peer_addr().fails_with("ENOTSOCK", "getpeername()", &file)
}
