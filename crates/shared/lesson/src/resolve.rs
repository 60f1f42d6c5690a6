//! From HOST and PORT to an address.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use advice::{Failure, unknown_host};
use dns_lookup::{AddrInfoHints, LookupError, LookupErrorKind, getaddrinfo};
use socket2::Domain;

/// The address that HOST and PORT stand for: `''` is every interface, a literal is itself, and a
/// name is looked up as `getaddrinfo(3)` does for one family: IPv4, or IPv6 with `--ipv6`.
///
/// # Errors
///
/// The name is not known, or not in this family (`EAI_NONAME` and the like).
pub(crate) fn resolve(host: &str, port: u16, ipv6: bool) -> Result<SocketAddr, Failure> {
    if host.is_empty() {
        return Ok(SocketAddr::new(every_interface(ipv6), port));
    }
    if let Ok(ip) = host.parse() {
        return Ok(SocketAddr::new(ip, port));
    }
    // A literal with a zone, such as fe80::1%eth0, has a colon too.
    let family_is_ipv6 = ipv6 || host.contains(':');
    let family = if family_is_ipv6 { Domain::IPV6 } else { Domain::IPV4 };
    let hints = AddrInfoHints { address: family.into(), ..AddrInfoHints::default() };
    let fail = |error| lookup_failure(host, ipv6, error);
    let found = getaddrinfo(Some(host), None, Some(hints)).map_err(fail)?.next();
    let mut address = found
        .ok_or_else(|| fail(LookupError::new(0)))?
        .map_err(|error| fail(error.into()))?
        .sockaddr;
    address.set_port(port);
    Ok(address)
}

fn lookup_failure(host: &str, ipv6: bool, error: LookupError) -> Failure {
    let (why, todo) = unknown_host(host, ipv6, matches!(error.kind(), LookupErrorKind::Again));
    let symbol = match error.kind() {
        LookupErrorKind::Again => "EAI_AGAIN, ",
        LookupErrorKind::Fail => "EAI_FAIL, ",
        LookupErrorKind::NoName => "EAI_NONAME, ",
        LookupErrorKind::NoData => "EAI_NODATA, ",
        _ => "",
    };
    let number = error.error_num();
    let text = io::Error::from(error).to_string();
    let text = text.trim_start_matches("failed to lookup address information: ");
    let words = format!("{text} ({symbol}{number})");
    Failure { call: format!("getaddrinfo({host:?})"), words, why, todo }
}

/// `''` in the article's tuple: every interface.
fn every_interface(ipv6: bool) -> IpAddr {
    if ipv6 { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() }
}
