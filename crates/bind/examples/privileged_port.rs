//! Why "Permission denied" on port 80?
//!
//! The program may read files, open sockets and bind port 8080; port 80 it may not.
//!
//! Runs on Linux and macOS alone.
//!
//! Elsewhere: Windows has no such rule. macOS has it only for binding a single address: 0.0.0.0 with
//! port 80 is free to everybody there.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use lesson::{Shown, kernel, say};
use question::answer;
use question::child::{give_up_rights, in_child};
use question::setup::{ANY_PORT, TCP};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("privileged_port.rs"), privileged_port)
}

fn privileged_port() -> anyhow::Result<()> {
    let start = kernel::setting("net/ipv4/ip_unprivileged_port_start").unwrap_or(1024);
    let low = SocketAddr::from((Ipv4Addr::LOCALHOST, 80));
    if start <= 80 {
        answer!(
            "On this machine it is not denied: net.ipv4.ip_unprivileged_port_start is {start}, so \
             that everybody may bind port 80 (containers are often set up like that)."
        );
        return Ok(());
    }
    // Root may bind any port, so a child gives its rights up first.
    in_child(|| {
        let _ = give_up_rights(); // a root that may not do so has none to give up
        let server = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
        server.bind(&low.into()).must_fail("EACCES", format!("bind({low})"), &server)?;

        say!("A port that the kernel picks is above those:");
        server.bind(&ANY_PORT.into()).shown(format!("bind({ANY_PORT})"), &server)?;
        Ok(())
    })?;
    answer!(
        "Ports below {start} (net.ipv4.ip_unprivileged_port_start) are for programs with the \
         capability CAP_NET_BIND_SERVICE, which root usually has. Take a higher port, or give the \
         program that one capability: `setcap cap_net_bind_service=+ep PROGRAM`."
    );
    Ok(())
}
