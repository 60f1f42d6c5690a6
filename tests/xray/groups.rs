//! Groups (multicast) and interfaces: what the rows say of them, and why calls about them fail.

use std::process::Command;

use crate::events::{Event, calls, look_at, samples, tracing_works};
use crate::xray_path;
use support::linux::{namespaces_allowed, without_network};
use support::{complained, from_std, prose, skip};

/// The words between the brackets of each row about a group, and the error that followed.
fn options(seen: &[Event]) -> Vec<(String, String)> {
    let is_it = |event: &&Event| event.text("call") == "setsockopt";
    let of_call = |event: &Event| {
        let shown = event.text("shown").replace("setsockopt", "");
        (shown.trim_matches(['(', ')']).to_string(), event.symbol().to_string())
    };
    seen.iter().filter(is_it).map(of_call).filter(|(words, _)| !words.starts_with("SO_")).collect()
}

#[test]
fn a_row_names_the_group_and_the_interface() {
    if !tracing_works() {
        return;
    }
    let seen = calls(look_at(&["silent", "memberships"]));
    let shown = options(&seen);
    let expected = [
        ("IP_ADD_MEMBERSHIP, 239.1.1.1 on 127.0.0.1", ""),
        ("IP_ADD_MEMBERSHIP, 239.1.1.1 on 127.0.0.1", "EADDRINUSE"),
        ("IP_DROP_MEMBERSHIP, 239.1.1.1 on 127.0.0.1", ""),
        ("IP_DROP_MEMBERSHIP, 239.1.1.1 on 127.0.0.1", "EADDRNOTAVAIL"),
        ("IP_ADD_MEMBERSHIP, 239.1.1.1 on lo", ""),
        ("IP_ADD_MEMBERSHIP, 239.1.1.1 on 203.0.113.9", "ENODEV"),
        ("IP_ADD_MEMBERSHIP, 203.0.113.9 on 127.0.0.1", "EINVAL"),
        ("IP_ADD_SOURCE_MEMBERSHIP, 239.1.1.2 from 10.0.0.1 on 127.0.0.1", ""),
        ("IP_ADD_SOURCE_MEMBERSHIP, 239.1.1.2 from 10.0.0.1 on 127.0.0.1", "EADDRNOTAVAIL"),
        ("IP_MULTICAST_IF, 127.0.0.1", ""),
        ("IP_MULTICAST_IF, 203.0.113.9", "EADDRNOTAVAIL"),
        ("IP_MULTICAST_TTL, 3", ""),
        ("IP_MULTICAST_LOOP, 0", ""),
        ("IP_ADD_MEMBERSHIP, 239.1.1.1 on 127.0.0.1", "EPROTO"),
        ("MCAST_LEAVE_GROUP, 239.1.1.1 on lo", ""),
    ];
    let as_shown = |(words, symbol): &(&str, &str)| (words.to_string(), symbol.to_string());
    let expected: Vec<_> = expected.iter().map(as_shown).collect();
    assert_eq!(shown[..expected.len()], expected, "{shown:#?}");
    let ipv6 = [
        ("IPV6_ADD_MEMBERSHIP, ff02::1:3 on lo", ""),
        ("IPV6_ADD_MEMBERSHIP, ff02::1:3 on lo", "EADDRINUSE"),
        ("IPV6_ADD_MEMBERSHIP, ff02::1:3 on interface 4321", "ENODEV"),
    ];
    match &shown[expected.len()..] {
        rest if rest.len() == 3 => assert_eq!(rest, ipv6.iter().map(as_shown).collect::<Vec<_>>()),
        _ => skip("no group can be joined over IPv6 here"),
    }
    let why = |option: &str, symbol: &str| {
        let is_it =
            |event: &&Event| event.text("shown").contains(option) && event.symbol() == symbol;
        let event = seen.iter().find(is_it).unwrap_or_else(|| panic!("{option} {symbol}"));
        event.0["error"]["why"].as_str().expect("a reason").to_string()
    };
    let reasons = [
        ("IP_ADD_", "EADDRINUSE", "The socket has joined 239.1.1.1 already"),
        ("IP_DROP_", "EADDRNOTAVAIL", "The socket has not joined this group on this interface"),
        ("IP_ADD_", "ENODEV", "No interface that is up has the address or name 203.0.113.9"),
        ("IP_ADD_", "EINVAL", "203.0.113.9 is no group's address."),
        ("SOURCE_", "EADDRNOTAVAIL", "takes this group from this source already"),
        ("_MULTICAST_IF", "EADDRNOTAVAIL", "No interface has this address or number."),
        ("IP_ADD_", "EPROTO", "this socket is TCP"),
    ];
    for (option, symbol, words) in reasons {
        let why = why(option, symbol);
        assert!(why.contains(words), "{option} {symbol}: {why}");
    }
}

/// What xray says of a program in a network of its own, whose loopback interface is down.
fn without_routes(words: &[&str]) -> String {
    let mut xray = Command::new(xray_path());
    without_network(xray.arg(samples()).args(words));
    prose(complained(&from_std(xray).assert().success()))
}

#[test]
fn a_group_without_a_route_needs_an_interface() {
    if !tracing_works() || !namespaces_allowed() {
        return;
    }
    let said = without_routes(&["silent", "no-route"]);
    for words in [
        "setsockopt(IP_ADD_MEMBERSHIP, 239.1.1.1 on 0.0.0.0)",
        "The call names no interface, so the kernel takes the one to which its routes for \
         239.1.1.1 lead, and there is none.",
        "No route leads to the group 239.1.1.1, and the socket does not say through which \
         interface to send (IP_MULTICAST_IF).",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
}

#[test]
fn a_link_local_address_needs_its_interface() {
    if !tracing_works() {
        return;
    }
    let seen = calls(look_at(&["silent", "no-interface"]));
    match seen.iter().find(|call| call.text("call") == "connect") {
        Some(connect) if connect.symbol() == "EINVAL" => {
            let why = connect.0["error"]["why"].as_str().expect("a reason");
            assert!(why.contains(" is complete only with the interface"), "{why}");
        }
        _ => skip("there is no IPv6 here"),
    }
}

#[test]
fn a_datagram_that_must_stay_whole_has_to_fit_the_path() {
    if !tracing_works() || !namespaces_allowed() {
        return;
    }
    let seen = calls(look_at(&["silent", "too-long"]));
    let whys: Vec<&str> = seen
        .iter()
        .filter(|call| call.symbol() == "EMSGSIZE")
        .map(|call| call.0["error"]["why"].as_str().expect("a reason"))
        .collect();
    let whole = "Each datagram has to fit into one packet here (IP_MTU_DISCOVER is set so)";
    let size = ": to 127.0.0.1 that is 1472 bytes at most (the path's MTU of 1500 less 28 for IP \
                and UDP)";
    // The first peer's path is in the program's network, and not in ours.
    assert_eq!(whys, [format!("{whole}."), format!("{whole}{size}.")]);
}

#[test]
fn what_a_router_has_said_of_an_earlier_datagram_is_told_by_the_next_call() {
    if !tracing_works() || !namespaces_allowed() {
        return;
    }
    for how in ["recv", "send"] {
        let seen = calls(look_at(&["silent", "told-later", how]));
        let told = seen.iter().find(|call| call.symbol() == "EMSGSIZE").expect("an error");
        let why = told.0["error"]["why"].as_str().expect("a reason");
        let earlier = "An earlier datagram from this socket was longer than the path carries";
        assert!(told.text("call").starts_with(how) && why.starts_with(earlier), "{told:?}");
    }
}

#[test]
fn a_socket_that_is_bound_to_an_interface_stays_there() {
    if !tracing_works() {
        return;
    }
    let seen = calls(look_at(&["silent", "device"]));
    match seen.iter().rfind(|call| call.text("call") == "setsockopt") {
        Some(call) if call.symbol() == "EPERM" => {
            let why = call.0["error"]["why"].as_str().expect("a reason");
            if !why.contains("CAP_NET_RAW") {
                panic!("{why}");
            }
        }
        call => skip(&format!("this kernel lets nobody choose an interface: {call:?}")),
    }
}
