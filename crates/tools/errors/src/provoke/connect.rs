//! What keeps `connect` from reaching a peer.

use std::io::Read;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4};

use lesson::{Shown, address_of, wait_for_state};
use question::setup::{self};
use socket2::{SockAddr, Socket};

use super::namespace::{self, ELSEWHERE, Route};
use super::preparations::{
    self, SHORT, bound, full_listener, non_blocking, only_port_of, tcp, tcp_over_ipv6,
    two_on_one_port, udp, user_timeout,
};
use super::raw::{self, At};
use super::{Fails, Provoked};

/// The loopback network's broadcast address.
pub const BROADCAST: SocketAddr = at(Ipv4Addr::new(127, 255, 255, 255));

/// An address at which nobody needs to be.
const fn at(ip: Ipv4Addr) -> SocketAddr {
    SocketAddr::V4(SocketAddrV4::new(ip, 9))
}

pub fn broadcast_without_option() -> Provoked {
    let socket = udp()?;
    connect(&socket, BROADCAST, "EACCES")
}

/// The call that fails: `socket` connects to `address`.
fn connect(socket: &Socket, address: SocketAddr, symbol: &'static str) -> Provoked {
    socket.connect(&address.into()).fails_with(symbol, format!("connect({address})"), socket)
}

pub fn prohibited() -> Provoked {
    namespace::with_route(Route::Prohibit)?;
    connect(&tcp()?, ELSEWHERE, "EACCES")
}

/// Two connections that agree in both addresses and both ports would be one.
pub fn same_connection_twice() -> Provoked {
    let listener = setup::listener(1)?;
    let server = address_of(&listener)?;
    let [first, second] = two_on_one_port()?;
    first.connect(&server.into()).shown(format!("connect({server})"), &first)?;
    connect(&second, server, "EADDRNOTAVAIL")
}

/// With timestamps, as usual, the second connect works: a new connection's packets are told from an
/// old one's.
pub fn same_connection_in_time_wait() -> Provoked {
    namespace::enter_quietly()?;
    namespace::set("net/ipv4/tcp_timestamps", "0")?;
    namespace::say_as_by("sysctl net.ipv4.tcp_timestamps=0");
    let listener = setup::listener(1)?;
    let server = address_of(&listener)?;
    let [first, second] = two_on_one_port()?;
    first.connect(&server.into()).shown(format!("connect({server})"), &first)?;
    let (accepted, _) = listener.accept().shown_as("accept()")?;
    let ends = [address_of(&first)?, server];
    setup::close(first);
    (&accepted).read_exact(&mut [0]).expect_err("the end comes before a byte");
    setup::close(accepted);
    wait_for_state("both are closed, and gone", ends, "TIME_WAIT")?;
    connect(&second, server, "EADDRNOTAVAIL")
}

pub fn link_local_without_interface() -> Provoked {
    let address = SocketAddr::from((Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1), 9));
    connect(&tcp_over_ipv6()?, address, "EINVAL")
}

pub fn no_port_left() -> Provoked {
    let listener = setup::listener(1)?;
    let first = setup::client_of(&listener)?;
    let socket = tcp()?;
    only_port_of(&first, &socket)?;
    connect(&socket, address_of(&listener)?, "EADDRNOTAVAIL")
}

pub fn ipv6_address_on_ipv4_socket() -> Provoked {
    connect(&tcp()?, SocketAddr::from((Ipv6Addr::LOCALHOST, 9)), "EAFNOSUPPORT")
}

pub fn no_port_left_over_udp() -> Provoked {
    let taken = setup::udp()?;
    let socket = udp()?;
    only_port_of(&taken, &socket)?;
    connect(&socket, at(Ipv4Addr::LOCALHOST), "EAGAIN")
}

pub fn again_while_it_goes_on() -> Provoked {
    let (listener, _queued) = full_listener()?;
    let address = address_of(&listener)?;
    let client = tcp()?;
    non_blocking(&client)?;
    let call = format!("connect({address})");
    client.connect(&address.into()).must_fail("EINPROGRESS", call, &client)?;
    connect(&client, address, "EALREADY")
}

pub fn closed_descriptor() -> Provoked {
    let socket = preparations::closed_descriptor()?;
    connect(&socket, at(Ipv4Addr::LOCALHOST), "EBADF")
}

pub fn nobody_listens() -> Provoked {
    let (_bound, address) = bound()?;
    connect(&tcp()?, address, "ECONNREFUSED")
}

pub fn bad_pointer() -> Provoked {
    let socket = tcp()?;
    raw::connect(&socket, At::Nowhere, 16).fails_with("EFAULT", "connect(a bad pointer)", &socket)
}

pub fn wrong_length() -> Provoked {
    let socket = tcp()?;
    let address = SockAddr::from(at(Ipv4Addr::LOCALHOST));
    raw::connect(&socket, At::This(&address), 15).must_fail(
        "EINVAL",
        "connect(…, 15 bytes)",
        &socket,
    )?;
    let connected = raw::connect(&socket, At::This(&address), -1);
    connected.fails_with("EINVAL", "connect(…, -1 bytes)", &socket)
}

/// Even to a listener with room in its queue, and on this machine.
pub fn without_waiting() -> Provoked {
    let listener = setup::listener(1)?;
    let client = tcp()?;
    non_blocking(&client)?;
    connect(&client, address_of(&listener)?, "EINPROGRESS")
}

pub fn not_answered_in_time() -> Provoked {
    let (listener, _queued) = full_listener()?;
    let client = tcp()?;
    client.set_write_timeout(Some(SHORT)).shown("setsockopt(SO_SNDTIMEO)", &client)?;
    connect(&client, address_of(&listener)?, "EINPROGRESS")
}

pub fn signal() -> Provoked {
    let (listener, _queued) = full_listener()?;
    let client = tcp()?;
    raw::interrupt_every(SHORT)?;
    connect(&client, address_of(&listener)?, "EINTR")
}

pub fn twice() -> Provoked {
    let listener = setup::listener(1)?;
    let client = setup::client_of(&listener)?;
    connect(&client, address_of(&listener)?, "EISCONN")
}

pub fn listening() -> Provoked {
    let listener = setup::listener(1)?;
    let address = address_of(&listener)?;
    connect(&listener, address, "EISCONN")
}

/// TCP connects two machines, and these addresses stand for many.
pub fn many_machines() -> Provoked {
    let socket = tcp()?;
    let group = at(Ipv4Addr::new(224, 0, 0, 1));
    let call = format!("connect({group})");
    socket.connect(&group.into()).must_fail("ENETUNREACH", call, &socket)?;
    connect(&socket, BROADCAST, "ENETUNREACH")
}

pub fn no_route() -> Provoked {
    namespace::enter()?;
    connect(&tcp()?, ELSEWHERE, "ENETUNREACH")
}

pub fn unreachable() -> Provoked {
    namespace::with_route(Route::Unreachable)?;
    connect(&tcp()?, ELSEWHERE, "EHOSTUNREACH")
}

pub fn black_hole() -> Provoked {
    namespace::with_route(Route::Blackhole)?;
    connect(&tcp()?, ELSEWHERE, "EINVAL")
}

pub fn no_socket() -> Provoked {
    connect(&preparations::dev_null()?, at(Ipv4Addr::LOCALHOST), "ENOTSOCK")
}

/// The kernel gives up when it would ask for the second time, which is after a second.
pub fn never_answered() -> Provoked {
    let (listener, _queued) = full_listener()?;
    let client = tcp()?;
    user_timeout(&client)?;
    connect(&client, address_of(&listener)?, "ETIMEDOUT")
}
