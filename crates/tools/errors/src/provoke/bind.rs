//! What keeps `bind` from giving an address.

use std::io::Read;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use lesson::{Shown, address_of, kernel, wait_for_state};
use question::child::give_up_rights;
use question::setup::{self, ANY_PORT};
use socket2::SockAddr;

use super::preparations::{self, bound, only_port_of, tcp, tcp_over_ipv6};
use super::raw::{self, At};
use super::{Fails, NotHere, Provoked, not_here};

/// Ports below a limit are for privileged programs (ip(7), `ip_unprivileged_port_start`).
pub fn low_port_without_rights() -> Provoked {
    if kernel::setting("net/ipv4/ip_unprivileged_port_start").is_some_and(|start| start <= 80) {
        return not_here("anybody may bind port 80 here (net.ipv4.ip_unprivileged_port_start)");
    }
    give_up_rights().map_err(|error| NotHere(format!("rights cannot be given up: {error}")))?;
    let socket = tcp()?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 80));
    socket.bind(&address.into()).fails_with("EACCES", format!("bind({address})"), &socket)
}

pub fn taken_port() -> Provoked {
    let listener = setup::listener(1)?;
    let address = address_of(&listener)?;
    let socket = tcp()?;
    socket.bind(&address.into()).fails_with("EADDRINUSE", format!("bind({address})"), &socket)
}

/// The server closed first, without SO_REUSEADDR: its port stays taken for a minute.
pub fn left_in_time_wait() -> Provoked {
    let listener = setup::listener(1)?;
    let client = setup::client_of(&listener)?;
    let (server, _) = listener.accept().shown_as("accept()")?;
    let (address, peer) = (address_of(&server)?, address_of(&client)?);
    drop((server, listener));
    (&client).read_exact(&mut [0]).expect_err("the end comes before a byte");
    drop(client);
    wait_for_state("both are closed, and gone", [address, peer], "TIME_WAIT")?;
    let socket = tcp()?;
    socket.bind(&address.into()).fails_with("EADDRINUSE", format!("bind({address})"), &socket)
}

pub fn no_port_left() -> Provoked {
    let (taken, _) = bound()?;
    let socket = tcp()?;
    only_port_of(&taken, &socket)?;
    socket.bind(&ANY_PORT.into()).fails_with("EADDRINUSE", format!("bind({ANY_PORT})"), &socket)
}

pub fn closed_descriptor() -> Provoked {
    let socket = preparations::closed_descriptor()?;
    socket.bind(&ANY_PORT.into()).fails_with("EBADF", format!("bind({ANY_PORT})"), &*socket)
}

pub fn twice() -> Provoked {
    let (socket, _) = bound()?;
    socket.bind(&ANY_PORT.into()).fails_with("EINVAL", format!("bind({ANY_PORT})"), &socket)
}

/// An IPv4 address has 16 bytes, and the kernel takes none of more than 128.
pub fn wrong_length() -> Provoked {
    let socket = tcp()?;
    let address = SockAddr::from(ANY_PORT);
    for length in [15, 129] {
        raw::bind(&socket, At::This(&address), length).must_fail(
            "EINVAL",
            format!("bind(…, {length} bytes)"),
            &socket,
        )?;
    }
    raw::bind(&socket, At::This(&address), -1).fails_with("EINVAL", "bind(…, -1 bytes)", &socket)
}

/// A link-local address with a scope, which is the number of an interface.
fn link_local(scope: u32) -> SocketAddr {
    SocketAddrV6::new(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1), 0, 0, scope).into()
}

pub fn link_local_without_interface() -> Provoked {
    let socket = tcp_over_ipv6()?;
    let address = link_local(0);
    socket.bind(&address.into()).fails_with("EINVAL", format!("bind({address})"), &socket)
}

/// Over IPv4 bind takes one, and then nobody can connect.
pub fn group_over_tcp() -> Provoked {
    let socket = tcp_over_ipv6()?;
    let address = SocketAddrV6::new(Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1), 0, 0, 1);
    socket.bind(&address.into()).fails_with("EINVAL", format!("bind({address})"), &socket)
}

pub fn ipv6_address_on_ipv4_socket() -> Provoked {
    let socket = tcp()?;
    let address = SocketAddr::from((Ipv6Addr::LOCALHOST, 0));
    socket.bind(&address.into()).fails_with("EAFNOSUPPORT", format!("bind({address})"), &socket)
}

/// As long as an IPv6 address: one of IPv4 is too short, see [`too_short_for_ipv6`].
pub fn ipv4_address_on_ipv6_socket() -> Provoked {
    let socket = tcp_over_ipv6()?;
    let address = raw::posing_as(libc::AF_INET, &SocketAddr::from((Ipv6Addr::LOCALHOST, 0)).into());
    socket.bind(&address).fails_with("EAFNOSUPPORT", "bind(28 bytes, AF_INET)", &socket)
}

/// The kernel looks at the length of the address first, and then at its family.
pub fn too_short_for_ipv6() -> Provoked {
    let socket = tcp_over_ipv6()?;
    socket.bind(&ANY_PORT.into()).fails_with("EINVAL", format!("bind({ANY_PORT})"), &socket)
}

pub fn no_socket() -> Provoked {
    let file = preparations::dev_null()?;
    file.bind(&ANY_PORT.into()).fails_with("ENOTSOCK", format!("bind({ANY_PORT})"), &file)
}

/// 203.0.113.0/24 is for documentation (RFC 5737): no machine should have it.
pub fn address_of_nobody() -> Provoked {
    if kernel::setting("net/ipv4/ip_nonlocal_bind") == Some(1) {
        return not_here("programs may bind other machines' addresses (net.ipv4.ip_nonlocal_bind)");
    }
    let socket = tcp()?;
    let address = SocketAddr::from((Ipv4Addr::new(203, 0, 113, 1), 0));
    socket.bind(&address.into()).fails_with("EADDRNOTAVAIL", format!("bind({address})"), &socket)
}

pub fn bad_pointer() -> Provoked {
    let socket = tcp()?;
    raw::bind(&socket, At::Nowhere, 16).fails_with("EFAULT", "bind(a bad pointer)", &socket)
}

pub fn no_such_interface() -> Provoked {
    let socket = tcp_over_ipv6()?;
    let address = link_local(9999);
    socket.bind(&address.into()).fails_with("ENODEV", format!("bind({address})"), &socket)
}
