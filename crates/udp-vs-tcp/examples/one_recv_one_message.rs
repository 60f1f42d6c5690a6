//! Is one recv one message?
//!
//! The first test on one machine says yes, and then messages arrive glued together, or in halves.
//!
//! Also: message boundary, half a message, glued, partial read, partial recv,
//! sticky packets, stuck together, recvfrom, pieces.

use std::io::{Read, Write};
use std::process::ExitCode;

use lesson::{Shown, address_of, must_be, say, show_received, wait_for_bytes};
use question::answer;
use question::setup::{connection, receive_datagram, udp};

fn main() -> ExitCode {
    question::run(include_str!("one_recv_one_message.rs"), one_recv_one_message)
}

fn one_recv_one_message() -> anyhow::Result<()> {
    say!("TCP: two sends, one recv, even though Nagle's algorithm is off (TCP_NODELAY).");
    let (mut client, mut server) = connection()?;
    client.set_tcp_nodelay(true).shown("setsockopt(TCP_NODELAY, 1)", &client)?;
    client.write_all(b"one").shown("send(3 bytes)", &client)?;
    client.write_all(b"two").shown("send(3 bytes)", &client)?;
    wait_for_bytes(&server, 6);
    let mut buffer = [0; 64];
    let length = server.read(&mut buffer).shown("recv(64)", &server)?;
    show_received(&buffer[..length]);
    must_be("what arrived", &buffer[..length], b"onetwo")?;

    say!("UDP: two sends, two messages.");
    let (sender, receiver) = (udp()?, udp()?);
    let target = address_of(&receiver)?;
    sender.send_to(b"one", &target.into()).shown(format!("sendto({target})"), &sender)?;
    sender.send_to(b"two", &target.into()).shown(format!("sendto({target})"), &sender)?;
    must_be("the first", receive_datagram(&receiver, 64)?, b"one".to_vec())?;
    must_be("the second", receive_datagram(&receiver, 64)?, b"two".to_vec())?;

    answer!(
        "In UDP, yes. TCP is a stream of bytes: a recv returns what is there, one message, \
         several, or a part of one; TCP_NODELAY does not change that. Mark where a message ends, \
         with a line break or with its length in front, and read until you have it all."
    );
    Ok(())
}
