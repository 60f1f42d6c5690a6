//! Why "Permission denied" on port 80?
//!
//! The program may read files, open sockets and bind to port 8080, but not to port 80.
//!
//! Also: EACCES, root, sudo, port 443, capability, PermissionDenied.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: Windows has no such rule. macOS has it only for a single address: there, anybody may
//! bind to port 80 of 0.0.0.0.

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
            "This machine does not deny it: net.ipv4.ip_unprivileged_port_start is {start}, so \
             anybody may bind to port 80 (containers are often set up like that)."
        );
        return Ok(());
    }
    // Root may bind to any port, so a child first gives up its rights.
    in_child(|| {
        let _ = give_up_rights(); // a root that is not allowed to has none to give up
        let server = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
        server.bind(&low.into()).must_fail("EACCES", format!("bind({low})"), &server)?;

        say!("The kernel picks a port above those:");
        server.bind(&ANY_PORT.into()).shown(format!("bind({ANY_PORT})"), &server)?;
        Ok(())
    })?;
    answer!(
        "Ports below {start} (net.ipv4.ip_unprivileged_port_start) are for programs with the \
         capability CAP_NET_BIND_SERVICE, which root usually has. (Root of a user namespace has it \
         only for networks that belong to that namespace.) Use a higher port, or give the program \
         that one capability: `setcap cap_net_bind_service=+ep PROGRAM`."
    );
    Ok(())
}
