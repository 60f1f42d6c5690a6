//! How do I ask again over UDP?
//!
//! A question may get lost, or its answer, and nobody tells the client.
//!
//! Also: retry, retransmit, resend, again, repeat, lost datagram, no answer, number of tries,
//! backoff, retries, retransmission, idempotent, duplicate UDP packets, no response, reliable UDP,
//! UDP timeout.

use std::io::Read;
use std::process::ExitCode;
use std::time::Duration;

use lesson::{Shown, address_of, must_be, say};
use question::answer;
use question::setup::{RECEIVE_TIMED_OUT, receive_datagram, udp};

fn main() -> ExitCode {
    question::run(include_str!("ask_again_over_udp.rs"), ask_again_over_udp)
}

fn ask_again_over_udp() -> anyhow::Result<()> {
    let (server, mut client) = (udp()?, udp()?);
    let target = address_of(&server)?;
    client.connect(&target.into()).shown(format!("connect({target})"), &client)?;

    say!("The client asks and waits, and no answer comes:");
    let question = b"1 where";
    let timeout = Some(Duration::from_millis(100));
    client.set_read_timeout(timeout).shown("setsockopt(SO_RCVTIMEO, 0.1s)", &client)?;
    client.send(question).shown("send(7 bytes)", &client)?;
    client.read(&mut [0; 64]).must_fail(RECEIVE_TIMED_OUT, "recv(64)", &client)?;

    say!("It asks the same again, and would now wait twice as long:");
    let timeout = Some(Duration::from_millis(200));
    client.set_read_timeout(timeout).shown("setsockopt(SO_RCVTIMEO, 0.2s)", &client)?;
    client.send(question).shown("send(7 bytes)", &client)?;

    say!("Nothing was lost: the server was slow. It sees the question twice, and answers:");
    must_be("the question", receive_datagram(&server, 64)?, question.to_vec())?;
    must_be("the same again", receive_datagram(&server, 64)?, question.to_vec())?;
    let to = address_of(&client)?;
    server.send_to(b"1 here", &to.into()).shown(format!("sendto({to})"), &server)?;
    must_be("the answer", receive_datagram(&client, 64)?, b"1 here".to_vec())?;

    answer!(
        "Set a receive timeout, send the question, receive. When the time is up, send the same \
         question again and wait twice as long; after some tries, say that no answer came. Let \
         each question carry a number that the answer repeats, for a late answer may arrive after \
         the next question. On a connected socket ECONNREFUSED arrives at once: wait all the same, \
         or the tries are over before the server is back. The server may see a question twice; \
         make sure that this does no harm."
    );
    Ok(())
}
