//! A late answer came for the question before: how do I tell?
//!
//! A client that asks again may get two answers to one question. It takes the first; the second is
//! still to come.
//!
//! Also: wrong answer, old answer, duplicate, number, sequence number, request id, out of order,
//! late reply, stale response, mixed up, UDP answers mixed up.

use std::process::ExitCode;

use lesson::{Shown, address_of, must_be, say};
use question::answer;
use question::setup::{receive_datagram, udp};

fn main() -> ExitCode {
    question::run(include_str!("late_answer.rs"), late_answer)
}

fn late_answer() -> anyhow::Result<()> {
    let (server, client) = (udp()?, udp()?);
    let (target, to) = (address_of(&server)?, address_of(&client)?);
    client.connect(&target.into()).shown(format!("connect({target})"), &client)?;

    say!("The client has asked twice, since the server is slow. It answers both:");
    for _ in 0..2 {
        client.send(b"1 first").shown("send(7 bytes)", &client)?;
    }
    for _ in 0..2 {
        must_be("the question", receive_datagram(&server, 64)?, b"1 first".to_vec())?;
        server.send_to(b"1 FIRST", &to.into()).shown(format!("sendto({to})"), &server)?;
    }

    say!("The client takes the first answer, and asks the next question:");
    must_be("the answer", receive_datagram(&client, 64)?, b"1 FIRST".to_vec())?;
    client.send(b"2 second").shown("send(8 bytes)", &client)?;
    must_be("the question", receive_datagram(&server, 64)?, b"2 second".to_vec())?;
    server.send_to(b"2 SECOND", &to.into()).shown(format!("sendto({to})"), &server)?;

    say!("What it receives first has number 1, and its question has number 2:");
    must_be("the late answer", receive_datagram(&client, 64)?, b"1 FIRST".to_vec())?;
    say!("It throws that away and receives again:");
    must_be("the right answer", receive_datagram(&client, 64)?, b"2 SECOND".to_vec())?;

    answer!(
        "By a number in each question, which the server sends back. An answer with another number \
         is late, or has come twice: throw it away and receive again. Without numbers, each answer \
         from then on is the one to the question before, and no error says so. connect keeps \
         out what other addresses send; a stranger who forges the server's address can still guess \
         numbers that count up, so across a network begin with a random one, or draw each at \
         random."
    );
    Ok(())
}
