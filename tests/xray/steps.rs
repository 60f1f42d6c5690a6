//! Each step, its plain program and its Python program make the same calls, and the kernel says the
//! same after each, apart from what a table of the book explains. The two plain ones print the same
//! words. And what a step says of itself is what xray sees.

use std::collections::HashMap;
use std::fs;
use std::net::SocketAddr;

use regex_lite::{Captures, Regex};

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

/// What a program calls that is given HOST and PORT, and what it prints. The first step's programs take
/// neither.
fn calls_of(program: &[&str], port: SocketAddr, of_first_step: bool) -> (Vec<Call>, String) {
    let host_and_port = words(port);
    let host_and_port = host_and_port.iter().map(String::as_str);
    let words: Vec<&str> = program
        .iter()
        .copied()
        .chain(host_and_port.take(if of_first_step { 0 } else { 2 }))
        .collect();
    // A step asks about its own sockets; the plain programs do not.
    let (events, printed) = run(&["--hide", "getsockopt,getpeername"], &words);
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

/// The differences that the book explains: the program, its calls, those of its Python twin.
fn differences() -> Vec<[String; 3]> {
    let page = root().join("docs/src/look-inside-any-program.md");
    let page = fs::read_to_string(page).expect("the page");
    let table = page.lines().skip_while(|line| !line.starts_with("| Program | Rust | Python |"));
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

/// Compares call by call, and allows the differences that the table has for `program`, all of which
/// have to be met.
fn same_calls(program: &str, rust: &[Call], python: &[Call]) {
    let differences: Vec<[String; 3]> = differences()
        .into_iter()
        .filter(|[of, ..]| of.split(", ").any(|name| name == program))
        .collect();
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
            panic!("{program}: no explained difference\n{:#?}\n{:#?}", rust.get(r), python.get(p));
        };
        met[here] = true;
        let [_, rust_s, python_s] = &differences[here];
        if rust_s != "—" && python_s != "—" {
            let others = |call: &Call| Call { shown: String::new(), ..call.clone() };
            assert_eq!(others(&rust[r]), others(&python[p]), "{program}: {rust_s} and {python_s}");
        }
        r += usize::from(rust_s != "—");
        p += usize::from(python_s != "—");
    }
    let unmet: Vec<_> = differences.iter().zip(met).filter(|(_, met)| !met).collect();
    assert!(unmet.is_empty(), "the book explains differences that are none: {unmet:?}");
}

/// Steps 1 to 5: the step, the plain program and the Python program.
fn three_programs(step: &str, number: u8, ports: [SocketAddr; 3]) {
    if !tracing_works() {
        return;
    }
    let is_first = number == 1;
    let path = |program: &str| path_of(program).to_str().expect("UTF-8").to_string();
    let (rust, printed) = calls_of(&[&path(step)], ports[0], is_first);
    says_what_is_seen(&printed, &rust, ports[0]);
    let (plain, words) = calls_of(&[&path(&format!("examples/{step}"))], ports[1], is_first);

    let Some(python) = python() else { return };
    let twin = root().join("crates").join(step).join(format!("{step}.py"));
    let (twin, its_words) = calls_of(&[python, twin.to_str().expect("UTF-8")], ports[2], is_first);
    same_calls(&format!("step {number}"), &rust, &twin);
    same_calls(&format!("plain {number}"), &plain, &twin);
    same_words(&words, &its_words);
}

/// The two print the same, each as its language writes addresses, bytes and errors.
fn same_words(rust: &str, python: &str) {
    let error = Regex::new(r"\[Errno (\d+)\] (.*)").expect("a pattern");
    let address = Regex::new(r"\('([0-9.]+)', (\d+)\)").expect("a pattern");
    let bytes = Regex::new(r"b'(.*?)'").expect("a pattern");
    let port = Regex::new(r"127\.0\.0\.1:\d+").expect("a pattern");
    let as_rust = error.replace_all(python, "$2 (os error $1)");
    let as_rust = address.replace_all(&as_rust, "$1:$2");
    let as_rust = bytes.replace_all(&as_rust, "\"$1\"");
    let without_ports = |text: &str| port.replace_all(text, "127.0.0.1:#").into_owned();
    assert!(rust.lines().count() >= 2, "{rust}");
    assert_eq!(without_ports(rust), without_ports(&as_rust));
}

/// The calls of read_exact as one: it receives until all is there, and how often depends on what has
/// arrived.
fn with_whole_reads(calls: Vec<Call>) -> Vec<Call> {
    let received = |call: &Call| {
        let room = call.shown.strip_prefix("recv(")?.strip_suffix(')')?.parse::<usize>().ok()?;
        let text = call.returned.strip_prefix("{\"start\":\"")?.strip_suffix("\"}")?;
        Some((room, text.to_string()))
    };
    let mut whole: Vec<Call> = Vec::new();
    for call in calls {
        let before = whole.last_mut().filter(|before| before.descriptor == call.descriptor);
        let of_both =
            before.as_ref().and_then(|before| Some((received(before)?, received(&call)?)));
        match (before, of_both) {
            (Some(before), Some(((room, start), (rest, end)))) if room == start.len() + rest => {
                before.returned = format!("{{\"start\":\"{start}{end}\"}}");
            }
            _ => whole.push(call),
        }
    }
    whole
}

/// Step 6 and its programs over one of the two protocols: their calls, with the sockets numbered in
/// the order in which they come.
fn over(kind: &str, calls: &[Call]) -> Vec<Call> {
    let mut numbers: Vec<i64> = Vec::new();
    let mut ports: Vec<String> = Vec::new();
    let of_kind = calls.iter().filter(|call| call.kind.starts_with(kind));
    let of_kind = of_kind.take_while(|call| !call.shown.starts_with("close("));
    let place = |all: &mut Vec<String>, one: String| {
        let known = all.iter().position(|known| *known == one);
        known.unwrap_or_else(|| {
            all.push(one);
            all.len() - 1
        })
    };
    let letter = Regex::new(r":[A-Z]\b").expect("a pattern");
    of_kind
        .map(|call| {
            let mut call = call.clone();
            let known = numbers.iter().position(|number| *number == call.descriptor);
            call.descriptor = known.unwrap_or_else(|| {
                numbers.push(call.descriptor);
                numbers.len() - 1
            }) as i64;
            for text in [&mut call.shown, &mut call.local, &mut call.peer, &mut call.returned] {
                let renamed = letter.replace_all(text, |found: &Captures| {
                    format!(":{}", place(&mut ports, found[0].to_string()))
                });
                *text = renamed.into_owned();
            }
            call
        })
        .collect()
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

fn ports() -> ([SocketAddr; 3], [HeldPort; 3]) {
    let held = [(); 3].map(|()| HeldPort::new());
    (held.each_ref().map(|port| port.address), held)
}

#[test]
fn create() {
    three_programs("create", 1, [any_port(); 3]);
}

#[test]
fn bind() {
    let (ports, _held) = ports();
    three_programs("bind", 2, ports);
}

#[test]
fn listen() {
    let (ports, _held) = ports();
    three_programs("listen", 3, ports);
}

#[test]
fn accept() {
    let (ports, _held) = ports();
    three_programs("accept", 4, ports);
}

#[test]
fn close() {
    let (ports, _held) = ports();
    three_programs("close", 5, ports);
}

#[test]
fn udp_vs_tcp() {
    if !tracing_works() {
        return;
    }
    let path = |program: &str| path_of(program).to_str().expect("UTF-8").to_string();
    let (step, printed) = calls_of(&[&path("udp-vs-tcp")], any_port(), false);
    says_what_is_seen(&printed, &step, any_port());
    for (kind, name) in [("TCP", "tcp"), ("UDP", "udp")] {
        let (plain, words) = calls_of(&[&path(&format!("examples/{name}"))], any_port(), false);
        let Some(python) = python() else { return };
        let twin = root().join(format!("crates/udp-vs-tcp/{name}.py"));
        let twin = twin.to_str().expect("UTF-8");
        let (twin, its_words) = calls_of(&[python, twin], any_port(), false);
        same_words(&words, &its_words);
        let twin = over(kind, &twin);
        let plain = with_whole_reads(over(kind, &plain));
        same_calls(&format!("plain 6 ({name})"), &plain, &twin);
        // The step goes on with experiments 3 and 4.
        let step = over(kind, &step);
        same_calls(&format!("step 6 ({name})"), &step[..twin.len()], &twin);
    }
}
