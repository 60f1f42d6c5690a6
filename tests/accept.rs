//! Step 4: what `accept` prints is what the kernel says, and `--wait` serves real clients.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::Command;

use predicates::ord::eq;
#[cfg(target_os = "linux")]
use predicates::prelude::PredicateBooleanExt;
use predicates::prelude::PredicateStrExt;
use predicates::str::{contains, ends_with, starts_with};
use socket2::{Domain, Socket, Type};
use support::workspace::own_program;
use support::{
    DEADLINE, HeldPort, Running, fails, has_ipv6, output, printed, program, row, rows_of, says,
    skip, succeeds, twin, words,
};

fn accept() -> assert_cmd::Command {
    program(own_program("accept"))
}

fn client() -> assert_cmd::Command {
    program(own_program("client"))
}

#[test]
fn accept_returns_a_new_socket_with_the_same_local_port() {
    let port = HeldPort::new();
    let run = succeeds(accept().args(port.words()));
    let output = printed(&run);
    let client = row(output, "connect(");
    let connection = row(output, "accept()");
    let listeners = rows_of(output, "the listener");
    assert_ne!(connection.fd, listeners[1].fd);
    assert_eq!(connection.local, listeners[1].local);
    assert_eq!(connection.peer, client.local);
    assert_eq!(connection.local, client.peer);
    run.stdout(says(format!("Its peer is the client, {};", client.local)));
}

#[test]
fn two_connections_to_one_port_are_told_apart_by_the_client() {
    let listener = std::net::TcpListener::bind(support::any_port()).expect("a listener");
    let address = listener.local_addr().expect("its address");
    let ends = [(); 2].map(|()| {
        let client = TcpStream::connect(address).expect("connect");
        let (connection, peer) = listener.accept().expect("accept");
        assert_eq!(connection.local_addr().expect("its address"), address);
        (client, connection, peer)
    });
    assert_ne!(ends[0].2, ends[1].2);
}

#[test]
fn a_line_that_was_sent_before_accept_is_received_and_answered() {
    let output = output(accept().args(["127.0.0.1", "0"]));
    let calls: Vec<String> = support::rows(&output).into_iter().map(|row| row.call).collect();
    let place = |call: &str| calls.iter().position(|row| row == call).expect(call);
    assert!(place("send(6 bytes)") < place("accept()"));
    let received = rows_of(&output, "recv(1024)");
    assert_eq!(received[0].notes, [r#"6 bytes: "hello\n""#]);
    assert_eq!(received[1].notes, [r#"16 bytes: "6 bytes arrived\n""#]);
    assert_eq!(received[1].fd, row(&output, "connect(").fd);
}

#[test]
fn the_end_is_read_as_zero_bytes() {
    let run = succeeds(accept().args(["127.0.0.1", "0"]))
        .stdout(contains("Receiving 0 bytes means: the client sends nothing more."));
    let received = rows_of(printed(&run), "recv(1024)");
    assert_eq!(received.last().expect("a row").notes, ["0 bytes: the end"]);
}

#[test]
#[cfg(target_os = "linux")]
fn the_queue_fills_and_empties_and_the_listener_goes_on_listening() {
    let output = output(accept().args(["127.0.0.1", "0"]));
    let states: Vec<String> =
        rows_of(&output, "the listener").into_iter().map(|row| row.state).collect();
    assert_eq!(states, ["LISTEN queue 1 of 1", "LISTEN queue 0 of 1"]);
    assert_eq!(row(&output, "accept()").state, "ESTABLISHED 6 unread");
    assert_eq!(rows_of(&output, "recv(1024)").last().expect("a row").state, "CLOSE_WAIT");
}

#[test]
fn every_interface_and_ipv6() {
    let everywhere = output(accept().args(["", "0"]));
    // The connection has a concrete address, though the listener has none.
    assert!(row(&everywhere, "accept()").local.starts_with("127.0.0.1:"));
    if has_ipv6() {
        let output = output(accept().args(["::1", "0"]));
        assert!(row(&output, "accept()").peer.starts_with("[::1]:"));
    }
}

#[test]
fn two_runs_in_a_row_on_one_port() {
    let port = HeldPort::new();
    succeeds(accept().args(port.words()));
    succeeds(accept().args(port.words()));
}

#[test]
fn it_names_the_next_step() {
    succeeds(accept().args(["127.0.0.1", "0"]))
        .stdout(ends_with("Next: just step-5   (without just: cargo run -p close)\n"));
}

#[test]
fn the_help_shows_examples() {
    let mut help = succeeds(accept().arg("--help"));
    for words in ["Usage: just step-4", "--wait", "Examples:", "just step-4 --wait"] {
        help = help.stdout(contains(words));
    }
    let mut help = succeeds(client().arg("--help"));
    for words in ["Usage: just client", "Examples:", "just client 127.0.0.1 9000"] {
        help = help.stdout(contains(words));
    }
}

#[test]
fn the_python_twin_finds_the_same() {
    let port = HeldPort::new();
    let Some(run) = twin("crates/accept/accept.py", port.address) else { return };
    run.stdout(contains(r"received b'hello\n'"))
        .stdout(contains(r"answered b'6 bytes arrived\n'"))
        .stdout(contains("the end: 0 bytes"));
}

/// Starts `accept --wait` and returns it with the address that it says it waits on.
fn waiting(host: &str) -> (Running, SocketAddr) {
    let mut server =
        Running::start(Command::new(own_program("accept")).args([host, "0", "--wait"]));
    let shown = server.wait_for("nc -N");
    assert!(shown.contains("Waiting for one client"), "{shown}");
    let line = shown.lines().find(|line| line.contains("just client ")).expect("a command");
    let words: Vec<&str> = line.split_whitespace().collect();
    let [.., host, port] = words[..] else { panic!("HOST and PORT should end {line:?}") };
    let address = SocketAddr::new(host.parse().expect("HOST"), port.parse().expect("PORT"));
    (server, address)
}

/// What the server shows for a client that sends `hello\n`, reads the answer and closes.
fn assert_served(server: Running) {
    let run = server.finish().success().stderr("");
    let shown = printed(&run);
    let received = rows_of(shown, "recv(1024)");
    assert_eq!(received[0].notes, [r#"6 bytes: "hello\n""#]);
    assert_eq!(received[1].notes, ["0 bytes: the end"]);
    assert_eq!(rows_of(shown, "send(16 bytes)").len(), 1);
}

#[test]
fn it_waits_for_a_real_client_and_ends_when_that_closes() {
    let (server, address) = waiting("127.0.0.1");
    let mut client = TcpStream::connect(address).expect("connect");
    client.set_read_timeout(Some(DEADLINE)).expect("a timeout");
    client.write_all(b"hello\n").expect("send");
    let mut answer = [0; 16];
    client.read_exact(&mut answer).expect("the answer");
    assert_eq!(&answer, b"6 bytes arrived\n");
    client.shutdown(Shutdown::Write).expect("shutdown");
    // Unlike read, read_to_end goes on when a stopped and continued test interrupts it.
    assert_eq!(client.read_to_end(&mut Vec::new()).expect("the end"), 0);
    assert_served(server);
}

#[test]
fn it_answers_every_line_of_a_client_that_goes_on() {
    let (mut server, address) = waiting("127.0.0.1");
    let mut client = TcpStream::connect(address).expect("connect");
    client.set_read_timeout(Some(DEADLINE)).expect("a timeout");
    for word in ["one", "three", "seven.."] {
        client.write_all(word.as_bytes()).expect("send");
        let expected = format!("{} bytes arrived\n", word.len());
        let mut answer = vec![0; expected.len()];
        client.read_exact(&mut answer).expect("the answer");
        assert_eq!(answer, expected.as_bytes());
        server.wait_for(&format!("{} bytes: {word:?}", word.len()));
    }
    drop(client);
    server.finish().success();
}

#[test]
fn it_serves_a_client_that_says_nothing() {
    let (server, address) = waiting("127.0.0.1");
    drop(TcpStream::connect(address).expect("connect"));
    let run = server.finish().success();
    assert_eq!(rows_of(printed(&run), "recv(1024)")[0].notes, ["0 bytes: the end"]);
}

#[test]
fn our_own_client_is_served() {
    let (server, address) = waiting("127.0.0.1");
    let shown = output(client().args(words(address)));
    assert_eq!(row(&shown, "recv(1024)").notes, [r#"16 bytes: "6 bytes arrived\n""#]);
    assert_ne!(row(&shown, "connect(").local, "not bound");
    assert_served(server);
}

#[test]
fn a_server_on_ipv6_is_reached_by_the_command_that_it_shows() {
    if !has_ipv6() {
        return;
    }
    let (server, address) = waiting("::1");
    assert!(address.is_ipv6());
    succeeds(client().args(words(address)));
    assert_served(server);
}

/// bind and listen let it wait there, and for ever.
#[test]
#[cfg(target_os = "linux")]
fn nobody_is_invited_to_an_address_for_many_machines() {
    for host in ["127.255.255.255", "224.0.0.1", "255.255.255.255"] {
        let call = format!("error: accept(): no client can come to {host}:");
        fails(accept().args([host, "0", "--wait"]), 1)
            .stdout(contains("just client").not())
            .stderr(starts_with(call))
            .stderr(says(format!("{host} stands for many machines")));
    }
}

#[test]
#[cfg(target_os = "linux")]
fn port_0_is_said_to_be_nobodys() {
    fails(client().args(["127.0.0.1", "0"]), 1)
        .stderr(starts_with("error: connect(127.0.0.1:0): Connection refused"))
        .stderr(says("Port 0 is nobody's"))
        .stderr(contains("Nobody is listening").not());
}

#[test]
#[cfg(target_os = "linux")]
fn who_can_reach_it_depends_on_the_address() {
    // 127.0.0.2 stands for another address of this machine.
    let other = |address: SocketAddr| SocketAddr::from(([127, 0, 0, 2], address.port()));

    let (_server, address) = waiting("127.0.0.1");
    let refused = TcpStream::connect(other(address)).expect_err("it is bound to 127.0.0.1 alone");
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);

    let (server, address) = waiting("");
    succeeds(client().args(words(other(address))));
    assert_served(server);

    if has_ipv6() {
        let (server, address) = waiting("::");
        let ipv4 = SocketAddr::from(([127, 0, 0, 1], address.port()));
        let only_ipv6 = kernel::setting("net/ipv6/bindv6only");
        match only_ipv6 {
            Some(0) => {
                succeeds(client().args(words(ipv4)));
                assert_served(server);
            }
            _ => assert!(TcpStream::connect(ipv4).is_err()),
        }
    }
}

#[test]
fn pythons_socket_module_is_served() {
    let Some(python) = support::python() else { return };
    let (server, address) = waiting("127.0.0.1");
    let [host, port] = words(address);
    let script = format!(
        "import socket\n\
         client = socket.create_connection(('{host}', {port}))\n\
         client.sendall(b'hello\\n')\n\
         print(client.recv(1024))\n\
         client.close()\n"
    );
    succeeds(program(python).args(["-c", &script])).stdout(eq(r"b'6 bytes arrived\n'").trim());
    assert_served(server);
}

#[test]
fn netcat_is_served() {
    let help = Command::new("nc").arg("-h").output();
    if !help.is_ok_and(|help| String::from_utf8_lossy(&help.stderr).contains("-N")) {
        return skip("there is no nc with -N (OpenBSD's netcat)");
    }
    let (server, address) = waiting("127.0.0.1");
    succeeds(program("nc").arg("-N").args(words(address)).write_stdin("hello\n"))
        .stdout("6 bytes arrived\n");
    assert_served(server);
}

#[test]
fn a_refused_client_is_told_to_start_the_server() {
    let port = HeldPort::new();
    fails(client().args(port.words()), 1)
        .stderr(starts_with(format!("error: connect({}): ", port.address)))
        .stderr(contains("ECONNREFUSED"))
        .stderr(says(format!("Nobody is listening at {}.", port.address)))
        .stderr(says("`just step-4 --wait`"));
}

#[test]
fn a_client_that_resets_the_connection_is_explained() {
    let (mut server, address) = waiting("127.0.0.1");
    let mut client = TcpStream::connect(address).expect("connect");
    client.write_all(b"hello\n").expect("send");
    server.wait_for("send(16 bytes)");
    // Closing with an unread answer makes a reset; the peek makes sure that it has arrived.
    client.set_read_timeout(Some(DEADLINE)).expect("a timeout");
    client.peek(&mut [0]).expect("the answer");
    drop(client);
    server
        .finish()
        .code(1)
        .stderr(starts_with("error: recv(1024): "))
        .stderr(contains("ECONNRESET"))
        .stderr(says("closed before it had read everything"));
}

#[test]
#[cfg(unix)]
fn a_reader_that_has_gone_ends_it_quietly() {
    use assert_cmd::assert::OutputAssertExt;
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().expect("a pair");
    drop(ours);
    Command::new(own_program("accept"))
        .args(["127.0.0.1", "0"])
        .stdout(std::os::fd::OwnedFd::from(theirs))
        .assert()
        .success()
        .stderr("");
}

/// The steps take the first connection for their own client's only when it is.
#[test]
fn the_connection_of_another_program_is_not_taken_for_the_clients() {
    let socket = || Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let listener = socket();
    listener.bind(&support::any_port().into()).expect("bind");
    listener.listen(2).expect("listen");
    let address = listener.local_addr().expect("its address");
    let [other, client] = [(); 2].map(|()| {
        let client = socket();
        client.connect(&address).expect("connect");
        client
    });
    let accepted = [(); 2].map(|()| listener.accept().expect("accept").1);
    let wrong = lesson::must_be_client(&client, &accepted[0]).expect_err("it is the other's");
    let peer = other.local_addr().expect("its address").as_socket().expect("IP");
    assert!(wrong.to_string().starts_with(&format!("accept(): the client is {peer}, ")), "{wrong}");
    assert!(wrong.why.starts_with("Another program has connected to this port"));
    lesson::must_be_client(&client, &accepted[1]).expect("it is ours");
}

#[test]
#[cfg(target_os = "linux")]
fn a_closed_or_full_stdout_is_no_panic() {
    let shell = |script: &str| {
        let mut command = program("sh");
        command.args(["-c", script]).arg(own_program("accept"));
        command
    };
    succeeds(&mut shell("exec \"$0\" 127.0.0.1 0 >&-"));
    let run = fails(&mut shell("exec \"$0\" 127.0.0.1 0 >/dev/full"), 1)
        .stderr(contains("cannot write to stdout: No space left"));
    assert_eq!(support::complained(&run).lines().count(), 1);
}

/// Errors that no machine here makes by itself: the kernel's answers are made.
#[test]
#[cfg(target_os = "linux")]
fn what_may_happen_to_a_client_is_explained() {
    use support::from_std;
    use support::linux::refusing;
    let port = HeldPort::new();
    for (call, errno, symbol, why) in [
        (libc::SYS_connect, libc::ETIMEDOUT, "ETIMEDOUT, 110", "no such machine, or a firewall"),
        (libc::SYS_connect, libc::EHOSTUNREACH, "EHOSTUNREACH, 113", "127.0.0.1 cannot be reached"),
        (libc::SYS_connect, libc::EADDRNOTAVAIL, "EADDRNOTAVAIL, 99", "no free port on this side"),
        (libc::SYS_socket, libc::EACCES, "EACCES, 13", "a sandbox, a container or a firewall"),
    ] {
        let mut client = Command::new(own_program("client"));
        refusing(client.args(port.words()), call, None, errno);
        fails(&mut from_std(client), 1).stderr(contains(symbol)).stderr(says(why));
    }

    let mut step = Command::new(own_program("accept"));
    refusing(step.args(["127.0.0.1", "0"]), libc::SYS_sendto, None, libc::EPIPE);
    fails(&mut from_std(step), 1)
        .stderr(starts_with("error: send(6 bytes): Broken pipe (EPIPE, 32)"))
        .stderr(says("nobody is left to read what is sent"));
}
