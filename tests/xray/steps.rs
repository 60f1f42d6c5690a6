//! Each step and its Python program make the same calls, and the kernel says the same after each,
//! apart from what a table of the book explains. And what a step says of itself is what xray sees.

use std::collections::HashMap;
use std::fs;
use std::net::SocketAddr;

use crate::events::{Event, calls, run, tracing_works};
use support::workspace::{path_of, root};
use support::{HeldPort, any_port, python, rows, words};

/// A call, and what the kernel says of its socket, with names for the ports that it picked. Without
/// what arrives when it arrives: the unread bytes and the length of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Call {
    shown: String,
    descriptor: i64,
    error: String,
    returned: String,
    kind: String,
    local: String,
    peer: String,
    state: String,
    limit: i64,
}

/// Gives a port its name: `HERE` for the one that the program was given, letters for the others in
/// the order in which they appear.
struct Ports {
    here: SocketAddr,
    names: HashMap<u16, String>,
}

impl Ports {
    fn named(&mut self, text: &str) -> String {
        text.split_inclusive([' ', ',', ')', '"'])
            .map(|word| {
                let end = word.find([' ', ',', ')', '"']).unwrap_or(word.len());
                let (word, rest) = word.split_at(end);
                let start = word.find("127.0.0.1:").or(word.find("0.0.0.0:"));
                let Some(address) = start.map(|start| &word[start..]) else {
                    return format!("{word}{rest}");
                };
                let Ok(address) = address.parse::<SocketAddr>() else {
                    return format!("{word}{rest}");
                };
                let next = ((b'A' + self.names.len() as u8) as char).to_string();
                let name = match address.port() {
                    0 => "0".to_string(),
                    port if port == self.here.port() => "HERE".to_string(),
                    port => self.names.entry(port).or_insert(next).clone(),
                };
                let before = &word[..word.len() - address.to_string().len()];
                format!("{before}{}:{name}{rest}", address.ip())
            })
            .collect()
    }
}

fn calls_of(program: &[&str], port: SocketAddr) -> (Vec<Call>, String) {
    let host_and_port = words(port);
    let host_and_port = host_and_port.iter().map(String::as_str);
    // The first step has no address.
    let no_address = program.last().is_some_and(|path| path.contains("create"));
    let words: Vec<&str> =
        program.iter().copied().chain(host_and_port.take(if no_address { 0 } else { 2 })).collect();
    // A step asks about its own sockets; its Python program does not.
    let (events, printed) = run(&["--hide", "getsockopt"], &words);
    let mut ports = Ports { here: port, names: HashMap::new() };
    let calls = calls(events).iter().map(|event| call(event, &mut ports)).collect();
    (calls, printed)
}

fn call(event: &Event, ports: &mut Ports) -> Call {
    let socket = |name| event.socket(name).to_string();
    let mut call = Call {
        shown: ports.named(event.text("shown")),
        descriptor: event.number("descriptor"),
        error: event.symbol().to_string(),
        returned: ports.named(&event.0["returned"].to_string()),
        kind: socket("kind"),
        local: ports.named(event.socket("local")),
        peer: ports.named(event.socket("peer")),
        state: socket("state"),
        limit: event.0["socket"]["queue"]["limit"].as_i64().unwrap_or(-1),
    };
    if call.error == "EINPROGRESS" {
        // The kernel goes on, and may be done by now.
        assert!(["SYN_SENT", "ESTABLISHED"].contains(&call.state.as_str()), "{call:?}");
        (call.state, call.peer) = ("on the way".to_string(), String::new());
    }
    if call.shown.starts_with("fcntl(without O_NONBLOCK)") || call.shown.starts_with("close(") {
        // Of a connect that was still under way.
        if ["SYN_SENT", "ESTABLISHED"].contains(&call.state.as_str()) {
            (call.state, call.peer) = ("SYN_SENT or ESTABLISHED".to_string(), String::new());
        }
    }
    call
}

/// The differences that the book explains: step, Rust, Python.
fn differences() -> Vec<[String; 3]> {
    let page = root().join("docs/src/look-inside-any-program.md");
    let page = fs::read_to_string(page).expect("the page");
    let table = page.lines().skip_while(|line| !line.starts_with("| Step | Rust | Python |"));
    let rows = table.skip(2).take_while(|line| line.starts_with('|'));
    let rows: Vec<[String; 3]> = rows
        .map(|row| {
            let mut cells = row.split('|').skip(1).map(|cell| cell.trim().replace('`', ""));
            [(); 3].map(|()| cells.next().expect("four cells"))
        })
        .collect();
    assert!(!rows.is_empty(), "the page should have the table");
    rows
}

/// Compares call by call, and allows the differences of the table, all of which have to be met.
fn same_calls(step: &str, number: &str, rust: &[Call], python: &[Call]) {
    let differences: Vec<[String; 3]> =
        differences().into_iter().filter(|[of, ..]| of == number).collect();
    let mut met = vec![false; differences.len()];
    let (mut r, mut p) = (0, 0);
    let like = |call: Option<&Call>, shown: &str| match call {
        Some(call) => call.shown == shown,
        None => false,
    };
    while r < rust.len() || p < python.len() {
        if rust.get(r).is_some() && rust.get(r) == python.get(p) {
            (r, p) = (r + 1, p + 1);
            continue;
        }
        let here = differences.iter().position(|[_, rust_s, python_s]| {
            (rust_s == "—" || like(rust.get(r), rust_s))
                && (python_s == "—" || like(python.get(p), python_s))
        });
        let Some(here) = here else {
            panic!("{step}: no explained difference\n{:#?}\n{:#?}", rust.get(r), python.get(p));
        };
        met[here] = true;
        let [_, rust_s, python_s] = &differences[here];
        if rust_s != "—" && python_s != "—" {
            let others = |call: &Call| Call { shown: String::new(), ..call.clone() };
            assert_eq!(others(&rust[r]), others(&python[p]), "{step}: {rust_s} and {python_s}");
        }
        r += usize::from(rust_s != "—");
        p += usize::from(python_s != "—");
    }
    let unmet: Vec<_> = differences.iter().zip(met).filter(|(_, met)| !met).collect();
    assert!(unmet.is_empty(), "the book explains differences that are none: {unmet:?}");
}

fn step_and_twin(step: &str, number: &str, rust_port: SocketAddr, python_port: SocketAddr) {
    if !tracing_works() {
        return;
    }
    let step_path = path_of(step);
    let (rust, printed) = calls_of(&[step_path.to_str().expect("UTF-8")], rust_port);
    says_what_is_seen(&printed, &rust, rust_port);

    let Some(python) = python() else { return };
    let twin = root().join("crates").join(step).join(format!("{}.py", step.replace('-', "_")));
    let (twin, _) = calls_of(&[python, twin.to_str().expect("UTF-8")], python_port);
    if step == "udp-vs-tcp" {
        // The Python program has the first two experiments, and then closes.
        let covered = twin.iter().position(|call| call.shown.starts_with("close(")).expect("close");
        return same_calls(step, number, &rust[..covered], &twin[..covered]);
    }
    same_calls(step, number, &rust, &twin);
}

/// Each row that the step prints is a call that xray saw, in the same order, with the same words of
/// the kernel.
fn says_what_is_seen(printed: &str, seen: &[Call], port: SocketAddr) {
    let mut ports = Ports { here: port, names: HashMap::new() };
    let mut seen = seen.iter();
    let mut compared = 0;
    for row in rows(printed) {
        let is_socket = row.kind.contains('/');
        if !is_socket || !row.call.ends_with(')') {
            continue; // a row about something else than one call
        }
        let shown = ports.named(&row.call);
        let [local, peer] = [&row.local, &row.peer].map(|cell| match cell.as_str() {
            "not bound" | "—" => String::new(),
            address => ports.named(address),
        });
        let found = seen.by_ref().find(|call| call.shown == shown);
        let Some(call) = found else { panic!("no such call was made: {row:?}\n{printed}") };
        assert_eq!(
            (row.fd.as_str(), &row.kind, local),
            (call.descriptor.to_string().as_str(), &call.kind, call.local.clone()),
            "{row:?}"
        );
        if !["on the way", "SYN_SENT or ESTABLISHED"].contains(&call.state.as_str()) {
            assert_eq!(peer, call.peer, "{row:?}");
            assert_eq!(row.state.split(' ').next(), Some(call.state.as_str()), "{row:?}");
        }
        compared += 1;
    }
    assert!(compared >= 2, "nothing to compare:\n{printed}");
}

#[test]
fn create() {
    step_and_twin("create", "1", any_port(), any_port());
}

#[test]
fn bind() {
    let [one, other] = [HeldPort::new(), HeldPort::new()];
    step_and_twin("bind", "2", one.address, other.address);
}

#[test]
fn listen() {
    let [one, other] = [HeldPort::new(), HeldPort::new()];
    step_and_twin("listen", "3", one.address, other.address);
}

#[test]
fn accept() {
    let [one, other] = [HeldPort::new(), HeldPort::new()];
    step_and_twin("accept", "4", one.address, other.address);
}

#[test]
fn close() {
    let [one, other] = [HeldPort::new(), HeldPort::new()];
    step_and_twin("close", "5", one.address, other.address);
}

#[test]
fn udp_vs_tcp() {
    step_and_twin("udp-vs-tcp", "6", any_port(), any_port());
}
