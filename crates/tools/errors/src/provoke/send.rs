//! What keeps `send`, `sendto` and `sendmsg` from sending.

use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr};

use anyhow::ensure;
use lesson::{Shown, address_of, descriptor, kernel, show, show_close};
use question::setup::{self, ANY_PORT};
use socket2::{Domain, MsgHdr, SockAddr, Socket, Type};

use super::connect::BROADCAST;
use super::namespace::{self, ELSEWHERE, Route};
use super::preparations::{
    self, SHORT, connected_to_nobody, full_buffers, full_listener, non_blocking, only_port_of,
    reset_connection, send_at_last, tcp, timed_out_connection, udp,
};
use super::raw::{self, At};
use super::{Fails, Provoked, not_here};

/// The call that fails: `socket` sends one byte to its peer.
fn send(socket: &Socket, symbol: &'static str) -> Provoked {
    socket.send(b"x").fails_with(symbol, "send(1 byte)", socket)
}

/// The call that fails: `socket` sends one byte to `address`.
fn send_to(socket: &Socket, address: SocketAddr, symbol: &'static str) -> Provoked {
    socket.send_to(b"x", &address.into()).fails_with(symbol, format!("sendto({address})"), socket)
}

pub fn broadcast_without_option() -> Provoked {
    send_to(&udp()?, BROADCAST, "EACCES")
}

pub fn full_buffers_without_waiting() -> Provoked {
    let (client, _server) = full_buffers()?;
    non_blocking(&client)?;
    send_at_last(&client).fails_with("EAGAIN", "send(1 byte)", &client)
}

pub fn no_room_in_time() -> Provoked {
    let (client, _server) = full_buffers()?;
    client.set_write_timeout(Some(SHORT)).shown("setsockopt(SO_SNDTIMEO)", &client)?;
    send_at_last(&client).fails_with("EAGAIN", "send(1 byte)", &client)
}

pub fn no_port_left() -> Provoked {
    let taken = setup::udp()?;
    let socket = udp()?;
    only_port_of(&taken, &socket)?;
    send_to(&socket, address_of(&taken)?, "EAGAIN")
}

/// TCP Fast Open sends with the first packet: sendto connects (tcp(7), MSG_FASTOPEN).
pub fn fast_open_without_waiting() -> Provoked {
    let (_listener, _queued, client, address) = fast_open()?;
    fast_send(&client, address).fails_with("EINPROGRESS", FAST_OPEN, &client)
}

pub fn again_while_it_connects() -> Provoked {
    let (_listener, _queued, client, address) = fast_open()?;
    fast_send(&client, address).must_fail("EINPROGRESS", FAST_OPEN, &client)?;
    fast_send(&client, address).fails_with("EALREADY", FAST_OPEN, &client)
}

const FAST_OPEN: &str = "sendto(MSG_FASTOPEN)";

fn fast_send(client: &Socket, address: SocketAddr) -> std::io::Result<usize> {
    client.send_to_with_flags(b"x", &address.into(), libc::MSG_FASTOPEN)
}

/// A full listener, and a non-blocking client for it.
fn fast_open() -> anyhow::Result<(Socket, Socket, Socket, SocketAddr)> {
    if kernel::setting("net/ipv4/tcp_fastopen").is_some_and(|on| on & 1 == 0) {
        return not_here("Fast Open is off here (net.ipv4.tcp_fastopen)");
    }
    let (listener, queued) = full_listener()?;
    let address = address_of(&listener)?;
    let client = tcp()?;
    non_blocking(&client)?;
    Ok((listener, queued, client, address))
}

pub fn closed_descriptor() -> Provoked {
    send(&*preparations::closed_descriptor()?, "EBADF")
}

pub fn after_a_reset() -> Provoked {
    send(&reset_connection()?, "ECONNRESET")
}

/// The first datagram brings the refusal, an ICMP message, and the next call reports it.
pub fn nobody_receives() -> Provoked {
    let (client, _nobody) = connected_to_nobody()?;
    client.send(b"x").shown("send(1 byte)", &client)?;
    ensure!(raw::wait_for_error(&client), "no refusal arrived");
    send(&client, "ECONNREFUSED")
}

pub fn to_nobody_in_particular() -> Provoked {
    send(&udp()?, "EDESTADDRREQ")
}

pub fn bad_pointer() -> Provoked {
    let (client, _server) = setup::connection()?;
    raw::send_from_nowhere(&client).fails_with("EFAULT", "send(a bad pointer)", &client)
}

pub fn signal() -> Provoked {
    let (client, _server) = full_buffers()?;
    raw::interrupt_every(SHORT)?;
    send_at_last(&client).fails_with("EINTR", "send(1 byte)", &client)
}

pub fn wrong_address() -> Provoked {
    let socket = udp()?;
    let address = SockAddr::from(BROADCAST);
    let call = "sendto(…, 15 bytes)";
    raw::send_to(&socket, At::This(&address), 15).must_fail("EINVAL", call, &socket)?;
    let call = "sendto(…, -1 bytes)";
    raw::send_to(&socket, At::This(&address), -1).fails_with("EINVAL", call, &socket)
}

pub fn to_port_0() -> Provoked {
    send_to(&udp()?, ANY_PORT, "EINVAL")
}

/// Without Fast Open, TCP pays no attention to the address of sendto.
pub fn fast_open_when_connected() -> Provoked {
    if kernel::setting("net/ipv4/tcp_fastopen").is_some_and(|on| on & 1 == 0) {
        return not_here("Fast Open is off here (net.ipv4.tcp_fastopen)");
    }
    let listener = setup::listener(1)?;
    let client = setup::client_of(&listener)?;
    let address = address_of(&listener)?;
    client.send_to_with_flags(b"x", &address.into(), libc::MSG_FASTOPEN).fails_with(
        "EISCONN",
        "sendto(MSG_FASTOPEN)",
        &client,
    )
}

/// An IPv4 packet has 65535 bytes at most, of which 20 are IP's own and 8 UDP's.
pub fn too_long() -> Provoked {
    let socket = udp()?;
    let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, 9));
    let sent = socket.send_to(&[0; 65508], &nobody.into());
    sent.fails_with("EMSGSIZE", "sendto(65508 bytes)", &socket)
}

pub fn too_much_control() -> Provoked {
    let socket = setup::udp()?;
    let most = kernel::setting("net/core/optmem_max").unwrap_or(1 << 20);
    let control = vec![0; most as usize + 1];
    let message = MsgHdr::new().with_control(&control);
    let call = "sendmsg(too much control data)";
    socket.sendmsg(&message, 0).fails_with("ENOBUFS", call, &socket)
}

/// Over UDP, the kernel reports this only to a socket that asks for it with IP_RECVERR (ip(7)).
pub fn queue_of_the_interface_full() -> Provoked {
    namespace::with_full_queue()?;
    let socket = udp()?;
    raw::set_option(&socket, libc::IPPROTO_IP, libc::IP_RECVERR, 1)
        .shown("setsockopt(IP_RECVERR, 1)", &socket)?;
    send_to(&socket, SocketAddr::from((Ipv4Addr::LOCALHOST, 9)), "ENOBUFS")
}

/// POSIX says ENOTCONN.
pub fn never_connected() -> Provoked {
    send(&tcp()?, "EPIPE")
}

pub fn no_socket() -> Provoked {
    send(&preparations::dev_null()?, "ENOTSOCK")
}

pub fn urgent_over_udp() -> Provoked {
    let (client, _nobody) = connected_to_nobody()?;
    client.send_out_of_band(b"x").fails_with("EOPNOTSUPP", "send(MSG_OOB)", &client)
}

pub fn after_own_end() -> Provoked {
    let (client, _server) = setup::connection()?;
    client.shutdown(Shutdown::Write).explained("shutdown(SHUT_WR)", &client)?;
    preparations::wait_for(&client, "FIN_WAIT2"); // until the peer's kernel has acknowledged the end
    show("shutdown(SHUT_WR)", &client);
    send(&client, "EPIPE")
}

/// The first send after the peer's end works, and brings a reset; the second meets it.
pub fn after_the_peers_end() -> Provoked {
    let (client, server) = setup::connection()?;
    let number = descriptor(&server);
    drop(server);
    show_close(number);
    preparations::wait_for(&client, "CLOSE_WAIT");
    client.send(b"x").shown("send(1 byte)", &client)?;
    ensure!(raw::wait_for_error(&client), "the server's reset did not arrive");
    send(&client, "EPIPE")
}

pub fn never_acknowledged() -> Provoked {
    let (client, _server) = timed_out_connection()?;
    send(&client, "ETIMEDOUT")
}

pub fn dropped_by_firewall() -> Provoked {
    namespace::with_firewall()?;
    send_to(&udp()?, SocketAddr::from((Ipv4Addr::LOCALHOST, 9)), "EPERM")
}

pub fn no_route() -> Provoked {
    namespace::enter()?;
    send_to(&udp()?, ELSEWHERE, "ENETUNREACH")
}

pub fn unreachable() -> Provoked {
    namespace::with_route(Route::Unreachable)?;
    send_to(&udp()?, ELSEWHERE, "EHOSTUNREACH")
}

pub fn ipv6_address_on_ipv4_socket() -> Provoked {
    send_to(&udp()?, SocketAddr::from((Ipv6Addr::LOCALHOST, 9)), "EAFNOSUPPORT")
}

pub fn too_long_for_the_path() -> Provoked {
    namespace::with_mtu(1500)?;
    let socket = udp()?;
    raw::set_option(&socket, libc::IPPROTO_IP, libc::IP_MTU_DISCOVER, libc::IP_PMTUDISC_DO)
        .shown("setsockopt(IP_MTU_DISCOVER, IP_PMTUDISC_DO)", &socket)?;
    let nobody = SocketAddr::from((Ipv4Addr::LOCALHOST, 9));
    let sent = socket.send_to(&[0; 2000], &nobody.into());
    sent.fails_with("EMSGSIZE", format!("sendto({nobody})"), &socket)
}

pub fn no_ipv6_address() -> Provoked {
    namespace::without_ipv6()?;
    let Ok(socket) = Socket::new(Domain::IPV6, Type::DGRAM, None) else {
        return not_here("there is no IPv6 here");
    };
    Ok(()).shown("socket(AF_INET6, SOCK_DGRAM)", &socket)?;
    send_to(&socket, "[2001:db8::1]:9".parse()?, "EADDRNOTAVAIL")
}

pub fn packet_without_interface() -> Provoked {
    namespace::enter()?;
    let family = Domain::from(libc::AF_PACKET);
    let Ok(socket) = Socket::new(family, Type::from(libc::SOCK_DGRAM), None) else {
        return not_here("this kernel has no packet sockets");
    };
    Ok(()).shown("socket(AF_PACKET, SOCK_DGRAM)", &socket)?;
    send(&socket, "ENXIO")
}
