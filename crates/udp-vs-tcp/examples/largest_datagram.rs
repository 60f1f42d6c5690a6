//! How large may a datagram be?
//!
//! UDP's own length field goes up to 65535.
//!
//! Also: maximum size, MTU, packet size, EMSGSIZE, Message too long, fragment, UDP max size.
//!
//! Runs on Linux and Windows alone.
//!
//! Elsewhere: macOS sends at most 9216 bytes unless told otherwise (net.inet.udp.maxdgram).

use std::process::ExitCode;

use lesson::{Shown, address_of, must_be};
use question::answer;
use question::setup::{receive_datagram, udp};

fn main() -> ExitCode {
    question::run(include_str!("largest_datagram.rs"), largest_datagram)
}

fn largest_datagram() -> anyhow::Result<()> {
    let (sender, receiver) = (udp()?, udp()?);
    let target = address_of(&receiver)?;

    // 65535 bytes for an IPv4 packet, less 20 for its header and 8 for UDP's.
    let largest = vec![b'x'; 65535 - 20 - 8];
    let call = format!("sendto({} bytes)", largest.len());
    sender.send_to(&largest, &target.into()).shown(call, &sender)?;
    must_be("what arrived", receive_datagram(&receiver, 65536)?.len(), 65507)?;

    let too_large = vec![b'x'; 65508];
    let sent = sender.send_to(&too_large, &target.into());
    sent.must_fail("EMSGSIZE", "sendto(65508 bytes)", &sender)?;

    answer!(
        "65507 bytes over IPv4; one more is refused with EMSGSIZE. But what does not fit into one \
         packet of the network (often 1500 bytes) travels in pieces, and if one piece is lost, all \
         of it is (just ask datagram_in_pieces): stay below about 1200 bytes."
    );
    Ok(())
}
