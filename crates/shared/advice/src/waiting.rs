//! Calls that do not wait, have stopped waiting, or were interrupted.

use crate::call::{Advice, Call, advise, see_the_page};
use crate::errno::EALREADY;
use crate::ports::NO_PORT_FREE;

/// What the call would wait for has not come, and it does not wait (any longer).
pub(crate) fn nothing_for_now(call: &Call) -> Advice {
    if (call.name == "connect" || call.is_udp() && call.sends()) && call.local().is_none() {
        let why =
            format!("The socket is not bound, so the kernel looks for a free port. {NO_PORT_FREE}");
        return advise(
            why,
            "Close sockets that are not needed, or bind to a port outside that range.",
        );
    }
    let (missing, timeout, option, event) = if call.is_accept() {
        ("No client is in the queue", call.read_timeout(), "SO_RCVTIMEO", "readable")
    } else if call.receives() {
        ("There is nothing to receive", call.read_timeout(), "SO_RCVTIMEO", "readable")
    } else if call.sends() {
        let missing = match call.is_udp() {
            true => "The socket's send buffer is full",
            false => {
                "The socket's send buffer is full, because the other side takes no more for \
                      now"
            }
        };
        (missing, call.write_timeout(), "SO_SNDTIMEO", "writable")
    } else {
        return see_the_page(call);
    };
    // Without O_NONBLOCK and without a timeout, a flag of the call is the only reason.
    let (reason, todo) = match timeout {
        _ if call.is_nonblocking() => ("the socket is non-blocking (O_NONBLOCK)", BLOCKING),
        Some(_) if call.is_accept() => (option, "let it wait longer"),
        Some(_) => (option, "let it wait longer (MSG_DONTWAIT would not wait at all)"),
        // Windows does not say whether it is, and has no such flag.
        None if cfg!(windows) => ("the socket is non-blocking", BLOCKING),
        None => ("the call was told not to wait (MSG_DONTWAIT)", "leave MSG_DONTWAIT out"),
    };
    let timed_out = reason == option;
    let why = match timed_out {
        true => format!(
            "{missing}, and the socket's timeout ({option}) is over. Linux reports that as EAGAIN, \
             not as ETIMEDOUT."
        ),
        false => format!("{missing}, and {reason}. That is not a failure: it may work later."),
    };
    if timed_out && !call.is_accept() && !call.is_udp() {
        let (todo, silent) = if call.sends() {
            (
                "After a single send, which then took nothing, a client calls again. After write_all \
                 (sendall) it closes: part of the data may be on its way.",
                "takes nothing",
            )
        } else {
            ("A client calls again, or sets a longer timeout.", "stays silent")
        };
        let server = format!(
            "A server closes the connection of a client that {silent} for too long, and goes on with \
             its accept loop."
        );
        return advise(why, format!("{todo} {server}"));
    }
    let event = format!("the socket is {event} (poll(2) says so, or an async runtime)");
    advise(why, format!("Wait until {event}, and call again; or {todo}."))
}

const BLOCKING: &str = "make the socket blocking (set_nonblocking(false))";

pub(crate) fn goes_on(call: &Call, number: i32) -> Advice {
    let why = match call.write_timeout() {
        _ if number == EALREADY => {
            "An earlier connect on this socket is still going on, in the background."
        }
        Some(_) => {
            "Nobody answered before the socket's timeout (SO_SNDTIMEO) was over, or the socket is \
             non-blocking. The connect goes on in the background."
        }
        // Only this machine itself is that fast.
        None if call.state() == "CLOSE" => {
            "The socket is non-blocking, so connect does not wait for an answer. It has come \
             already, and it was no: the state is CLOSE."
        }
        None => {
            "The connect goes on in the background: the socket is non-blocking, so it never waits, \
             not even for this machine itself. (If that has answered by now, the state is \
             ESTABLISHED.)"
        }
    };
    advise(why, HOW_IT_ENDS)
}

const HOW_IT_ENDS: &str = "Wait until poll(2) says that the socket is writable; then SO_ERROR says \
                           how it ended (take_error in socket2).";

pub(crate) fn interrupted(call: &Call) -> Advice {
    let why = "A signal arrived while the call waited. The kernel does not restart the call if the \
               handler was set without SA_RESTART, or if the socket has a timeout.";
    match call.name {
        "connect" => advise(format!("{why} The connect goes on in the background."), HOW_IT_ENDS),
        _ => advise(why, "Call again, as read_exact, write_all and std's accept do on their own."),
    }
}
