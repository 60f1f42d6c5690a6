//! What Windows says: `SIO_TCP_INFO`, `SO_PROTOCOL_INFOW`, the tables of TCP and UDP (iphlpapi.h),
//! and the list of processes.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::windows::io::AsRawSocket;
use std::ptr::null_mut;

use socket2::{Domain, Socket};
use windows_sys::Win32::Foundation::{
    CloseHandle, ERROR_INSUFFICIENT_BUFFER, INVALID_HANDLE_VALUE, NO_ERROR,
};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GetExtendedTcpTable, GetExtendedUdpTable, TCP_TABLE_OWNER_PID_ALL, UDP_TABLE_OWNER_PID,
};
use windows_sys::Win32::Networking::WinSock::{
    AF_INET, AF_INET6, SIO_TCP_INFO, SO_PROTOCOL_INFOW, SOCK_STREAM, SOL_SOCKET, TCP_INFO_v0,
    WSAIoctl, WSAPROTOCOL_INFOW, getsockopt,
};
use windows_sys::Win32::System::Diagnostics::ToolHelp::{
    CreateToolhelp32Snapshot, PROCESSENTRY32W, Process32FirstW, Process32NextW, TH32CS_SNAPPROCESS,
};

use crate::answers::{Entry, TcpInfo, Transport};
use crate::options;
pub use crate::untold::*;

/// The states of TCP as `SIO_TCP_INFO` counts them (`TCPSTATE`), under Linux's names. The tables
/// count from 1 (`MIB_TCP_STATE`).
const STATES: [&str; 11] = [
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

/// The state of a TCP socket: from `SIO_TCP_INFO`, otherwise from the table. Windows does not say
/// how long a listener's queue is.
#[must_use]
pub fn tcp_info(socket: &Socket) -> Option<TcpInfo> {
    let protocol = protocol(socket)?;
    let is_ip = [AF_INET, AF_INET6].map(i32::from).contains(&protocol.iAddressFamily);
    if !is_ip || protocol.iSocketType != SOCK_STREAM {
        return None;
    }
    let state = match options::is_listening(socket) {
        Some(true) => "LISTEN",
        _ => state_of_socket(socket).or_else(|| state_in_table(socket))?,
    };
    Some(TcpInfo { state, queue: None })
}

/// The family of a socket, which getsockname does not report before bind.
#[must_use]
pub fn family_before_bind(socket: &Socket) -> Option<Domain> {
    Some(Domain::from(protocol(socket)?.iAddressFamily))
}

fn protocol(socket: &Socket) -> Option<WSAPROTOCOL_INFOW> {
    let mut protocol = WSAPROTOCOL_INFOW::default();
    let mut length = size_of::<WSAPROTOCOL_INFOW>() as i32;
    // SAFETY: the system writes at most `length` bytes to `protocol`, all of whose fields are
    // numbers.
    let result = unsafe {
        getsockopt(
            socket.as_raw_socket() as usize,
            SOL_SOCKET,
            SO_PROTOCOL_INFOW,
            (&raw mut protocol).cast(),
            &mut length,
        )
    };
    (result == 0).then_some(protocol)
}

/// What `SIO_TCP_INFO` says (Windows 10, version 1703).
fn state_of_socket(socket: &Socket) -> Option<&'static str> {
    let version: u32 = 0;
    // Numbers alone, without the bool of TCP_INFO_v0, which might be filled with no valid one.
    let mut info = [0_u32; size_of::<TCP_INFO_v0>() / 4];
    let mut filled = 0;
    // SAFETY: the system reads the four bytes of `version`, writes at most the bytes of `info`, and
    // is done when it returns, as there is no OVERLAPPED.
    let result = unsafe {
        WSAIoctl(
            socket.as_raw_socket() as usize,
            SIO_TCP_INFO,
            (&raw const version).cast(),
            4,
            info.as_mut_ptr().cast(),
            size_of_val(&info) as u32,
            &mut filled,
            null_mut(),
            None,
        )
    };
    // The state is the first number.
    if result == 0 && filled >= 4 { STATES.get(info[0] as usize).copied() } else { None }
}

/// What the table says about a socket that does not listen. If it has no connection, it is not in
/// the table.
fn state_in_table(socket: &Socket) -> Option<&'static str> {
    let address = |address: std::io::Result<socket2::SockAddr>| address.ok()?.as_socket();
    // Before bind there is no address, and no connection.
    let Some(local) = address(socket.local_addr()) else { return Some("CLOSE") };
    if let Some(peer) = address(socket.peer_addr()) {
        let rows = port_table(Transport::Tcp, local.port())?;
        return Some(rows.into_iter().find(|row| row.is_of(local, peer))?.state);
    }
    // A connect that goes on has no peer yet.
    let of_this_process = u64::from(std::process::id());
    let asks = |row: &Entry| row.owner == of_this_process && row.state == "SYN_SENT";
    let rows = port_table(Transport::Tcp, local.port())?;
    Some(if rows.iter().any(asks) { "SYN_SENT" } else { "CLOSE" })
}

/// The rows of the system's tables whose local port is `port`. A TCP socket that is bound, but
/// neither listens nor is connected, has no row.
#[must_use]
pub fn port_table(transport: Transport, port: u16) -> Option<Vec<Entry>> {
    let tables: Vec<Vec<Entry>> =
        [AF_INET, AF_INET6].into_iter().filter_map(|family| table(transport, family)).collect();
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
    // The table may grow between two queries, but not for ever.
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

/// The bytes of an address are in network order; so are the two of a port, which are the first of
/// its four.
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

/// The names and numbers of the processes, by number, which is what a row of the table has.
#[must_use]
pub fn holders() -> HashMap<u64, Vec<(String, u32)>> {
    let mut holders = HashMap::new();
    let mut process = PROCESSENTRY32W {
        dwSize: size_of::<PROCESSENTRY32W>() as u32,
        ..PROCESSENTRY32W::default()
    };
    // SAFETY: a snapshot takes two numbers, and is closed below.
    let snapshot = unsafe { CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0) };
    if snapshot == INVALID_HANDLE_VALUE {
        return holders;
    }
    // SAFETY: the snapshot is open, and `process` says its own size, as these two ask for.
    let mut more = unsafe { Process32FirstW(snapshot, &mut process) };
    while more != 0 {
        let name = process.szExeFile.split(|unit| *unit == 0).next().unwrap_or_default();
        let number = process.th32ProcessID;
        // 0 is the idle process, and in a table nobody.
        if number != 0 {
            holders.insert(number.into(), vec![(String::from_utf16_lossy(name), number)]);
        }
        // SAFETY: as above.
        more = unsafe { Process32NextW(snapshot, &mut process) };
    }
    // SAFETY: the snapshot is open, and nobody uses it any more.
    unsafe { CloseHandle(snapshot) };
    holders
}
