//! The options for groups (multicast): their names, and their values in words. They name a group, and
//! an interface by its address, its number or both (ip(7), ipv6(7)).

use std::fs;
use std::net::{Ipv4Addr, Ipv6Addr};

use libc::{IPPROTO_IP, IPPROTO_IPV6};

use super::names::Address;
use super::ptrace::Tid;

/// What an option's value is made of.
#[derive(Clone, Copy)]
enum Form {
    /// struct ip_mreq, ip_mreqn or ipv6_mreq.
    Group,
    /// struct ip_mreq_source.
    GroupOfSource,
    /// struct group_req.
    AnyGroup,
    /// struct group_source_req.
    AnyGroupOfSource,
    /// One of the first three without a group, or an int.
    Interface,
    Int,
}

// MCAST_* are in linux/in.h, and the others that libc does not name for every machine, too.
const MCAST_BLOCK_SOURCE: i32 = 43;
const MCAST_UNBLOCK_SOURCE: i32 = 44;
const MCAST_JOIN_SOURCE_GROUP: i32 = 46;
const MCAST_LEAVE_SOURCE_GROUP: i32 = 47;
const MCAST_JOIN_GROUP: i32 = 42;
const MCAST_LEAVE_GROUP: i32 = 45;
const IPV6_MULTICAST_ALL: i32 = 29;

/// Those of IPv4, of IPv6, and of both.
const IPV4: &[(i32, &str, Form)] = &[
    (libc::IP_ADD_MEMBERSHIP, "IP_ADD_MEMBERSHIP", Form::Group),
    (libc::IP_DROP_MEMBERSHIP, "IP_DROP_MEMBERSHIP", Form::Group),
    (libc::IP_ADD_SOURCE_MEMBERSHIP, "IP_ADD_SOURCE_MEMBERSHIP", Form::GroupOfSource),
    (libc::IP_DROP_SOURCE_MEMBERSHIP, "IP_DROP_SOURCE_MEMBERSHIP", Form::GroupOfSource),
    (libc::IP_BLOCK_SOURCE, "IP_BLOCK_SOURCE", Form::GroupOfSource),
    (libc::IP_UNBLOCK_SOURCE, "IP_UNBLOCK_SOURCE", Form::GroupOfSource),
    (libc::IP_MULTICAST_IF, "IP_MULTICAST_IF", Form::Interface),
    (libc::IP_MULTICAST_TTL, "IP_MULTICAST_TTL", Form::Int),
    (libc::IP_MULTICAST_LOOP, "IP_MULTICAST_LOOP", Form::Int),
    (libc::IP_MULTICAST_ALL, "IP_MULTICAST_ALL", Form::Int),
];
const IPV6: &[(i32, &str, Form)] = &[
    (libc::IPV6_ADD_MEMBERSHIP, "IPV6_ADD_MEMBERSHIP", Form::Group),
    (libc::IPV6_DROP_MEMBERSHIP, "IPV6_DROP_MEMBERSHIP", Form::Group),
    (libc::IPV6_MULTICAST_IF, "IPV6_MULTICAST_IF", Form::Interface),
    (libc::IPV6_MULTICAST_HOPS, "IPV6_MULTICAST_HOPS", Form::Int),
    (libc::IPV6_MULTICAST_LOOP, "IPV6_MULTICAST_LOOP", Form::Int),
    (IPV6_MULTICAST_ALL, "IPV6_MULTICAST_ALL", Form::Int),
];
const BOTH: &[(i32, &str, Form)] = &[
    (MCAST_JOIN_GROUP, "MCAST_JOIN_GROUP", Form::AnyGroup),
    (MCAST_LEAVE_GROUP, "MCAST_LEAVE_GROUP", Form::AnyGroup),
    (MCAST_JOIN_SOURCE_GROUP, "MCAST_JOIN_SOURCE_GROUP", Form::AnyGroupOfSource),
    (MCAST_LEAVE_SOURCE_GROUP, "MCAST_LEAVE_SOURCE_GROUP", Form::AnyGroupOfSource),
    (MCAST_BLOCK_SOURCE, "MCAST_BLOCK_SOURCE", Form::AnyGroupOfSource),
    (MCAST_UNBLOCK_SOURCE, "MCAST_UNBLOCK_SOURCE", Form::AnyGroupOfSource),
];

/// How many bytes the longest of these values has (struct group_source_req).
pub const LONGEST: usize = 8 + 2 * STORAGE;
/// struct sockaddr_storage.
const STORAGE: usize = 128;

fn known(level: i32, option: i32) -> Option<&'static (i32, &'static str, Form)> {
    let of_level = match level {
        IPPROTO_IP => IPV4,
        IPPROTO_IPV6 => IPV6,
        _ => return None,
    };
    of_level.iter().chain(BOTH).find(|(number, ..)| *number == option)
}

/// The option's name, if it is about groups.
pub fn name(level: i32, option: i32) -> Option<&'static str> {
    known(level, option).map(|(_, name, _)| *name)
}

/// What `tid` gives or gets as the option's value, such as `239.1.1.1 on lo`; `None` if the option is
/// none of these, or the length is not one that it may have.
pub fn value(tid: Tid, level: i32, option: i32, bytes: &[u8]) -> Option<String> {
    let form = known(level, option)?.2;
    let int = |at: usize| Some(i32::from_ne_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let ipv4 = |at: usize| Some(Ipv4Addr::from(<[u8; 4]>::try_from(bytes.get(at..at + 4)?).ok()?));
    let number = |at: usize| Some(interface(tid, int(at)?));
    // The number counts if it is there and not 0.
    let by_either = |address: usize| match (int(address + 4), bytes.len() == address + 8) {
        (Some(1..), true) => number(address + 4),
        _ => Some(ipv4(address)?.to_string()),
    };
    let any = |at: usize| match Address::read(bytes.get(at..at + STORAGE)?)? {
        Address::Ip(address) => Some(address.ip().to_string()),
        other => Some(other.to_string()),
    };
    match form {
        Form::Int if bytes.len() == 1 => Some(bytes[0].to_string()),
        Form::Int => int(0).map(|value| value.to_string()),
        Form::Interface if level == IPPROTO_IPV6 => number(0),
        Form::Interface if bytes.len() == 4 => ipv4(0).map(|address| address.to_string()),
        Form::Interface => by_either(4),
        Form::Group if level == IPPROTO_IPV6 => {
            let group = Ipv6Addr::from(<[u8; 16]>::try_from(bytes.get(..16)?).ok()?);
            Some(format!("{group} on {}", number(16)?))
        }
        Form::Group => Some(format!("{} on {}", ipv4(0)?, by_either(4)?)),
        Form::GroupOfSource => Some(format!("{} from {} on {}", ipv4(0)?, ipv4(8)?, ipv4(4)?)),
        Form::AnyGroup => Some(format!("{} on {}", any(8)?, number(0)?)),
        Form::AnyGroupOfSource => {
            Some(format!("{} from {} on {}", any(8)?, any(8 + STORAGE)?, number(0)?))
        }
    }
}

/// The name of the interface with this number in the network of `tid`, or the number.
fn interface(tid: Tid, number: i32) -> String {
    // Lines about an interface begin with its number; those about a group, with a tab.
    let table = fs::read_to_string(format!("/proc/{tid}/net/igmp")).unwrap_or_default();
    let name = table.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        let is_it = !line.starts_with('\t') && words.next()?.parse() == Ok(number);
        is_it.then(|| words.next().map(|name| name.trim_end_matches(':').to_string()))?
    });
    name.unwrap_or_else(|| format!("interface {number}"))
}
