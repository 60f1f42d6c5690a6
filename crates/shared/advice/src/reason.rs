//! From the error to its reason.

use socket2::Socket;

use crate::asker::Asker;
use crate::call::{Advice, Call, see_the_page};
use crate::errno::*;
#[cfg(target_os = "linux")]
use crate::multicast;
#[cfg(feature = "others")]
use crate::others;
use crate::{
    address, arguments, asking, connection, icmp, limits, listener, no_address, permission, route,
    waiting,
};

/// Why `call` failed with error `number` on `socket`, and what to do. The call is written as its row
/// shows it, such as `bind(127.0.0.1:8080)`.
pub(crate) fn reason(
    call: &str,
    number: i32,
    socket: Option<&Socket>,
    asker: Option<&Asker>,
) -> Advice {
    let (name, arguments) = call.split_once('(').unwrap_or((call, ""));
    let arguments = arguments.trim_end_matches(')');
    let call = Call { name, arguments, address: arguments.parse().ok(), socket, asker };
    let known = asking::reason(&call, number);
    #[cfg(feature = "others")]
    let known = others::of_another_family(&call, number).or(known);
    #[cfg(target_os = "linux")]
    let known = known.or_else(|| multicast::reason(&call, number));
    let known = known.or_else(|| permission::of_this_system(&call, number));
    #[cfg(all(feature = "others", target_os = "linux"))]
    let known = known.or_else(|| others::of_a_port(&call, number));
    known.unwrap_or_else(|| match number {
        EACCES => permission::not_allowed(&call),
        EADDRINUSE if call.name == "listen" => listener::in_use(&call),
        EADDRINUSE => address::in_use(&call),
        EADDRNOTAVAIL => no_address::not_available(&call),
        EAFNOSUPPORT => address::other_family(&call),
        EAGAIN => waiting::nothing_for_now(&call),
        EALREADY | EINPROGRESS => waiting::goes_on(&call, number),
        EBADF => arguments::no_descriptor(),
        ECONNABORTED => connection::aborted(&call),
        ECONNREFUSED => connection::refused(&call),
        ECONNRESET => connection::reset(&call),
        EDESTADDRREQ => address::no_receiver(),
        EFAULT => arguments::bad_pointer(&call),
        #[cfg(unix)]
        EHOSTDOWN => icmp::host_unknown(&call),
        EHOSTUNREACH | ENETUNREACH => route::no_way(&call, number),
        EINTR => waiting::interrupted(&call),
        EINVAL => arguments::invalid(&call),
        EISCONN => connection::connected(&call),
        EMFILE => limits::too_many_descriptors(&call),
        #[cfg(target_os = "linux")]
        EMSGSIZE if call.is_udp() => crate::path::too_long(&call),
        EMSGSIZE => limits::too_long(&call),
        #[cfg(unix)]
        ENFILE => limits::too_many_files(&call),
        ENOBUFS => limits::no_room(&call),
        #[cfg(unix)]
        ENOMEM => limits::no_memory(&call),
        #[cfg(target_os = "linux")]
        ENONET => icmp::cut_off(&call),
        ENOPROTOOPT if !call.name.ends_with("sockopt") => icmp::protocol_refused(&call),
        ENOPROTOOPT => arguments::no_such_option(&call),
        ENOTCONN => connection::not_connected(&call),
        ENOTSOCK => arguments::no_socket(&call),
        EOPNOTSUPP if call.name == "connect" => icmp::way_refused(&call),
        EOPNOTSUPP => arguments::not_supported(&call),
        EPIPE if cfg!(unix) => connection::nobody_reads(&call),
        #[cfg(target_os = "linux")]
        EPROTO if call.name == "connect" || call.is_udp() => icmp::way_refused(&call),
        EPROTONOSUPPORT => arguments::protocol_of_another_type(),
        ESOCKTNOSUPPORT => arguments::no_such_type(),
        ETIMEDOUT => connection::nobody_answered(&call),
        _ => see_the_page(&call),
    })
}
