//! Why htons?
//!
//! C programs write htons(80) for port 80. Forget it, and you are at another port, without an
//! error.
//!
//! Also: network byte order, big endian, little endian, ntohs.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use lesson::{Shown, must_be, say};
use question::answer;
use question::setup::udp;
use socket2::SockAddr;

fn main() -> ExitCode {
    question::run(include_str!("byte_order.rs"), byte_order)
}

fn byte_order() -> anyhow::Result<()> {
    // connect of a UDP socket sends nothing: the kernel only reads the address.
    let socket = udp()?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 80));
    socket.connect(&address.into()).shown(format!("connect({address})"), &socket)?;
    let [high, low] = port_bytes(&address.into());
    must_be("the bytes of the port", [high, low], [0, 80])?;
    say!("In the address that the kernel reads, port 80 is two bytes, {high} and {low}.");

    say!("The same number in this machine's own byte order, without htons:");
    let forgotten = u16::from_be_bytes(80_u16.to_ne_bytes());
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, forgotten));
    socket.connect(&address.into()).shown(format!("connect({address})"), &socket)?;
    let expected = if cfg!(target_endian = "little") { 20480 } else { 80 };
    must_be("the port without htons", address.port(), expected)?;

    answer!(
        "Networks send the high byte of a number first, and most machines keep the low byte first: \
         without htons, port 80 (0x0050) becomes 20480 (0x5000). Rust and Python convert for you; \
         in C you do."
    );
    Ok(())
}

/// The two bytes of the port in an IPv4 address, after the two of its family (ip(7)).
fn port_bytes(address: &SockAddr) -> [u8; 2] {
    // SAFETY: the address has `len` bytes, all of them written.
    let bytes = unsafe {
        std::slice::from_raw_parts(address.as_ptr().cast::<u8>(), address.len() as usize)
    };
    [bytes[2], bytes[3]]
}
