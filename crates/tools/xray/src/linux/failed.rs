//! Why a call has failed, with what is known about the program that made it.

use std::io;
use std::path::PathBuf;

use advice::{Asker, Failure};
use kernel::View;
use socket2::Socket;

use super::calls::{Call, Kind};
use super::look::Look;
use super::report::Speaker;
use super::seen::Seen;

/// Whether a failed call is shown that is about a socket of another family than IP, without `--all`:
/// not if it says nothing but that it does not wait, nor where a library tries a service that most
/// machines do not have.
pub fn matters(call: &Call, result: i64) -> bool {
    const TRIED: [&str; 5] = [
        "/var/run/nscd/",
        "/run/nscd/",
        "/var/lib/sss/pipes/",
        "/run/systemd/resolve/",
        "/run/systemd/userdb/",
    ];
    let number = -result as i32;
    let receives = matches!(
        call.traced.kind,
        Kind::Accept
            | Kind::Receive
            | Kind::ReceiveMessage
            | Kind::ReceiveMessages
            | Kind::Read
            | Kind::ReadAreas
    );
    let is_tried = call
        .detail_of("address")
        .is_some_and(|address| TRIED.iter().any(|service| address.starts_with(service)));
    match number {
        _ if result >= 0 || is_tried => false,
        libc::EAGAIN => !receives,
        libc::EINTR | libc::EINPROGRESS => false,
        _ => true,
    }
}

/// Whether the reason depends on the program's other sockets.
pub fn depends_on_others(call: &Call, number: i32) -> bool {
    number == libc::EADDRINUSE && matches!(call.traced.kind, Kind::Bind | Kind::Listen)
}

/// The reason why the call has failed with error `number`; `shown` is the call as the advice knows
/// it, and `sockets` are all that the program has, where that matters.
pub fn reason(
    seen: &Seen,
    who: Speaker,
    call: &Call,
    shown: &str,
    number: i32,
    (look, copy): (Option<&Look>, Option<&Socket>),
    sockets: &[View],
) -> Failure {
    let error = io::Error::from_raw_os_error(number);
    if look.is_some_and(Look::is_hidden) && copy.is_none() {
        // Without a copy, the advice takes each for an IP socket.
        return Failure::without_reason(shown, &error);
    }
    let file = look.filter(|look| look.is_hidden()).and(call.detail_of("address"));
    let file = file.and_then(|path| file_of(who, path));
    let asker = Asker {
        process: who.process as u32,
        sockets,
        origin: &|inode| seen.origin(inode),
        file: file.as_deref(),
    };
    Failure::of_another(shown, &error, copy, &asker)
}

/// Where this process finds a file of the program's; `None` for a name that is no file's.
fn file_of(who: Speaker, path: &str) -> Option<PathBuf> {
    let thread = who.thread;
    match path.strip_prefix('/') {
        Some(rest) => Some(PathBuf::from(format!("/proc/{thread}/root/{rest}"))),
        None if path.starts_with('@') => None,
        None => Some(PathBuf::from(format!("/proc/{thread}/cwd/{path}"))),
    }
}
