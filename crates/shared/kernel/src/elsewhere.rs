//! Systems other than Linux: they are not asked for what they tell in other ways.

use std::collections::HashMap;

use socket2::Socket;

use crate::answers::{Entry, TcpInfo, Transport};

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
pub fn is_of_another_network(_: &Socket) -> bool {
    false
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
pub fn holders() -> HashMap<u64, Vec<(String, u32)>> {
    HashMap::new()
}

/// Linux only.
#[must_use]
pub fn other_threads_wait() -> Option<bool> {
    None
}
