//! A host that is no address, and was looked up in vain.

use std::net::IpAddr;

use crate::call::{Advice, advise};
use crate::commands::SHOW_INTERFACES;
use crate::many::needs_scope;

/// Why `host` was not found, with IPv6 or with IPv4; `no_answer` where a name server was asked and
/// did not answer (`EAI_AGAIN`, getaddrinfo(3)).
#[must_use]
pub fn unknown_host(host: &str, ipv6: bool, no_answer: bool) -> Advice {
    if let Some((address, zone)) = host.split_once('%') {
        return with_zone(address, zone);
    }
    // A hosts file may have the name with an address of the other family alone.
    match (no_answer, ipv6) {
        (true, false) => advise(
            format!(
                "No hosts file here has an IPv4 address for `{host}`, and no name server answered."
            ),
            "Use an address, such as 127.0.0.1, or try again with a network.",
        ),
        (true, true) => advise(
            format!(
                "No hosts file here has an IPv6 address for `{host}`, and no name server answered."
            ),
            "Use an address, such as ::1, or leave --ipv6 out, or try again with a network.",
        ),
        (false, false) => advise(
            format!(
                "Neither this machine's hosts file nor its name server knows an IPv4 address of \
                 `{host}`."
            ),
            "Check the spelling; `localhost` is this machine itself. If it has IPv6 alone, add \
             --ipv6.",
        ),
        (false, true) => advise(
            format!("`{host}` has no IPv6 address that this machine knows of."),
            "Use an IPv6 address, such as ::1, or leave --ipv6 out.",
        ),
    }
}

/// What is wrong with a host such as `fe80::1%eth0`.
fn with_zone(address: &str, zone: &str) -> Advice {
    match address.parse() {
        Ok(IpAddr::V6(ip)) if needs_scope(ip) => advise(
            format!("This machine has no network interface that is called `{zone}`."),
            format!("`{SHOW_INTERFACES}` lists those that it has."),
        ),
        Ok(ip) => advise(
            format!(
                "{ip} has no zone: only link-local addresses of IPv6 (fe80::, and ff02:: for \
                 groups) are complete only with an interface."
            ),
            format!("Leave out `%{zone}`."),
        ),
        Err(_) => advise(
            format!("No name has a `%`, and `{address}` before it is no address."),
            "Check the spelling; a link-local address is written fe80::1%eth0.",
        ),
    }
}
