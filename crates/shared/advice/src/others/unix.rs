//! Unix sockets (unix(7)): a path instead of an address, and a file that outlives the socket.

use socket2::Type;

use crate::call::{Advice, Call, advise, see_the_page};
use crate::errno::*;
use crate::others::unix_path::{missing, refused, taken};
use crate::waiting;

/// `None` where the reason is the same for all families.
pub(crate) fn reason(call: &Call, number: i32) -> Option<Advice> {
    let is_stream = call.socket.is_some_and(|socket| !matches!(socket.r#type(), Ok(Type::DGRAM)));
    Some(match (call.name, number) {
        ("bind", EADDRINUSE) => taken(call),
        ("bind", EINVAL) => match own_name(call) {
            Some(name) => advise(
                format!("The socket already has a name, {name}: bind works only once."),
                "Make a new socket.",
            ),
            None => wrong_address(call),
        },
        ("connect" | "sendto", EINVAL) => wrong_address(call),
        ("listen", EINVAL) => advise(
            "The socket is not bound, or it is connected. Other than with TCP, the kernel picks no \
             name for it.",
            "Bind it to a path first; a connected socket cannot listen.",
        ),
        ("accept" | "accept4", EINVAL) => advise(
            "The socket is not listening: it is a connection, or listen was never called.",
            "Call listen first, and accept on that socket.",
        ),
        ("recv" | "recvfrom" | "recvmsg", EINVAL) | (_, ENOTCONN) => not_connected(call, is_stream),
        ("connect", EAGAIN) => advise(
            format!(
                "The queue of the listener at {} is full. Other than with TCP, the connect does not \
                 go on in the background: it has failed, because the socket is non-blocking, or its \
                 timeout (SO_SNDTIMEO) is over.",
                call.arguments
            ),
            "Try again a little later: poll(2) does not tell when there is room. Or connect with a \
             blocking socket, which waits. The server accepts faster, or listens with a longer \
             backlog (net.core.somaxconn caps it).",
        ),
        (_, EAGAIN) if call.sends() && !is_stream => advise(
            "The receiver's queue is full (it takes net.unix.max_dgram_qlen datagrams), or this \
             socket's send buffer, and the call does not wait. Over a Unix socket no datagram is \
             thrown away for that.",
            "Send again later, or with a socket that waits. The receiver has to read faster.",
        ),
        (_, EAGAIN) => waiting::nothing_for_now(call),
        (_, ECONNREFUSED) => refused(call),
        (_, EPROTOTYPE) => advise(
            format!("The socket at {} is of another type than this one.", call.arguments),
            "Use the same type on both sides: SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET. `ss -xlp` \
             shows that of a listener (u_str, u_dgr, u_seq).",
        ),
        (_, ENOENT) => missing(call),
        (_, ENOTDIR) => advise(
            format!("A part of {} before the last is a file, not a folder.", call.arguments),
            "Correct the path.",
        ),
        (_, EROFS) => advise(
            format!("{} is on a file system that is read-only.", call.arguments),
            "Use a folder for such files, such as /run or /tmp, or an abstract name (Linux).",
        ),
        ("bind", EACCES) => advise(
            format!(
                "The socket's file would be made at {}, and this process may not write to that \
                 folder, or may not pass through one above it.",
                call.arguments
            ),
            "Use a folder of its own user, such as the one in $XDG_RUNTIME_DIR, or one that root \
             has made for it under /run.",
        ),
        ("connect" | "sendto" | "sendmsg", EACCES) => advise(
            format!(
                "To connect or send to {}, a process has to have the right to write to that file, \
                 and to pass through all folders above it. This one has not.",
                call.arguments
            ),
            format!(
                "`namei -l {}` shows the rights of each part. The server gives them, by chmod and \
                 chown after its bind, or by its umask before; or join the file's group.",
                call.arguments
            ),
        ),
        ("connect" | "sendto", EPERM) => advise(
            "The receiver is connected to another socket, and takes datagrams from that one alone.",
            "Let the receiver be unconnected, or give each its own.",
        ),
        (_, EPIPE) => {
            advise("The other side is closed, or this side has ended its sending (shutdown).", OVER)
        }
        (_, ECONNRESET) => advise(
            "The other side was closed before it had read everything that was sent to it, or its \
             listener was closed while this connection was in the queue.",
            OVER,
        ),
        (_, EISCONN) => {
            advise("The socket is already connected.", "Make a new socket for each connection.")
        }
        (_, EMSGSIZE) => advise(
            "The datagram is longer than this socket's send buffer (SO_SNDBUF) has room for.",
            "Send less at once, or make the buffer larger (net.core.wmem_max caps it).",
        ),
        (_, EBADF | EFAULT | EINTR | EMFILE | ENFILE | ENOTSOCK | EOPNOTSUPP | ENOPROTOOPT) => {
            return None;
        }
        _ => see_the_page(call),
    })
}

const OVER: &str = "A client connects again. A server closes this connection and goes on with its \
                    accept loop.";

/// The name that the socket has.
fn own_name(call: &Call) -> Option<String> {
    let address = call.socket?.local_addr().ok()?;
    let path = address.as_pathname().map(|path| path.display().to_string());
    path.or_else(|| {
        let name = address.as_abstract_namespace()?;
        Some(format!("@{}", String::from_utf8_lossy(name)))
    })
}

fn wrong_address(call: &Call) -> Advice {
    // As Linux has it: 108 bytes of the path, with or without a zero at the end.
    match call.arguments.len() >= 108 {
        true => advise(
            "The path is too long: it may have 108 bytes (sun_path in unix(7)), 104 on macOS and \
             the BSDs.",
            "Use a shorter one: a folder nearer to the root, or a path that is relative to the \
             current folder.",
        ),
        false => advise(
            "This is not the address of a Unix socket: its family is another, or its length is \
             wrong.",
            "Give a sockaddr_un, as SockAddr::unix makes it in socket2.",
        ),
    }
}

fn not_connected(call: &Call, is_stream: bool) -> Advice {
    if call.socket.and_then(kernel::is_listening) == Some(true) {
        return advise(
            "The socket is listening: it has no connection of its own.",
            "Use the socket that accept returns.",
        );
    }
    match is_stream {
        true => advise("The socket is not connected.", "Call connect first."),
        false => advise(
            "The socket is not connected, and the call names no receiver.",
            "Name the receiver with sendto, or once and for all with connect.",
        ),
    }
}
