//! The calls themselves, for arguments that socket2 never passes: a pointer to nowhere, a length
//! that is no length, a flag that does not exist.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::ptr;
use std::time::Duration;

use kernel::{SHORTLY, check};
use socket2::{SockAddr, SockAddrStorage, Socket};

/// Where a pointer points.
pub enum At<'a, T> {
    This(&'a T),
    /// To an address at which no process has memory.
    Nowhere,
}

impl<T> At<'_, T> {
    fn pointer(&self) -> *const T {
        match self {
            At::This(value) => *value,
            At::Nowhere => nowhere(),
        }
    }
}

/// A pointer to the first page, which no process may use (mmap(2), `vm.mmap_min_addr`).
fn nowhere<T>() -> *mut T {
    ptr::without_provenance_mut(1)
}

/// bind(2) with a length of our own. The kernel refuses those beyond its `sockaddr_storage`, which
/// is as long as socket2's; shorter ones stay inside of `address`.
pub fn bind(socket: &Socket, address: At<SockAddr>, length: i32) -> io::Result<()> {
    let (address, length) = (sockaddr(&address), length as libc::socklen_t);
    // SAFETY: see above; what the kernel cannot read it answers with EFAULT.
    check(unsafe { libc::bind(socket.as_raw_fd(), address, length) })
}

/// connect(2) with a length of our own; as for [`bind`].
pub fn connect(socket: &Socket, address: At<SockAddr>, length: i32) -> io::Result<()> {
    let (address, length) = (sockaddr(&address), length as libc::socklen_t);
    // SAFETY: as for bind.
    check(unsafe { libc::connect(socket.as_raw_fd(), address, length) })
}

/// sendto(2) of one byte with a length of our own; as for [`bind`].
pub fn send_to(socket: &Socket, address: At<SockAddr>, length: i32) -> io::Result<()> {
    let (byte, address) = (ptr::from_ref(&0_u8).cast(), sockaddr(&address));
    let length = length as libc::socklen_t;
    // SAFETY: as for bind; one byte is there to be read.
    let sent = unsafe { libc::sendto(socket.as_raw_fd(), byte, 1, 0, address, length) };
    check(sent as i32)
}

fn sockaddr(address: &At<SockAddr>) -> *const libc::sockaddr {
    match address {
        At::This(address) => address.as_ptr().cast(),
        At::Nowhere => nowhere(),
    }
}

/// An address that is as long as an IPv6 address, and says that it is another family's.
pub fn posing_as(family: i32, address: &SockAddr) -> SockAddr {
    let mut storage: SockAddrStorage = address.clone().as_storage();
    // SAFETY: every sockaddr begins with its family, and the length stays what it was.
    unsafe {
        storage.view_as::<libc::sockaddr>().sa_family = family as libc::sa_family_t;
        SockAddr::new(storage, address.len())
    }
}

/// accept(2), told that the buffer for the peer's address has `length` bytes.
pub fn accept(socket: &Socket, length: i32) -> io::Result<()> {
    let mut room = SockAddrStorage::zeroed();
    // SAFETY: a sockaddr is a view of the storage, which has room for all that the kernel writes.
    unsafe { accept_to(socket, room.view_as(), length) }
}

/// accept(2), told to write the peer's address nowhere.
pub fn accept_to_nowhere(socket: &Socket) -> io::Result<()> {
    // SAFETY: what the kernel cannot write it answers with EFAULT.
    unsafe { accept_to(socket, nowhere(), 16) }
}

/// # Safety
///
/// `room` has room for an address, or leads nowhere.
unsafe fn accept_to(socket: &Socket, room: *mut libc::sockaddr, length: i32) -> io::Result<()> {
    let mut length = length as libc::socklen_t;
    // SAFETY: the caller promises it.
    own(unsafe { libc::accept(socket.as_raw_fd(), room, &mut length) })
}

/// accept4(2) with flags of our own, without the peer's address.
pub fn accept4(socket: &Socket, flags: i32) -> io::Result<()> {
    // SAFETY: null pointers tell the kernel to write nothing.
    own(unsafe { libc::accept4(socket.as_raw_fd(), ptr::null_mut(), ptr::null_mut(), flags) })
}

/// Closes what a call made that should have failed.
fn own(descriptor: i32) -> io::Result<()> {
    check(descriptor)?;
    close(descriptor)
}

/// close(2), of a number that may be nobody's.
pub fn close(descriptor: i32) -> io::Result<()> {
    // SAFETY: it takes a number; the callers own it, or nobody does.
    check(unsafe { libc::close(descriptor) })
}

/// shutdown(2) with a direction of our own.
pub fn shutdown(socket: &Socket, how: i32) -> io::Result<()> {
    // SAFETY: it takes numbers.
    check(unsafe { libc::shutdown(socket.as_raw_fd(), how) })
}

/// send(2) of one byte from nowhere.
pub fn send_from_nowhere(socket: &Socket) -> io::Result<()> {
    // SAFETY: what the kernel cannot read it answers with EFAULT.
    let sent = unsafe { libc::send(socket.as_raw_fd(), nowhere(), 1, libc::MSG_NOSIGNAL) };
    check(sent as i32)
}

/// recv(2) of one byte to nowhere.
pub fn receive_to_nowhere(socket: &Socket) -> io::Result<()> {
    // SAFETY: what the kernel cannot write it answers with EFAULT.
    check(unsafe { libc::recv(socket.as_raw_fd(), nowhere(), 1, 0) } as i32)
}

/// recvfrom(2) of one byte, told that the buffer for the sender's address has `length` bytes.
pub fn receive_from(socket: &Socket, length: i32) -> io::Result<()> {
    let mut byte = MaybeUninit::<u8>::uninit();
    let mut sender = SockAddrStorage::zeroed();
    let mut length = length as libc::socklen_t;
    // SAFETY: one byte has room, and an address in the storage, of which the kernel writes no more
    // than it has.
    let received = unsafe {
        let sender = ptr::from_mut(sender.view_as::<libc::sockaddr>());
        libc::recvfrom(socket.as_raw_fd(), byte.as_mut_ptr().cast(), 1, 0, sender, &mut length)
    };
    check(received as i32)
}

/// setsockopt(2) of an option that is an int (or unsigned, which the kernel does not tell apart).
pub fn set_option(socket: &Socket, level: i32, option: i32, value: i32) -> io::Result<()> {
    set_option_at(socket, level, option, At::This(&value), 4)
}

/// setsockopt(2) with an int of which it is told that it has `length` bytes: 4 at most, or more
/// than the kernel takes.
pub fn set_option_at(
    socket: &Socket,
    level: i32,
    option: i32,
    value: At<i32>,
    length: i32,
) -> io::Result<()> {
    let (value, length) = (value.pointer().cast(), length as libc::socklen_t);
    // SAFETY: the kernel reads 4 bytes at most of an option that is an int; what it cannot read it
    // answers with EFAULT.
    check(unsafe { libc::setsockopt(socket.as_raw_fd(), level, option, value, length) })
}

/// Waits until poll(2) reports an error or the end of both directions, no longer than
/// [`kernel::SHORTLY`], and says whether it did.
pub fn wait_for_error(socket: &Socket) -> bool {
    let mut asked = libc::pollfd { fd: socket.as_raw_fd(), events: 0, revents: 0 };
    // SAFETY: there is one pollfd to read and write.
    unsafe { libc::poll(&mut asked, 1, SHORTLY.as_millis() as libc::c_int) == 1 }
}

/// From now on, a signal comes every `interval` (timer_create(2)), and the call in which it comes is
/// not started again, since its handler was set without `SA_RESTART` (sigaction(2)).
pub fn interrupt_every(interval: Duration) -> io::Result<()> {
    extern "C" fn handler(_: libc::c_int) {}

    let every = libc::timespec {
        tv_sec: interval.as_secs() as libc::time_t,
        tv_nsec: libc::c_long::from(interval.subsec_nanos() as i32),
    };
    let when = libc::itimerspec { it_interval: every, it_value: every };
    // SAFETY: all zeros is a valid sigaction and sigevent. The handler does nothing at all, which
    // signal-safety(7) allows.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as extern "C" fn(libc::c_int) as usize;
        check(libc::sigaction(libc::SIGUSR1, &action, ptr::null_mut()))?;

        let mut event: libc::sigevent = std::mem::zeroed();
        event.sigev_notify = libc::SIGEV_SIGNAL;
        event.sigev_signo = libc::SIGUSR1;
        let mut timer = ptr::null_mut();
        check(libc::timer_create(libc::CLOCK_MONOTONIC, &mut event, &mut timer))?;
        check(libc::timer_settime(timer, 0, &when, ptr::null_mut()))
    }
}

/// After so many seconds the kernel ends this process (alarm(2)), and also when its parent has gone
/// (PR_SET_PDEATHSIG, prctl(2)).
pub fn end_after(seconds: u32) {
    // SAFETY: they take numbers.
    unsafe {
        libc::alarm(seconds);
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
    }
}
