//! A server that starts again on its port, which TIME_WAIT still has.

use std::io::ErrorKind::AddrInUse;
use std::net::SocketAddr;

use lesson::{REUSE, Shown, say, tcp_call};
use socket2::{Domain, Socket, Type};

pub fn on(address: SocketAddr) -> anyhow::Result<()> {
    let family = Domain::for_address(address);
    let call = tcp_call(address);
    let server = Socket::new(family, Type::STREAM, None).shown_as(call)?;
    let call = format!("bind({address})");
    let bound = server.bind(&address.into());
    let in_use = bound.may_fail(&[AddrInUse], &call, &server)?;
    if in_use.is_none() {
        say!("On this system TIME_WAIT does not keep the port from a new server.");
        return Ok(());
    }

    say!(
        "TIME_WAIT has the port. With SO_REUSEADDR on the old and the new \
         socket, bind works:"
    );
    server.set_reuse_address(true).shown(REUSE, &server)?;
    server.bind(&address.into()).shown(call, &server)?;
    say!(
        "A server without SO_REUSEADDR, like the article's, has to wait until \
         TIME_WAIT is over."
    );
    Ok(())
}
