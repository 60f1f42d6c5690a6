//! No way to the address.

use crate::address::{ipv4_without_ipv4, is_ipv4_without_ipv4};
use crate::call::{Advice, Call, advise, see_the_page};
use crate::commands::show_route;
use crate::errno::{EHOSTUNREACH, ENETUNREACH};
use crate::many::{is_for_many, tcp_connects_two};
use crate::no_address::no_loopback;

pub(crate) fn no_way(call: &Call, number: i32) -> Advice {
    let Some(address) = call.address else { return see_the_page(call) };
    let ip = address.ip();
    if is_ipv4_without_ipv4(call, address) {
        return ipv4_without_ipv4();
    }
    if number == ENETUNREACH && !call.is_udp() && is_for_many(call, ip) {
        return tcp_connects_two(ip);
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
            format!("{} shows what this machine's routes say.", show_route(ip)),
        );
    }
    advise(
        format!(
            "No route of this machine leads to {ip}, or its network is down; or a router on the \
             way says (by ICMP) that it knows none."
        ),
        format!(
            "{} says which: it shows a way in the second case. To stay on this machine, use {}.",
            show_route(ip),
            if ip.is_ipv6() { "::1" } else { "127.0.0.1" }
        ),
    )
}
