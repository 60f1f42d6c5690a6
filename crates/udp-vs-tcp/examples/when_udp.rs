//! When UDP?
//!
//! TCP loses nothing and keeps the order. UDP promises neither, and yet name servers, games, calls
//! and QUIC are built on it.
//!
//! Also: UDP or TCP, reliable, lost packet, order, streaming, game, QUIC, stream vs datagram, TCP
//! or UDP, why TCP, difference between TCP and UDP.

use std::process::ExitCode;

use lesson::{Shown, address_of, must_be, say};
use question::answer;
use question::setup::{receive_datagram, udp};
use socket2::Socket;

fn main() -> ExitCode {
    question::run(include_str!("when_udp.rs"), when_udp)
}

fn when_udp() -> anyhow::Result<()> {
    say!("One question, one answer, and nothing before or after:");
    let (server, client) = (udp()?, udp()?);
    send(&client, b"what time is it?", &server)?;
    must_be("the question", receive_datagram(&server, 64)?, b"what time is it?".to_vec())?;
    send(&server, b"late", &client)?;
    must_be("the answer", receive_datagram(&client, 64)?, b"late".to_vec())?;

    say!("One to many: the same socket can send to anybody.");
    let receivers = [udp()?, udp()?, udp()?];
    for receiver in &receivers {
        send(&server, b"news", receiver)?;
        must_be("the news", receive_datagram(receiver, 64)?, b"news".to_vec())?;
    }

    answer!(
        "When a single question has a single answer (ask again if none comes), when one sender has \
         many receivers, or when late data is worse than none, as in calls and games. For \
         everything else, TCP does the work that you would otherwise have to do."
    );
    Ok(())
}

fn send(from: &Socket, message: &[u8], to: &Socket) -> anyhow::Result<()> {
    let target = address_of(to)?;
    from.send_to(message, &target.into()).shown(format!("sendto({target})"), from)?;
    Ok(())
}
