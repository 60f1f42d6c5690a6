//! Who has a port, and what a bind to it would say now.

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;

use advice::{Failure, symbol};
use kernel::{Entry, Transport};
use output::state_of_entry;
use serde_json::json;
use socket2::{Domain, Socket, Type};

use super::diag::{AtPort, Waiting};
use super::report::Report;
use super::{process, report_and_show};
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
    let mut descriptors = Descriptors::default();
    let mut nobody = true;
    let waiting = AtPort::look(port);
    for (transport, _, name) in TRANSPORTS {
        let entries = kernel::port_table(transport, port).unwrap_or_default().into_iter();
        let mut entries: Vec<(Entry, Held)> = entries
            .map(|entry| {
                let processes = holders.get(&entry.owner).map(Vec::as_slice);
                let each = processes.into_iter().flatten();
                let numbers = each.map(|(_, process)| descriptors.of(*process, entry.owner));
                let descriptors = numbers.collect();
                (entry, Held { processes, descriptors })
            })
            .collect();
        // A process's sockets stand together, in the order of their descriptors; what nobody has
        // comes last. (Clients' ports are in no order: the kernel begins again at the lowest.)
        entries.sort_by_key(|(entry, held)| {
            let process = held.processes.and_then(|each| each.first()).map(|(_, number)| *number);
            let numbers = held.descriptors.first().cloned();
            (entry.owner == 0, process.is_none(), process, numbers, entry.local, entry.peer)
        });
        for (entry, held) in entries {
            nobody = false;
            let waiting = match transport {
                Transport::Tcp => waiting.of(&entry),
                Transport::Udp => Waiting::default(),
            };
            row(&mut report, name, &entry, waiting, &held);
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

/// By which numbers processes have their sockets. A process that has many on this port is asked once.
#[derive(Default)]
struct Descriptors(HashMap<u32, HashMap<u64, Vec<i32>>>);

impl Descriptors {
    fn of(&mut self, process: u32, socket: u64) -> Vec<i32> {
        let sockets =
            self.0.entry(process).or_insert_with(|| process::descriptors_by_socket(process as i32));
        sockets.get(&socket).cloned().unwrap_or_default()
    }
}

/// The processes that have a socket, as far as the system says, each with its descriptors.
struct Held<'a> {
    processes: Option<&'a [(String, u32)]>,
    descriptors: Vec<Vec<i32>>,
}

/// A row of the table, with what waits at the socket and who has it.
fn row(report: &mut Report, transport: &str, entry: &Entry, waiting: Waiting, held: &Held) {
    let Entry { local, peer, state, seconds_left, user, owner } = entry;
    let Held { processes, descriptors } = held;
    let processes = *processes;
    let Waiting { queue, unread } = waiting;
    let is_tcp = transport == "TCP";
    let time_wait = *state == "TIME_WAIT";
    // A connection that waits for accept belongs to no program yet. In SYN_RECV it does not even
    // wait for that: it has no place in the listener's queue, and may never get one.
    let waits = *owner == 0 && ["ESTABLISHED", "CLOSE_WAIT"].contains(state);
    let begins = *owner == 0 && *state == "SYN_RECV";
    let told = *owner == 0 || processes.is_some();
    let kind = format!("{transport}/{}", family(*local));
    let has_peer = peer.port() != 0;
    let object = json!({
        "event": "entry",
        "processes": told.then(|| {
            let object = |((name, number), descriptors): (&(String, u32), &Vec<i32>)| {
                json!({ "process": number, "name": name, "descriptors": descriptors })
            };
            processes.into_iter().flatten().zip(descriptors).map(object).collect::<Vec<_>>()
        }),
        "user": user,
        "seconds_left": seconds_left.filter(|_| time_wait),
        "socket": {
            "kind": kind,
            "local": local.to_string(),
            "peer": has_peer.then(|| peer.to_string()),
            "state": is_tcp.then_some(state),
            "queue": queue.map(|queue| json!({ "length": queue.length, "limit": queue.limit })),
            "unread": unread,
        },
    });
    report.say(&object, |report| {
        let who = match processes {
            Some([(name, number)]) => format!("{name}, process {number}"),
            Some(several) => {
                let each = several.iter().map(|(name, number)| format!("{name} {number}"));
                format!("processes {}", each.collect::<Vec<_>>().join(", "))
            }
            None if waits => "no program yet: it is queued".to_string(),
            None if begins => "no program yet: not queued".to_string(),
            None if *owner == 0 => "no program any more".to_string(),
            None => {
                let user = user.map_or("?".to_string(), |number| number.to_string());
                format!("user {user}; the system says no more")
            }
        };
        let numbers: BTreeSet<i32> = descriptors.iter().flatten().copied().collect();
        let numbers: Vec<String> = numbers.iter().map(i32::to_string).collect();
        let fd = match told {
            // The process may have closed it by now.
            true if numbers.is_empty() => "—".to_string(),
            true => numbers.join(", "),
            false => "unknown".to_string(),
        };
        let state = if is_tcp { state_of(entry, waiting) } else { String::new() };
        let peer = if has_peer { peer.to_string() } else { "—".to_string() };
        report.table_row("who", [&who, &fd, &kind, &local.to_string(), &peer, &state]);
    });
}

/// The state in words, with what waits there.
fn state_of(entry: &Entry, Waiting { queue, unread }: Waiting) -> String {
    let state = state_of_entry(entry);
    match (queue, unread) {
        (Some(queue), _) => format!("{state}  queue {} of {}", queue.length, queue.limit),
        (None, Some(bytes)) if bytes > 0 => format!("{state}  {bytes} unread"),
        (None, None) if state == "LISTEN" => format!("{state}  queue unknown"),
        _ => state,
    }
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
