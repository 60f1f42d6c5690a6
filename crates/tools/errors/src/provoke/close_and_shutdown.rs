//! What keeps `close` and `shutdown` from ending something.

use std::net::Shutdown;
use std::os::fd::AsRawFd;

use lesson::descriptor;

use super::preparations::{self, reset_connection, tcp};
use super::{Fails, Provoked, raw};

pub fn twice() -> Provoked {
    let socket = preparations::closed_descriptor()?;
    let call = format!("close({})", descriptor(&socket));
    raw::close(socket.as_raw_fd()).fails_with("EBADF", call, &*socket)
}

pub fn closed_descriptor() -> Provoked {
    let socket = preparations::closed_descriptor()?;
    socket.shutdown(Shutdown::Write).fails_with("EBADF", "shutdown(SHUT_WR)", &*socket)
}

/// There are three: SHUT_RD, SHUT_WR and SHUT_RDWR, 0 to 2.
pub fn unknown_direction() -> Provoked {
    let (client, _server) = question::setup::connection()?;
    raw::shutdown(&client, 3).fails_with("EINVAL", "shutdown(3)", &client)
}

pub fn not_connected() -> Provoked {
    let socket = tcp()?;
    socket.shutdown(Shutdown::Write).fails_with("ENOTCONN", "shutdown(SHUT_WR)", &socket)
}

/// It takes effect even so: afterwards a receive returns at once.
pub fn not_connected_udp() -> Provoked {
    let socket = question::setup::udp()?;
    socket.shutdown(Shutdown::Read).fails_with("ENOTCONN", "shutdown(SHUT_RD)", &socket)
}

pub fn after_a_reset() -> Provoked {
    let client = reset_connection()?;
    client.shutdown(Shutdown::Write).fails_with("ENOTCONN", "shutdown(SHUT_WR)", &client)
}

pub fn no_socket() -> Provoked {
    let file = preparations::dev_null()?;
    file.shutdown(Shutdown::Write).fails_with("ENOTSOCK", "shutdown(SHUT_WR)", &file)
}
