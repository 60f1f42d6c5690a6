//! Packet sockets (packet(7)).

use crate::call::{Advice, Call, advise, see_the_page};
use crate::errno::{EBADF, EFAULT, EINTR, EMFILE, ENODEV, ENOTSOCK, EPERM};

/// `None` where the reason is the same for all families.
pub(crate) fn reason(call: &Call, number: i32) -> Option<Advice> {
    const NAME_ONE: &str = "Bind to one first, or name it in the address (sll_ifindex); `ip \
                            link` lists them with their numbers.";
    Some(match (call.name, number) {
        ("socket", EPERM) => advise(
            "Packet sockets are for privileged programs, and this one is not: it lacks \
             CAP_NET_RAW in the user namespace that its network namespace belongs to.",
            "Run it as root, or with that one capability (`setcap cap_net_raw=ep FILE`).",
        ),
        ("bind" | "setsockopt", ENODEV) => {
            advise("There is no network interface of this number.", NAME_ONE)
        }
        (_, libc::ENXIO) => advise(
            "The packet has no network interface to leave by: the socket is not bound to one, \
             and the address names none that exists.",
            NAME_ONE,
        ),
        (_, libc::ENETDOWN) => advise(
            "The network interface that the socket is bound to is down.",
            "`ip link` shows it; root brings it up with `ip link set NAME up`.",
        ),
        (_, EBADF | EFAULT | EINTR | EMFILE | ENOTSOCK) => return None,
        _ => see_the_page(call),
    })
}
