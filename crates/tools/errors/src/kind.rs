//! The `io::ErrorKind` that a program can match, whichever Rust compiles it.

use std::io::{Error, ErrorKind};

/// The kind that every Rust from 1.85 on gives an error and lets programs name. Later ones have more,
/// and what is printed must not depend on the compiler; so this is a table, and not `error.kind()`.
pub fn kind(symbol: &str, error: &Error) -> Option<ErrorKind> {
    let kind = match symbol {
        "EACCES" | "EPERM" => ErrorKind::PermissionDenied,
        "EADDRINUSE" => ErrorKind::AddrInUse,
        "EADDRNOTAVAIL" => ErrorKind::AddrNotAvailable,
        "EAGAIN" => ErrorKind::WouldBlock,
        "ECONNABORTED" => ErrorKind::ConnectionAborted,
        "ECONNREFUSED" => ErrorKind::ConnectionRefused,
        "ECONNRESET" => ErrorKind::ConnectionReset,
        "EHOSTUNREACH" => ErrorKind::HostUnreachable,
        "EINTR" => ErrorKind::Interrupted,
        "EINVAL" => ErrorKind::InvalidInput,
        "ENETUNREACH" => ErrorKind::NetworkUnreachable,
        "ENOENT" => ErrorKind::NotFound,
        "ENOMEM" => ErrorKind::OutOfMemory,
        "ENOTCONN" => ErrorKind::NotConnected,
        "EPIPE" => ErrorKind::BrokenPipe,
        "ETIMEDOUT" => ErrorKind::TimedOut,
        _ => return None,
    };
    // Windows has fewer.
    (error.kind() == kind).then_some(kind)
}
