//! What macOS says: `TCP_CONNECTION_INFO` (netinet/tcp.h).

use std::mem::offset_of;

use socket2::Socket;

use crate::answers::TcpInfo;
use crate::options::option;
pub use crate::untold::*;

/// The states of TCP by the kernel's numbers for them (netinet/tcp_fsm.h), under Linux's names.
const STATES: [&str; 11] = [
    "CLOSE",
    "LISTEN",
    "SYN_SENT",
    "SYN_RECV",
    "ESTABLISHED",
    "CLOSE_WAIT",
    "FIN_WAIT1",
    "CLOSING",
    "LAST_ACK",
    "FIN_WAIT2",
    "TIME_WAIT",
];

/// The state of a TCP socket; macOS does not say how long a listener's queue is.
#[must_use]
pub fn tcp_info(socket: &Socket) -> Option<TcpInfo> {
    let mut info = [0; size_of::<libc::tcp_connection_info>()];
    let filled = option(socket, libc::IPPROTO_TCP, libc::TCP_CONNECTION_INFO, &mut info)?;
    let number = *info[..filled].get(offset_of!(libc::tcp_connection_info, tcpi_state))?;
    Some(TcpInfo { state: STATES.get(usize::from(number))?, queue: None })
}
