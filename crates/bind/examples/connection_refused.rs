//! Why "Connection refused"?
//!
//! The commonest error of all. It is an answer, and it comes from the machine that was asked.
//!
//! Also: ECONNREFUSED, cannot connect, server not running, ConnectionRefused.
//!
//! Elsewhere: Windows keeps trying for two seconds before it says so.

use std::process::ExitCode;

use lesson::{Shown, address_of, say};
use question::answer;
use question::setup::{ANY_PORT, TCP};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("connection_refused.rs"), connection_refused)
}

fn connection_refused() -> anyhow::Result<()> {
    say!("A server that is bound but not listening:");
    let server = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    server.bind(&ANY_PORT.into()).shown(format!("bind({ANY_PORT})"), &server)?;
    let target = address_of(&server)?;
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    let call = format!("connect({target})");
    client.connect(&target.into()).must_fail("ECONNREFUSED", &call, &client)?;

    say!("Once it is listening, a client gets through, although nobody has called accept:");
    server.listen(1).shown("listen(1)", &server)?;
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    client.connect(&target.into()).shown(&call, &client)?;

    answer!(
        "Nobody is listening at that address and port: the server is not running, has another \
         port, is bound to another address, or has not called listen yet. The kernel of the \
         machine that was asked says so at once, or a firewall on the way does; a firewall that \
         drops packets would say nothing at all."
    );
    Ok(())
}
