//! What the rows say of each call.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::events::{Event, Scratch, calls, events, look_at, run, samples, tracing_works};
use crate::{xray, xray_path};
use support::linux::{namespaces_allowed, on_terminal, with_clean_descriptors};
use support::workspace::path_of;
use support::{
    DEADLINE, any_port, complained, from_std, has_ipv6, output, printed, program, prose, row, rows,
    skip, succeeds,
};

fn named<'a>(events: &'a [Event], call: &'a str) -> impl Iterator<Item = &'a Event> {
    events.iter().filter(move |event| event.text("call") == call)
}

/// The rows of one of the programs in samples.rs.
fn rows_of(options: &[&str], words: &[&str]) -> String {
    let log = Scratch::new();
    let mut xray = Command::new(xray_path());
    xray.args(options).arg("--output").arg(log.path()).arg(samples()).args(words);
    with_clean_descriptors(&mut xray);
    succeeds(&mut from_std(xray));
    log.text()
}

#[test]
fn a_thread_that_accepts_beside_one_that_closes() {
    if !tracing_works() {
        return;
    }
    let seen = calls(look_at(&["threads"]));
    let accepted: Vec<&Event> = named(&seen, "accept").collect();
    assert_eq!(accepted.len(), 30);
    for call in &accepted {
        assert!(!call.socket("local").is_empty() && call.socket("kind") == "TCP/IPv4", "{call:?}");
        assert_eq!(call.0["result"], call.0["descriptor"], "{call:?}");
    }
    let mut threads: Vec<i64> = accepted.iter().map(|call| call.number("thread")).collect();
    threads.sort_unstable();
    threads.dedup();
    assert_eq!(threads.len(), 3, "three threads accept");
    // 30 connections, 30 clients and the listener are closed, each by a socket's row.
    assert_eq!(named(&seen, "close").count(), 61);
    assert!(named(&seen, "close").all(|call| call.socket("kind") == "TCP/IPv4"));
    assert_eq!(seen.iter().filter(|call| call.symbol() != "").count(), 0);
    let process = seen[0].number("process");
    assert!(seen.iter().all(|call| call.number("process") == process));
}

#[test]
fn children_and_their_ends() {
    if !tracing_works() {
        return;
    }
    let seen = look_at(&["fork"]);
    let ends: Vec<i64> =
        seen.iter().filter(|event| event.is("end")).map(|end| end.number("process")).collect();
    assert_eq!(ends.len(), 3, "the server has two children: {ends:?}");
    let seen = calls(seen);
    let parent = seen[0].number("process");
    let mut servers: Vec<i64> = named(&seen, "accept").map(|call| call.number("process")).collect();
    servers.sort_unstable();
    servers.dedup();
    assert_eq!(servers.len(), 2);
    assert!(!servers.contains(&parent) && servers.iter().all(|server| ends.contains(server)));
    assert!(named(&seen, "connect").all(|call| call.number("process") == parent));
    assert_eq!(ends.last(), Some(&parent), "it waits for its children");
}

#[test]
fn what_exec_leaves_open_is_still_known() {
    if !tracing_works() {
        return;
    }
    let seen = calls(look_at(&["exec"]));
    let shown: Vec<&str> = seen.iter().map(|call| call.text("call")).collect();
    assert_eq!(shown, ["socket", "bind", "socket", "bind", "listen", "close"]);
    assert_eq!(seen[5].socket("state"), "LISTEN");
    let process = seen[0].number("process");
    assert!(seen.iter().all(|call| call.number("process") == process));
}

#[test]
fn exec_by_another_thread_ends_the_first_ones_call() {
    if !tracing_works() {
        return;
    }
    let seen = calls(look_at(&["exec-in-thread"]));
    let lost = named(&seen, "recv").next().expect("recv");
    assert_eq!(lost.remarks(), ["never returned"]);
    assert!(lost.0["result"].is_null() && lost.0["error"].is_null(), "{lost:?}");
    let last = seen.last().expect("a close");
    assert_eq!([last.text("call"), last.socket("state")], ["close", "LISTEN"]);
    assert!(seen.iter().all(|call| call.number("process") == seen[0].number("process")));
}

#[test]
fn what_a_filter_of_the_programs_own_refuses_is_seen() {
    if !tracing_works() {
        return;
    }
    let seen = calls(look_at(&["filter"]));
    let bound: Vec<&str> = named(&seen, "bind").map(Event::symbol).collect();
    assert_eq!(bound, ["", "EACCES"]);
    // From then on it stops twice at each call that the two filters pick, and is told once.
    let shown: Vec<&str> = seen.iter().map(|call| call.text("call")).collect();
    assert_eq!(
        shown,
        ["socket", "bind", "socket", "bind", "sendto", "recv", "close", "close"],
        "{seen:#?}"
    );
}

#[test]
fn what_is_left_to_the_kernel_is_not_passed_over_in_silence() {
    if !tracing_works() {
        return;
    }
    let run = xray(&[samples(), "io-uring"]).assert();
    if printed(&run) != "true\n" {
        return skip("this system allows no io_uring");
    }
    let remark = "xray: samples has made an io_uring: what it leaves to the kernel in this way \
                  is not a call, and is not shown.";
    assert_eq!(prose(complained(&run)), remark);
}

#[test]
fn the_reason_is_looked_for_in_the_programs_own_network() {
    if !tracing_works() || !namespaces_allowed() {
        return;
    }
    // Here this test listens on the port, and there the program itself.
    let listener = TcpListener::bind(any_port()).expect("a listener");
    let port = listener.local_addr().expect("its address").port().to_string();
    let seen = calls(look_at(&["other-network", &port]));
    let failed = seen.iter().find(|call| call.symbol() == "EADDRINUSE").expect("a second bind");
    let why = failed.0["error"]["why"].as_str().expect("a reason");
    let expected =
        format!("This very program, by its descriptor 3, is listening on 0.0.0.0:{port} already.");
    assert_eq!(why, expected);
}

#[test]
fn a_descriptor_that_is_closed_while_another_thread_waits_on_it() {
    if !tracing_works() {
        return;
    }
    let seen = calls(look_at(&["closed-meanwhile"]));
    let received: Vec<&Event> = named(&seen, "recv").collect();
    let [received] = received.as_slice() else { panic!("one recv: {received:?}") };
    assert_eq!(received.number("result"), 5);
    assert_eq!(received.0["returned"]["start"], "hello");
    let closer = received.number("process");
    let number = received.number("descriptor");
    assert_eq!(
        received.remarks(),
        [format!("thread {closer} has closed descriptor {number} in the meantime")]
    );
    // Its row shows what was last seen of its socket, and not of another one with that number.
    let accepted = named(&seen, "accept").next().expect("accept");
    assert_eq!(received.socket("peer"), accepted.socket("peer"));
}

#[test]
fn a_process_whose_first_thread_has_ended() {
    if !tracing_works() {
        return;
    }
    let seen = calls(look_at(&["first-thread-ends"]));
    let shown: Vec<&str> = seen.iter().map(|call| call.text("system_call")).collect();
    assert_eq!(shown, ["socket", "bind", "sendto", "read", "close"]);
    match seen[0].socket("kind") {
        "UDP/IPv4" => {}
        kind => skip(&format!("copies by a thread's number came with Linux 6.9: {kind}")),
    }
}

#[test]
fn non_blocking_calls_and_poll() {
    if !tracing_works() {
        return;
    }
    let seen = calls(look_at(&["non-blocking"]));
    let accepted: Vec<&str> = named(&seen, "accept").map(Event::symbol).collect();
    assert_eq!(accepted, ["EAGAIN", "EAGAIN", "EAGAIN", ""]);
    let received: Vec<&str> = named(&seen, "recv").map(Event::symbol).collect();
    assert_eq!(received, ["EAGAIN", ""].repeat(5));
    // Waiting in poll is no call on a socket.
    assert_eq!(seen.iter().filter(|call| call.text("call") == "poll").count(), 0);
    // The reason is given once for each call.
    let rows = rows_of(&[], &["non-blocking"]);
    assert_eq!(rows.matches("(EAGAIN, 11)").count(), 8);
    assert_eq!(rows.matches("the socket is non-blocking (O_NONBLOCK)").count(), 2, "{rows}");
}

#[test]
fn duplicates_and_what_they_close() {
    if !tracing_works() {
        return;
    }
    let rows = rows_of(&[], &["duplicates"]);
    let shown: Vec<&str> =
        rows.lines().skip(5).filter_map(|line| Some(line.split("UDP").next()?.trim())).collect();
    // The descriptor's number, and below what the call closed.
    let mut expected = vec![
        "dup(3)                         6",
        "dup2(3, 5)                     5",
        "dup2(5, 5)                     5",
        "dup3(3, 4)                     4",
        "→ closes socket 4",
        "fcntl(F_DUPFD_CLOEXEC, 100)  100",
        "dup2(7, 6)                     6",
        "→ closes socket 6",
        "close(3)                       3",
        "close_range(3 to the last)     4",
        "→ closes sockets 4, 5, 100",
    ];
    // Only old machines have a system call dup2; libc makes it of dup3, and of nothing at all where
    // the two numbers are one.
    let dup3: Vec<String> = expected.iter().map(|row| row.replace("dup2(", "dup3(")).collect();
    if !cfg!(target_arch = "x86_64") {
        expected = dup3.iter().map(String::as_str).filter(|row| !row.contains("(5, 5)")).collect();
    }
    assert_eq!(shown, expected, "{rows}");
}

#[test]
fn other_families_are_shown_when_they_are_asked_for() {
    if !tracing_works() {
        return;
    }
    let all = rows_of(&["--all"], &["families"]);
    for part in [
        "  socket(AF_UNIX, SOCK_STREAM)   3  Unix      unnamed         —\n",
        "  bind(@xray-",
        "    → descriptors 5 and 6\n",
        "  recv(8)                        6  Unix      unnamed         unnamed\n    → 1 byte: \"x\"\n",
        "  socket(AF_NETLINK, SOCK_RAW)   7  netlink   —               —\n",
    ] {
        assert!(all.contains(part), "{part}\n{all}");
    }
    let listen = all.lines().find(|line| line.starts_with("  listen(1)")).expect("listen");
    assert!(listen.ends_with("  LISTEN"), "{all}");

    let without = rows_of(&[], &["families"]);
    let shown: Vec<String> = rows(&without).into_iter().map(|row| row.call).collect();
    assert_eq!(shown, ["socket(AF_INET, SOCK_DGRAM)", "bind(127.0.0.1:0)", "close(8)"]);
}

#[test]
fn what_was_sent_and_received_in_pieces() {
    if !tracing_works() {
        return;
    }
    let rows = rows_of(&[], &["messages"]);
    for part in [
        "  sendmsg(6 bytes) ",
        "  writev(6 bytes) ",
        "  recvmsg(12, MSG_WAITALL) ",
        "    → 12 bytes: \"onetwoonetwo\"\n",
        "  sendfile(4 bytes) ",
        "  shutdown(SHUT_WR) ",
        "    → 0 bytes: the end\n",
        "  sendmsg(8 bytes to 127.0.0.1:",
        ": \"datagram\"\n",
    ] {
        assert!(rows.contains(part), "{part}\n{rows}");
    }
    assert!(row(&rows, "shutdown(SHUT_WR)").state.starts_with("FIN_WAIT"), "{rows}");
}

#[test]
fn options_and_their_values() {
    if !tracing_works() {
        return;
    }
    let rows = rows_of(&[], &["tell-options"]);
    let notes = |call: &str| row(&rows, call).notes;
    for call in ["setsockopt(SO_LINGER, 1, 5)", "setsockopt(SO_RCVTIMEO, 1.5s)"] {
        assert_eq!(notes(call), [""; 0], "{rows}");
    }
    assert_eq!(notes("getsockopt(SO_LINGER)"), ["1, 5"], "{rows}");
    assert_eq!(notes("getsockopt(TCP_NODELAY)"), ["1"], "{rows}");
    assert_eq!(notes("getsockopt(SO_ERROR)"), ["0"], "{rows}");
}

/// Two calls that a signal interrupts, and that its handler leaves for good; then one that is no
/// socket's, to which the handler returns.
const LEFT_BY_A_JUMP: &str = r#"
#define _DEFAULT_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>
static sigjmp_buf place;
static volatile sig_atomic_t left;
static void handler(int signal) { (void)signal; if (left++ < 2) siglongjmp(place, 1); }
int main(void) {
    char word[8];
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    signal(SIGALRM, handler);
    sigsetjmp(place, 1);
    ualarm(100000, 0);
    if (left < 2)
        return 10 + (int)recv(fd, word, sizeof word, 0);
    pause();
    return 0;
}
"#;

#[test]
fn calls_that_a_handler_leaves_for_good() {
    if !tracing_works() {
        return;
    }
    let Some(program) = compiled(LEFT_BY_A_JUMP, &[]) else { return };
    let path = program.path().to_str().expect("UTF-8");
    let seen = calls(run(&[], &[path]).0);
    let received: Vec<&Event> = named(&seen, "recv").collect();
    assert!(!received.is_empty(), "{seen:#?}");
    for call in received {
        assert_eq!(call.remarks(), ["never returned"], "{call:?}");
        assert_eq!(call.symbol(), "", "{call:?}");
    }
}

/// A program made of C; says so where that cannot be.
fn compiled(text: &str, options: &[&str]) -> Option<Scratch> {
    let (source, program) = (Scratch::new(), Scratch::new());
    std::fs::write(source.path(), text).expect("a scratch file");
    let mut compiler = Command::new("cc");
    compiler.args(options).args(["-x", "c", "-o"]).arg(program.path()).arg(source.path());
    if !compiler.output().is_ok_and(|done| done.status.success()) {
        skip(&format!("no compiler of C for {options:?}"));
        return None;
    }
    Some(program)
}

#[test]
fn the_reason_is_that_of_the_socket() {
    if !tracing_works() {
        return;
    }
    let rows = prose(&rows_of(&[], &["reasons"]));
    // Where no route leads out of this machine, that comes first.
    let nothing_leaves = match rows.contains("(ENETUNREACH, 101)") {
        true => "(ENETUNREACH, 101) No route of this machine leads to 192.0.2.1,",
        false => "(EINVAL, 22) The socket is bound to a loopback address,",
    };
    for reason in [
        nothing_leaves,
        "(EPIPE, 32) The socket is listening: it takes connections, and has none itself.",
        "(EPIPE, 32) This side has ended its sending, with shutdown.",
        "(ENODEV, 19) There is no network interface of that name, number or address.",
        "(EACCES, 13) 255.255.255.255 is a broadcast address,",
    ] {
        assert!(rows.contains(reason), "{reason}\n{rows}");
    }
    let readv = rows.rsplit("readv(").next().expect("readv");
    assert!(readv.contains("(EINVAL, 22) close("), "no reason is better than a wrong one: {rows}");
}

#[test]
fn what_is_closed_beside_sockets_of_other_families() {
    if !tracing_works() {
        return;
    }
    let rows = rows_of(&[], &["beside-unix"]);
    let copied = if cfg!(target_arch = "x86_64") { "dup2(3, 5)" } else { "dup3(3, 5)" };
    let shown: Vec<&str> = rows.lines().skip(5).map(str::trim_end).collect();
    assert!(shown[0].starts_with(&format!("  {copied} ")), "{rows}");
    assert_eq!(shown[1], "    → closes socket 5", "{rows}");
    assert!(
        shown[2].starts_with("  close_range(3 to 6) ") && shown[2].contains(" UDP/IPv4 "),
        "{rows}"
    );
    assert_eq!(shown[3], "    → closes socket 6", "{rows}");
}

#[test]
fn threads_are_served_in_turn() {
    if !tracing_works() {
        return;
    }
    let log = Scratch::new();
    let mut xray = xray(&["--json", "--output"]);
    xray.timeout(4 * DEADLINE).arg(log.path()).args([samples(), "busy", "8"]);
    let most = output(&mut xray);
    // The slowest has made 1000 calls by then, and others no more than a few times as many.
    let most: u32 = most.trim().parse().expect("a number");
    assert!(most < 20_000, "{most}");
    // And a call that waits is shown meanwhile.
    let waits = events(&log.text()).into_iter().filter(|event| event.is("waits"));
    let waits: Vec<Event> = waits.collect();
    assert!(waits.iter().any(|event| event.text("call") == "accept"), "{waits:?}");
}

#[test]
fn each_reason_is_given_once() {
    if !tracing_works() {
        return;
    }
    let rows = rows_of(&[], &["taken"]);
    assert_eq!(rows.matches("Address already in use (EADDRINUSE, 98)").count(), 3, "{rows}");
    let rows = prose(&rows);
    assert_eq!(rows.matches("is listening on 127.0.0.1:").count(), 1, "{rows}");
    let other = rows.split("(EADDRINUSE, 98)").nth(2).expect("the second one");
    let bound = " This very program, by its descriptor 4, has bound a socket to 127.0.0.1:";
    assert!(other.starts_with(bound), "{rows}");
}

#[test]
fn a_connect_that_was_refused_at_once_does_not_go_on() {
    if !tracing_works() {
        return;
    }
    let shown = rows_of(&[], &["refused"]);
    let connect = row(&shown, "connect(127.0.0.1:");
    let [over, goes_on] = [
        "It has come already, and it was no: the state is CLOSE.",
        "The connect goes on in the background",
    ]
    .map(|reason| prose(&shown).contains(reason));
    // The answer may come after the row, and before its reason.
    assert!(over || goes_on && connect.state != "CLOSE", "{shown}");
    let error = row(&shown, "getsockopt(SO_ERROR)");
    assert_eq!(error.notes, ["Connection refused (ECONNREFUSED, 111)"], "{shown}");
    let reason = "It is an IPv6 option, and this is an IPv4 socket.";
    assert!(prose(&shown).contains(reason), "{shown}");
}

#[test]
fn several_messages_by_one_call() {
    if !tracing_works() {
        return;
    }
    let rows = rows_of(&[], &["many-messages"]);
    assert_eq!(row(&rows, "sendmmsg(2 messages)").notes, ["2 messages"], "{rows}");
    assert_eq!(row(&rows, "recvmmsg(up to 2 messages").notes, ["2 messages"], "{rows}");
}

#[test]
fn a_socket_as_stdin_is_called_so() {
    if !tracing_works() {
        return;
    }
    let listener = TcpListener::bind(any_port()).expect("a listener");
    let mut client = TcpStream::connect(listener.local_addr().expect("its address")).expect("it");
    let (connection, _) = listener.accept().expect("the client");
    client.write_all(b"hello").expect("the connection is open");
    drop(client);
    let log = Scratch::new();
    let mut xray = Command::new(xray_path());
    xray.arg("--output").arg(log.path()).args([samples(), "repeat"]);
    let done = xray.stdin(OwnedFd::from(connection)).output().expect("it ends");
    assert_eq!(done.stdout, b"hello");
    let found = rows(&log.text());
    let reads: Vec<_> = found.iter().filter(|row| row.call.starts_with("read(")).collect();
    assert!(reads.len() >= 2, "{}", log.text());
    assert!(reads.iter().all(|row| row.call.ends_with("), stdin") && row.fd == "0"), "{reads:?}");
    assert_eq!(reads[0].notes, ["5 bytes: \"hello\""]);
    assert_eq!(reads[reads.len() - 1].notes, ["0 bytes: the end"]);
}

#[test]
fn addresses_of_ipv6() {
    if !tracing_works() || !has_ipv6() {
        return;
    }
    let log = Scratch::new();
    let mut xray = xray(&["--output"]);
    succeeds(xray.arg(log.path()).arg(path_of("udp-vs-tcp")).args(["::1", "0"]));
    let rows = log.text();
    assert!(rows.contains("  bind([::1]:0) "), "{rows}");
    assert!(rows.contains("  connect([::1]:"), "{rows}");
    assert!(rows.contains("  sendto([::1]:"), "{rows}");
    assert!(rows.contains("    → 8 bytes from [::1]:"), "{rows}");
    assert!(row(&rows, "listen(1)").local.starts_with("[::1]:"), "{rows}");
}

#[test]
fn no_copy_is_held_when_the_program_closes() {
    if !tracing_works() {
        return;
    }
    // It fails if an address is still taken right after the close, and waits if a peer sees no end.
    let seen = calls(look_at(&["rebind", "200"]));
    assert_eq!(named(&seen, "bind").count(), 201);
    assert_eq!(seen.iter().filter(|call| call.symbol() != "").count(), 0);
}

#[test]
fn calls_are_left_out_by_either_name() {
    if !tracing_works() {
        return;
    }
    let without = rows_of(&["--hide", "recv,bind", "--hide", "accept4"], &["messages"]);
    let shown: Vec<String> = rows(&without).into_iter().map(|row| row.call).collect();
    let begins = |name: &str| shown.iter().any(|call| call.starts_with(name));
    assert!(!begins("recv(") && !begins("bind(") && !begins("accept("), "{without}");
    assert!(begins("recvfrom(") && begins("listen(") && begins("connect("), "{without}");
}

/// tests/errors.rs counts them.
const ROWS_OF_THE_GUIDE: usize = 148;

#[test]
fn every_error_that_the_guide_provokes_is_seen() {
    if !tracing_works() {
        return;
    }
    let guide = path_of("errors");
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    let provoked = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some(place) = {
                    let place = next.fetch_add(1, Relaxed);
                    (place < ROWS_OF_THE_GUIDE).then_some(place.to_string())
                } {
                    let log = Scratch::new();
                    let mut xray = program(xray_path());
                    xray.args(["--all", "--json", "--output"]).arg(log.path());
                    xray.arg(&guide).args(["--provoke", &place]);
                    let done = xray.output().expect("it ends");
                    let printed = String::from_utf8_lossy(&done.stdout);
                    let complaint = String::from_utf8_lossy(&done.stderr);
                    match done.status.code() {
                        Some(0) => {}
                        // Nobody ever sees it; or it may not be provoked here.
                        Some(2 | 3) => continue,
                        _ => {
                            let text = format!("{place}: {}\n{printed}{complaint}", done.status);
                            wrong.lock().expect("no panic").push(text);
                            continue;
                        }
                    }
                    provoked.fetch_add(1, Relaxed);
                    // The guide's last error, and its call, which may stand on a line of its own.
                    let last = printed.lines().rfind(|line| line.contains("→ ")).expect("an error");
                    let (_, symbol) = last.rsplit_once('(').expect("(SYMBOL, number)");
                    let symbol = symbol.split(',').next().expect("a symbol");
                    let above = printed.lines().rev().skip_while(|line| *line != last).skip(1);
                    let call = { above }.find(|line| !line.starts_with("   ")).expect("its call");
                    let call = call.trim().split('(').next().expect("a name");
                    let seen = calls(events(&log.text()));
                    let found = seen.iter().any(|event| {
                        event.symbol() == symbol
                            && (event.text("call") == call || event.text("system_call") == call)
                    });
                    if !found {
                        let text = format!("{place}: {call} {symbol}\n{printed}\n{}", log.text());
                        wrong.lock().expect("no panic").push(text);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no panic");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(provoked.into_inner() > 100);
}

#[test]
fn a_statically_linked_program_in_c() {
    if !tracing_works() {
        return;
    }
    let text = "#include <sys/socket.h>\n#include <unistd.h>\n\
                int main(void) { int fd = socket(AF_INET, SOCK_STREAM, 0);\n\
                return fd < 0 || listen(fd, 3) || close(fd); }\n";
    let Some(program) = compiled(text, &["-static"]) else { return };
    let log = Scratch::new();
    succeeds(xray(&["--output"]).arg(log.path()).arg(program.path()));
    let shown: Vec<String> = rows(&log.text()).into_iter().map(|row| row.call).collect();
    let call = |place: usize| shown[place].split('(').next().unwrap_or_default();
    assert_eq!(shown.len(), 3, "{}", log.text());
    assert_eq!([call(0), call(1), call(2)], ["socket", "listen", "close"]);
    assert!(row(&log.text(), "listen(3)").local.starts_with("0.0.0.0:"), "{}", log.text());
}

#[test]
fn rows_fit_into_a_terminal_and_have_no_colour_elsewhere() {
    if !tracing_works() {
        return;
    }
    for columns in [60, 80, 120] {
        let mut command = Command::new(xray_path());
        let shown = on_terminal(command.arg(samples()).arg("messages"), columns);
        assert!(shown.contains("LISTEN"), "{shown}");
        let width = usize::from(columns.min(100));
        for line in shown.lines() {
            let bare = without_colour(line);
            assert!(bare.chars().count() <= width, "{columns}: {bare}");
        }
    }
    let mut command = Command::new(xray_path());
    let plain = on_terminal(command.arg(samples()).arg("messages").env("NO_COLOR", "1"), 100);
    assert!(!plain.contains('\u{1b}'), "{plain}");
    assert!(!rows_of(&[], &["messages"]).contains('\u{1b}'));
}

fn without_colour(line: &str) -> String {
    let mut bare = String::new();
    let mut inside = false;
    for character in line.chars() {
        match character {
            '\u{1b}' => inside = true,
            'm' if inside => inside = false,
            character if !inside => bare.push(character),
            _ => {}
        }
    }
    bare
}
