//! Linux's tables of sockets: `/proc/net/tcp` and the like (proc_net(5)).

use std::collections::HashSet;
use std::fs;
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::answers::{Entry, Transport};

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

/// A state's name, by its number.
pub fn state(number: u8) -> &'static str {
    STATES.get(usize::from(number)).unwrap_or(&"?")
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
