//! Questions for which socket2 has no safe call, asked on Unix and on Windows.

use std::io;

use socket2::Socket;

/// Whether the socket listens (`SO_ACCEPTCONN`, socket(7)).
#[must_use]
pub fn is_listening(socket: &Socket) -> Option<bool> {
    let mut value = [0; 4];
    let filled = option(socket, SOL_SOCKET, SO_ACCEPTCONN, &mut value)?;
    Some(value[..filled].iter().any(|byte| *byte != 0))
}

#[cfg(unix)]
use libc::{SO_ACCEPTCONN, SOL_SOCKET};
#[cfg(windows)]
use windows_sys::Win32::Networking::WinSock::{SO_ACCEPTCONN, SOL_SOCKET};

/// Reads a socket option into `value`, and returns how many bytes of it the kernel filled.
#[cfg(unix)]
#[must_use]
pub fn option(socket: &Socket, level: i32, name: i32, value: &mut [u8]) -> Option<usize> {
    use std::os::fd::AsRawFd;
    let mut length = value.len() as libc::socklen_t;
    // SAFETY: the kernel writes at most `length` bytes to `value`, and any bytes are valid u8s.
    // socket2 has no safe getter for these options.
    let result = unsafe {
        libc::getsockopt(socket.as_raw_fd(), level, name, value.as_mut_ptr().cast(), &mut length)
    };
    (result == 0).then_some(length as usize)
}

/// Reads a socket option into `value`, and returns how many bytes of it the system filled.
#[cfg(windows)]
fn option(socket: &Socket, level: i32, name: i32, value: &mut [u8]) -> Option<usize> {
    use std::os::windows::io::AsRawSocket;
    use windows_sys::Win32::Networking::WinSock::getsockopt;
    let handle = socket.as_raw_socket() as usize;
    let mut length = value.len() as i32;
    // SAFETY: the system writes at most `length` bytes to `value`, and any bytes are valid u8s.
    // socket2 has no safe getter for these options.
    let result = unsafe { getsockopt(handle, level, name, value.as_mut_ptr(), &mut length) };
    (result == 0).then_some(length as usize)
}

/// How many bytes have arrived and have not been received yet (`FIONREAD`; `SIOCINQ` in tcp(7)).
#[cfg(unix)]
#[must_use]
pub fn unread_bytes(socket: &Socket) -> Option<usize> {
    use std::os::fd::AsRawFd;
    let mut bytes: libc::c_int = 0;
    // SAFETY: FIONREAD writes one int, and `bytes` is one. socket2 has no safe call for it.
    let result = unsafe { libc::ioctl(socket.as_raw_fd(), libc::FIONREAD as _, &mut bytes) };
    (result == 0).then_some(bytes as usize)
}

/// How many bytes have arrived and have not been received yet (`FIONREAD`, ioctlsocket).
#[cfg(windows)]
#[must_use]
pub fn unread_bytes(socket: &Socket) -> Option<usize> {
    use std::os::windows::io::AsRawSocket;
    use windows_sys::Win32::Networking::WinSock::{FIONREAD, ioctlsocket};
    let mut bytes: u32 = 0;
    // SAFETY: FIONREAD writes one u32, and `bytes` is one. socket2 has no safe call for it.
    let result = unsafe { ioctlsocket(socket.as_raw_socket() as usize, FIONREAD, &mut bytes) };
    (result == 0).then_some(bytes as usize)
}

/// Whether no open file or socket has this descriptor number (fcntl(2), `F_GETFD`).
#[cfg(unix)]
#[must_use]
pub fn descriptor_is_free(descriptor: u64) -> Option<bool> {
    let descriptor = descriptor.try_into().ok()?;
    // SAFETY: F_GETFD reads one flag of a number, open or not, and touches no memory.
    Some(unsafe { libc::fcntl(descriptor, libc::F_GETFD) } == -1)
}

/// Whether no open handle has this number (GetHandleInformation).
#[cfg(windows)]
#[must_use]
pub fn descriptor_is_free(handle: u64) -> Option<bool> {
    use windows_sys::Win32::Foundation::GetHandleInformation;
    let mut flags = 0;
    // SAFETY: it reads one flag of a handle, open or not, and writes one u32, which `flags` is.
    Some(unsafe { GetHandleInformation(handle as usize as _, &mut flags) } == 0)
}

/// The number that the system knows the socket by.
#[cfg(unix)]
#[must_use]
pub fn descriptor(socket: &Socket) -> u64 {
    use std::os::fd::AsRawFd;
    socket.as_raw_fd() as u64
}

/// The number that the system knows the socket by.
#[cfg(windows)]
#[must_use]
pub fn descriptor(socket: &Socket) -> u64 {
    use std::os::windows::io::AsRawSocket;
    socket.as_raw_socket()
}

/// The error of a system call that returned -1.
///
/// # Errors
///
/// The one that the call has left in `errno`.
pub fn check(result: i32) -> io::Result<()> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
