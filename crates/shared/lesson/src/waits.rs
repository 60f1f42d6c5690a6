//! Waiting for the kernel, and saying so when it does something else.

use std::net::SocketAddr;

use advice::Failure;
use kernel::{connection, wait_for_bytes, wait_until};
use socket2::SockRef;

use crate::rows::row;
use output::state_of_entry;

/// Waits until a TCP connection that no longer has a descriptor is in `state`, and prints the
/// kernel's own row for it, matched by the whole four-tuple. Returns the state, for a sentence.
///
/// # Errors
///
/// The kernel has moved the connection to another state, or forgotten it. (On other systems than
/// Linux the row says so, and it is not an error: they promise nothing about their tables.)
pub fn wait_for_state(
    words: &str,
    [local, peer]: [SocketAddr; 2],
    state: &str,
) -> Result<String, Failure> {
    let mut seen = None;
    wait_until(|| {
        seen = connection(local, peer);
        seen.as_ref().is_none_or(|found| found.as_ref().is_some_and(|row| row.state == state))
    });
    let cell = match &seen {
        None => "unknown".to_string(),
        Some(None) => "gone".to_string(),
        Some(Some(entry)) => state_of_entry(entry),
    };
    let family = if local.is_ipv4() { "TCP/IPv4" } else { "TCP/IPv6" };
    row([words, "—", family, &local.to_string(), &peer.to_string(), &cell]);
    match seen {
        None => Ok("a state that this system does not report".to_string()),
        Some(Some(entry)) if entry.state == state => Ok(state.to_string()),
        Some(_) if cfg!(not(target_os = "linux")) => {
            Ok("a state that this system does not show".to_string())
        }
        Some(_) => Err(Failure {
            call: words.to_string(),
            words: format!("it should be in {state}"),
            why: "This kernel ends connections in its own way, perhaps because it may keep only a \
                  few of them (net.ipv4.tcp_max_tw_buckets)."
                .to_string(),
            todo: "Look at its settings: `sysctl net.ipv4 | grep tcp_`.".to_string(),
        }),
    }
}

/// Waits until there is a datagram to receive, so that a receive does not wait for ever.
///
/// # Errors
///
/// None came: something on this machine drops it.
pub fn wait_for_datagram<'s>(socket: impl Into<SockRef<'s>>) -> Result<(), Failure> {
    if wait_for_bytes(&socket.into(), 1) {
        return Ok(());
    }
    Err(Failure {
        call: "recvfrom".to_string(),
        words: "no datagram has arrived".to_string(),
        why: "It was sent, but something on this machine dropped it: a firewall, for instance."
            .to_string(),
        todo: "Look for rules about the loopback interface or this address.".to_string(),
    })
}
