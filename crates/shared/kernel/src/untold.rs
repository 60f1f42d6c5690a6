//! What only Linux says, or only Linux and Windows: the other systems' answers.

use std::net::{Ipv4Addr, Ipv6Addr};

use socket2::Socket;

use crate::answers::{Entry, Transport, Unready};
#[cfg(unix)]
use {socket2::Domain, std::collections::HashMap};

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
pub fn is_broadcast(_: Ipv4Addr) -> bool {
    false
}

/// Linux only.
#[must_use]
pub fn unready(_: Ipv6Addr, _: u32) -> Option<Unready> {
    None
}

/// Linux only.
#[must_use]
pub fn other_threads_wait() -> Option<bool> {
    None
}

/// Linux and Windows only.
#[cfg(unix)]
#[must_use]
pub fn port_table(_: Transport, _: u16) -> Option<Vec<Entry>> {
    None
}

/// Linux and Windows only.
#[cfg(unix)]
#[must_use]
pub fn port_table_of(_: Option<u32>, _: Transport, _: u16) -> Option<Vec<Entry>> {
    None
}

/// Another process's is for Linux only.
#[cfg(not(unix))]
#[must_use]
pub fn port_table_of(_: Option<u32>, transport: Transport, port: u16) -> Option<Vec<Entry>> {
    crate::port_table(transport, port)
}

/// Linux and Windows only.
#[cfg(unix)]
#[must_use]
pub fn holders() -> HashMap<u64, Vec<(String, u32)>> {
    HashMap::new()
}

/// Not needed: on Unix a socket has an address from the start, and its family with it.
#[cfg(unix)]
#[must_use]
pub fn family_before_bind(_: &Socket) -> Option<Domain> {
    None
}
