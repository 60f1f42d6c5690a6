//! Why does binding [::] beside 0.0.0.0 fail?
//!
//! A server for both IPv4 and IPv6 makes two sockets, one for each, and the second bind says
//! "Address already in use".
//!
//! Also: IPv4 and IPv6, only_v6, v6only, ::, :: and 0.0.0.0 on the same port.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: both binds succeed. On Windows and the BSDs an IPv6 socket receives IPv6 only; on macOS
//! it receives both, but may be bound beside an IPv4 socket on 0.0.0.0.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;

use lesson::{Shown, address_of, say};
use question::answer;
use question::setup::TCP;
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("dual_stack.rs"), dual_stack)
}

fn dual_stack() -> anyhow::Result<()> {
    let any = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    let four = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    four.bind(&any.into()).shown(format!("bind({any})"), &four)?;

    let any = SocketAddr::from((Ipv6Addr::UNSPECIFIED, address_of(&four)?.port()));
    let new = "socket(AF_INET6, SOCK_STREAM)";
    let six = Socket::new(Domain::IPV6, Type::STREAM, None).shown_as(new)?;
    if six.only_v6()? {
        answer!("It does not fail here: net.ipv6.bindv6only is 1.");
        return Ok(());
    }
    six.bind(&any.into()).must_fail("EADDRINUSE", format!("bind({any})"), &six)?;

    say!("With IPV6_V6ONLY set before bind, they have nothing in common:");
    six.set_only_v6(true).shown("setsockopt(IPV6_V6ONLY, 1)", &six)?;
    six.bind(&any.into()).shown(format!("bind({any})"), &six)?;

    answer!(
        "On Linux a socket on [::] also receives IPv4 (as ::ffff:a.b.c.d), unless \
         net.ipv6.bindv6only says otherwise, so it wants the port in both families. Either that \
         one socket on [::] is all you need, or you set IPV6_V6ONLY (set_only_v6) on it before \
         bind."
    );
    Ok(())
}
