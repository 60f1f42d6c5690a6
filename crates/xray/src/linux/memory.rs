//! Reading what a traced thread's pointers lead to.

use super::ptrace::Tid;

/// Up to `length` bytes at `address` of the thread's process; fewer where its memory ends, none
/// where there is no memory at all (process_vm_readv(2)).
pub fn bytes(tid: Tid, address: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    let here = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: length };
    let there = libc::iovec { iov_base: address as *mut libc::c_void, iov_len: length };
    // SAFETY: the kernel writes at most `length` bytes to `bytes`, which has so many; the other
    // address is another process's, and the kernel checks it.
    let read = unsafe { libc::process_vm_readv(tid, &here, 1, &there, 1, 0) };
    bytes.truncate(read.max(0) as usize);
    bytes
}

/// The C int at `address`.
pub fn int(tid: Tid, address: u64) -> Option<i32> {
    Some(i32::from_ne_bytes(bytes(tid, address, 4).try_into().ok()?))
}

/// A list of areas (struct iovec), at most 1024 as the kernel allows: how many bytes they have
/// together, and where the first begins.
pub fn areas(tid: Tid, address: u64, count: u64) -> (u64, u64) {
    let list = bytes(tid, address, 16 * count.min(1024) as usize);
    let words: Vec<u64> =
        list.chunks_exact(8).map(|word| u64::from_ne_bytes(word.try_into().expect("8"))).collect();
    let lengths = words.chunks_exact(2).map(|area| area[1]);
    let first = words.chunks_exact(2).find(|area| area[1] > 0).map_or(0, |area| area[0]);
    (lengths.fold(0, u64::saturating_add), first)
}

/// The parts of a message (struct msghdr) that xray shows.
pub struct Message {
    /// Where the address is, and its length.
    pub name: (u64, usize),
    /// How many bytes its areas have together.
    pub size: u64,
    /// Where the first of them begins.
    pub start: u64,
}

/// The message that the struct msghdr at `address` describes.
pub fn message(tid: Tid, address: u64) -> Message {
    let header = bytes(tid, address, 56);
    let word = |index: usize| {
        let bytes = header.get(8 * index..8 * index + 8);
        bytes.map_or(0, |bytes| u64::from_ne_bytes(bytes.try_into().expect("8")))
    };
    let (size, start) = areas(tid, word(2), word(3));
    // The length of the name is an int, and the rest of its word is padding.
    Message { name: (word(0), word(1) as u32 as usize), size, start }
}
