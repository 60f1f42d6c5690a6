//! The interfaces of a network that a process has for itself (see `namespace`): switching one on, its
//! address, one more (netdevice(7)).

use std::io;
use std::net::Ipv4Addr;

/// Adds an interface with this name and address, and switches it on: a bridge that nothing is
/// plugged into, as `ip link add NAME type bridge` makes one. What is sent through it goes nowhere,
/// but this machine reaches its address, and the kernel says that it came through this interface.
///
/// # Errors
///
/// The system has no bridges, or the process may not add one.
#[cfg(target_os = "linux")]
pub fn add_interface(name: &str, address: Ipv4Addr) -> io::Result<()> {
    const SIOCBRADDBR: libc::Ioctl = 0x89a0; // include/uapi/linux/sockios.h

    linux::ask(SIOCBRADDBR, &request(name))?;
    set_address(name, libc::SIOCSIFADDR as _, address)?;
    switch_on(name)
}

/// Not known here.
///
/// # Errors
///
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn add_interface(_: &str, _: Ipv4Addr) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(target_os = "linux")]
pub use linux::switch_on;
#[cfg(target_os = "linux")]
pub(crate) use linux::{request, set_address};

#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::net::{Ipv4Addr, SocketAddr};
    use std::os::fd::AsRawFd;

    use socket2::{Domain, SockAddr, Socket, Type};

    /// Switches an interface on.
    ///
    /// # Errors
    ///
    /// There is none of this name, or the process may not.
    pub fn switch_on(name: &str) -> io::Result<()> {
        let mut request = request(name);
        request.ifr_ifru.ifru_flags = libc::IFF_UP as libc::c_short;
        ask(libc::SIOCSIFFLAGS as _, &request)
    }

    /// Gives an interface an address: its own (`SIOCSIFADDR`), or that of the other end of a link
    /// (`SIOCSIFDSTADDR`).
    pub(crate) fn set_address(name: &str, which: libc::Ioctl, ip: Ipv4Addr) -> io::Result<()> {
        let mut request = request(name);
        let address = SockAddr::from(SocketAddr::from((ip, 0)));
        // SAFETY: an IPv4 address is a sockaddr_in, which is as large as a sockaddr.
        request.ifr_ifru.ifru_addr = unsafe { *address.as_ptr().cast() };
        ask(which, &request)
    }

    /// A request about the interface of this name.
    pub(crate) fn request(name: &str) -> libc::ifreq {
        // SAFETY: all zeros is a valid ifreq.
        let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
        let place = request.ifr_name.iter_mut().take(libc::IFNAMSIZ - 1);
        for (to, from) in place.zip(name.bytes()) {
            *to = from as libc::c_char;
        }
        request
    }

    /// Hands a request to the kernel.
    pub(super) fn ask(what: libc::Ioctl, request: &libc::ifreq) -> io::Result<()> {
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
        // SAFETY: these calls read one ifreq, or the name that it begins with.
        kernel::check(unsafe { libc::ioctl(socket.as_raw_fd(), what, request) })
    }
}
