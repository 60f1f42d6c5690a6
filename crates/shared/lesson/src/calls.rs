//! How rows name the calls that many steps make.

use std::net::SocketAddr;

use socket2::Domain;

/// The call that sets SO_REUSEADDR, socket(7).
pub const REUSE: &str = "setsockopt(SO_REUSEADDR, 1)";

/// The call that makes a TCP socket for this address, socket(2).
#[must_use]
pub fn tcp_call(address: SocketAddr) -> String {
    format!("socket({:?}, SOCK_STREAM)", Domain::for_address(address))
}

/// The call that makes a UDP socket for this address, socket(2).
#[must_use]
pub fn udp_call(address: SocketAddr) -> String {
    format!("socket({:?}, SOCK_DGRAM)", Domain::for_address(address))
}
