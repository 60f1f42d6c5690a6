//! What keeps `listen` from letting clients queue.

use lesson::Shown;
use question::setup::{self};

use super::preparations::{self, bound, only_port_of, tcp, two_on_one_port, udp};
use super::{Fails, Provoked};

/// SO_REUSEADDR lets both bind, as long as neither listens (socket(7)).
pub fn other_listens() -> Provoked {
    let [first, second] = two_on_one_port()?;
    first.listen(1).shown("listen(1)", &first)?;
    second.listen(1).fails_with("EADDRINUSE", "listen(1)", &second)
}

/// listen checks the port once more, and asks both sockets for the option.
pub fn taken_back() -> Provoked {
    let [first, second] = two_on_one_port()?;
    first.set_reuse_address(false).shown("setsockopt(SO_REUSEADDR, 0)", &first)?;
    second.listen(1).fails_with("EADDRINUSE", "listen(1)", &second)
}

/// Without bind, listen looks for a free port itself.
pub fn no_port_left() -> Provoked {
    let (taken, _) = bound()?;
    let socket = tcp()?;
    only_port_of(&taken, &socket)?;
    socket.listen(1).fails_with("EADDRINUSE", "listen(1)", &socket)
}

pub fn closed_descriptor() -> Provoked {
    let socket = preparations::closed_descriptor()?;
    socket.listen(1).fails_with("EBADF", "listen(1)", &*socket)
}

pub fn no_socket() -> Provoked {
    let file = preparations::dev_null()?;
    file.listen(1).fails_with("ENOTSOCK", "listen(1)", &file)
}

pub fn over_udp() -> Provoked {
    let socket = udp()?;
    socket.listen(1).fails_with("EOPNOTSUPP", "listen(1)", &socket)
}

pub fn connected() -> Provoked {
    let (client, _server) = setup::connection()?;
    client.listen(1).fails_with("EINVAL", "listen(1)", &client)
}
