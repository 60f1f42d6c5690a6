//! The tables of TCP and UDP, which show also what outlives a handle, and whose a port is
//! (GetExtendedTcpTable and GetExtendedUdpTable in iphlpapi.h).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use windows_sys::Win32::Foundation::{ERROR_INSUFFICIENT_BUFFER, NO_ERROR};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GetExtendedTcpTable, GetExtendedUdpTable, TCP_TABLE_OWNER_PID_ALL, UDP_TABLE_OWNER_PID,
};
use windows_sys::Win32::Networking::WinSock::AF_INET;

use crate::answers::{Entry, Transport};

/// The states of TCP as `SIO_TCP_INFO` counts them (`TCPSTATE`), under Linux's names. The tables
/// count from 1 (`MIB_TCP_STATE`).
pub const STATES: [&str; 11] = [
    "CLOSE",
    "LISTEN",
    "SYN_SENT",
    "SYN_RECV",
    "ESTABLISHED",
    "FIN_WAIT1",
    "FIN_WAIT2",
    "CLOSE_WAIT",
    "CLOSING",
    "LAST_ACK",
    "TIME_WAIT",
];

/// The rows of these families' tables whose local port is `port`; `None` where there is no table.
pub fn rows(transport: Transport, port: u16, families: &[u16]) -> Option<Vec<Entry>> {
    let tables: Vec<Vec<Entry>> =
        families.iter().filter_map(|family| table(transport, *family)).collect();
    if tables.is_empty() {
        return None;
    }
    Some(tables.into_iter().flatten().filter(|row| row.local.port() == port).collect())
}

fn table(transport: Transport, family: u16) -> Option<Vec<Entry>> {
    let words = words(transport, family)?;
    let (count, rows) = words.split_first()?;
    let length = match (transport, family) {
        (Transport::Tcp, AF_INET) => 6,
        (Transport::Tcp, _) => 14,
        (Transport::Udp, AF_INET) => 3,
        (Transport::Udp, _) => 7,
    };
    Some(rows.chunks_exact(length).take(*count as usize).filter_map(entry).collect())
}

/// The words of a table: how many rows, then the rows. All of their fields are 32 bits wide, or
/// addresses of 128.
fn words(transport: Transport, family: u16) -> Option<Vec<u32>> {
    let mut words = vec![0_u32; 4096];
    // The table may grow between two questions; it does not do so for ever.
    for _ in 0..8 {
        let mut size = size_of_val(words.as_slice()) as u32;
        let (table, family) = (words.as_mut_ptr().cast(), u32::from(family));
        // SAFETY: the system writes at most `size` bytes to `words`, which has so many, and any
        // bytes are valid numbers.
        let result = unsafe {
            match transport {
                Transport::Tcp => {
                    GetExtendedTcpTable(table, &mut size, 0, family, TCP_TABLE_OWNER_PID_ALL, 0)
                }
                Transport::Udp => {
                    GetExtendedUdpTable(table, &mut size, 0, family, UDP_TABLE_OWNER_PID, 0)
                }
            }
        };
        match result {
            NO_ERROR => return Some(words),
            ERROR_INSUFFICIENT_BUFFER => words.resize(size as usize / 4 + 1024, 0),
            _ => return None,
        }
    }
    None
}

/// One row: `MIB_TCPROW_OWNER_PID`, `MIB_TCP6ROW_OWNER_PID`, `MIB_UDPROW_OWNER_PID` or
/// `MIB_UDP6ROW_OWNER_PID`.
fn entry(row: &[u32]) -> Option<Entry> {
    let (local, peer, state, process) = match *row {
        [state, ip, port, peer_ip, peer_port, process] => {
            (ipv4(ip, port), Some(ipv4(peer_ip, peer_port)), Some(state), process)
        }
        [a, b, c, d, _, port, e, f, g, h, _, peer_port, state, process] => {
            (ipv6([a, b, c, d], port), Some(ipv6([e, f, g, h], peer_port)), Some(state), process)
        }
        [ip, port, process] => (ipv4(ip, port), None, None, process),
        [a, b, c, d, _, port, process] => (ipv6([a, b, c, d], port), None, None, process),
        _ => return None,
    };
    let nobody = || SocketAddr::new(unspecified(local.is_ipv4()), 0);
    let state = state.and_then(|number| STATES.get((number as usize).checked_sub(1)?));
    Some(Entry {
        local,
        peer: peer.unwrap_or_else(nobody),
        state: state.unwrap_or(&"?"),
        seconds_left: None,
        user: None,
        owner: process.into(),
    })
}

fn unspecified(ipv4: bool) -> IpAddr {
    if ipv4 { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() }
}

/// The bytes of an address stand in the order of the network; so do the two of a port, which are the
/// first of its four.
fn ipv4(ip: u32, port: u32) -> SocketAddr {
    SocketAddr::new(Ipv4Addr::from(ip.to_ne_bytes()).into(), u16::from_be(port as u16))
}

fn ipv6(ip: [u32; 4], port: u32) -> SocketAddr {
    let mut bytes = [0; 16];
    for (four, word) in bytes.chunks_exact_mut(4).zip(ip) {
        four.copy_from_slice(&word.to_ne_bytes());
    }
    SocketAddr::new(Ipv6Addr::from(bytes).into(), u16::from_be(port as u16))
}
