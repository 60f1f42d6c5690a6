//! Why listen says that the address is in use, though bind has let the socket have it.

use crate::address::rivals;
use crate::call::{Advice, Call, advise, see_the_page};
use crate::commands::show_port;
use crate::ports::NO_PORT_FREE;

pub(crate) fn in_use(call: &Call) -> Advice {
    let Some(socket) = call.socket else { return see_the_page(call) };
    let Some(local) = call.local() else {
        return advise(
            format!("The socket is not bound, so listen looks for a free port. {NO_PORT_FREE}"),
            "First bind to a port of your own choice, outside that range.",
        );
    };
    let others = rivals(local, socket, None);
    let listener = others.iter().flatten().find(|entry| entry.state == "LISTEN");
    match (listener, &others) {
        (Some(listener), _) => advise(
            format!(
                "Another socket is listening on {}. SO_REUSEADDR lets several sockets bind to one \
                 port while none of them listens, but only one may listen.",
                listener.local
            ),
            format!(
                "Stop the other one ({}), or bind to another port.",
                show_port("-tlnp", local.port())
            ),
        ),
        (None, Some(_)) => advise(
            format!(
                "Another socket is bound to {local} as well, or to an address that covers it. \
                 Nobody listens there, but listen checks the port again, and on one of the two \
                 SO_REUSEADDR is not set any more. (The system's tables leave out a socket that is \
                 bound and nothing else.)"
            ),
            "Set SO_REUSEADDR on each socket before bind, and leave it set; or close the other \
             socket, or bind to another port.",
        ),
        (None, None) => advise(
            format!(
                "Another socket is listening on {local}, or on an address that covers it; or it is \
                 only bound there, and SO_REUSEADDR is not set on both."
            ),
            "Stop the other one, or bind to another port.",
        ),
    }
}
