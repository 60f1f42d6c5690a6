//! `--pid`, `--follow` and `--port`: processes that run already.

use std::cmp::Reverse;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::Instant;

use predicates::str::{contains, ends_with, starts_with};
use socket2::{Domain, Socket, Type};

use crate::events::{Event, Scratch, calls, events, samples, tracing_works};
use crate::several::following;
use crate::{xray, xray_path};
use support::linux::{in_child, with_default_signals};
use support::{
    DEADLINE, HeldPort, Running, any_port, fails, has_ipv6, output, printed, row, rows_of, skip,
    succeeds,
};

/// A program of samples.rs that this test has started, and that anybody may trace.
pub struct Target {
    child: Child,
    /// It may wait until this is closed.
    stdin: Option<ChildStdin>,
    pub address: SocketAddr,
}

impl Target {
    pub fn start(name: &str) -> Target {
        Target::start_with(&[name])
    }

    pub fn start_with(words: &[&str]) -> Target {
        let mut command = Command::new(samples());
        let change = || {
            const PR_SET_PTRACER: i32 = 0x5961_6d61;
            // Where Yama lets only parents trace. It is an error elsewhere.
            // SAFETY: prctl with numbers alone touches no memory.
            unsafe { libc::prctl(PR_SET_PTRACER, libc::c_ulong::MAX, 0, 0, 0) };
            Ok(())
        };
        // SAFETY: it makes a system call, and allocates nothing.
        unsafe { in_child(&mut command, change) };
        let mut child = command
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("its stdout");
        BufReader::new(stdout).read_line(&mut line).expect("its address");
        let stdin = child.stdin.take();
        Target { child, stdin, address: line.trim().parse().expect("an address") }
    }

    pub fn number(&self) -> String {
        self.child.id().to_string()
    }

    /// Writes to its stdin.
    pub fn tell(&mut self, bytes: &[u8]) {
        self.stdin.as_mut().expect("its stdin").write_all(bytes).expect("it reads");
    }

    /// How it ends, if it does so by itself.
    pub fn end(mut self) -> Option<i32> {
        drop(self.stdin.take());
        let give_up = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().expect("its status") {
                return status.code();
            }
            assert!(Instant::now() < give_up, "it should end");
            thread::yield_now();
        }
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says a word of three letters to the server, and hears it again.
pub fn say(client: &mut TcpStream, word: &[u8; 3]) {
    client.write_all(word).expect("it reads");
    let mut heard = [0; 3];
    client.read_exact(&mut heard).expect("it answers");
    assert_eq!(&heard, word);
}

pub fn client(address: SocketAddr) -> TcpStream {
    let client = TcpStream::connect(address).expect("it listens");
    client.set_read_timeout(Some(DEADLINE)).expect("a timeout");
    client
}

#[test]
fn the_sockets_of_a_process_and_their_options() {
    if !tracing_works() {
        return;
    }
    let target = Target::start("wait");
    let run = succeeds(&mut xray(&["--pid", &target.number()]))
        .stdout(starts_with(format!("samples, process {}\n", target.number())))
        .stdout(ends_with("2 of other families are left out; --all shows them.\n\n"));
    let shown = printed(&run);
    let listener = row(shown, "a listener");
    assert_eq!(listener.local, target.address.to_string());
    assert_eq!(listener.state, "LISTEN queue 1 of 64");
    assert_eq!(listener.notes, ["SO_REUSEADDR"]);
    let client = row(shown, "a connection");
    assert_eq!(client.peer, target.address.to_string());
    assert_eq!(client.notes, ["TCP_NODELAY, SO_LINGER 5s"]);
    let udp = row(shown, "a UDP socket");
    assert_eq!(udp.notes, ["O_NONBLOCK, SO_RCVTIMEO 1.5s"]);
    let bound = row(shown, "a TCP socket");
    assert_eq!(bound.state, "CLOSE");

    succeeds(&mut xray(&["--all", "--pid", &target.number()])).stdout(contains("  Unix ").count(2));

    let json = output(&mut xray(&["--json", "--all", "--pid", &target.number()]));
    let seen = events(&json);
    assert_eq!(seen.len(), 6);
    assert!(seen.iter().all(|event| event.is("socket")), "{json}");
    assert_eq!(seen[0].0["options"][0], "SO_REUSEADDR");
    assert_eq!(seen[0].0["socket"]["queue"]["limit"], 64);
    // It has seen nothing of all that.
    assert_eq!(target.end(), Some(0));
}

#[test]
fn a_thread_is_no_process_and_neither_is_what_has_ended() {
    let thread = thread::spawn(|| {
        // SAFETY: it takes nothing.
        let tid = unsafe { libc::gettid() }.to_string();
        fails(&mut xray(&["--pid", &tid]), 1)
            .stderr(contains(format!("Name the process: --pid {}.", std::process::id())));
    });
    thread.join().expect("no panic");

    let mut ended = Command::new("true").spawn().expect("true runs");
    let number = ended.id().to_string();
    let give_up = Instant::now() + DEADLINE;
    let run = loop {
        let run = xray(&["--pid", &number]).assert();
        if run.get_output().status.code() == Some(1) {
            break run;
        }
        assert!(Instant::now() < give_up, "it should end:\n{run}");
    };
    run.stderr(contains("the process has ended"));
    ended.wait().expect("its end");
}

#[test]
fn a_process_without_sockets() {
    if !tracing_works() {
        return;
    }
    let mut child = Command::new("cat");
    let mut child = child.stdin(Stdio::piped()).spawn().expect("cat runs");
    // Whatever the test inherited, it has no socket of IP.
    succeeds(&mut xray(&["--pid", &child.id().to_string()]))
        .stdout(ends_with("\n\n  It has no IP sockets.\n\n"));
    drop(child.stdin.take());
    child.wait().expect("its end");
}

/// Follows the server until `done`, and then lets it go by `signal`. What was seen, and whether the
/// server still serves.
fn followed(signal: i32) -> Vec<Event> {
    let target = Target::start("serve");
    let mut before = client(target.address);
    say(&mut before, b"one");

    let log = Scratch::new();
    let mut command = Command::new(xray_path());
    command.args(["--pid", &target.number(), "--follow", "--json", "--output"]).arg(log.path());
    let mut xray = Running::start(with_default_signals(&mut command));
    // Before it follows, it shows what there is: the threads may be stopped at any later time.
    let complete = || log.text().lines().map(str::to_string).collect::<Vec<_>>();
    let until = |what: &str, done: &dyn Fn(&[String]) -> bool| {
        let give_up = Instant::now() + DEADLINE;
        while !done(&complete()) {
            assert!(Instant::now() < give_up, "waiting for {what}:\n{}", log.text());
            thread::yield_now();
        }
    };
    let waits = |lines: &[String]| {
        let of = |call: &str| format!("\"event\":\"waits\",\"process\":{}", target.number()) + call;
        lines.iter().filter(|line| line.contains(&of("")) && line.ends_with('}')).count() >= 2
    };
    until("accept and recv to wait", &waits);
    // A thread that it follows from before, and one that is made meanwhile.
    say(&mut before, b"two");
    let mut meanwhile = client(target.address);
    say(&mut meanwhile, b"new");
    let sent = |lines: &[String]| {
        lines
            .iter()
            .filter(|line| {
                line.contains("\"event\":\"call\"") && line.contains("\"call\":\"send\"")
            })
            .filter(|line| line.ends_with('}'))
            .count()
            >= 2
    };
    until("two answers", &sent);
    // SAFETY: it takes numbers, and the process is the test's own.
    assert_eq!(unsafe { libc::kill(xray.process() as i32, signal) }, 0);
    let (status, _) = xray.wait_for_end();
    match signal {
        libc::SIGKILL => assert_eq!(status.signal(), Some(signal), "{status}"),
        _ => assert!(status.success(), "{status}"),
    }

    // Nothing is stopped, and everybody is answered.
    say(&mut before, b"six");
    say(&mut meanwhile, b"ee!");
    say(&mut client(target.address), b"end");
    assert_eq!(target.end(), Some(0));
    let mut text = log.text();
    if signal == libc::SIGKILL {
        text.truncate(text.rfind('\n').map_or(0, |end| end + 1));
    }
    events(&text)
}

#[test]
fn a_process_is_followed_and_let_go_unharmed() {
    if !tracing_works() {
        return;
    }
    let seen = followed(libc::SIGINT);
    assert!(seen[0].is("socket") && seen[0].socket("state") == "LISTEN", "{:?}", seen[0]);
    let calls = calls(seen);
    let of = |name: &str| calls.iter().filter(|call| call.text("call") == name).count();
    assert_eq!(of("accept"), 1, "{calls:?}");
    assert_eq!(of("send"), 2, "{calls:?}");
    let accepted = calls.iter().find(|call| call.text("call") == "accept").expect("accept");
    assert_eq!(accepted.socket("state"), "ESTABLISHED");
}

#[test]
fn a_process_that_is_followed_goes_on_when_xray_is_killed() {
    if !tracing_works() {
        return;
    }
    followed(libc::SIGKILL);
    followed(libc::SIGTERM);
}

#[test]
fn what_became_of_a_followed_process_is_said() {
    if !tracing_works() {
        return;
    }
    let follow = |target: &Target| {
        let mut xray = Running::start(&mut following(&["--pid", &target.number()]));
        xray.wait_for("→ waits\n");
        xray
    };
    let interrupt = |xray: &Running| {
        // SAFETY: it takes numbers, and the process is the test's own.
        assert_eq!(unsafe { libc::kill(xray.process() as i32, libc::SIGINT) }, 0);
    };
    let target = Target::start("serve");
    let name = format!("samples, process {}", target.number());

    let xray = follow(&target);
    interrupt(&xray);
    xray.finish()
        .success()
        .stdout(contains("Its calls from now on, until Ctrl-C lets it go:"))
        .stdout(ends_with(format!("\n\n  {name}, goes on.\n\n")));

    let xray = follow(&target);
    say(&mut client(target.address), b"end");
    assert_eq!(target.end(), Some(0));
    xray.finish().success().stdout(ends_with(format!("\n\n  {name}, has ended: status 0.\n\n")));
}

/// The verdicts of `--port`: transport and address, and what a bind would say.
fn verdicts(seen: &[Event]) -> Vec<(String, String)> {
    let binds = seen.iter().filter(|event| event.is("bind"));
    binds
        .map(|event| {
            let of = format!("{} {}", event.text("transport"), event.text("address"));
            (of, event.text("verdict").to_string())
        })
        .collect()
}

fn verdict(port: u16, transport: &str, ip: &str) -> String {
    let json = output(&mut xray(&["--json", "--port", &port.to_string()]));
    let of = format!("{transport} {ip}:{port}");
    let all = verdicts(&events(&json));
    let found = all.iter().find(|(which, _)| *which == of);
    found.unwrap_or_else(|| panic!("{of} should be in:\n{json}")).1.clone()
}

#[test]
fn who_has_a_port() {
    let target = Target::start("serve");
    let port = target.address.port();
    let run = succeeds(&mut xray(&["--port", &port.to_string()]))
        .stdout(starts_with(format!("Port {port}\n")))
        .stdout(contains("(Tried just now, with sockets that were closed at once.)"));
    let found = row(printed(&run), &format!("samples, process {}", target.number()));
    let expected = ["3", &target.address.to_string(), "LISTEN queue 0 of 64"];
    assert_eq!([&*found.fd, &*found.local, &*found.state], expected);
    assert_eq!(verdict(port, "TCP", "127.0.0.1"), "taken");
    assert_eq!(verdict(port, "TCP", "0.0.0.0"), "taken");
}

#[test]
fn all_who_have_a_port() {
    let mut target = Command::new(samples())
        .arg("share")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(target.stdout.take().expect("its stdout")).lines();
    let mut line = || lines.next().expect("a line").expect("UTF-8");
    let (address, child): (SocketAddr, u32) =
        (line().parse().expect("an address"), line().parse().expect("a number"));
    let port = address.port().to_string();
    let shown = output(&mut xray(&["--port", &port]));
    let mut both = [target.id(), child];
    both.sort_unstable();
    let [one, other] = both;
    let who = format!("processes samples {one}, samples {other}");
    let listener = row(&shown, &who);
    assert_eq!([&*listener.fd, &*listener.state], ["3", "LISTEN queue 0 of 64"]);
    let seen = events(&output(&mut xray(&["--json", "--port", &port])));
    let numbers: Vec<u64> = seen[0].0["processes"]
        .as_array()
        .expect("processes")
        .iter()
        .filter_map(|process| process["process"].as_u64())
        .collect();
    assert_eq!(numbers, both.map(u64::from));
    assert_eq!(seen[0].0["processes"][1]["descriptors"], serde_json::json!([3]));
    drop(target.stdin.take());
    assert!(target.wait().expect("its end").success());
}

#[test]
fn a_connection_in_the_queue_is_nobodys_yet() {
    let target = Target::start("wait"); // its client is in the queue
    let port = target.address.port().to_string();
    let shown = output(&mut xray(&["--port", &port]));
    let queued = row(&shown, "no program yet: it is queued");
    assert_eq!(queued.local, target.address.to_string());
    assert_eq!([&*queued.fd, &*queued.state], ["—", "ESTABLISHED"]);
    let rows = rows_of(&shown, "samples, process ");
    let listener = rows.iter().find(|row| row.state.starts_with("LISTEN")).expect("the listener");
    assert_eq!(listener.state, "LISTEN queue 1 of 64");
    let seen = events(&output(&mut xray(&["--json", "--port", &port])));
    let processes: Vec<_> = seen.iter().filter(|event| event.is("entry")).collect();
    assert!(processes.iter().all(|entry| entry.0["processes"].is_array()), "{seen:?}");
}

/// A listener with TCP_DEFER_ACCEPT passes over the client's ACK until data comes: the client is
/// connected, and has no place in the queue, as one that came when the queue was full.
#[test]
fn a_connection_that_has_no_place_in_the_queue_is_not_called_queued() {
    let listener = TcpListener::bind(any_port()).expect("a listener");
    let address = listener.local_addr().expect("its address");
    let seconds: libc::c_int = 30;
    // SAFETY: setsockopt reads one int.
    let set = unsafe {
        libc::setsockopt(
            listener.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_DEFER_ACCEPT,
            (&raw const seconds).cast(),
            size_of_val(&seconds) as libc::socklen_t,
        )
    };
    assert_eq!(set, 0);
    let client = TcpStream::connect(address).expect("a connection");
    let shown = output(&mut xray(&["--port", &address.port().to_string()]));
    let begun = row(&shown, "no program yet: not queued");
    assert_eq!(begun.peer, client.local_addr().expect("its address").to_string());
    assert_eq!([&*begun.fd, &*begun.state], ["—", "SYN_RECV"]);
    assert!(!shown.contains("it is queued"), "{shown}");
}

/// Clients' ports come in no order: the kernel begins again at the lowest of its range.
#[test]
fn a_processes_sockets_on_a_port_stand_by_descriptor_and_the_queued_ones_last() {
    let listener = TcpListener::bind(any_port()).expect("a listener");
    let address = listener.local_addr().expect("its address");
    let bound = || {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        socket.bind(&any_port().into()).expect("a port");
        socket
    };
    let mut clients: Vec<Socket> = (0..5).map(|_| bound()).collect();
    let port = |socket: &Socket| socket.local_addr().expect("its address").as_socket();
    clients.sort_by_key(|socket| Reverse(port(socket)));
    let mut accepted = Vec::new();
    for (number, client) in clients.iter().enumerate() {
        client.connect(&address.into()).expect("a connection");
        if number < 3 {
            accepted.push(listener.accept().expect("the client"));
        }
    }
    let seen = events(&output(&mut xray(&["--json", "--port", &address.port().to_string()])));
    let entries = seen.iter().filter(|event| event.is("entry"));
    let numbers: Vec<Option<u64>> =
        entries.map(|entry| entry.0["processes"][0]["descriptors"][0].as_u64()).collect();
    let (held, queued) = numbers.split_at(4);
    assert!(held.iter().all(Option::is_some) && held.is_sorted(), "{seen:?}");
    assert_eq!(queued, [None, None], "{seen:?}");
}

/// As FIONREAD counts them, and without the end that the peer has sent.
#[test]
fn what_waits_to_be_read_on_a_port() {
    let listener = TcpListener::bind(any_port()).expect("a listener");
    let address = listener.local_addr().expect("its address");
    let port = address.port().to_string();
    let mut client = TcpStream::connect(address).expect("a connection");
    let (mut connection, _) = listener.accept().expect("the client");
    let until = |expected: &str| {
        let give_up = Instant::now() + DEADLINE;
        loop {
            let shown = output(&mut xray(&["--port", &port]));
            let rows = rows_of(&shown, "xray");
            let row = rows.iter().find(|row| row.local == address.to_string() && row.peer != "—");
            match row {
                Some(row) if row.state == expected => return row.fd.clone(),
                _ => assert!(Instant::now() < give_up, "{expected} should come:\n{shown}"),
            }
        }
    };
    client.write_all(b"hello").expect("room");
    assert_eq!(until("ESTABLISHED 5 unread"), connection.as_raw_fd().to_string());
    client.shutdown(Shutdown::Write).expect("a connection");
    until("CLOSE_WAIT 5 unread");
    connection.read_exact(&mut [0; 5]).expect("what was sent");
    until("CLOSE_WAIT");
    assert_eq!(connection.read(&mut [0; 1]).expect("the end"), 0);
    until("CLOSE_WAIT");
}

/// A copy is the same socket by another number.
#[test]
fn a_socket_with_two_descriptors() {
    let listener = TcpListener::bind(any_port()).expect("a listener");
    let port = listener.local_addr().expect("its address").port().to_string();
    let copy = listener.try_clone().expect("a copy");
    let mut numbers = [listener.as_raw_fd(), copy.as_raw_fd()];
    numbers.sort_unstable();
    let both = format!(" {}, {}  TCP/IPv4  ", numbers[0], numbers[1]);
    succeeds(&mut xray(&["--port", &port])).stdout(contains(both));
}

#[test]
fn the_addresses_of_a_ports_sockets_are_tried_too() {
    let address: SocketAddr = "127.0.0.77:0".parse().expect("an address");
    let listener = match TcpListener::bind(address) {
        Ok(listener) => listener,
        Err(error) => return skip(&format!("127.0.0.77 is not this machine's: {error}")),
    };
    let port = listener.local_addr().expect("its address").port();
    assert_eq!(verdict(port, "TCP", "127.0.0.77"), "taken");
    assert_eq!(verdict(port, "TCP", "0.0.0.0"), "taken");
}

#[test]
fn a_port_that_nobody_has() {
    // Held without a listener: it is in no table, and only SO_REUSEADDR binds beside it. Over UDP, or
    // at another address, somebody else may have the same number: then it is tried with another.
    let nobody = "The kernel's tables have no socket on this port.";
    let (held, _) = (0..20)
        .map(|_| HeldPort::new())
        .map(|held| (held.address.port(), held))
        .map(|(port, held)| (held, output(&mut xray(&["--port", &port.to_string()]))))
        .find(|(_, shown)| shown.contains(nobody))
        .expect("a port that is nobody's");
    let port = held.address.port();
    assert_eq!(verdict(port, "TCP", "127.0.0.1"), "needs SO_REUSEADDR");
    if has_ipv6() {
        assert_eq!(verdict(port, "TCP", "[::1]"), "free");
    }

    let udp = UdpSocket::bind(any_port()).expect("a socket");
    let port = udp.local_addr().expect("its address").port();
    assert_eq!(verdict(port, "UDP", "127.0.0.1"), "taken");
    drop(udp);
}

#[test]
fn a_port_in_time_wait() {
    let listener = TcpListener::bind(any_port()).expect("a listener");
    let address = listener.local_addr().expect("its address");
    let mut client = TcpStream::connect(address).expect("a connection");
    let (connection, _) = listener.accept().expect("the client");
    drop(connection); // the server's side closes first
    assert_eq!(client.read(&mut [0; 1]).expect("the end"), 0);
    drop((client, listener));
    let port = address.port().to_string();
    let give_up = Instant::now() + DEADLINE;
    let shown = loop {
        let shown = output(&mut xray(&["--port", &port]));
        // A child that another test is starting has a copy of the listener until its exec.
        if shown.contains("TIME_WAIT") && !shown.contains("LISTEN") {
            break shown;
        }
        assert!(Instant::now() < give_up, "TIME_WAIT alone should be left:\n{shown}");
    };
    let row = row(&shown, "no program any more");
    assert_eq!(row.local, address.to_string());
    let left = row.state.strip_prefix("TIME_WAIT ").expect("TIME_WAIT");
    let seconds: u32 = left.strip_suffix(" s left").expect("seconds").parse().expect("a number");
    assert!((1..=60).contains(&seconds));
    let bind = shown.lines().find(|line| line.starts_with(&format!("  127.0.0.1:{port} ")));
    let bind = bind.expect("its line");
    assert!(bind.contains("needs SO_REUSEADDR"));
}
