//! What only Linux says, or only Linux and Windows: the other systems' answers.

use socket2::Socket;
#[cfg(unix)]
use {
    crate::answers::{Entry, Transport},
    socket2::Domain,
    std::collections::HashMap,
};

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
pub fn holders() -> HashMap<u64, Vec<(String, u32)>> {
    HashMap::new()
}

/// Not needed: on Unix a socket has an address from the start, and its family with it.
#[cfg(unix)]
#[must_use]
pub fn family_before_bind(_: &Socket) -> Option<Domain> {
    None
}
