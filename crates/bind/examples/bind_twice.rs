//! Can I call bind twice?
//!
//! To change the address of a socket, or because something else has bound it already.
//!
//! Also: rebind, change address, EINVAL.

use std::process::ExitCode;

use lesson::{Shown, address_of, say};
use question::answer;
use question::setup::{ANY_PORT, TCP, UDP, udp};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("bind_twice.rs"), bind_twice)
}

fn bind_twice() -> anyhow::Result<()> {
    let server = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    server.bind(&ANY_PORT.into()).shown(format!("bind({ANY_PORT})"), &server)?;
    server.bind(&ANY_PORT.into()).must_fail("EINVAL", format!("bind({ANY_PORT})"), &server)?;

    say!("A socket that has sent something is also bound, without any call to bind:");
    let receiver = udp()?;
    let target = address_of(&receiver)?;
    let sender = Socket::new(Domain::IPV4, Type::DGRAM, None).shown_as(UDP)?;
    sender.send_to(b"hello", &target.into()).shown(format!("sendto({target})"), &sender)?;
    sender.bind(&ANY_PORT.into()).must_fail("EINVAL", format!("bind({ANY_PORT})"), &sender)?;

    answer!(
        "No: a socket that has an address keeps it, and bind fails with EINVAL. A connect that \
         succeeds, listen, and the first sendto give it one as well. For another address, make \
         another socket."
    );
    Ok(())
}
