//! Does UdpSocket::from check what it is given?
//!
//! into() turns socket2's sockets into the standard library's, and never fails.
//!
//! Also: into, From, convert a socket.
//!
//! Runs on Linux and Windows alone.
//!
//! Elsewhere: macOS notices when it sends (EISCONN).

use std::io::Read;
use std::net::UdpSocket;
use std::process::ExitCode;

use lesson::{Shown, View, address_of, must_be, note, say, show, show_received};
use question::answer;
use question::setup::{connection, udp};
use socket2::SockRef;

fn main() -> ExitCode {
    question::run(include_str!("unchecked_conversion.rs"), unchecked_conversion)
}

fn unchecked_conversion() -> anyhow::Result<()> {
    let (client, mut server) = connection()?;
    let stranger = udp()?;
    say!("The client's socket, a connected TCP socket, becomes a UdpSocket:");
    let disguised = UdpSocket::from(client);
    show("the UdpSocket", &disguised);
    let kind = View::of(&SockRef::from(&disguised)).kind;
    note(format!("what the kernel calls it: {kind}"));
    must_be("its kind", kind, "TCP/IPv4")?;

    say!("And seems to send a datagram to a UDP socket:");
    let target = address_of(&stranger)?;
    let sent = disguised.send_to(b"hello", target);
    let sent = sent.shown(format!("sendto({target})"), &disguised)?;
    must_be("bytes sent", sent, 5)?;
    let mut buffer = [0; 64];
    let length = server.read(&mut buffer).shown("recv(64)", &server)?;
    show_received(&buffer[..length]);
    must_be("what the TCP server got", &buffer[..length], b"hello")?;

    answer!(
        "No: into() takes any socket for what you say it is. Here send_to reported success, the \
         kernel ignored the address, and the bytes went down the old connection. Convert only \
         sockets that you have made yourself, or check r#type() first."
    );
    Ok(())
}
