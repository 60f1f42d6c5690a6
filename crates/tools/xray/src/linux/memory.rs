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

/// Areas of a thread's memory that a call reads or fills one after another.
#[derive(Debug, Clone)]
pub struct Areas(Vec<(u64, u64)>);

impl Areas {
    /// A single one: where it begins, and how many bytes it has.
    pub fn one(address: u64, length: u64) -> Areas {
        Areas(vec![(address, length)])
    }

    /// A list of `count` areas (struct iovec), at most 1024 as the kernel allows.
    pub fn list(tid: Tid, address: u64, count: u64) -> Areas {
        let list = bytes(tid, address, 16 * count.min(1024) as usize);
        let word = |bytes: &[u8]| u64::from_ne_bytes(bytes.try_into().expect("eight bytes"));
        Areas(list.chunks_exact(16).map(|area| (word(&area[..8]), word(&area[8..]))).collect())
    }

    /// How many bytes they have together.
    pub fn size(&self) -> u64 {
        self.0.iter().map(|(_, length)| *length).fold(0, u64::saturating_add)
    }

    /// The first bytes in them, up to `length`.
    pub fn start(&self, tid: Tid, length: usize) -> Vec<u8> {
        let mut start = Vec::new();
        for (address, size) in &self.0 {
            let left = length - start.len();
            start.extend(bytes(tid, *address, left.min(*size as usize)));
        }
        start
    }
}

/// The parts of a message (struct msghdr) that xray shows.
pub struct Message {
    /// Where the address is, and its length.
    pub name: (u64, usize),
    /// Where its bytes are.
    pub areas: Areas,
    /// Whether control data goes with it (cmsg(3)).
    pub has_control: bool,
}

/// The message that the struct msghdr at `address` describes.
pub fn message(tid: Tid, address: u64) -> Message {
    let header = bytes(tid, address, 56);
    let word = |index: usize| {
        let bytes = header.get(8 * index..8 * index + 8);
        bytes.map_or(0, |bytes| u64::from_ne_bytes(bytes.try_into().expect("8")))
    };
    let areas = Areas::list(tid, word(2), word(3));
    // The length of the name is an int, and the rest of its word is padding.
    Message { name: (word(0), word(1) as u32 as usize), areas, has_control: word(5) > 0 }
}
