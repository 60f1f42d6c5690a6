//! What keeps `accept` from taking a client out of the queue.

use std::net::Shutdown;

use lesson::{Shown, descriptor, say, show};
use question::child::limit_descriptors;
use question::setup;

use super::preparations::{self, SHORT, bound, non_blocking, tcp, udp};
use super::{Fails, Provoked, raw};

pub fn nobody_queues() -> Provoked {
    let listener = setup::listener(1)?;
    non_blocking(&listener)?;
    listener.accept().fails_with("EAGAIN", "accept()", &listener)
}

pub fn nobody_in_time() -> Provoked {
    let listener = setup::listener(1)?;
    listener.set_read_timeout(Some(SHORT)).shown("setsockopt(SO_RCVTIMEO)", &listener)?;
    listener.accept().fails_with("EAGAIN", "accept()", &listener)
}

pub fn closed_descriptor() -> Provoked {
    let socket = preparations::closed_descriptor()?;
    socket.accept().fails_with("EBADF", "accept()", &*socket)
}

/// The connection is lost: the kernel took it out of the queue before it found the pointer bad.
pub fn bad_pointer() -> Provoked {
    let listener = setup::listener(1)?;
    let _client = setup::client_of(&listener)?;
    show("the listener", &listener);
    raw::accept_to_nowhere(&listener).fails_with("EFAULT", "accept(a bad pointer)", &listener)
}

pub fn signal() -> Provoked {
    let listener = setup::listener(1)?;
    raw::interrupt_every(SHORT)?;
    listener.accept().fails_with("EINTR", "accept()", &listener)
}

pub fn not_listening() -> Provoked {
    let (socket, _) = bound()?;
    socket.accept().fails_with("EINVAL", "accept()", &socket)
}

pub fn wrong_length() -> Provoked {
    let listener = setup::listener(1)?;
    let _client = setup::client_of(&listener)?;
    raw::accept(&listener, -1).fails_with("EINVAL", "accept(-1 bytes)", &listener)
}

pub fn shut_down() -> Provoked {
    let listener = setup::listener(1)?;
    listener.shutdown(Shutdown::Read).shown("shutdown(SHUT_RD)", &listener)?;
    listener.accept().fails_with("EINVAL", "accept()", &listener)
}

pub fn unknown_flag() -> Provoked {
    let listener = setup::listener(1)?;
    raw::accept4(&listener, 1).fails_with("EINVAL", "accept4(flags 0x1)", &listener)
}

/// The connection stays in the queue.
pub fn too_many_descriptors() -> Provoked {
    let listener = setup::listener(1)?;
    let _client = setup::client_of(&listener)?;
    let lowest_free = descriptor(&tcp()?);
    limit_descriptors(lowest_free)?;
    say!("From now on, this process may have no descriptor above {}:", lowest_free - 1);
    listener.accept().fails_with("EMFILE", "accept()", &listener)
}

pub fn no_socket() -> Provoked {
    let file = preparations::dev_null()?;
    file.accept().fails_with("ENOTSOCK", "accept()", &file)
}

pub fn over_udp() -> Provoked {
    let socket = udp()?;
    socket.accept().fails_with("EOPNOTSUPP", "accept()", &socket)
}
