//! What Linux says: `TCP_INFO`, `SO_MEMINFO`, the tables of sockets (`linux_tables`) and what else
//! stands under `/proc`.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{BufRead, BufReader};
use std::mem::offset_of;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;

use socket2::{Domain, Socket, Type};

use crate::answers::{Queue, TcpInfo, Unready};
use crate::linux_tables::state;
pub use crate::linux_tables::{port_table, port_table_of, table, table_text};
use crate::options::option;

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
