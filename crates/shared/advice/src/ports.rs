//! The ports that the kernel may pick, when all of them are taken.

use socket2::{Socket, Type};

use crate::call::{Advice, advise};

pub(crate) const NO_PORT_FREE: &str = "Every port that the kernel may pick is taken (on Linux, \
                                       those in net.ipv4.ip_local_port_range, or in the socket's \
                                       own IP_LOCAL_PORT_RANGE).";

/// A bind to port 0 has found none.
pub(crate) fn none_is_free(socket: &Socket) -> Advice {
    let is_tcp = matches!(socket.r#type(), Ok(Type::STREAM));
    advise(
        NO_PORT_FREE,
        match is_tcp && cfg!(target_os = "linux") {
            true => {
                "Choose a port yourself, outside that range. If it is a client that binds for the \
                 sake of its IP address, set IP_BIND_ADDRESS_NO_PORT before the bind: then connect \
                 picks the port, and may pick the same one for another destination."
            }
            false => "Choose a port yourself, outside that range.",
        },
    )
}
