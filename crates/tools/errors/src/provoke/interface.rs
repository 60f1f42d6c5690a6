//! What is about an interface: it is gone, or its address is not ready yet. Each in a network of its
//! own with a pair of interfaces that are joined to each other (veth(4)).

use std::ffi::CString;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use lesson::{Shown, say};
use socket2::{MsgHdr, Socket};

use super::namespace::{self, CREATE, ELSEWHERE, attribute, message, set_up};
use super::preparations::{tcp, tcp_over_ipv6, udp};
use super::{Fails, Provoked, not_here};

const NAME: &str = "guide0";

/// Enters a network of its own with an interface of that name, which is up. Its other end is down,
/// as if the cable were not plugged in.
fn enter_with_interface() -> anyhow::Result<u32> {
    namespace::enter_quietly()?;
    // struct ifinfomsg of rtnetlink(7), and what kind of interface it is.
    let mut body = vec![0; 16];
    body.extend(attribute(libc::IFLA_IFNAME, format!("{NAME}\0").as_bytes()));
    body.extend(attribute(libc::IFLA_LINKINFO, &attribute(libc::IFLA_INFO_KIND, b"veth")));
    set_up(libc::NETLINK_ROUTE, &[message(libc::RTM_NEWLINK, CREATE, &body)])?;
    namespace::switch_on(NAME)?;
    let name = CString::new(NAME)?;
    // SAFETY: it reads a C string.
    Ok(unsafe { libc::if_nametoindex(name.as_ptr()) })
}

/// Gives the interface an IPv6 address, with flags of rtnetlink(7).
pub(super) fn add_address(interface: u32, ip: Ipv6Addr, flags: u32) -> anyhow::Result<()> {
    // struct ifaddrmsg of rtnetlink(7): family, length of the prefix, flags, scope, interface.
    let mut body = vec![libc::AF_INET6 as u8, 64, flags as u8, libc::RT_SCOPE_UNIVERSE];
    body.extend(interface.to_ne_bytes());
    body.extend(attribute(libc::IFA_LOCAL, &ip.octets()));
    set_up(libc::NETLINK_ROUTE, &[message(libc::RTM_NEWADDR, CREATE, &body)])
}

fn bind(socket: &Socket, address: SocketAddr) -> (std::io::Result<()>, String) {
    (socket.bind(&address.into()), format!("bind({address})"))
}

/// Without a carrier, the check for a machine with the same address does not begin. Two of the
/// cures come first: an address without the check, and a bind that does not ask.
pub fn tentative_address() -> Provoked {
    let [checked, unchecked] = [1, 2].map(|last| Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, last));
    let interface = enter_with_interface()?;
    add_address(interface, checked, 0)?;
    add_address(interface, unchecked, libc::IFA_F_NODAD)?;
    namespace::say_as_by(&format!(
        "ip address add {checked}/64 dev {NAME}; ip address add {unchecked}/64 dev {NAME} nodad"
    ));
    if kernel::unready(checked, interface).is_none() {
        return not_here("addresses are not checked here (net.ipv6.conf.default.accept_dad)");
    }
    let socket = tcp_over_ipv6()?;
    let (bound, call) = bind(&socket, (unchecked, 0).into());
    bound.shown(call, &socket)?;
    let socket = tcp_over_ipv6()?;
    socket.set_freebind_v6(true).shown("setsockopt(IPV6_FREEBIND, 1)", &socket)?;
    let (bound, call) = bind(&socket, (checked, 0).into());
    bound.shown(call, &socket)?;
    let socket = tcp_over_ipv6()?;
    let (bound, call) = bind(&socket, (checked, 0).into());
    bound.fails_with("EADDRNOTAVAIL", call, &socket)
}

/// What comes from 127.0.0.1 stays on this machine, and the route leads out of it.
pub fn loopback_to_another_machine() -> Provoked {
    let interface = enter_with_interface()?;
    namespace::add_route_through(interface, ELSEWHERE.ip())?;
    namespace::say_as_by(&format!("ip route add {} dev {NAME}", ELSEWHERE.ip()));
    let socket = tcp()?;
    let (bound, call) = bind(&socket, (Ipv4Addr::LOCALHOST, 0).into());
    bound.shown(call, &socket)?;
    let connected = socket.connect(&ELSEWHERE.into());
    connected.fails_with("EINVAL", format!("connect({ELSEWHERE})"), &socket)
}

/// A socket stays bound to the interface's number, also when the interface has gone.
pub fn interface_gone() -> Provoked {
    let interface = enter_with_interface()?;
    namespace::say_as_by(&format!("ip link add {NAME} type veth"));
    let socket = tcp()?;
    socket
        .bind_device(Some(NAME.as_bytes()))
        .shown(format!("setsockopt(SO_BINDTODEVICE, {NAME})"), &socket)?;
    let mut body = vec![0; 4];
    body.extend(interface.to_ne_bytes());
    body.extend([0; 8]);
    set_up(libc::NETLINK_ROUTE, &[message(libc::RTM_DELLINK, libc::NLM_F_ACK as u16, &body)])?;
    say!("The interface goes, as by `ip link delete {NAME}`:");
    let connected = socket.connect(&ELSEWHERE.into());
    connected.fails_with("ENODEV", format!("connect({ELSEWHERE})"), &socket)
}

/// Control data may say through which interface a datagram goes (ip(7), IP_PKTINFO).
pub fn no_interface_in_control_data() -> Provoked {
    let socket = udp()?;
    // struct cmsghdr of cmsg(3), and in_pktinfo of ip(7): the interface's number, two addresses.
    let mut control = (size_of::<libc::cmsghdr>() + 12).to_ne_bytes().to_vec();
    control.extend([libc::IPPROTO_IP, libc::IP_PKTINFO, 9999].iter().flat_map(|n| n.to_ne_bytes()));
    control.resize(size_of::<libc::cmsghdr>() + 12, 0);
    control.resize(control.len().next_multiple_of(size_of::<usize>()), 0);
    let receiver = SocketAddr::from((Ipv4Addr::LOCALHOST, 9)).into();
    let message = MsgHdr::new().with_addr(&receiver).with_control(&control);
    let sent = socket.sendmsg(&message, 0);
    sent.fails_with("ENODEV", "sendmsg(IP_PKTINFO, interface 9999)", &socket)
}
