//! Step 6: what `udp-vs-tcp` prints is what the kernel says, and its table is what was measured.

use std::sync::OnceLock;

use assert_cmd::assert::Assert;
use predicates::str::{contains, ends_with, starts_with};
use support::workspace::own_program;
use support::{fails, has_ipv6, output, printed, program, rows, rows_of, says, succeeds};

fn udp_vs_tcp() -> assert_cmd::Command {
    let mut command = program(own_program("udp-vs-tcp"));
    command.env_remove("NO_COLOR");
    command
}

/// What one run on 127.0.0.1 printed; the tests look at different parts of it.
fn one_run() -> &'static str {
    static RUN: OnceLock<Assert> = OnceLock::new();
    printed(RUN.get_or_init(|| succeeds(udp_vs_tcp().args(["127.0.0.1", "0"]))))
}

/// The part of the output with this number, up to the next.
fn part(output: &str, number: usize) -> &str {
    let start = output.find(&format!("\n  {number}. ")).expect("the part");
    let rest = &output[start + 1..];
    let ends = [format!("\n  {}. ", number + 1), "\n  Measured in this run".to_string()];
    let end = ends.iter().filter_map(|end| rest.find(end)).min().expect("its end");
    &rest[..end]
}

/// The cells of the table's line that begins with `question`.
fn cells(output: &str, question: &str) -> Vec<String> {
    let (_, table) = output.split_once("Measured in this run:").expect("the table");
    let line = table.lines().find(|line| line.trim_start().starts_with(question));
    let line = line.unwrap_or_else(|| panic!("no line {question:?} in:\n{table}"));
    let cells = line.trim_start().split("  ").map(str::trim).filter(|cell| !cell.is_empty());
    cells.map(str::to_string).skip(1).collect()
}

#[test]
fn tcp_needs_more_calls_and_sockets_than_udp() {
    let output = one_run();
    let calls: Vec<(String, bool)> = rows(part(output, 1))
        .into_iter()
        .map(|row| (row.call, row.kind.starts_with("TCP")))
        .collect();
    let count = |tcp: bool| {
        let of_it = || calls.iter().filter(move |(_, is_tcp)| *is_tcp == tcp);
        let makes = |call: &str| call.starts_with("socket(") || call.starts_with("accept(");
        let sockets = of_it().filter(|(call, _)| makes(call)).count();
        format!("{} calls, {sockets} sockets", of_it().count())
    };
    assert_eq!(cells(output, "a question and its answer"), [count(true), count(false)]);
    let connects = calls.iter().filter(|(call, _)| call.starts_with("connect("));
    assert_eq!(connects.count(), 1, "only TCP connects");
}

#[test]
fn a_udp_receiver_learns_the_senders_address() {
    let output = one_run();
    let server = rows_of(output, "bind(").into_iter().find(|row| row.kind.starts_with("UDP"));
    let server = server.expect("a UDP server").local;
    let received = rows_of(part(output, 1), "recvfrom(");
    assert_eq!(received[1].notes, [format!("6 bytes from {server}: \"answer\"")]);
    let sender = received[1].local.rsplit(':').next().expect("the client's port").to_string();
    assert_eq!(received[0].notes, [format!("8 bytes from 127.0.0.1:{sender}: \"question\"")]);
}

#[test]
fn tcp_joins_two_sends_and_udp_keeps_them_apart() {
    let output = one_run();
    let tcp = rows_of(part(output, 2), "recv(1024)");
    assert_eq!(tcp.len(), 1);
    assert_eq!(tcp[0].notes, [r#"6 bytes: "onetwo""#]);
    let udp = rows_of(part(output, 2), "recvfrom(1024)");
    assert_eq!(udp.len(), 2);
    assert!(udp[0].notes[0].ends_with(": \"one\"") && udp[1].notes[0].ends_with(": \"two\""));
    assert_eq!(cells(output, "\"one\" and"), [r#""onetwo""#, r#""one", then "two""#]);
}

#[test]
fn every_interface_and_ipv6() {
    let everywhere = output(udp_vs_tcp().args(["", "0"]));
    assert_eq!(rows_of(&everywhere, "bind(0.0.0.0:0)").len(), 2);
    if has_ipv6() {
        let ipv6 = output(udp_vs_tcp().args(["::1", "0"]));
        assert_eq!(cells(&ipv6, "\"one\" and"), cells(&everywhere, "\"one\" and"));
        succeeds(udp_vs_tcp().args(["", "0", "--ipv6"]));
    }
}

#[test]
fn the_help_shows_examples() {
    let mut help = succeeds(udp_vs_tcp().arg("--help"));
    for words in ["Usage: just step-6", "HOST", "PORT", "Examples:", "just step-6 ::1 8080"] {
        help = help.stdout(contains(words));
    }
}

#[test]
fn the_python_twins_find_the_same() {
    let twin = |name| support::twin(&format!("crates/udp-vs-tcp/{name}.py"), support::any_port());
    let Some(tcp) = twin("tcp") else { return };
    tcp.stdout("received b'question'\nreceived b'answer'\nreceived b'onetwo'\n");
    let Some(udp) = twin("udp") else { return };
    udp.stdout(starts_with("received b'question' from ('127.0.0.1', "))
        .stdout(ends_with("\nreceived b'answer'\nreceived b'one'\nreceived b'two'\n"));
}

#[test]
fn a_udp_port_in_use_is_explained() {
    // TCP is free on that port, UDP is not.
    let (address, _tcp, _udp) = (0..100)
        .find_map(|_| {
            let tcp = support::HeldPort::new();
            let udp = std::net::UdpSocket::bind(tcp.address).ok()?;
            Some((tcp.address, tcp, udp))
        })
        .expect("a port that is free for UDP as well");
    let run = fails(udp_vs_tcp().args(support::words(address)), 1)
        .stderr(starts_with(format!("error: bind({address}): ")));
    if cfg!(target_os = "linux") {
        run.stderr(says(format!(", process {}, ", std::process::id())))
            // A child of another test may still have what this process has, until it calls exec.
            .stderr(says(format!(", has a socket on {address}.")));
    }
}

#[cfg(target_os = "linux")]
mod on_linux {
    use super::{cells, one_run, part};
    use support::{row, rows_of};

    #[test]
    fn nobody_at_the_other_end_is_refused_or_silent() {
        let output = one_run();
        let part = part(output, 3);
        let connects = rows_of(part, "connect(");
        assert_eq!(connects[0].kind, "TCP/IPv4");
        assert_eq!(connects[0].notes, ["Connection refused (ECONNREFUSED, 111)"]);
        // The one that is not connected learns nothing; the one that is does.
        let sent = row(part, "sendto(");
        assert_eq!((sent.peer.as_str(), sent.notes.len()), ("—", 0));
        let silence = row(part, "recvfrom(1024)");
        assert_eq!(silence.notes, ["Resource temporarily unavailable (EAGAIN, 11)"]);
        let refused = row(part, "recv(1024)");
        assert_ne!(refused.peer, "—");
        assert_eq!(refused.notes, ["Connection refused (ECONNREFUSED, 111)"]);
        assert_eq!(
            cells(output, "nobody at the other end"),
            ["ECONNREFUSED at connect", "no answer in 20 ms: EAGAIN"]
        );
        assert_eq!(cells(output, "the same, UDP connected"), ["—", "ECONNREFUSED at recv"]);
    }

    #[test]
    fn tcp_makes_the_sender_wait_and_loses_nothing() {
        let output = one_run();
        let part = part(output, 4);
        let (taken, full) = row(part, "send(65536 bytes) x ").notes[0]
            .split_once(" bytes taken, then no room for 20 ms: ")
            .map(|(taken, full)| (taken.to_string(), full.to_string()))
            .expect("a note");
        assert!(taken.parse::<u64>().expect("a number") > 0);
        assert_eq!(full, "Resource temporarily unavailable (EAGAIN, 11)");
        let read = row(part, "recv(65536) x ").notes[0].clone();
        assert_eq!(read, format!("{taken} bytes, the very ones that were sent, in order"));
        assert_eq!(
            cells(output, "nobody reads: the sender")[0],
            format!("waits after {taken} bytes")
        );
        assert_eq!(cells(output, "nobody reads: lost")[0], format!("0 of {taken} bytes"));
    }

    #[test]
    fn udp_drops_what_finds_no_room_and_the_kernel_counts_it() {
        let output = one_run();
        let part = part(output, 4);
        let sent = rows_of(part, "sendto(").remove(0);
        assert!(sent.call.ends_with(" x 200"), "{sent:?}");
        assert_eq!(sent.notes, ["none of them failed"]);
        let received = rows_of(part, "recvfrom(1024) x ").remove(0);
        let arrived = received.notes[0].split(' ').next().expect("a number");
        let arrived: u32 = arrived.parse().expect("a number");
        assert_eq!(received.call, format!("recvfrom(1024) x {}", arrived + 1));
        assert!((1..200).contains(&arrived), "{received:?}");
        let lost = 200 - arrived;
        assert_eq!(cells(output, "nobody reads: the sender")[1], "sends 200 of 200");
        assert_eq!(
            cells(output, "nobody reads: lost")[1],
            format!("{lost} of 200 (the kernel dropped {lost})")
        );
    }
}
