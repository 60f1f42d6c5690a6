//! Do I bind or connect a UDP socket?
//!
//! UDP has no connections, and yet connect works.
//!
//! Also: UDP client, UDP connect, bind a UDP client, send without an address.

use std::io::Read;
use std::process::ExitCode;

use lesson::{Shown, address_of, must_be, say};
use question::answer;
use question::setup::{UDP, receive_datagram, udp};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("connected_udp.rs"), connected_udp)
}

fn connected_udp() -> anyhow::Result<()> {
    let (server, stranger) = (udp()?, udp()?);
    let target = address_of(&server)?;
    let mut client = Socket::new(Domain::IPV4, Type::DGRAM, None).shown_as(UDP)?;
    client.connect(&target.into()).shown(format!("connect({target})"), &client)?;
    client.send(b"hello").shown("send(5 bytes)", &client)?;
    must_be("the question", receive_datagram(&server, 64)?, b"hello".to_vec())?;

    say!("A stranger sends to the client, and so does the server:");
    let address = address_of(&client)?;
    let call = format!("sendto({address})");
    stranger.send_to(b"psst", &address.into()).shown(&call, &stranger)?;
    server.send_to(b"yes?", &address.into()).shown(&call, &server)?;
    let answer = receive_datagram(&client, 64)?;
    must_be("what the client hears", answer, b"yes?".to_vec())?;
    client.set_nonblocking(true).explained("fcntl(O_NONBLOCK)", &client)?;
    client.read(&mut [0; 64]).must_fail("EAGAIN", "recv(64)", &client)?;

    answer!(
        "bind if others have to find you; a client need not, because its first send binds it. \
         connect sends nothing. It fixes the peer (and binds the socket, if it is not bound): send \
         then works without an address, what strangers send from then on is not received, and \
         errors such as ECONNREFUSED are reported. If no answer comes at all: just ask \
         udp_answer_address."
    );
    Ok(())
}
