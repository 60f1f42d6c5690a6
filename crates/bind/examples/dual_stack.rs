//! Why does binding [::] beside 0.0.0.0 fail?
//!
//! A server that should hear IPv4 and IPv6 makes two sockets, one for each, and the second bind says
//! "Address already in use".
//!
//! Elsewhere: on Windows and the BSDs a socket of IPv6 hears IPv6 alone, so that both binds succeed;
//! on macOS it hears both, as here.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;

use lesson::setup::TCP;
use lesson::{Shown, address_of, answer, question, say};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question(include_str!("dual_stack.rs"), dual_stack)
}

fn dual_stack() -> anyhow::Result<()> {
    let new = "socket(AF_INET6, SOCK_STREAM)";
    let any = SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0));
    let six = Socket::new(Domain::IPV6, Type::STREAM, None).opened(new)?;
    six.bind(&any.into()).shown(format!("bind({any})"), &six)?;
    let port = address_of(&six)?.port();
    let four = Socket::new(Domain::IPV4, Type::STREAM, None).opened(TCP)?;
    let any_four = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
    four.bind(&any_four.into()).must_fail("EADDRINUSE", format!("bind({any_four})"), &four)?;

    say!("With IPV6_V6ONLY, set before bind, they have nothing in common:");
    drop(six);
    let six = Socket::new(Domain::IPV6, Type::STREAM, None).opened(new)?;
    six.set_only_v6(true).shown("setsockopt(IPV6_V6ONLY, 1)", &six)?;
    let any = SocketAddr::from((Ipv6Addr::UNSPECIFIED, port));
    six.bind(&any.into()).shown(format!("bind({any})"), &six)?;
    four.bind(&any_four.into()).shown(format!("bind({any_four})"), &four)?;

    answer!(
        "On Linux a socket on [::] hears IPv4, too (as ::ffff:a.b.c.d), so that 0.0.0.0 with the \
         same port is taken. Either one socket on [::] is all you need, or you set IPV6_V6ONLY \
         (set_only_v6) on it before bind."
    );
    Ok(())
}
