//! No way to the address.

use crate::address::{ipv4_without_ipv4, is_ipv4_without_ipv4, no_loopback, stands_for_many};
use crate::call::{Advice, Call, advise, see_the_page};
use crate::errno::{EHOSTUNREACH, ENETUNREACH};

pub(crate) fn no_way(call: &Call, number: i32) -> Advice {
    let Some(address) = call.address else { return see_the_page(call) };
    let ip = address.ip();
    if is_ipv4_without_ipv4(call, address) {
        return ipv4_without_ipv4();
    }
    if number == ENETUNREACH && stands_for_many(ip) && !call.is_udp() {
        return advise(
            format!("{ip} stands for many machines, and TCP connects to one."),
            "Use the address of one machine; 127.0.0.1 is this one.",
        );
    }
    if number == ENETUNREACH && ip.is_loopback() {
        return no_loopback(address);
    }
    if number == EHOSTUNREACH {
        return advise(
            format!(
                "A route of this machine says that {ip} cannot be reached (its type is \
                 unreachable), or nobody on the local network answers to that address, or a router \
                 or a firewall on the way refuses (by ICMP)."
            ),
            format!("`ip route get {ip}` shows what this machine's routes say."),
        );
    }
    advise(
        format!("This system knows no way to {ip}: its network is down, or there is no route."),
        format!(
            "Look at its routes; to stay on this machine, use {}.",
            if ip.is_ipv6() { "::1" } else { "127.0.0.1" }
        ),
    )
}
