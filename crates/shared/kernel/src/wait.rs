//! Waiting until the kernel says that something has happened: what it does shortly after a call has
//! returned.

use std::thread;
use std::time::{Duration, Instant};

use socket2::Socket;

use crate::options::unread_bytes;
use crate::system::other_threads_wait;
use crate::view::View;

/// How long it may take until the kernel has done what it does shortly after a call has returned. On
/// a busy machine even one look at a long table may take seconds.
pub const SHORTLY: Duration = Duration::from_secs(10);

/// Waits until `happened`, no longer than [`SHORTLY`], and says whether it did. For what the kernel
/// does after a call has returned, such as moving a finished connection into the queue.
pub fn wait_until(mut happened: impl FnMut() -> bool) -> bool {
    let give_up = Instant::now() + SHORTLY;
    while !happened() {
        if Instant::now() >= give_up {
            return false;
        }
        thread::sleep(Duration::from_millis(1));
    }
    true
}

/// Waits until `length` connections are in the listener's queue, where the system says.
pub fn wait_for_queue(listener: &Socket, length: u32) -> bool {
    wait_until(|| View::of(listener).queue.is_none_or(|queue| queue.length >= length))
}

/// Waits until `bytes` bytes wait to be received, where the system says.
pub fn wait_for_bytes(socket: &Socket, bytes: usize) -> bool {
    wait_until(|| unread_bytes(socket).is_none_or(|unread| unread >= bytes))
}

/// Waits until every other thread of this program is blocked, where the system says.
pub fn wait_for_blocked_threads() {
    wait_until(|| other_threads_wait().unwrap_or(true));
}
