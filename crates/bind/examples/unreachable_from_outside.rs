//! Why can't another machine reach my server?
//!
//! It runs, perhaps in a container, and answers there, but another computer gets "Connection
//! refused". Here a second address of this machine, 127.0.0.2, stands in for the outside.
//!
//! Also: container, LAN, external, expose, firewall, 0.0.0.0 vs 127.0.0.1, docker cannot connect to
//! localhost, INADDR_ANY, bind(('', 8080)), phone, not accessible remotely, works only locally,
//! works on the server but not from my laptop, not from another machine, 0.0.0.0.
//!
//! Runs on Linux and Windows alone.
//!
//! Elsewhere: only Linux and Windows have all of 127.x.x.x; macOS has only 127.0.0.1.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use lesson::{Shown, address_of, note, say, who_can_reach};
use question::answer;
use question::setup::{TCP, listener};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("unreachable_from_outside.rs"), unreachable_from_outside)
}

fn unreachable_from_outside() -> anyhow::Result<()> {
    let elsewhere = Ipv4Addr::new(127, 0, 0, 2);
    say!("A server on 127.0.0.1, and a client that tries {elsewhere}:");
    let server = listener(1)?;
    let target = SocketAddr::from((elsewhere, address_of(&server)?.port()));
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    client.connect(&target.into()).must_fail(
        "ECONNREFUSED",
        format!("connect({target})"),
        &client,
    )?;

    say!("A server on 0.0.0.0, which means every address of this machine:");
    let any = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    let server = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    server.bind(&any.into()).shown(format!("bind({any})"), &server)?;
    server.listen(1).shown("listen(1)", &server)?;
    note(format!("{} can connect", who_can_reach(&server)?));
    let target = SocketAddr::from((elsewhere, address_of(&server)?.port()));
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    client.connect(&target.into()).shown(format!("connect({target})"), &client)?;

    answer!(
        "It is bound to 127.0.0.1, so it receives only what is sent to that address, from this \
         machine (or from inside the same container). Bind it to 0.0.0.0, which means every \
         address here; on the other machine, use an address of this one (`ip address` lists them). \
         If nothing answers then, look at the firewall."
    );
    Ok(())
}
