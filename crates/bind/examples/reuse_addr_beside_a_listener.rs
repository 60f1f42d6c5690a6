//! Does SO_REUSEADDR let me bind beside a server that is listening?
//!
//! socket2's documentation of set_reuse_address says that over IPv4 it does. Linux says otherwise.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: on Windows the second bind succeeds, and either socket may get the clients.

use std::process::ExitCode;

use lesson::{Shown, address_of, say};
use question::answer;
use question::setup::{ANY_PORT, TCP};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("reuse_addr_beside_a_listener.rs"), reuse_addr_beside_a_listener)
}

fn reuse_addr_beside_a_listener() -> anyhow::Result<()> {
    say!("Two sockets with SO_REUSEADDR, neither of them listening:");
    let first = with_reuse_address()?;
    first.bind(&ANY_PORT.into()).shown(format!("bind({ANY_PORT})"), &first)?;
    let address = address_of(&first)?;
    let second = with_reuse_address()?;
    second.bind(&address.into()).shown(format!("bind({address})"), &second)?;

    say!("One of them may listen, the other may not:");
    first.listen(1).shown("listen(1)", &first)?;
    second.listen(1).must_fail("EADDRINUSE", "listen(1)", &second)?;

    say!("And a third cannot even bind, now that there is a listener:");
    let third = with_reuse_address()?;
    third.bind(&address.into()).must_fail("EADDRINUSE", format!("bind({address})"), &third)?;

    answer!(
        "No. On Linux it lets TCP sockets share an address as long as none of them is listening; \
         once one is, bind and listen on the others fail with EADDRINUSE."
    );
    Ok(())
}

fn with_reuse_address() -> anyhow::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    socket.set_reuse_address(true).explained("setsockopt(SO_REUSEADDR, 1)", &socket)?;
    Ok(socket)
}
