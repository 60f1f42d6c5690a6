//! Why do my clients get no port any more?
//!
//! A proxy or a load test works for a while, and then every connect says "Cannot assign requested
//! address".
//!
//! Also: EADDRNOTAVAIL, AddrNotAvailable, ephemeral ports, port exhaustion, out of ports, run out of
//! ports, ports exhausted, no free ports, ip_local_port_range, ip_local_reserved_ports,
//! IP_BIND_ADDRESS_NO_PORT, IP_LOCAL_PORT_RANGE, source port, local port, four-tuple, proxy, load
//! test, too many outgoing connections, connect: cannot assign requested address.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: macOS and Windows have 16,384 ports for clients unless set otherwise, 49152 to 65535.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use lesson::{Failure, Shown, address_of, must_be, note, say};
use question::answer;
use question::namespace::{change, in_network_of_own};
use question::setup::{TCP, set_ip_option};
use socket2::{Domain, Socket, Type};

const BIND_ADDRESS_NO_PORT: i32 = 24; // ip(7)
const LOCAL_PORT_RANGE: i32 = 51; // ip(7); since Linux 6.3
const NO_PORT: &str = "setsockopt(IP_BIND_ADDRESS_NO_PORT, 1)";
const RANGE: &str = "net/ipv4/ip_local_port_range";
const RESERVED: &str = "net/ipv4/ip_local_reserved_ports";

fn main() -> ExitCode {
    question::run(include_str!("ports_for_clients_run_out.rs"), ports_for_clients_run_out)
}

fn ports_for_clients_run_out() -> anyhow::Result<()> {
    in_network_of_own(&[(RANGE, "20000 20000")], in_a_small_range)?;
    let range = std::fs::read_to_string(format!("/proc/sys/{RANGE}")).unwrap_or_default();
    let range = range.split_whitespace().collect::<Vec<_>>().join(" to ");
    answer!(
        "All ports of net.ipv4.ip_local_port_range ({range} here) are in use with this one target. \
         A connection is known by its four numbers, so more addresses or ports of the server \
         help, more addresses of the client (set IP_BIND_ADDRESS_NO_PORT before bind), a wider \
         range, and most of all connections that are used again. A client that closes first \
         leaves its port in TIME_WAIT (time_wait_tuning). Keep your servers' ports out of the \
         range, or list them in net.ipv4.ip_local_reserved_ports."
    );
    Ok(())
}

fn in_a_small_range() -> anyhow::Result<()> {
    let listeners = [8080, 8081, 8082].map(listener_at);
    let _listeners = listeners.into_iter().collect::<Result<Vec<Socket>, Failure>>()?;
    let server = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));

    say!("A network in which clients have a single port, 20000, and a server:");
    let first = connected(new()?, server(8080))?;
    let second = new()?;
    let refused = second.connect(&server(8080).into());
    refused.must_fail("EADDRNOTAVAIL", format!("connect({})", server(8080)), &second)?;

    say!("The four numbers of a connection must differ from others' in one. Another server:");
    let third = connected(second, server(8081))?;
    must_be("its address", address_of(&third)?, address_of(&first)?)?;
    say!("The same server, from another address of this machine:");
    let here = SocketAddr::from(([127, 0, 0, 2], 0));
    let fourth = new()?;
    set_ip_option(&fourth, BIND_ADDRESS_NO_PORT, 1).shown(NO_PORT, &fourth)?;
    fourth.bind(&here.into()).shown(format!("bind({here})"), &fourth)?;
    let fourth = connected(fourth, server(8080))?;
    must_be("its port", address_of(&fourth)?.port(), 20000)?;

    say!("Without that option bind takes a port, which must be free for every target:");
    let fifth = new()?;
    fifth.bind(&here.into()).must_fail("EADDRINUSE", format!("bind({here})"), &fifth)?;
    set_ip_option(&fifth, BIND_ADDRESS_NO_PORT, 1).shown(NO_PORT, &fifth)?;
    fifth.bind(&here.into()).explained(format!("bind({here})"), &fifth)?;
    let _fifth = connected(fifth, server(8081))?;

    say!("A port reserved (net.ipv4.ip_local_reserved_ports) is for those who name it:");
    change(RANGE, "20001 20001")?;
    change(RESERVED, "20001")?;
    let sixth = new()?;
    let refused = sixth.connect(&server(8082).into());
    refused.must_fail("EADDRNOTAVAIL", format!("connect({})", server(8082)), &sixth)?;
    let named = SocketAddr::from((Ipv4Addr::LOCALHOST, 20001));
    sixth.bind(&named.into()).shown(format!("bind({named})"), &sixth)?;

    say!("A socket may have a part of the range for itself:");
    change(RANGE, "20000 20009")?;
    let seventh = new()?;
    match set_ip_option(&seventh, LOCAL_PORT_RANGE, 20009 << 16 | 20009) {
        Err(error) if error.raw_os_error() == Some(ENOPROTOOPT) => {
            note("not before Linux 6.3: IP_LOCAL_PORT_RANGE");
        }
        set => {
            set.shown("setsockopt(IP_LOCAL_PORT_RANGE)", &seventh)?;
            let seventh = connected(seventh, server(8080))?;
            must_be("its port", address_of(&seventh)?.port(), 20009)?;
        }
    }
    Ok(())
}

const ENOPROTOOPT: i32 = 92;

/// A server's listener, at every address.
fn listener_at(port: u16) -> Result<Socket, Failure> {
    let address = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port));
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
    listener.bind(&address.into()).explained(format!("bind({address})"), &listener)?;
    listener.listen(9).explained("listen(9)", &listener)?;
    Ok(listener)
}

fn new() -> Result<Socket, Failure> {
    Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)
}

fn connected(client: Socket, target: SocketAddr) -> Result<Socket, Failure> {
    client.connect(&target.into()).shown(format!("connect({target})"), &client)?;
    Ok(client)
}
