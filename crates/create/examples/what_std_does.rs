//! What does std::net set that socket2 does not?
//!
//! The standard library makes a server in one call. If you write the calls out with socket2, you
//! have to know which options that call sets, or your server behaves differently.
//!
//! Also: TcpListener, TcpStream, standard library, why socket2, ServerSocket.
//!
//! Elsewhere: on Windows std does not set SO_REUSEADDR, which would let other programs take the
//! port there.

use std::net::{TcpListener, UdpSocket};
use std::process::ExitCode;

use lesson::{Shown, View, kernel, must_be, note, show};
use question::answer;
use question::setup::{ANY_PORT, TCP};
use socket2::{Domain, SockRef, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("what_std_does.rs"), what_std_does)
}

fn what_std_does() -> anyhow::Result<()> {
    let std_listener = TcpListener::bind(ANY_PORT)?;
    let listener = SockRef::from(&std_listener);
    show("std: TcpListener::bind", &std_listener);
    note(format!("SO_REUSEADDR is {}", listener.reuse_address()?));
    must_be("SO_REUSEADDR", listener.reuse_address()?, cfg!(unix))?;
    if let Some(queue) = View::of(&listener).queue {
        let most = kernel::setting("net/core/somaxconn").unwrap_or(128);
        must_be("the backlog", queue.limit, most.min(128))?;
    }

    let std_udp = UdpSocket::bind(ANY_PORT)?;
    show("std: UdpSocket::bind", &std_udp);
    note(format!("SO_REUSEADDR is {}", SockRef::from(&std_udp).reuse_address()?));
    must_be("SO_REUSEADDR", SockRef::from(&std_udp).reuse_address()?, false)?;

    let bare = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    note(format!("SO_REUSEADDR is {}", bare.reuse_address()?));
    must_be("SO_REUSEADDR", bare.reuse_address()?, false)?;

    answer!(
        "TcpListener::bind is four calls: socket, SO_REUSEADDR (on Unix), bind, and listen with a \
         backlog of 128. UdpSocket sets no option. socket2 makes each call when you ask for it, \
         and sets only close-on-exec on its own."
    );
    Ok(())
}
