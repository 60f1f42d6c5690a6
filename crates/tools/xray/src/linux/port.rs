//! Who has a port, and what a bind to it would say now.

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;

use advice::{Failure, symbol};
use kernel::{Entry, Transport};
use output::state_of_entry;
use serde_json::json;
use socket2::{Domain, Socket, Type};

use super::report::Report;
use super::report_and_show;
use crate::command_line::Asked;

/// The transports, with their names in the tables and in the rows.
const TRANSPORTS: [(Transport, Type, &str); 2] =
    [(Transport::Tcp, Type::STREAM, "TCP"), (Transport::Udp, Type::DGRAM, "UDP")];

/// Shows the kernel's table of sockets on `port`, and tries what a bind would say.
pub fn show(asked: &Asked, port: u16) -> Result<ExitCode, Failure> {
    let (mut report, _) = report_and_show(asked)?;
    report.heading(&format!("Port {port}"));
    let mut ips: BTreeSet<IpAddr> = [
        Ipv4Addr::LOCALHOST.into(),
        Ipv4Addr::UNSPECIFIED.into(),
        Ipv6Addr::LOCALHOST.into(),
        Ipv6Addr::UNSPECIFIED.into(),
    ]
    .into();
    let holders = kernel::holders();
    let mut nobody = true;
    for (transport, _, name) in TRANSPORTS {
        let mut entries = kernel::port_table(transport, port).unwrap_or_default();
        entries.sort_by_key(|entry| (entry.local, entry.peer));
        for entry in entries {
            nobody = false;
            row(&mut report, name, &entry, holders.get(&entry.owner));
            // A link-local address alone is not enough: its interface is not in the table.
            if !matches!(entry.local.ip(), IpAddr::V6(ip) if ip.is_unicast_link_local()) {
                ips.insert(entry.local.ip().to_canonical());
            }
        }
    }
    if nobody {
        report.paragraph(
            "The kernel's tables have no socket on this port. (They leave out a TCP socket that is \
             bound but neither listening nor connected; `just xray --pid` shows it, if you know \
             whose it is.)",
        );
    }
    report.line("");
    report.line(&format!("  {:<29}{:<21} {}", "bind now", "TCP", "UDP"));
    for ip in ips {
        let address = SocketAddr::new(ip, port);
        let [tcp, udp] =
            TRANSPORTS.map(|(_, kind, name)| try_bind(&mut report, name, kind, address));
        report.line(&format!("  {:<29}{tcp:<21} {udp}", address.to_string()));
    }
    if asked.json {
        return Ok(ExitCode::SUCCESS);
    }
    report.line("");
    report.line("  (Tried just now, with sockets that were closed at once.)");
    Ok(ExitCode::SUCCESS)
}

/// A row of the table, with the processes that have the socket, as far as the system says.
fn row(
    report: &mut Report,
    transport: &str,
    entry: &Entry,
    processes: Option<&Vec<(String, u32)>>,
) {
    let Entry { local, peer, state, seconds_left, user, owner } = entry;
    let is_tcp = transport == "TCP";
    let time_wait = *state == "TIME_WAIT";
    // A connection that waits for accept belongs to no program yet.
    let waits = *owner == 0 && ["SYN_RECV", "ESTABLISHED", "CLOSE_WAIT"].contains(state);
    let told = *owner == 0 || processes.is_some();
    let kind = format!("{transport}/{}", family(*local));
    let has_peer = peer.port() != 0;
    let object = json!({
        "event": "entry",
        "processes": told.then(|| {
            let object = |(name, number): &(String, u32)| json!({ "process": number, "name": name });
            processes.into_iter().flatten().map(object).collect::<Vec<_>>()
        }),
        "user": user,
        "seconds_left": seconds_left.filter(|_| time_wait),
        "socket": {
            "kind": kind,
            "local": local.to_string(),
            "peer": has_peer.then(|| peer.to_string()),
            "state": is_tcp.then_some(state),
        },
    });
    report.say(&object, |report| {
        let who = match processes.map(Vec::as_slice) {
            Some([(name, number)]) => format!("{name}, process {number}"),
            Some(several) => {
                let each = several.iter().map(|(name, number)| format!("{name} {number}"));
                format!("processes {}", each.collect::<Vec<_>>().join(", "))
            }
            None if waits => "no program yet: it is queued".to_string(),
            None if *owner == 0 => "no program any more".to_string(),
            None => {
                let user = user.map_or("?".to_string(), |number| number.to_string());
                format!("user {user}; the system says no more")
            }
        };
        let state = if is_tcp { state_of_entry(entry) } else { String::new() };
        let peer = if has_peer { peer.to_string() } else { "—".to_string() };
        report.table_row("who", [&who, "—", &kind, &local.to_string(), &peer, &state]);
    });
}

fn family(address: SocketAddr) -> &'static str {
    if address.is_ipv4() { "IPv4" } else { "IPv6" }
}

/// What bind says to one of our own sockets, without SO_REUSEADDR and then with it. It never
/// listens, and is closed at once. With UDP the second bind is not tried: it would take datagrams
/// away from a socket that shares its port with that option.
fn try_bind(report: &mut Report, transport: &str, kind: Type, address: SocketAddr) -> String {
    let bind = |reuse: bool| {
        let socket = Socket::new(Domain::for_address(address), kind, None)?;
        socket.set_reuse_address(reuse)?;
        socket.bind(&address.into())
    };
    let in_use = |result: &io::Result<()>| {
        result.as_ref().is_err_and(|error| error.raw_os_error() == Some(libc::EADDRINUSE))
    };
    let plain = bind(false);
    let (verdict, error) = match &plain {
        Ok(()) => ("free", None),
        Err(_) if in_use(&plain) => match kind == Type::STREAM && bind(true).is_ok() {
            true => ("needs SO_REUSEADDR", None),
            false => ("taken", None),
        },
        Err(error) => ("refused", Some(symbol(error))),
    };
    report.object_only(&json!({
        "event": "bind",
        "transport": transport,
        "address": address.to_string(),
        "verdict": verdict,
        "error": error,
    }));
    error.map_or(verdict.to_string(), |symbol| format!("{verdict}, {symbol}"))
}
