//! Why does my multicast socket receive nothing, or what is not for it?
//!
//! It has joined the group without an error. But on which interface, and what is it bound to? And
//! which interface does the sender use?
//!
//! Also: join a multicast group, IP_ADD_MEMBERSHIP, IP_DROP_MEMBERSHIP, IP_MULTICAST_IF,
//! IP_MULTICAST_TTL, IP_MULTICAST_LOOP, IP_MULTICAST_ALL, mreq, INADDR_ANY interface, IGMP, 224.0.0.1,
//! 239.x.x.x, mDNS, SSDP, ENODEV, no such device, join_multicast_v4, multicast TTL, multicast
//! loopback, group address, subscribe, multicast not received, wrong interface, several interfaces.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: a socket on 0.0.0.0 gets only the groups that it has joined itself. On Windows nobody
//! can bind to a group: bind to 0.0.0.0 there.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use lesson::{Failure, Shown, address_of, must_be, note, say, words};
use question::answer;
use question::interface::add_interface;
use question::namespace::in_network_of_own;
use question::setup::{UDP, receive_datagram};
use socket2::{Domain, Socket, Type};

/// Two groups of those that everybody may use within a site (RFC 2365).
const GROUP: Ipv4Addr = Ipv4Addr::new(239, 255, 0, 1);
const OTHER: Ipv4Addr = Ipv4Addr::new(239, 255, 0, 2);

/// The interfaces by their addresses; the second is one for documentation (RFC 5737).
const ON_LO: Ipv4Addr = Ipv4Addr::LOCALHOST;
const ON_SHOP0: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);

fn main() -> ExitCode {
    question::run(include_str!("multicast.rs"), multicast)
}

fn multicast() -> anyhow::Result<()> {
    on_loopback()?;
    in_network_of_own(&[], || match add_interface("shop0", ON_SHOP0) {
        Ok(()) => by_another_interface(),
        Err(error) => {
            say!("Not shown here: there is no other interface than lo. ({})", words(&error));
            Ok(())
        }
    })?;
    answer!(
        "A group is joined on one interface, and sent to by one: name it in both places \
         (join_multicast_v4, set_multicast_if_v4), as otherwise the route to the group picks it. \
         Bind to the group, or to 0.0.0.0 with IP_MULTICAST_ALL switched off. Raise the TTL only \
         where routers forward multicast. The sender's own machine gets it as well, unless \
         IP_MULTICAST_LOOP is switched off. Multicast reaches those who have joined, broadcast \
         everybody on one network (just ask broadcast)."
    );
    Ok(())
}

fn on_loopback() -> anyhow::Result<()> {
    say!("A receiver that is bound to the group and joins it on lo, and a sender by lo:");
    let member = bound_to(GROUP)?;
    join(&member, GROUP, ON_LO)?;
    join_again(&member)?;
    let port = address_of(&member)?.port();
    let sender = sender_by(ON_LO)?;
    send(&sender, (ON_LO, port), b"not for the group")?;
    send(&sender, (GROUP, port), b"for the group")?;
    first_must_be(&member, b"for the group")?;
    note("what went to the machine's own address is not for a socket that is bound to the group");

    say!("One on the machine's own address joins without an error, and gets nothing:");
    let deaf = bound_to(ON_LO)?;
    join(&deaf, GROUP, ON_LO)?;
    let port = address_of(&deaf)?.port();
    send(&sender, (GROUP, port), b"for the group")?;
    send(&sender, (ON_LO, port), b"for the address")?;
    first_must_be(&deaf, b"for the address")?;

    say!("One on 0.0.0.0 gets also groups that only other sockets of this machine have joined:");
    let any = bound_to(Ipv4Addr::UNSPECIFIED)?;
    let port = address_of(&any)?.port();
    send(&sender, (GROUP, port), b"a group that it has not joined")?;
    first_must_be(&any, b"a group that it has not joined")?;
    all_groups::switch_off(&any).shown("setsockopt(IP_MULTICAST_ALL, 0)", &any)?;
    join(&any, OTHER, ON_LO)?;
    send(&sender, (GROUP, port), b"a group that it has not joined")?;
    send(&sender, (OTHER, port), b"its own group")?;
    first_must_be(&any, b"its own group")?;

    let ttl = sender.multicast_ttl_v4().shown("getsockopt(IP_MULTICAST_TTL)", &sender)?;
    note(format!("{ttl}: what it sends leaves no network, unless it is told to"));
    must_be("the TTL", ttl, 1)?;

    Ok(())
}

fn by_another_interface() -> anyhow::Result<()> {
    say!("A network of its own with lo and shop0 ({ON_SHOP0}), and no route to any group:");
    let member = bound_to(GROUP)?;
    let group = SocketAddr::from((GROUP, address_of(&member)?.port()));
    let joined = member.join_multicast_v4(&GROUP, &Ipv4Addr::UNSPECIFIED);
    joined.must_fail("ENODEV", membership(GROUP, Ipv4Addr::UNSPECIFIED), &member)?;
    let sender = Socket::new(Domain::IPV4, Type::DGRAM, None).explained(UDP, None)?;
    let sent = sender.send_to(b"hello", &group.into());
    sent.must_fail("ENETUNREACH", format!("sendto({group})"), &sender)?;

    say!("With the interface named, no route is needed. But it must be the same at both ends:");
    join(&member, GROUP, ON_SHOP0)?;
    let by_shop0 = sender_by(ON_SHOP0)?;
    send(&sender_by(ON_LO)?, (GROUP, group.port()), b"by lo")?;
    send(&by_shop0, (GROUP, group.port()), b"by shop0")?;
    first_must_be(&member, b"by shop0")?;

    say!("The sender's machine gets what it sends, unless that is switched off:");
    let no_loop = "setsockopt(IP_MULTICAST_LOOP, 0)";
    by_shop0.set_multicast_loop_v4(false).shown(no_loop, &by_shop0)?;
    send(&by_shop0, (GROUP, group.port()), b"for others")?;
    by_shop0.set_multicast_loop_v4(true).explained("setsockopt(IP_MULTICAST_LOOP)", &by_shop0)?;
    send(&by_shop0, (GROUP, group.port()), b"for us, too")?;
    first_must_be(&member, b"for us, too")?;
    Ok(())
}

/// A UDP socket on this address, and a port that the kernel picks.
fn bound_to(address: Ipv4Addr) -> Result<Socket, Failure> {
    let address = SocketAddr::from((address, 0));
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None).explained(UDP, None)?;
    socket.bind(&address.into()).shown(format!("bind({address})"), &socket)?;
    Ok(socket)
}

/// One that sends to groups by the interface that has this address.
fn sender_by(interface: Ipv4Addr) -> Result<Socket, Failure> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None).explained(UDP, None)?;
    let set = socket.set_multicast_if_v4(&interface);
    set.shown(format!("setsockopt(IP_MULTICAST_IF, {interface})"), &socket)?;
    Ok(socket)
}

fn membership(group: Ipv4Addr, interface: Ipv4Addr) -> String {
    format!("setsockopt(IP_ADD_MEMBERSHIP, {group} on {interface})")
}

fn join(socket: &Socket, group: Ipv4Addr, interface: Ipv4Addr) -> Result<(), Failure> {
    socket.join_multicast_v4(&group, &interface).shown(membership(group, interface), socket)
}

fn join_again(member: &Socket) -> Result<(), Failure> {
    let joined = member.join_multicast_v4(&GROUP, &ON_LO);
    joined.must_fail("EADDRINUSE", membership(GROUP, ON_LO), member)
}

fn send(sender: &Socket, target: (Ipv4Addr, u16), bytes: &[u8]) -> Result<(), Failure> {
    let target = SocketAddr::from(target);
    sender.send_to(bytes, &target.into()).shown(format!("sendto({target})"), sender)?;
    Ok(())
}

/// Receives a datagram, which must be this one: what was sent before it was not received.
fn first_must_be(receiver: &Socket, expected: &[u8]) -> Result<(), Failure> {
    must_be("what comes first", receive_datagram(receiver, 64)?, expected.to_vec())
}

#[cfg(target_os = "linux")]
mod all_groups {
    /// As other systems have it: only the groups that the socket has joined itself.
    pub fn switch_off(socket: &socket2::Socket) -> std::io::Result<()> {
        socket.set_multicast_all_v4(false)
    }
}

/// Not shown elsewhere.
#[cfg(not(target_os = "linux"))]
mod all_groups {
    pub fn switch_off(_: &socket2::Socket) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}
