//! What backlog does Rust's std use?
//!
//! TcpListener::bind has no argument for it.
//!
//! Also: TcpListener, 128.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: std asks for 128 there, too. What the kernel makes of it, Windows and macOS do not tell;
//! macOS caps it at kern.ipc.somaxconn.

use std::net::TcpListener;
use std::process::ExitCode;

use lesson::{Shown, View, kernel, must_be, say, show};
use question::answer;
use question::setup::ANY_PORT;
use socket2::SockRef;

fn main() -> ExitCode {
    question::run(include_str!("std_backlog.rs"), std_backlog)
}

fn std_backlog() -> anyhow::Result<()> {
    let listener = TcpListener::bind(ANY_PORT).explained(format!("bind({ANY_PORT})"), None)?;
    let socket = SockRef::from(&listener);
    show("std: TcpListener::bind", &listener);
    let most = kernel::setting("net/core/somaxconn").unwrap_or(128);
    let limit = View::of(&socket).queue.map_or(most.min(128), |queue| queue.limit);
    must_be("its limit", limit, most.min(128))?;

    say!("SockRef lends us socket2's calls, and another call to listen changes the number:");
    socket.listen(7).shown("listen(7)", &listener)?;
    let limit = View::of(&socket).queue.map_or(7, |queue| queue.limit);
    must_be("its limit then", limit, 7.min(most))?;

    answer!(
        "128, or net.core.somaxconn where that is less, and you cannot choose. Where it matters, \
         make the listener with socket2 and turn it into a TcpListener with into()."
    );
    Ok(())
}
