//! From the error to its reason.

use socket2::Socket;

use crate::call::{Advice, Call, see_the_page};
use crate::errno::*;
use crate::{address, arguments, connection, limits, permission, route, waiting};

/// Why `call` failed with error `number` on `socket`, and what to do. The call is written as its row
/// shows it, such as `bind(127.0.0.1:8080)`.
pub(crate) fn reason(call: &str, number: i32, socket: Option<&Socket>) -> Advice {
    let (name, arguments) = call.split_once('(').unwrap_or((call, ""));
    let arguments = arguments.trim_end_matches(')');
    let call = Call { name, arguments, address: arguments.parse().ok(), socket };
    permission::of_this_system(&call, number).unwrap_or_else(|| match number {
        EACCES => permission::not_allowed(&call),
        EADDRINUSE => address::in_use(&call),
        EADDRNOTAVAIL => address::not_available(&call),
        EAFNOSUPPORT => address::other_family(&call),
        EAGAIN => waiting::nothing_for_now(&call),
        EALREADY | EINPROGRESS => waiting::goes_on(&call, number),
        EBADF => arguments::no_descriptor(),
        ECONNREFUSED => connection::refused(&call),
        ECONNRESET => connection::reset(&call),
        EDESTADDRREQ => address::no_receiver(),
        EFAULT => arguments::bad_pointer(&call),
        EHOSTUNREACH | ENETUNREACH => route::no_way(&call, number),
        EINTR => waiting::interrupted(&call),
        EINVAL => arguments::invalid(&call),
        EISCONN => connection::connected(&call),
        EMFILE => limits::too_many_descriptors(&call),
        EMSGSIZE => limits::too_long(&call),
        ENOBUFS => limits::no_room(&call),
        ENOPROTOOPT => arguments::no_such_option(&call),
        ENOTCONN => connection::not_connected(&call),
        ENOTSOCK => arguments::no_socket(),
        EOPNOTSUPP => arguments::not_supported(&call),
        EPIPE if cfg!(unix) => connection::nobody_reads(&call),
        EPROTONOSUPPORT => arguments::protocol_of_another_type(),
        ESOCKTNOSUPPORT => arguments::no_such_type(),
        ETIMEDOUT => connection::nobody_answered(&call),
        _ => see_the_page(&call),
    })
}
