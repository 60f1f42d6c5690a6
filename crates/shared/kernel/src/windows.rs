//! What Windows says: `SIO_TCP_INFO`, `SO_PROTOCOL_INFOW`, the tables of TCP and UDP (`tables`),
//! and the list of processes.

use std::collections::HashMap;
use std::os::windows::io::AsRawSocket;
use std::ptr::null_mut;

use socket2::{Domain, Socket};
use windows_sys::Win32::Foundation::{CloseHandle, INVALID_HANDLE_VALUE};
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
use crate::windows_tables::{self as tables, STATES};

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
    let mut info = [0_u64; size_of::<TCP_INFO_v0>().div_ceil(8)];
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
    // The state is the first number, of 32 bits; Windows' machines are little-endian.
    if result == 0 && filled >= 4 { STATES.get(info[0] as u32 as usize).copied() } else { None }
}

/// What the table says about a socket that does not listen. If it has no connection, it is not in
/// the table.
fn state_in_table(socket: &Socket) -> Option<&'static str> {
    let address = |address: std::io::Result<socket2::SockAddr>| address.ok()?.as_socket();
    // Before bind there is no address, and no connection.
    let Some(local) = address(socket.local_addr()) else { return Some("CLOSE") };
    // Each table takes its time, and that of IPv4 is enough for most sockets.
    let families: &[u16] = if local.is_ipv4() { &[AF_INET] } else { &[AF_INET, AF_INET6] };
    let rows = tables::rows(Transport::Tcp, local.port(), families)?;
    if let Some(peer) = address(socket.peer_addr()) {
        return Some(rows.iter().find(|row| row.is_of(local, peer))?.state);
    }
    // A connect that goes on has no peer yet. (Wine does not always tell whose a row is.)
    let of_this_process = [u64::from(std::process::id()), 0];
    let asks = |row: &Entry| row.state == "SYN_SENT" && of_this_process.contains(&row.owner);
    Some(if rows.iter().any(asks) { "SYN_SENT" } else { "CLOSE" })
}

/// The rows of the system's tables whose local port is `port`. A TCP socket that is bound, but
/// neither listens nor is connected, has no row.
#[must_use]
pub fn port_table(transport: Transport, port: u16) -> Option<Vec<Entry>> {
    tables::rows(transport, port, &[AF_INET, AF_INET6])
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
