//! I send to a closed port and nothing happens. Why?
//!
//! TCP would say "Connection refused".
//!
//! Elsewhere: on Windows an unconnected socket's next recv may fail with WSAECONNRESET; on macOS it
//! stays silent as on Linux.

use std::io::Read;
use std::process::ExitCode;

use lesson::setup::{UDP, udp};
use lesson::{Shown, address_of, answer, question, say};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question(include_str!("udp_port_closed.rs"), udp_port_closed)
}

fn udp_port_closed() -> anyhow::Result<()> {
    // A socket that hears nobody but itself: whatever others send there is refused.
    let closed = udp()?;
    let target = address_of(&closed)?;
    closed.connect(&target.into()).shown(format!("connect({target})"), &closed)?;

    say!("A connected socket sends there, and hears of it:");
    let mut client = udp()?;
    client.connect(&target.into()).shown(format!("connect({target})"), &client)?;
    client.send(b"hello").shown("send(5 bytes)", &client)?;
    client.read(&mut [0; 64]).must_fail("ECONNREFUSED", "recv(64)", &client)?;

    say!("An unconnected one hears nothing:");
    let mut client = Socket::new(Domain::IPV4, Type::DGRAM, None).opened(UDP)?;
    client.send_to(b"hello", &target.into()).shown(format!("sendto({target})"), &client)?;
    client.set_read_timeout(Some(std::time::Duration::from_millis(100)))?;
    client.read(&mut [0; 64]).must_fail("EAGAIN", "recv(64), for 0.1 s", &client)?;

    answer!(
        "The other machine does answer, by an ICMP message \"port unreachable\". The kernel tells \
         a socket that is connected to that address: its next call fails with ECONNREFUSED. Others \
         it does not tell unless they ask (IP_RECVERR). So connect, and expect an answer: silence \
         may also be a loss."
    );
    Ok(())
}
