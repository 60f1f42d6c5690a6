//! What keeps `setsockopt` from setting SO_REUSEADDR or SO_REUSEPORT, which fail in the same ways.

use std::os::unix::net::UnixDatagram;

use lesson::Shown;
use socket2::Socket;

use super::preparations::{self, tcp};
use super::raw::{At, set_option, set_option_at};
use super::{Fails, Provoked, not_here};

pub const REUSE_ADDRESS: i32 = libc::SO_REUSEADDR;
pub const REUSE_PORT: i32 = libc::SO_REUSEPORT;

/// The option's name, as its row shows it.
fn name(option: i32) -> &'static str {
    if option == REUSE_ADDRESS { "SO_REUSEADDR" } else { "SO_REUSEPORT" }
}

pub fn closed_descriptor<const OPTION: i32>() -> Provoked {
    let socket = preparations::closed_descriptor()?;
    let call = format!("setsockopt({}, 1)", name(OPTION));
    set_option(&socket, libc::SOL_SOCKET, OPTION, 1).fails_with("EBADF", call, &*socket)
}

pub fn bad_pointer<const OPTION: i32>() -> Provoked {
    let socket = tcp()?;
    let set = set_option_at(&socket, libc::SOL_SOCKET, OPTION, At::Nowhere, 4);
    set.fails_with("EFAULT", format!("setsockopt({}, bad)", name(OPTION)), &socket)
}

/// The option is an int, which has 4 bytes.
pub fn wrong_length<const OPTION: i32>() -> Provoked {
    let socket = tcp()?;
    let set = |length| set_option_at(&socket, libc::SOL_SOCKET, OPTION, At::This(&1), length);
    let call = |length| format!("setsockopt({}, {length} bytes)", name(OPTION));
    set(3).must_fail("EINVAL", call(3), &socket)?;
    set(0).must_fail("EINVAL", call(0), &socket)?;
    set(-1).fails_with("EINVAL", call(-1), &socket)
}

pub fn unknown_option<const OPTION: i32>() -> Provoked {
    let socket = tcp()?;
    set_option(&socket, libc::SOL_SOCKET, 999, 1).must_fail(
        "ENOPROTOOPT",
        "setsockopt(999, 1)",
        &socket,
    )?;
    // The same number, at a level at which it means nothing.
    let call = format!("setsockopt(IPPROTO_UDP, {OPTION})");
    set_option(&socket, libc::IPPROTO_UDP, OPTION, 1).fails_with("ENOPROTOOPT", call, &socket)
}

pub fn no_socket<const OPTION: i32>() -> Provoked {
    let file = preparations::dev_null()?;
    let call = format!("setsockopt({}, 1)", name(OPTION));
    set_option(&file, libc::SOL_SOCKET, OPTION, 1).fails_with("ENOTSOCK", call, &file)
}

/// An AF_UNIX socket has no port to share.
pub fn port_of_a_unix_socket() -> Provoked {
    let socket = Socket::from(std::os::fd::OwnedFd::from(UnixDatagram::unbound()?));
    match set_option(&socket, libc::SOL_SOCKET, REUSE_PORT, 1) {
        Ok(()) => not_here("this kernel lets it be set; Linux refuses since 6.13"),
        set => {
            Ok(()).shown("socket(AF_UNIX, SOCK_DGRAM)", &socket)?;
            set.fails_with("EOPNOTSUPP", "setsockopt(SO_REUSEPORT, 1)", &socket)
        }
    }
}
