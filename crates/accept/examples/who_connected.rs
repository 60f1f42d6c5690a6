//! How do I get the client's address?
//!
//! For a log, for a rule, or to know where to send the answer.
//!
//! Also: peer address, remote address, IP of the client, getpeername, log.

use std::process::ExitCode;

use lesson::{Shown, address_of, must_be, note, say};
use question::answer;
use question::setup::{client_of, listener};

fn main() -> ExitCode {
    question::run(include_str!("who_connected.rs"), who_connected)
}

fn who_connected() -> anyhow::Result<()> {
    let server = listener(1)?;
    let client = client_of(&server)?;
    let (connection, address) = server.accept().shown_as("accept()")?;
    let peer = address.as_socket();
    note(format!("the second value is {}", peer.map_or("unknown".into(), |peer| peer.to_string())));
    must_be("the client's address", peer, Some(address_of(&client)?))?;
    must_be("peer_addr of the connection", connection.peer_addr()?.as_socket(), peer)?;

    say!("The listener is not connected to anybody:");
    server.peer_addr().must_fail("ENOTCONN", "getpeername()", &server)?;

    answer!(
        "It is the second value that accept returns. peer_addr() on the accepted socket gives it \
         too, but only while the connection exists, so keep it for the log. The listener itself \
         has no peer: asking for one fails with ENOTCONN. Is it always the same address? Just ask \
         client_behind_a_proxy."
    );
    Ok(())
}
