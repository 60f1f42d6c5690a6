//! Systems other than Linux: they are not asked for what they tell in other ways.

use socket2::Socket;

use super::{Entry, TcpInfo, Transport};

/// Linux only.
#[must_use]
pub fn tcp_info(_: &Socket) -> Option<TcpInfo> {
    None
}

/// Linux only.
#[must_use]
pub fn dropped_datagrams(_: &Socket) -> Option<u32> {
    None
}

/// Linux only.
#[must_use]
pub fn setting(_: &str) -> Option<u32> {
    None
}

/// Linux only.
#[must_use]
pub fn port_table(_: Transport, _: u16) -> Option<Vec<Entry>> {
    None
}

/// Linux only.
#[must_use]
pub fn table(_: &str) -> Option<Vec<Entry>> {
    None
}

/// Linux only.
#[must_use]
pub fn process_of(_: u64) -> Option<(String, u32)> {
    None
}

/// Linux only.
#[must_use]
pub fn other_threads_wait() -> Option<bool> {
    None
}
