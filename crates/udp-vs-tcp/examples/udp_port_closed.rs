//! I send to a closed port and nothing happens. Why?
//!
//! TCP would say "Connection refused".
//!
//! Also: UDP Connection refused, ECONNREFUSED, ICMP, no error, nobody listens, port unreachable,
//! the first send works and the second fails, send does not send.
//!
//! Runs on Linux and macOS alone.
//!
//! Elsewhere: on Windows an unconnected socket's next recv may fail with WSAECONNRESET; on macOS it
//! stays silent as on Linux.

use std::io::Read;
use std::process::ExitCode;
use std::time::Duration;

use lesson::{Shown, address_of, kernel, say};
use question::answer;
use question::setup::{UDP, udp};
use socket2::{Domain, Socket, Type};
#[cfg(target_os = "linux")]
use {
    lesson::{must_be, note},
    question::setup::{receive_datagram, wait_for_error},
};

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
    client.set_read_timeout(Some(kernel::SHORTLY)).explained("setsockopt(SO_RCVTIMEO)", &client)?;
    client.connect(&target.into()).shown(format!("connect({target})"), &client)?;
    client.send(b"hello").shown("send(5 bytes)", &client)?;
    client.read(&mut [0; 64]).must_fail("ECONNREFUSED", "recv(64)", &client)?;

    #[cfg(target_os = "linux")]
    reported_instead_of_sent(&nobody)?;

    say!("An unconnected one is not told:");
    let mut client = Socket::new(Domain::IPV4, Type::DGRAM, None).shown_as(UDP)?;
    client.send_to(b"hello", &target.into()).shown(format!("sendto({target})"), &client)?;
    let patience = Some(Duration::from_millis(100));
    client.set_read_timeout(patience).explained("setsockopt(SO_RCVTIMEO)", &client)?;
    client.read(&mut [0; 64]).must_fail("EAGAIN", "recv(64), for 0.1 s", &client)?;

    answer!(
        "The other machine answers with an ICMP message \"port unreachable\", though not every \
         time: it limits them, and firewalls drop them. The kernel tells a socket that is \
         connected to that address: its next call fails with ECONNREFUSED. If that is a send, it \
         has sent nothing: send again. Other sockets are not told unless they ask (IP_RECVERR). So \
         connect, and let the other side answer: silence may also mean loss."
    );
    Ok(())
}

/// A send that finds an error of the one before, while somebody is there to receive it.
#[cfg(target_os = "linux")]
fn reported_instead_of_sent(receiver: &Socket) -> anyhow::Result<()> {
    say!("Another one sends, and sends again when the receiver is ready to hear it:");
    let target = address_of(receiver)?;
    let client = udp()?;
    client.connect(&target.into()).explained(format!("connect({target})"), &client)?;
    client.send(b"one").shown("send(3 bytes)", &client)?;
    must_be("refused", wait_for_error(&client), true)?;
    let address = address_of(&client)?;
    receiver.connect(&address.into()).shown(format!("connect({address})"), receiver)?;
    client.send(b"two").must_fail("ECONNREFUSED", "send(3 bytes)", &client)?;
    client.send(b"three").shown("send(5 bytes)", &client)?;
    must_be("what arrives first", receive_datagram(receiver, 64)?, b"three".to_vec())?;
    note("\"two\" was never sent: that send only reported what had become of \"one\"");
    Ok(())
}
