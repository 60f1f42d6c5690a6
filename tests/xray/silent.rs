//! What xray remarks where no call has failed, and where it remarks nothing: each fault stands beside
//! its cure, or beside what only looks like it.

use std::net::{Ipv4Addr, UdpSocket};
use std::process::Command;

use socket2::{Domain, Socket, Type};

use crate::events::{Event, Scratch, events, look_at, samples, tracing_works};
use crate::xray_path;
use support::linux::with_clean_descriptors;
use support::{Running, any_port, from_std, succeeds};

/// Everything that was remarked, in its order.
fn remarks(seen: &[Event]) -> Vec<String> {
    let all = seen.iter().filter(|event| event.0["remarks"].is_array());
    all.flat_map(Event::remarks).map(String::from).collect()
}

/// What is remarked of a program that has the fault, of which a remark has to say all of `words`,
/// once; and nothing of those in which there is none.
fn only_of(name: &str, faulty: &[&str], words: &[&str], fine: &[&str]) {
    if !tracing_works() {
        return;
    }
    for how in faulty {
        let seen = remarks(&look_at(&["silent", name, how]));
        let says = |remark: &&String| words.iter().all(|word| remark.contains(word));
        assert_eq!(seen.iter().filter(says).count(), 1, "{name} {how}: {seen:?}");
        assert_eq!(seen.len(), 1, "{name} {how}: {seen:?}");
    }
    for how in fine {
        let seen = remarks(&look_at(&["silent", name, how]));
        assert_eq!(seen, [""; 0], "{name} {how}");
    }
}

#[test]
fn a_short_piece_is_kept_back_until_the_one_before_is_acknowledged() {
    only_of(
        "pieces",
        &["two-sends"],
        &["The last 4 bytes", "Nagle", "TCP_NODELAY"],
        &["nodelay", "one-send", "waits-for-nothing"],
    );
}

#[test]
fn a_connect_waits_for_a_listener_whose_queue_is_full() {
    let words = ["The queue of the listener at 127.0.0.1:", "is full (2 of 1)"];
    only_of("queue", &["short", "nonblocking"], &words, &["long"]);
}

#[test]
fn a_socket_is_connected_to_itself() {
    only_of("itself", &["tcp"], &["connected to itself"], &["udp", "listener"]);
}

#[test]
fn an_answer_leaves_from_another_address_than_was_asked() {
    only_of(
        "answers",
        &["every-address", "unconnected"],
        &["has asked at 127.0.0.2:", "leaves from 127.0.0.1:", "IP_PKTINFO"],
        &["one-address", "same", "pktinfo"],
    );
}

#[test]
fn a_client_that_is_not_followed_is_found_in_the_kernels_table() {
    if !tracing_works() {
        return;
    }
    for (asked, count) in [(Ipv4Addr::new(127, 0, 0, 2), 1), (Ipv4Addr::LOCALHOST, 0)] {
        let log = Scratch::new();
        let mut xray = Command::new(xray_path());
        xray.args(["--json", "--output"]).arg(log.path()).args([samples(), "silent"]);
        let mut server = Running::start(xray.arg("answers-somebody"));
        let port = server.wait_for("\n").trim().parse().expect("a port");
        let client = UdpSocket::bind(any_port()).expect("a client");
        client.connect((asked, port)).expect("a peer");
        client.send(b"?").expect("a question");
        server.finish().success();
        let seen = remarks(&events(&log.text()));
        assert_eq!(seen.len(), count, "{asked}: {seen:?}");
        assert!(seen.iter().all(|remark| remark.contains("has asked at 127.0.0.2:")), "{seen:?}");
    }
}

#[test]
fn of_two_udp_sockets_one_gets_everything() {
    only_of(
        "receivers",
        &["reuse-address"],
        &["Descriptor 3 is bound to 127.0.0.1:", "SO_REUSEADDR", "bound last"],
        &["reuse-port", "broadcast", "broadcast-to-any", "groups"],
    );
}

#[test]
fn the_other_of_two_udp_sockets_may_be_another_programs() {
    if !tracing_works() {
        return;
    }
    let other = Socket::new(Domain::IPV4, Type::DGRAM, None).expect("a socket");
    other.set_reuse_address(true).expect("the option");
    other.bind(&any_port().into()).expect("a port");
    let port = other.local_addr().expect("its address").as_socket().expect("IP").port();
    let seen = remarks(&look_at(&["silent", "receiver-beside", &port.to_string()]));
    let [remark] = seen.as_slice() else { panic!("one remark: {seen:?}") };
    let this = format!("process {}, is bound to 127.0.0.1:{port} as well", std::process::id());
    assert!(remark.contains(&this), "{remark}");
}

#[test]
fn a_group_does_not_reach_a_socket_that_is_bound_to_another_address() {
    let words = ["has joined 239.1.1.1 and is bound to 127.0.0.1", "Bind it to 239.1.1.1"];
    only_of("group", &["elsewhere", "joins-first"], &words, &["any", "group"]);
}

#[test]
fn a_listener_that_shares_its_port_does_not_accept() {
    only_of(
        "sharers",
        &["stuck", "closes"],
        &["Descriptor 4 listens at 127.0.0.1:", "beside others (SO_REUSEPORT)", "nobody has"],
        &["slow-at-first"],
    );
}

#[test]
fn that_a_listener_does_not_accept_is_said_while_clients_wait() {
    if !tracing_works() {
        return;
    }
    let mut xray = Command::new(xray_path());
    xray.args(["--json", "--output", "/dev/stdout", samples(), "silent", "sharers", "waits"]);
    with_clean_descriptors(&mut xray);
    let mut seen = Running::start(&mut xray);
    // The program would go on for ever, and ends with the test.
    seen.wait_for("\"event\":\"remark\"");
    seen.wait_for("Descriptor 4 listens at");
}

#[test]
fn nobody_is_blamed_for_what_was_left_out() {
    if !tracing_works() {
        return;
    }
    let run = |hide: &str, words: &[&str]| {
        let words = [&[samples(), "silent"], words].concat();
        remarks(&crate::events::run(&["--hide", hide], &words).0)
    };
    assert_eq!(run("accept,accept4", &["sharers", "slow-at-first"]), [""; 0]);
    assert_eq!(run("setsockopt", &["receivers", "reuse-address"]), [""; 0]);
}

#[test]
fn a_wait_of_less_than_a_second_is_told_in_milliseconds() {
    if !tracing_works() {
        return;
    }
    let log = Scratch::new();
    let mut xray = Command::new(xray_path());
    xray.arg("--output").arg(log.path()).args([samples(), "silent", "queue", "short"]);
    succeeds(&mut from_std(xray));
    let rows = log.text();
    let waited = rows.lines().find_map(|line| line.trim().strip_prefix("→ waited "));
    let waited = waited.unwrap_or_else(|| panic!("a connect waits:\n{rows}"));
    let Some(milliseconds) = waited.strip_suffix(" ms") else {
        // A machine that is busy elsewhere may need longer than the connect's 200 ms.
        let seconds: f64 = waited.trim_end_matches(" s").parse().expect("a number");
        return assert!(seconds >= 1.0, "{waited}");
    };
    let milliseconds: u64 = milliseconds.parse().expect("a whole number");
    // The kernel's ticks may end it a few milliseconds early.
    assert!((150..1000).contains(&milliseconds), "{waited}");
}
