//! The names of the errors, and their numbers on this system.

use std::io;

#[cfg(target_os = "linux")]
pub(crate) use libc::ENONET;
#[cfg(unix)]
pub(crate) use libc::{
    EACCES, EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EAGAIN, EALREADY, EBADF, ECONNABORTED,
    ECONNREFUSED, ECONNRESET, EDESTADDRREQ, EFAULT, EHOSTDOWN, EHOSTUNREACH, EINPROGRESS, EINTR,
    EINVAL, EIO, EISCONN, EMFILE, EMSGSIZE, ENETUNREACH, ENFILE, ENOBUFS, ENODEV, ENOENT, ENOEXEC,
    ENOMEM, ENOPROTOOPT, ENOSYS, ENOTCONN, ENOTDIR, ENOTSOCK, ENXIO, EOPNOTSUPP, EPERM, EPIPE,
    EPROTO, EPROTONOSUPPORT, EPROTOTYPE, EROFS, ESOCKTNOSUPPORT, ESRCH, ETIMEDOUT,
};
/// Errors of calls and sockets that are not in the course, which xray may meet.
#[cfg(unix)]
use libc::{
    ECANCELED, EDOM, EEXIST, EFBIG, EISDIR, ELOOP, ENAMETOOLONG, ENETDOWN, ENETRESET, ENOSPC,
    ENOTTY, EOVERFLOW, ERANGE, ESHUTDOWN, ESPIPE, ESTALE, ETXTBSY, EXDEV,
};
#[cfg(windows)]
pub(crate) use windows_sys::Win32::Networking::WinSock::{
    WSAEACCES as EACCES, WSAEADDRINUSE as EADDRINUSE, WSAEADDRNOTAVAIL as EADDRNOTAVAIL,
    WSAEAFNOSUPPORT as EAFNOSUPPORT, WSAEALREADY as EALREADY, WSAEBADF as EBADF,
    WSAECONNABORTED as ECONNABORTED, WSAECONNREFUSED as ECONNREFUSED, WSAECONNRESET as ECONNRESET,
    WSAEDESTADDRREQ as EDESTADDRREQ, WSAEFAULT as EFAULT, WSAEHOSTUNREACH as EHOSTUNREACH,
    WSAEINPROGRESS as EINPROGRESS, WSAEINTR as EINTR, WSAEINVAL as EINVAL, WSAEISCONN as EISCONN,
    WSAEMFILE as EMFILE, WSAEMSGSIZE as EMSGSIZE, WSAENETUNREACH as ENETUNREACH,
    WSAENOBUFS as ENOBUFS, WSAENOPROTOOPT as ENOPROTOOPT, WSAENOTCONN as ENOTCONN,
    WSAENOTSOCK as ENOTSOCK, WSAEOPNOTSUPP as EOPNOTSUPP, WSAEPROTONOSUPPORT as EPROTONOSUPPORT,
    WSAESHUTDOWN as EPIPE, WSAESOCKTNOSUPPORT as ESOCKTNOSUPPORT, WSAETIMEDOUT as ETIMEDOUT,
    WSAEWOULDBLOCK as EAGAIN,
};

/// Names beside their values.
macro_rules! named {
    ($($name:ident)*) => { &[$(($name, stringify!($name))),*] };
}

/// The errors of socket calls, by the names that people search for.
const SYMBOLS: &[(i32, &str)] = named!(
    EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF ECONNABORTED ECONNREFUSED
    ECONNRESET EDESTADDRREQ EFAULT EHOSTUNREACH EINPROGRESS EINTR EINVAL EISCONN EMFILE EMSGSIZE
    ENETUNREACH ENOBUFS ENOPROTOOPT ENOTCONN ENOTSOCK EOPNOTSUPP EPIPE EPROTONOSUPPORT
    ESOCKTNOSUPPORT ETIMEDOUT
);

/// Those that Windows does not have.
#[cfg(unix)]
const UNIX_SYMBOLS: &[(i32, &str)] = named!(
    EIO ENFILE ENODEV ENOENT ENOEXEC ENOMEM ENOSYS EPERM EPROTO EPROTOTYPE ESRCH
    ECANCELED EDOM EEXIST EFBIG EHOSTDOWN EISDIR ELOOP ENAMETOOLONG ENETDOWN ENETRESET ENOSPC
    ENOTDIR ENOTTY ENXIO EOVERFLOW ERANGE EROFS ESHUTDOWN ESPIPE ESTALE ETXTBSY EXDEV
);
#[cfg(windows)]
const UNIX_SYMBOLS: &[(i32, &str)] = &[];

/// Those that only Linux has.
#[cfg(target_os = "linux")]
const LINUX_SYMBOLS: &[(i32, &str)] = named!(ENONET);
#[cfg(not(target_os = "linux"))]
const LINUX_SYMBOLS: &[(i32, &str)] = &[];

fn symbols() -> impl Iterator<Item = &'static (i32, &'static str)> {
    SYMBOLS.iter().chain(UNIX_SYMBOLS).chain(LINUX_SYMBOLS)
}

/// The symbol of an error, such as `ECONNREFUSED`; a word for it where it has none.
#[must_use]
pub fn symbol(error: &io::Error) -> String {
    let number = error.raw_os_error();
    let known = symbols().find(|(known, _)| Some(*known) == number);
    match (known, number) {
        (Some((EAGAIN, _)), _) if cfg!(windows) => "WSAEWOULDBLOCK".to_string(),
        (Some((EPIPE, _)), _) if cfg!(windows) => "WSAESHUTDOWN".to_string(),
        (Some((_, symbol)), _) if cfg!(windows) => format!("WSA{symbol}"),
        (Some((_, symbol)), _) => symbol.to_string(),
        (None, Some(_)) => "no name here".to_string(),
        (None, None) => error.to_string(),
    }
}

/// The number of the error that `symbol` names, such as `ECONNREFUSED`; `None` where this system
/// has no such error.
#[must_use]
pub fn number(symbol: &str) -> Option<i32> {
    let known = symbols().find(|(_, known)| *known == symbol);
    known.map(|(number, _)| *number)
}
