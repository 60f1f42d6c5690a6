//! recvfrom into a plain buffer.

use std::io;
use std::mem::MaybeUninit;

use socket2::{SockAddr, Socket};

/// socket2's `recv_from`, which asks for a buffer that need not be initialised, on one that is.
pub fn recv_from(socket: &Socket, buffer: &mut [u8]) -> io::Result<(usize, SockAddr)> {
    // SAFETY: the two types have the same layout, and socket2 promises (in the documentation of
    // `Socket::recv`) to write no uninitialised bytes, so that this very cast is sound.
    let buffer = unsafe { &mut *(std::ptr::from_mut(buffer) as *mut [MaybeUninit<u8>]) };
    socket.recv_from(buffer)
}
