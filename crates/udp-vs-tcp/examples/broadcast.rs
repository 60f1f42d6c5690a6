//! Broadcast: why "Permission denied"?
//!
//! One datagram for everybody on the network, and even root is refused.
//!
//! Also: EACCES, everybody, LAN, 255.255.255.255, discovery, set_broadcast.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: 127.255.255.255 reaches nobody on macOS; a broadcast address of a real network does.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use lesson::{Shown, address_of, must_be, say};
use question::answer;
use question::setup::{UDP, receive_datagram, udp};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("broadcast.rs"), broadcast)
}

fn broadcast() -> anyhow::Result<()> {
    say!("The broadcast address of this machine's own loopback network:");
    let everybody = SocketAddr::from((Ipv4Addr::new(127, 255, 255, 255), 0));
    let receiver = Socket::new(Domain::IPV4, Type::DGRAM, None).shown_as(UDP)?;
    receiver.bind(&everybody.into()).shown(format!("bind({everybody})"), &receiver)?;
    let target = address_of(&receiver)?;

    let sender = udp()?;
    let call = format!("sendto({target})");
    sender.send_to(b"hello", &target.into()).must_fail("EACCES", &call, &sender)?;
    sender.set_broadcast(true).shown("setsockopt(SO_BROADCAST, 1)", &sender)?;
    sender.send_to(b"hello", &target.into()).shown(&call, &sender)?;
    must_be("what arrived", receive_datagram(&receiver, 64)?, b"hello".to_vec())?;

    answer!(
        "The kernel wants to be sure that you mean it: set SO_BROADCAST (set_broadcast) first. It \
         is a safety catch, not a matter of permissions. For those alone who want it: just ask \
         multicast."
    );
    Ok(())
}
