//! I send to a closed port and nothing happens. Why?
//!
//! TCP would say "Connection refused".
//!
//! Runs on Linux and macOS alone.
//!
//! Elsewhere: on Windows an unconnected socket's next recv may fail with WSAECONNRESET; on macOS it
//! stays silent as on Linux.

use std::io::Read;
use std::process::ExitCode;
use std::time::Duration;

use lesson::{Shown, address_of, say};
use question::answer;
use question::setup::{UDP, udp};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("udp_port_closed.rs"), udp_port_closed)
}

fn udp_port_closed() -> anyhow::Result<()> {
    say!(
        "A port as good as closed: its socket is connected to itself, and receives from nobody \
         else."
    );
    let nobody = udp()?;
    let target = address_of(&nobody)?;
    nobody.connect(&target.into()).shown(format!("connect({target})"), &nobody)?;

    say!("A connected socket sends there, and is told:");
    let mut client = udp()?;
    client
        .set_read_timeout(Some(Duration::from_secs(2)))
        .explained("setsockopt(SO_RCVTIMEO)", &client)?;
    client.connect(&target.into()).shown(format!("connect({target})"), &client)?;
    client.send(b"hello").shown("send(5 bytes)", &client)?;
    client.read(&mut [0; 64]).must_fail("ECONNREFUSED", "recv(64)", &client)?;

    say!("An unconnected one is not told:");
    let mut client = Socket::new(Domain::IPV4, Type::DGRAM, None).shown_as(UDP)?;
    client.send_to(b"hello", &target.into()).shown(format!("sendto({target})"), &client)?;
    let patience = Some(Duration::from_millis(100));
    client.set_read_timeout(patience).explained("setsockopt(SO_RCVTIMEO)", &client)?;
    client.read(&mut [0; 64]).must_fail("EAGAIN", "recv(64), for 0.1 s", &client)?;

    answer!(
        "The other machine does answer, with an ICMP message \"port unreachable\". The kernel \
         tells a socket that is connected to that address: its next call fails with ECONNREFUSED. \
         It does not tell other sockets unless they ask (IP_RECVERR). So connect, and let the \
         other side answer: silence may also mean loss."
    );
    Ok(())
}
