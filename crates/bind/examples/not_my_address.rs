//! Why "Cannot assign requested address"?
//!
//! The program bound an address that works in the browser, or that the cloud's console shows.
//!
//! Also: EADDRNOTAVAIL, AddrNotAvailable, public IP, cloud, NAT, AWS, elastic IP.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use lesson::{Shown, kernel, say};
use question::answer;
use question::setup::{ANY_PORT, TCP};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("not_my_address.rs"), not_my_address)
}

fn not_my_address() -> anyhow::Result<()> {
    // An address for documentation only (RFC 5737), which no machine has.
    let foreign = SocketAddr::from((Ipv4Addr::new(203, 0, 113, 1), 0));
    if kernel::setting("net/ipv4/ip_nonlocal_bind") == Some(1) {
        answer!("This machine does not say it: net.ipv4.ip_nonlocal_bind is 1.");
        return Ok(());
    }
    let server = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    server.bind(&foreign.into()).must_fail("EADDRNOTAVAIL", format!("bind({foreign})"), &server)?;

    say!("The socket is none the worse for it; an address of this machine is accepted:");
    server.bind(&ANY_PORT.into()).shown(format!("bind({ANY_PORT})"), &server)?;

    answer!(
        "Unless told otherwise, bind takes only this machine's addresses (`ip address` lists \
         them). The public address of a router, a load balancer or a virtual machine in a cloud is \
         not one of them: bind 0.0.0.0, or the address that the machine itself has."
    );
    Ok(())
}
