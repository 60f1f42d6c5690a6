//! What Linux says: `TCP_INFO`, `SO_MEMINFO` and the tables under `/proc`.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::mem::offset_of;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use socket2::{Domain, Socket, Type};

use crate::answers::{Entry, Queue, TcpInfo, Transport, Unready};
use crate::options::option;

/// The states of TCP by the kernel's numbers for them (include/net/tcp_states.h).
const STATES: [&str; 13] = [
    "?",
    "ESTABLISHED",
    "SYN_SENT",
    "SYN_RECV",
    "FIN_WAIT1",
    "FIN_WAIT2",
    "TIME_WAIT",
    "CLOSE",
    "CLOSE_WAIT",
    "LAST_ACK",
    "LISTEN",
    "CLOSING",
    "NEW_SYN_RECV",
];

/// The name of the state with this number.
pub fn state(number: u8) -> &'static str {
    STATES.get(usize::from(number)).unwrap_or(&"?")
}

/// The state of a TCP socket and, if it listens, its queue (`TCP_INFO`, tcp(7)).
#[must_use]
#[inline]
pub fn tcp_info(socket: &Socket) -> Option<TcpInfo> {
    let mut info = [0; size_of::<libc::tcp_info>()];
    let filled = option(socket, libc::IPPROTO_TCP, libc::TCP_INFO, &mut info)?;
    let info = &info[..filled];
    let state = state(*info.get(offset_of!(libc::tcp_info, tcpi_state))?);
    let queue = || {
        Some(Queue {
            length: number_at(info, offset_of!(libc::tcp_info, tcpi_unacked))?,
            limit: number_at(info, offset_of!(libc::tcp_info, tcpi_sacked))?,
        })
    };
    Some(TcpInfo { state, queue: if state == "LISTEN" { queue() } else { None } })
}

/// How many datagrams (or connections) the kernel has thrown away because this socket had no room
/// (`SO_MEMINFO`, `SK_MEMINFO_DROPS`; the last column of `/proc/net/udp`).
#[must_use]
pub fn dropped_datagrams(socket: &Socket) -> Option<u32> {
    let mut memory = [0; 64];
    let filled = option(socket, libc::SOL_SOCKET, libc::SO_MEMINFO, &mut memory)?;
    number_at(&memory[..filled], 4 * libc::SK_MEMINFO_DROPS as usize)
}

fn number_at(bytes: &[u8], offset: usize) -> Option<u32> {
    let bytes = bytes.get(offset..offset + 4)?;
    Some(u32::from_ne_bytes(bytes.try_into().ok()?))
}

/// A whole number from `/proc/sys`, such as `net/core/somaxconn`.
#[must_use]
pub fn setting(name: &str) -> Option<u32> {
    fs::read_to_string(format!("/proc/sys/{name}")).ok()?.trim().parse().ok()
}

/// Whether the socket belongs to another network namespace than this process, as a socket lent by
/// another process may: the tables and settings here are then not those of its network
/// (`SO_NETNS_COOKIE`, Linux 5.14; network_namespaces(7)).
#[must_use]
pub fn is_of_another_network(socket: &Socket) -> bool {
    let cookie = |socket: &Socket| {
        let mut cookie = [0; 8];
        let filled = option(socket, libc::SOL_SOCKET, libc::SO_NETNS_COOKIE, &mut cookie)?;
        (filled == 8).then_some(cookie)
    };
    let of_this = Socket::new(Domain::IPV4, Type::DGRAM, None).ok();
    let of_this = of_this.and_then(|socket| cookie(&socket));
    of_this.is_some_and(|cookie_here| cookie(socket).is_some_and(|theirs| theirs != cookie_here))
}

/// The rows of this network namespace's tables whose local port is `port` (proc_net(5)). A TCP
/// socket that is bound, but neither listens nor is connected, has no row.
#[must_use]
pub fn port_table(transport: Transport, port: u16) -> Option<Vec<Entry>> {
    port_table_of(None, transport, port)
}

/// As [`port_table`], for the network namespace of a process.
#[must_use]
pub fn port_table_of(process: Option<u32>, transport: Transport, port: u16) -> Option<Vec<Entry>> {
    let files = match transport {
        Transport::Tcp => ["tcp", "tcp6"],
        Transport::Udp => ["udp", "udp6"],
    };
    let process = process.map_or("self".to_string(), |process| process.to_string());
    let files = files.into_iter().map(|file| format!("/proc/{process}/net/{file}"));
    // Only the rows with its digits are taken apart: there may be thousands in TIME_WAIT.
    let digits = format!(":{port:04X} ");
    let tables: Vec<Vec<Entry>> =
        files.filter_map(|file| rows(&file, |line| line.contains(&digits))).collect();
    if tables.is_empty() {
        return None;
    }
    Some(tables.into_iter().flatten().filter(|row| row.local.port() == port).collect())
}

/// The rows of one of those tables: this process's, such as `/proc/net/tcp`, or another's, such as
/// `/proc/123/net/udp6`.
#[must_use]
pub fn table(file: &str) -> Option<Vec<Entry>> {
    rows(file, |_| true)
}

fn rows(file: &str, wanted: impl Fn(&str) -> bool) -> Option<Vec<Entry>> {
    let text = table_text(file)?;
    let rows = text.lines().filter(|line| wanted(line)).filter_map(entry); // a head is none
    let mut seen = HashSet::new();
    Some(rows.filter(|row| seen.insert((row.local, row.peer, row.owner))).collect())
}

/// The text of one of the kernel's tables of sockets, such as `/proc/net/udp`. A socket's line, and
/// the head, may be in it more than once.
///
/// The kernel hands out a page at a time. In all tables but TCP's it then finds its place again by
/// counting sockets: if one was closed meanwhile, the line of another is left out. So a table of more
/// than a page is read several times; that a line is left out each time is unlikely.
#[must_use]
pub fn table_text(file: &str) -> Option<String> {
    const A_PAGE: usize = 4096; // or more, on other machines
    let read = || {
        // With so much room it is read by whole pages. A Unix socket's name may be no text.
        let mut bytes = Vec::with_capacity(1 << 16);
        fs::File::open(file).ok()?.read_to_end(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    let mut text = read()?;
    if text.len() > A_PAGE && !file.contains("/tcp") {
        (0..3).for_each(|_| text += &read().unwrap_or_default());
    }
    Some(text)
}

/// One line: number, local and remote address, state, queues, timer, …, user, …, inode, …
fn entry(line: &str) -> Option<Entry> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let timer = words.get(5)?.split(':').nth(1)?;
    Some(Entry {
        local: address(words.get(1)?)?,
        peer: address(words.get(2)?)?,
        state: state(u8::from_str_radix(words.get(3)?, 16).ok()?),
        // Clock ticks as user space counts them: 100 a second on every architecture that we
        // support.
        seconds_left: Some(u64::from_str_radix(timer, 16).ok()? / 100),
        user: Some(words.get(7)?.parse().ok()?),
        owner: words.get(9)?.parse().ok()?,
    })
}

/// `0100007F:1F90` is 127.0.0.1:8080: the address in words of 32 bits, each as this machine would
/// print the number that the four bytes make; the port as a plain hexadecimal number.
fn address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let mut bytes = Vec::new();
    for start in (0..address.len()).step_by(8) {
        let word = u32::from_str_radix(address.get(start..start + 8)?, 16).ok()?;
        bytes.extend(word.to_ne_bytes());
    }
    let ip = match bytes.len() {
        4 => IpAddr::from(Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?)),
        _ => IpAddr::from(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?)),
    };
    Some(SocketAddr::new(ip, u16::from_str_radix(port, 16).ok()?))
}

/// The processes that have each socket, by the socket's inode: their names and numbers, the lowest
/// number first. Unless this process is root, other users' processes are missing, because the system
/// does not show their sockets.
#[must_use]
pub fn holders() -> HashMap<u64, Vec<(String, u32)>> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    // /proc/self and the like are not processes of their own.
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut numbers: Vec<u32> = numbers.collect();
    numbers.sort_unstable();
    let mut holders = HashMap::<_, Vec<_>>::new();
    for number in numbers {
        let folder = PathBuf::from(format!("/proc/{number}"));
        let Ok(name) = fs::read_to_string(folder.join("comm")) else { continue };
        let descriptors = fs::read_dir(folder.join("fd")).into_iter().flatten().flatten();
        let inodes: HashSet<u64> = descriptors
            .filter_map(|descriptor| {
                let target = fs::read_link(descriptor.path()).ok()?;
                target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
            })
            .collect();
        for inode in inodes {
            holders.entry(inode).or_default().push((name.trim().to_string(), number));
        }
    }
    holders
}

/// Not needed: on Unix a socket has an address from the start, and its family with it.
#[must_use]
pub fn family_before_bind(_: &Socket) -> Option<Domain> {
    None
}

/// Whether all other threads of this process wait for something (the `S` of `/proc/self/task`, see
/// proc_pid_stat(5)), as in a blocked `accept`.
#[must_use]
pub fn other_threads_wait() -> Option<bool> {
    let this = std::process::id().to_string();
    let threads = fs::read_dir("/proc/self/task").ok()?.flatten();
    let mut others = threads.filter(|thread| thread.file_name() != *this);
    Some(others.all(|thread| {
        let stat = fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('S'))
    }))
}

/// Whether packets to `ip` go to every machine of one of this machine's networks: whether a route
/// says so (`/proc/net/fib_trie`, in which an address stands above what its routes are for).
#[must_use]
pub fn is_broadcast(ip: Ipv4Addr) -> bool {
    let Ok(file) = fs::File::open("/proc/net/fib_trie") else { return false };
    let mut lines = BufReader::new(file).lines().map_while(Result::ok);
    let address = format!("|-- {ip}");
    lines.any(|line| line.trim() == address)
        && lines.take_while(|line| !line.contains("--")).any(|line| line.ends_with("BROADCAST"))
}

/// Why the IPv6 address `ip` of an interface (of the one with that number, unless it is 0) cannot be
/// used now; `None` where it can, and where no interface has it (`/proc/net/if_inet6`).
#[must_use]
pub fn unready(ip: Ipv6Addr, interface: u32) -> Option<Unready> {
    let table = fs::read_to_string("/proc/net/if_inet6").ok()?;
    let digits: String = ip.octets().iter().map(|byte| format!("{byte:02x}")).collect();
    // Address, number of the interface, length of the prefix, scope, flags, name.
    let flags = table.lines().filter_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = u32::from_str_radix(words.get(1)?, 16).ok()?;
        let is_it = *words.first()? == digits && (interface == 0 || interface == number);
        is_it.then_some(u32::from_str_radix(words.get(4)?, 16).ok()?)
    });
    let flags: Vec<u32> = flags.collect();
    let all = |flag: u32| !flags.is_empty() && flags.iter().all(|flags| flags & flag != 0);
    match () {
        () if all(libc::IFA_F_DADFAILED) => Some(Unready::Duplicate),
        () if all(libc::IFA_F_TENTATIVE) => Some(Unready::Tentative),
        () => None,
    }
}
