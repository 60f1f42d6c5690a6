//! Is a datagram of 0 bytes the end?
//!
//! In TCP a recv of 0 bytes is.
//!
//! Also: zero length, recv returns 0, UDP end, EOF, empty packet.

use std::io::Read;
use std::process::ExitCode;

use lesson::{Shown, address_of, must_be, say, show_received};
use question::answer;
use question::setup::{connection, receive_datagram, udp};

fn main() -> ExitCode {
    question::run(include_str!("empty_datagram.rs"), empty_datagram)
}

fn empty_datagram() -> anyhow::Result<()> {
    let (sender, receiver) = (udp()?, udp()?);
    let target = address_of(&receiver)?;
    let call = format!("sendto({target})");
    sender.send_to(b"", &target.into()).shown(&call, &sender)?;
    sender.send_to(b"more", &target.into()).shown(&call, &sender)?;
    must_be("the first", receive_datagram(&receiver, 64)?, Vec::new())?;
    must_be("the second", receive_datagram(&receiver, 64)?, b"more".to_vec())?;

    say!("TCP: a send of nothing sends nothing. The 0 comes with the end.");
    let (mut client, server) = connection()?;
    server.send(b"").shown("send(0 bytes)", &server)?;
    client.set_nonblocking(true).explained("fcntl(O_NONBLOCK)", &client)?;
    client.read(&mut [0; 64]).must_fail("EAGAIN", "recv(64)", &client)?;
    client.set_nonblocking(false).explained("fcntl(O_NONBLOCK)", &client)?;
    drop(server);
    let mut buffer = [0; 64];
    let length = client.read(&mut buffer).shown("recv(64)", &client)?;
    show_received(&buffer[..length]);
    must_be("the end", length, 0)?;

    answer!(
        "No: it is a message that happens to be empty, with a sender, and more may follow; UDP \
         has no end. In TCP there are no empty messages: a recv of 0 bytes, into a buffer that \
         has room, is the end."
    );
    Ok(())
}
