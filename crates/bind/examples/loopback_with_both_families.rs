//! Is a socket on [::1] with only_v6(false) bound to 127.0.0.1 as well?
//!
//! The first example in socket2's documentation says that such a socket is bound to two addresses.
//!
//! Also: only_v6, IPv4 and IPv6, ::1.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;

use lesson::{Shown, address_of, must_be, note, say};
use question::answer;
use question::setup::TCP;
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("loopback_with_both_families.rs"), loopback_with_both_families)
}

fn loopback_with_both_families() -> anyhow::Result<()> {
    let new = "socket(AF_INET6, SOCK_STREAM)";
    let server = Socket::new(Domain::IPV6, Type::STREAM, None).shown_as(new)?;
    server.set_only_v6(false).shown("setsockopt(IPV6_V6ONLY, 0)", &server)?;
    must_be("IPV6_V6ONLY before bind", server.only_v6()?, false)?;
    let address = SocketAddr::from((Ipv6Addr::LOCALHOST, 0));
    server.bind(&address.into()).shown(format!("bind({address})"), &server)?;
    note(format!("IPV6_V6ONLY is {} now", server.only_v6()?));
    if cfg!(target_os = "linux") {
        must_be("IPV6_V6ONLY after bind", server.only_v6()?, true)?;
    }
    server.listen(1).shown("listen(1)", &server)?;

    say!("A client over IPv4:");
    let target = SocketAddr::from((Ipv4Addr::LOCALHOST, address_of(&server)?.port()));
    let four = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    four.connect(&target.into()).must_fail("ECONNREFUSED", format!("connect({target})"), &four)?;

    say!("And one over IPv6:");
    let target = address_of(&server)?;
    let six = Socket::new(Domain::IPV6, Type::STREAM, None).shown_as(new)?;
    six.connect(&target.into()).shown(format!("connect({target})"), &six)?;

    answer!(
        "No: it is bound to ::1 alone, and 127.0.0.1 is refused. Linux even sets IPV6_V6ONLY \
         itself when a socket is bound to a single IPv6 address. only_v6(false) matters for [::], \
         which then receives both families."
    );
    Ok(())
}
