//! Sockets that are not IP's: which family's reasons are the right ones.

use crate::call::{Advice, Call};
#[cfg(target_os = "linux")]
use crate::{call::see_the_page, errno::*, others::packet};

/// `None` where the reason is the same for all families.
#[cfg(target_os = "linux")]
pub(crate) fn reason(call: &Call, number: i32) -> Option<Advice> {
    let domain = call.socket.and_then(|socket| socket.domain().ok()).map(i32::from);
    match domain {
        Some(libc::AF_PACKET) => packet::reason(call, number),
        // There is no socket.
        None if call.has("AF_PACKET") => packet::reason(call, number),
        Some(libc::AF_UNIX) => crate::others::unix::reason(call, number),
        None | Some(libc::AF_INET | libc::AF_INET6) => None,
        // Nothing is known of the others, and IP's reasons are not theirs.
        Some(_) if [EBADF, EFAULT, EINTR, EMFILE, ENOTSOCK].contains(&number) => None,
        Some(_) => Some(see_the_page(call)),
    }
}

/// Other systems do not tell a socket's family, but by its address.
#[cfg(not(target_os = "linux"))]
pub(crate) fn reason(call: &Call, number: i32) -> Option<Advice> {
    #[cfg(unix)]
    if call.view().is_some_and(|view| view.kind == "Unix") {
        return crate::others::unix::reason(call, number);
    }
    let _ = (call, number);
    None
}
