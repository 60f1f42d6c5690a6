//! The field guide: each error of its table comes when it is provoked, and is found by whatever a
//! reader knows of it.

#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::thread;

use advice::Failure;
use kernel::check;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::{contains, starts_with};
use socket2::{Domain, Socket, Type};
use support::linux::{on_terminal, refusing};
use support::workspace::own_program;
use support::{fails, from_std, output, printed, program, prose, says, skip, succeeds};

/// All rows of the guide, in its order: U can be provoked by anybody, N by a process without
/// privileges, NS by one in a network of its own, and I by nobody.
const TABLE: &str = "\
socket: EACCES/NS EAFNOSUPPORT/U EINVAL/U EINVAL/U EMFILE/U ENFILE/I ENOBUFS/I ENOMEM/I
  EPROTONOSUPPORT/U ESOCKTNOSUPPORT/U EPERM/N
bind: EACCES/N EADDRINUSE/U EADDRINUSE/U EADDRINUSE/U EBADF/U EINVAL/U EINVAL/U EINVAL/U EINVAL/U
  EINVAL/U EAFNOSUPPORT/U EAFNOSUPPORT/U ENOTSOCK/U EADDRNOTAVAIL/U EADDRNOTAVAIL/NS EFAULT/U
  ENODEV/U ENOMEM/I
listen: EADDRINUSE/U EADDRINUSE/U EADDRINUSE/U EBADF/U ENOTSOCK/U EOPNOTSUPP/U EINVAL/U
accept: EAGAIN/U EAGAIN/U EBADF/U ECONNABORTED/I EFAULT/U EINTR/U EINVAL/U EINVAL/U EINVAL/U
accept4: EINVAL/U
accept: EMFILE/U ENFILE/I ENOBUFS/I ENOMEM/I ENOTSOCK/U EOPNOTSUPP/U EPERM/I EPROTO/I
connect: EACCES/U EACCES/NS EACCES/NS EPERM/I EADDRINUSE/I EADDRNOTAVAIL/U EADDRNOTAVAIL/NS
  EADDRNOTAVAIL/U EAFNOSUPPORT/U EAGAIN/U EALREADY/U EBADF/U ECONNREFUSED/U EFAULT/U EINVAL/U
  EINVAL/U EINVAL/NS EINPROGRESS/U EINPROGRESS/U EINTR/U EISCONN/U EISCONN/U ENETUNREACH/U
  ENETUNREACH/NS ENETUNREACH/NS EHOSTUNREACH/NS EHOSTUNREACH/NS ENOPROTOOPT/NS EOPNOTSUPP/NS
  EHOSTDOWN/NS ENONET/NS EPROTO/NS ENODEV/NS EINVAL/NS ENOTSOCK/U ETIMEDOUT/U
close: EBADF/U EINTR/I EIO/I
shutdown: EBADF/U EINVAL/U ENOTCONN/U ENOTCONN/U ENOTCONN/U ENOTSOCK/U
sendto: EACCES/U
send: EAGAIN/U EAGAIN/U
sendto: EAGAIN/U EINPROGRESS/U EALREADY/U
send: EBADF/U ECONNRESET/U ECONNREFUSED/U EDESTADDRREQ/U EFAULT/U EINTR/U
sendto: EINVAL/U EINVAL/U EISCONN/U EMSGSIZE/U
sendmsg: ENOBUFS/U ENODEV/U
sendto: ENOBUFS/NS
send: ENOMEM/I ENOTCONN/I EPIPE/U ENOTSOCK/U EOPNOTSUPP/U EPIPE/U EPIPE/U ETIMEDOUT/U
sendto: EPERM/NS ENETUNREACH/NS EHOSTUNREACH/NS EAFNOSUPPORT/U
  EMSGSIZE/NS EADDRNOTAVAIL/NS
send: ENXIO/NS
recv: EAGAIN/U EAGAIN/U EAGAIN/U EBADF/U ECONNREFUSED/U ECONNRESET/U EFAULT/U EINTR/U EINVAL/U
recvfrom: EINVAL/U
recvmsg: ENOMEM/I
recv: ENOTCONN/U ENOTCONN/U ENOTSOCK/U ETIMEDOUT/U
getpeername: ENOTCONN/U ENOTCONN/U ENOTSOCK/U
bind: EADDRINUSE/U
connect: ECONNREFUSED/U EAGAIN/U ENOENT/U EPROTOTYPE/U
setsockopt SO_REUSEADDR: EBADF/U EFAULT/U EINVAL/U ENOPROTOOPT/U ENOTSOCK/U
setsockopt SO_REUSEPORT: EBADF/U EFAULT/U EINVAL/U ENOPROTOOPT/U ENOTSOCK/U EOPNOTSUPP/U
setsockopt IP_ADD_MEMBERSHIP: EADDRINUSE/U EINVAL/U ENODEV/NS EPROTO/U
setsockopt IP_DROP_MEMBERSHIP: EADDRNOTAVAIL/U
setsockopt SO_BINDTODEVICE: ENODEV/U EPERM/N";

fn guide_path() -> PathBuf {
    own_program("errors")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    call: &'static str,
    symbol: &'static str,
    class: &'static str,
}

fn table() -> Vec<Row> {
    let mut rows = Vec::new();
    let mut call = "";
    for line in TABLE.lines() {
        let (of_call, errors) = line.split_once(": ").unwrap_or((call, line));
        call = of_call;
        for error in errors.split_whitespace() {
            let (symbol, class) = error.split_once('/').expect("a symbol and its class");
            rows.push(Row { call, symbol, class });
        }
    }
    rows
}

fn guide(words: &[&str]) -> assert_cmd::Command {
    let mut guide = program(guide_path());
    guide.args(words);
    guide
}

/// The errors that `output` shows, each by the number in its heading and how often it was provoked.
fn provoked(output: &str, symbol: &str) -> usize {
    let note = format!("({symbol}, ");
    output.lines().filter(|line| line.contains("→ ") && line.contains(&note)).count()
}

/// What one process did that had to provoke the row at `place`.
fn provoke(place: usize) -> Output {
    let mut guide = guide(&["--provoke", &place.to_string()]);
    guide.output().expect("it ends")
}

fn provoke_and_compare(place: usize, row: Row) -> Result<(), String> {
    let output = provoke(place);
    let text = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    let wrong =
        |what: &str| Err(format!("{place}, {row:?}: {what}\n{}\n{text}{said}", output.status));
    match (row.class, output.status.code()) {
        ("I", Some(2)) => return Ok(()),
        ("I", _) => return wrong("it is said to be impossible"),
        (_, Some(0)) => {}
        (_, Some(3)) => {
            let reason = prose(&text);
            // What an older kernel does otherwise is no fault of this machine's settings.
            match reason.contains(" since ") {
                true => drop(writeln!(io::stderr(), "not here: {row:?}: {reason}")),
                false => skip(&format!("{row:?}: {reason}")),
            }
            return Ok(());
        }
        _ => return wrong("it should have come"),
    }
    let last = text.lines().rfind(|line| line.contains("→ ")).unwrap_or_default();
    // A long call stands above the rest of its row.
    let above = text.lines().rev().skip_while(|line| *line != last).skip(1);
    let call = { above }.find(|line| !line.starts_with("   ")).unwrap_or_default();
    if !call.starts_with(&format!("  {}(", row.call.split(' ').next().unwrap_or_default())) {
        return wrong("its last call should have been this one");
    }
    let number =
        last.rsplit_once(&format!("({}, ", row.symbol)).map(|(_, rest)| rest.trim_end_matches(')'));
    let Some(number) = number.and_then(|number| number.parse().ok()) else {
        return wrong("its last call should have failed with it");
    };
    let words = io::Error::from_raw_os_error(number).to_string();
    let words = words.split(" (os").next().unwrap_or_default();
    if !last.contains(words) {
        return wrong("number and words should agree");
    }
    if !text.contains("\n  Why: ") || !text.contains("\n  Do:  ") {
        return wrong("it should be explained");
    }
    if text.lines().any(|line| line.chars().count() > 100) {
        return wrong("a line is too long");
    }
    Ok(())
}

/// What `just error` shows of an error on other systems, and finds it by.
#[test]
fn every_error_of_the_table_is_known_in_messages() {
    for Row { symbol, .. } in table() {
        let error = messages::named(symbol).expect(symbol);
        let number = error.number(messages::System::Linux);
        assert_eq!(advice::number(symbol), number, "{symbol}");
    }
}

#[test]
fn every_error_of_the_table_comes_when_it_is_provoked() {
    let rows = table();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                while let Some((place, row)) = {
                    let place = next.fetch_add(1, Relaxed);
                    rows.get(place).map(|row| (place, *row))
                } {
                    if let Err(text) = provoke_and_compare(place, row) {
                        wrong.lock().unwrap_or_else(PoisonError::into_inner).push(text);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn the_table_has_157_rows_to_provoke_and_17_that_nobody_sees() {
    let count = |class: &str| table().iter().filter(|row| row.class == class).count();
    assert_eq!(["U", "N", "NS", "I"].map(count), [129, 3, 25, 17]);
    // There is no row after the last.
    fails(&mut guide(&["--provoke", &table().len().to_string()]), 2);
}

#[test]
fn the_list_names_every_call_with_its_errors() {
    let run = succeeds(&mut guide(&[])).stdout(contains("just error EADDRINUSE"));
    let list = printed(&run);
    let rest_of_call = |call: &str| {
        let lines = list.lines().skip_while(|line| !line.starts_with(&format!("  {call} ")));
        let first = lines.clone().take(1);
        let more = lines.skip(1).take_while(|line| line.starts_with("     "));
        first.chain(more).flat_map(str::split_whitespace).collect::<Vec<_>>()
    };
    for row in table() {
        let shown = rest_of_call(row.call);
        assert!(!shown.is_empty(), "{} should be in the list", row.call);
        if row.class != "I" {
            assert!(shown.contains(&row.symbol), "{row:?} should be in the list");
        }
    }
}

#[test]
fn an_error_is_found_by_name_number_or_words() {
    for words in [
        &["EADDRINUSE"][..],
        &["eaddrinuse"],
        &["WSAEADDRINUSE"],
        &["AddrInUse"],
        &["io::ErrorKind::AddrInUse"],
        &["Address already in use (os error 98)"],
        &["OSError: [Errno 98] Address already in use"],
        &["Os { code: 98, kind: AddrInUse, message: \"Address already in use\" }"],
        &["os", "error", "98"],
        &["98"],
        &["address already in use"],
        &["Address", "already", "in", "use"],
    ] {
        let shown = output(&mut guide(words));
        let heading = "EADDRINUSE · 98 · Address already in use · io::ErrorKind::AddrInUse";
        assert_eq!(shown.lines().next(), Some(heading), "{words:?}");
        assert_eq!(provoked(&shown, "EADDRINUSE"), 8, "{words:?}");
    }
}

#[test]
fn an_error_is_found_by_what_happened() {
    succeeds(&mut guide(&["nobody", "listens", "there"]))
        .stdout(starts_with("ECONNREFUSED · 111 · "));
    // These words begin with those of a call.
    succeeds(&mut guide(&["socket operation on non-socket"]))
        .stdout(starts_with("ENOTSOCK · 88 · "));
}

/// `tests/messages.rs` has many more; here it is what the program makes of them.
#[test]
fn an_error_is_found_in_what_another_program_has_printed() {
    for (text, symbol, calls, question) in [
        (
            "nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)",
            "EADDRINUSE",
            &["bind"][..],
            "address_in_use_after_restart",
        ),
        (
            "Error: listen EADDRINUSE: address already in use :::3000",
            "EADDRINUSE",
            &["bind", "listen"],
            "address_in_use_after_restart",
        ),
        (
            "Error: connect ECONNREFUSED ::1:3344",
            "ECONNREFUSED",
            &["connect"],
            "localhost_is_a_name",
        ),
        (
            "read tcp 10.0.0.2:41234->10.0.0.1:443: read: connection reset by peer",
            "ECONNRESET",
            &["recv"],
            "close_that_resets",
        ),
        (
            "System.Net.Sockets.SocketException (10061): No connection could be made because the \
             target machine actively refused it.",
            "ECONNREFUSED",
            &["connect", "recv", "send"],
            "connection_refused",
        ),
        (
            "socket.timeout: timed out",
            "EAGAIN",
            &["accept", "connect", "recv", "send"],
            "receive_timeout",
        ),
    ] {
        let shown = output(&mut guide(&[text]));
        assert!(shown.starts_with(&format!("{symbol} · ")), "{text}: {shown}");
        let rows = shown.lines().filter(|line| !line.starts_with(' ') && line.contains(" · "));
        let call = |line: &str| line.split_once(" · ").map(|(call, _)| call.to_string());
        let seen: BTreeSet<String> = rows.filter_map(call).filter(|it| it != symbol).collect();
        let seen: Vec<&str> =
            seen.iter().map(String::as_str).filter(|it| !it.starts_with('E')).collect();
        assert_eq!(seen, calls, "{text}: {shown}");
        assert!(shown.contains(&format!("`just ask {question}` shows it.")), "{text}: {shown}");
    }
}

#[test]
fn the_number_of_another_system_is_found_and_said_to_be_its() {
    for (words, symbol, remark) in [
        (&["48"][..], "EADDRINUSE", "On macOS 48 is EADDRINUSE.\n"),
        (&["bind: errno 48"], "EADDRINUSE", "On macOS 48 is EADDRINUSE.\n"),
        (&["10054"], "ECONNRESET", "On Windows 10054 is WSAECONNRESET.\n"),
    ] {
        let shown = output(&mut guide(words));
        assert!(shown.starts_with(&format!("{symbol} · ")), "{words:?}: {shown}");
        assert_eq!(shown.matches(remark).count(), 1, "{words:?}: {shown}");
    }
}

#[test]
fn what_the_guide_does_not_have_is_told_with_the_nearest() {
    for (words, told) in [
        ("E2BIG", "It is E2BIG (Argument list too long), and no call in this guide gives it."),
        (
            "ECONREFUSED",
            "The nearest is ECONNREFUSED (Connection refused): `just error ECONNREFUSED`.",
        ),
        ("99999", "No error of Linux, macOS or Windows that is known here has this number."),
        ("cat: /etc/shadow: Permission denied", "the text speaks of something else than a socket"),
        ("Permission denied (publickey).", "the text speaks of something else than a socket"),
        ("kex_exchange_identification: Connection closed by remote host", "`just ask peer_gone`"),
        ("getaddrinfo ENOTFOUND nosuch.example", "comes from the look-up of a name"),
        ("Main process exited, code=exited, status=98/n/a", "98 is there how a program ended"),
    ] {
        fails(&mut guide(&[words]), 2)
            .stderr(starts_with(format!("error: no error of a socket call matches `{words}`\n")))
            .stderr(says(told));
    }
}

/// These stand in descriptions, in numbers of other things, or after words that are no error's.
#[test]
fn a_number_alone_is_an_errors_number_or_nothing() {
    for words in ["6.13", "7", "Chapter 98", "error 404", "exit status 111", "error E0432"] {
        fails(&mut guide(&[words]), 2).stderr(contains("It comes from").not());
    }
}

/// A terminal would take it as a command.
#[test]
fn what_was_asked_is_repeated_in_one_harmless_line() {
    let pasted = format!("\u{1b}[31mfoo\nbar\u{7} {}", "x".repeat(500));
    let run = fails(&mut guide(&[&pasted]), 2);
    let first = support::complained(&run).lines().next().expect("a line").to_string();
    assert!(first.contains("foo bar x") && first.chars().count() < 200, "{first:?}");
    assert!(!first.contains(char::is_control), "{first:?}");
}

#[test]
fn a_call_shows_its_errors_and_no_others() {
    let shown = output(&mut guide(&["listen"]));
    let headings: Vec<&str> = shown.lines().filter(|line| line.contains("io::ErrorKind")).collect();
    let symbols: Vec<&str> = headings.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(symbols, ["EADDRINUSE", "EBADF", "ENOTSOCK", "EOPNOTSUPP", "EINVAL"]);
}

#[test]
fn a_call_and_an_error_show_that_error_of_that_call() {
    for (words, times) in [
        (&["bind", "EADDRINUSE"][..], 4),
        (&["EADDRINUSE", "bind"], 4),
        (&["bind", "98"], 4),
        (&["bind", "already in use"], 4),
        (&["bind", "another", "socket"], 1),
        (&["listen eaddrinuse"], 3),
    ] {
        let shown = output(&mut guide(words));
        assert_eq!(provoked(&shown, "EADDRINUSE"), times, "{words:?}");
    }
    let shown = output(&mut guide(&["setsockopt", "ENOTSOCK"]));
    assert_eq!(provoked(&shown, "ENOTSOCK"), 2);
    succeeds(&mut guide(&["setsockopt", "SO_REUSEPORT"])).stdout(contains("SO_REUSEADDR").not());
}

#[test]
fn an_error_without_a_kind_says_what_to_compare() {
    succeeds(&mut guide(&["bind", "ENOTSOCK"]))
        .stdout(says("compare error.raw_os_error() with Some(88)"));
    succeeds(&mut guide(&["bind", "EADDRINUSE"])).stdout(contains("raw_os_error").not());
}

#[test]
fn an_error_that_nobody_sees_is_listed_with_the_reason() {
    let run = succeeds(&mut guide(&["accept", "ECONNABORTED"]))
        .stdout(says("accept · never seen: Linux hands out a connection"));
    assert_eq!(provoked(printed(&run), "ECONNABORTED"), 0);
}

/// What is said to do about each way in which the words' error happens, in order.
fn cures(words: &[&str]) -> Vec<String> {
    let shown = prose(&output(&mut guide(words)));
    shown.split(" Do: ").skip(1).map(str::to_string).collect()
}

#[test]
fn an_error_that_one_client_causes_does_not_end_a_server() {
    let closes = "A server closes this connection and goes on with its accept loop.";
    for (words, ways) in [
        ("send ECONNRESET", 1),
        ("recv ECONNRESET", 1),
        // The other two are the program's own mistakes.
        ("send EPIPE", 1),
        ("send ETIMEDOUT", 1),
        ("recv ETIMEDOUT", 1),
    ] {
        let cures = cures(&[words]);
        let of_a_client = |cure: &&String| cure.starts_with("A client connects again. ");
        assert_eq!(cures.iter().filter(of_a_client).count(), ways, "{words}: {cures:?}");
        assert_eq!(cures.iter().filter(|it| it.contains(closes)).count(), ways, "{words}");
    }
    for words in ["recv EAGAIN", "send EAGAIN"] {
        // Only one that did not come in time is about this client; the others are not failures.
        let of_time = |cure: &&String| cure.contains("A server closes the connection of a client");
        assert_eq!(cures(&[words]).iter().filter(of_time).count(), 1, "{words}");
    }
    let aborted = cures(&["accept ECONNABORTED"]);
    assert!(aborted[0].starts_with("A server goes on with its accept loop"), "{aborted:?}");
}

#[test]
fn a_reset_has_reasons_beyond_this_machine() {
    let mut reset = succeeds(&mut guide(&["recv", "ECONNRESET"]));
    for words in ["the other machine was restarted", "a NAT, a load balancer or a firewall"] {
        reset = reset.stdout(says(words));
    }
}

/// A socket that is bound to this address and port, with SO_REUSEADDR.
fn sharing(address: SocketAddr) -> Socket {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.set_reuse_address(true).expect("setsockopt");
    socket.bind(&address.into()).expect("bind");
    socket
}

fn address_of(socket: &Socket) -> SocketAddr {
    socket.local_addr().expect("an address").as_socket().expect("IP")
}

/// What is said about a call on `socket` that has failed.
fn explained<T: Debug>(result: io::Result<T>, call: &str, socket: &Socket) -> Failure {
    Failure::of(call, &result.expect_err(call), Some(socket))
}

/// It may listen on another address, which covers this one.
#[test]
fn the_listener_in_the_way_is_named_by_its_own_address() {
    let first = sharing(SocketAddr::from(([0, 0, 0, 0], 0)));
    let everywhere = address_of(&first);
    let second = sharing(SocketAddr::from(([127, 0, 0, 1], everywhere.port())));
    first.listen(1).expect("listen");
    let failure = explained(second.listen(1), "listen(1)", &second);
    let why = format!("Another socket is listening on {everywhere}.");
    assert!(failure.why.starts_with(&why), "{failure:?}");
}

/// Nobody may listen at all.
#[test]
fn without_a_listener_none_is_made_up() {
    let first = sharing(SocketAddr::from(([127, 0, 0, 1], 0)));
    let second = sharing(address_of(&first));
    first.set_reuse_address(false).expect("setsockopt");
    let failure = explained(second.listen(1), "listen(1)", &second);
    assert!(failure.why.contains("Nobody listens there"), "{failure:?}");
    // The cure.
    first.set_reuse_address(true).expect("setsockopt");
    second.listen(1).expect("listen");
}

/// connect(2): an address of the family AF_UNSPEC dissolves the association.
fn disconnect(socket: &Socket) -> io::Result<()> {
    // SAFETY: all zeros is a valid sockaddr, of the family AF_UNSPEC.
    unsafe {
        let nobody: libc::sockaddr = std::mem::zeroed();
        let length = size_of::<libc::sockaddr>() as libc::socklen_t;
        check(libc::connect(socket.as_raw_fd(), &nobody, length))
    }
}

#[test]
fn what_is_said_to_undo_connect_and_bind_undoes_them() {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).expect("bind");
    listener.listen(2).expect("listen");
    let server = address_of(&listener);
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    client.connect(&server.into()).expect("connect");
    let (accepted, _) = listener.accept().expect("accept");

    let call = format!("connect({server})");
    let failure = explained(client.connect(&server.into()), &call, &client);
    assert!(failure.todo.contains("AF_UNSPEC"), "{failure:?}");
    assert!(!failure.why.contains("only once"), "{failure:?}");
    disconnect(&client).expect("connect to AF_UNSPEC");
    accepted.set_read_timeout(Some(support::DEADLINE)).expect("a timeout");
    let reset = io::Read::read(&mut &accepted, &mut [0]).expect_err("it was broken off");
    assert_eq!(reset.kind(), io::ErrorKind::ConnectionReset);
    client.connect(&server.into()).expect("connect works again");

    // Over UDP, the bind of connect is undone with it.
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None).expect("a socket");
    socket.connect(&server.into()).expect("connect");
    let any = SocketAddr::from(([127, 0, 0, 1], 0)).into();
    let failure = explained(socket.bind(&any), "bind(127.0.0.1:0)", &socket);
    assert!(failure.why.contains("bind gives one only to a socket that has none"), "{failure:?}");
    disconnect(&socket).expect("connect to AF_UNSPEC");
    socket.bind(&any).expect("bind works again");
}

/// As everywhere, unless somebody has switched timestamps off.
#[test]
fn a_connection_in_time_wait_is_replaced_at_once() {
    if kernel::setting("net/ipv4/tcp_timestamps") == Some(0) {
        return skip("TCP's timestamps are off here");
    }
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a listener");
    let server = listener.local_addr().expect("an address");
    let first = sharing(SocketAddr::from(([127, 0, 0, 1], 0)));
    let second = sharing(address_of(&first));
    let local = address_of(&first);
    first.connect(&server.into()).expect("connect");
    let (accepted, _) = listener.accept().expect("accept");
    let failure = explained(second.connect(&server.into()), &format!("connect({server})"), &second);
    assert!(failure.why.ends_with("It is in ESTABLISHED."), "{failure:?}");
    drop(first);
    assert_eq!(io::Read::read(&mut &accepted, &mut [0]).expect("the end"), 0);
    drop(accepted);
    let state = || kernel::connection(local, server).flatten().map(|entry| entry.state);
    assert!(kernel::wait_until(|| state() == Some("TIME_WAIT")), "{:?}", state());
    second.connect(&server.into()).expect("connect replaces the one in TIME_WAIT");
}

/// A number of Linux's own is asked for, or more than one cause is named, with what decides.
#[test]
fn what_a_router_says_is_told_as_such() {
    for (words, says) in [
        (
            &["connect", "ENETUNREACH"][..],
            "or a router on the way says (by ICMP) that it knows none",
        ),
        (&["connect", "ENOPROTOOPT"], "that it does not speak TCP (protocol unreachable)"),
        (&["connect", "EHOSTDOWN"], "A router says by ICMP that it knows no machine"),
        (&["connect", "ENONET"], "A router says by ICMP that this machine is cut off"),
    ] {
        let shown = prose(&output(&mut guide(words)));
        assert!(shown.contains(says) || shown.contains("Not shown here"), "{words:?}: {shown}");
    }
}

#[test]
fn a_server_that_has_run_out_of_something_waits_and_does_not_spin() {
    for symbol in ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"] {
        succeeds(&mut guide(&["accept", symbol]))
            .stdout(says("The client stays in the queue."))
            .stdout(says("waits a moment and goes on with its accept loop"));
    }
    // Where no client waits, there is nothing to go on with.
    for symbol in ["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"] {
        succeeds(&mut guide(&["socket", symbol])).stdout(contains("accept loop").not());
    }
}

#[test]
fn unix_sockets_and_the_peer_have_reasons_of_their_own() {
    for (words, reason) in [
        (["getpeername", "ENOTCONN"], "Keep the address that accept has told"),
        (["bind", "unix"], "unlink the file and bind again"),
        (["connect", "ENOENT"], "There is no file server.sock"),
        (["connect", "EPROTOTYPE"], "Use the same type on both sides"),
        (["connect", "queue"], "Other than with TCP, the connect does not go on"),
        // Python's pair loses what follows the %.
        (["bind", "link-local"], "in Python the fourth member"),
        // A client that binds for its address' sake.
        (["bind", "port 0"], "set IP_BIND_ADDRESS_NO_PORT before the bind"),
    ] {
        succeeds(&mut guide(&words)).stdout(says(reason));
    }
}

#[test]
fn the_port_is_said_to_be_the_guides_own() {
    succeeds(&mut guide(&["bind", "another socket"])).stdout(says("Why: errors, process "));
}

#[test]
fn words_that_fit_nothing_get_a_hint() {
    for words in [&["EWHATEVER"][..], &["bind", "EPIPE"], &["99999"], &[""]] {
        fails(&mut guide(words), 2)
            .stderr(contains("no error of a socket call matches"))
            .stderr(contains("`just error` lists them all"));
    }
    fails(&mut guide(&["bind", "EPIPE"]), 2).stderr(contains("It comes from send.\n"));
    fails(&mut guide(&["--such"]), 2).stderr(contains("just error --help"));
}

/// The kind that is shown is the one that this compiler gives; and where none is shown, the oldest
/// Rust of the manifest has none either. What later ones have is left out, or what the guide prints
/// would depend on the compiler.
#[test]
fn a_kind_that_is_shown_is_every_compilers() {
    let compiler = Command::new("rustc").arg("--version").output();
    let is_oldest = compiler.is_ok_and(|run| run.stdout.starts_with(b"rustc 1.85."));
    let symbols: BTreeSet<&str> = table().iter().map(|row| row.symbol).collect();
    for symbol in symbols {
        let shown = output(&mut guide(&[symbol]));
        let heading: Vec<&str> = shown.lines().next().expect("a heading").split(" · ").collect();
        let error = io::Error::from_raw_os_error(heading[1].parse().expect("a number"));
        let kind = format!("{:?}", error.kind());
        match heading[3].strip_prefix("io::ErrorKind::") {
            Some(shown) => assert_eq!(shown, kind, "{symbol}"),
            None => {
                assert_eq!(heading[3], "no io::ErrorKind", "{symbol}");
                let unnamed = ["Uncategorized", "InProgress"].contains(&kind.as_str());
                assert!(unnamed || !is_oldest, "{symbol} is io::ErrorKind::{kind}");
            }
        }
    }
}

#[test]
fn help_says_how_to_ask() {
    succeeds(&mut guide(&["--help"]))
        .stdout(contains("Usage: just error"))
        .stdout(contains("just error bind EADDRINUSE"))
        .stdout(contains("Exit status"))
        .stdout(contains("--provoke").not());
}

#[test]
fn no_process_is_left() {
    let mut guide = Command::new(guide_path());
    guide.arg("EINTR").process_group(0).stdout(Stdio::null());
    let mut guide = guide.spawn().expect("it starts");
    let group = -i32::try_from(guide.id()).expect("a process number");
    assert!(guide.wait().expect("its status").success());
    // SAFETY: kill takes numbers, and signal 0 is none: it asks whether somebody is there.
    let left = check(unsafe { libc::kill(group, 0) });
    assert_eq!(left.expect_err("nobody is there").raw_os_error(), Some(libc::ESRCH));
}

/// The calls by which `arguments` make the guide's own process change what it may do or have, in all
/// of its threads.
fn changes_of_itself(arguments: &[&str]) -> String {
    let folder = std::env::temp_dir().join(format!("guide-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for strace's logs");
    let calls =
        "trace=execve,unshare,setns,setuid,setgid,setgroups,setrlimit,prlimit64,timer_create,alarm";
    let mut strace = program("strace");
    strace.args(["-ff", "-e", calls, "-e", "signal=none", "-o"]).arg(folder.join("log"));
    strace.arg(guide_path()).args(arguments).assert().success();
    // A log for each thread and each process; those that provoke were started for it.
    let logs = std::fs::read_dir(&folder).expect("the logs").flatten();
    let logs = logs.map(|log| std::fs::read_to_string(log.path()).expect("a log"));
    let of_guide = |log: &String| log.contains("--provoke") == arguments.contains(&"--provoke");
    let logs: Vec<String> = logs.filter(of_guide).collect();
    std::fs::remove_dir_all(&folder).expect("the folder is ours");
    assert!(logs.iter().any(|log| log.contains("execve(")), "{arguments:?}: {logs:?}");
    // The runtime asks for its stack's limit and changes nothing.
    let is_change =
        |line: &&str| !["execve(", ", NULL, ", "+++"].iter().any(|words| line.contains(words));
    logs.iter().flat_map(|log| log.lines().filter(is_change)).map(|l| format!("{l}\n")).collect()
}

#[test]
fn what_a_provocation_changes_stays_in_its_own_process() {
    let works = Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    if !works.is_ok_and(|run| run.status.success()) {
        return skip("strace is not there, or may not trace");
    }
    for (call, symbol, change) in [
        ("socket", "EMFILE", "RLIMIT_NOFILE"),
        ("accept", "EINTR", "timer_create"),
        ("listen", "EBADF", "alarm"),
    ] {
        let asked = |row: &Row| (row.call, row.symbol) == (call, symbol);
        let place = table().iter().position(asked).expect("it is in the table");
        let changes = changes_of_itself(&["--provoke", &place.to_string()]);
        assert!(changes.contains(change), "{change} should be in:\n{changes}");
        assert_eq!(changes_of_itself(&[call, symbol]), "");
    }
}

#[test]
fn a_machine_without_namespaces_says_so() {
    let mut command = Command::new(guide_path());
    command.args(["sendto", "ENETUNREACH"]);
    refusing(&mut command, libc::SYS_unshare, None, libc::EPERM);
    from_std(command)
        .assert()
        .success()
        .stdout(says("Not shown here: this process may not have a network of its own"))
        .stdout(says("(EPERM, 1)"));
}

#[test]
fn another_error_than_the_tables_is_a_failure() {
    let mut command = Command::new(guide_path());
    command.args(["listen", "EOPNOTSUPP"]);
    refusing(&mut command, libc::SYS_listen, None, libc::EACCES);
    fails(&mut from_std(command), 1).stderr(says("Permission denied (EACCES, 13), not EOPNOTSUPP"));
}

#[test]
fn a_narrow_terminal_gets_narrow_lines() {
    let mut command = Command::new(guide_path());
    command.args(["bind", "EADDRINUSE"]).env_remove("NO_COLOR").env("TERM", "dumb");
    let shown = on_terminal(&mut command, 60);
    assert_eq!(provoked(&shown, "EADDRINUSE"), 4, "{shown}");
    let widest = shown.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(60), "{shown}");
}
