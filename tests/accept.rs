//! Step 4: what `accept` prints is what the kernel says, and `--wait` serves real clients.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::Command;

use socket2::{Domain, Socket, Type};

use support::workspace::own_program;
use support::{
    DEADLINE, HeldPort, Running, complaint, has_ipv6, output, program, prose, row, rows_of, skip,
    twin, words,
};

fn accept() -> assert_cmd::Command {
    program(own_program("accept"))
}

#[test]
fn accept_returns_a_new_socket_with_the_same_local_port() {
    let port = HeldPort::new();
    let output = output(accept().args(port.words()));
    let client = row(&output, "connect(");
    let connection = row(&output, "accept()");
    let listeners = rows_of(&output, "the listener");
    assert_ne!(connection.fd, listeners[1].fd);
    assert_eq!(connection.local, listeners[1].local);
    assert_eq!(connection.peer, client.local);
    assert_eq!(connection.local, client.peer);
    assert!(
        prose(&output).contains(&format!("The new socket's peer is the client, {};", client.local))
    );
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
    let output = output(accept().args(["127.0.0.1", "0"]));
    let received = rows_of(&output, "recv(1024)");
    assert_eq!(received.last().expect("a row").notes, ["0 bytes: the end"]);
    assert!(output.contains("Receiving 0 bytes means: the client sends nothing more."));
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
    output(accept().args(port.words()));
    output(accept().args(port.words()));
}

#[test]
fn it_names_the_next_step() {
    let output = output(accept().args(["127.0.0.1", "0"]));
    assert!(output.ends_with("Next: just step-5   (without just: cargo run -p close)\n"));
}

#[test]
fn the_help_shows_examples() {
    let help = output(accept().arg("--help"));
    for words in ["Usage: just step-4", "--wait", "Examples:", "just step-4 --wait"] {
        assert!(help.contains(words), "{words} should stand in:\n{help}");
    }
    let help = output(program(own_program("client")).arg("--help"));
    for words in ["Usage: just client", "Examples:", "just client 127.0.0.1 9000"] {
        assert!(help.contains(words), "{words} should stand in:\n{help}");
    }
}

#[test]
fn the_python_twin_finds_the_same() {
    let port = HeldPort::new();
    let Some(output) = twin("crates/accept/accept.py", port.address) else { return };
    assert!(output.contains(r"received b'hello\n'"), "{output}");
    assert!(output.contains(r"answered b'6 bytes arrived\n'"), "{output}");
    assert!(output.contains("the end: b''"), "{output}");
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
    let (status, shown, complaint) = server.finish();
    assert!(status.success(), "{shown}\n{complaint}");
    assert_eq!(complaint, "");
    let received = rows_of(&shown, "recv(1024)");
    assert_eq!(received[0].notes, [r#"6 bytes: "hello\n""#], "{shown}");
    assert_eq!(received[1].notes, ["0 bytes: the end"], "{shown}");
    assert_eq!(rows_of(&shown, "send(16 bytes)").len(), 1, "{shown}");
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
    assert!(server.finish().0.success());
}

#[test]
fn it_serves_a_client_that_says_nothing() {
    let (server, address) = waiting("127.0.0.1");
    drop(TcpStream::connect(address).expect("connect"));
    let (status, shown, _) = server.finish();
    assert!(status.success());
    assert_eq!(rows_of(&shown, "recv(1024)")[0].notes, ["0 bytes: the end"]);
}

#[test]
fn our_own_client_is_served() {
    let (server, address) = waiting("127.0.0.1");
    let shown = output(program(own_program("client")).args(words(address)));
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
    output(program(own_program("client")).args(words(address)));
    assert_served(server);
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
    output(program(own_program("client")).args(words(other(address))));
    assert_served(server);

    if has_ipv6() {
        let (server, address) = waiting("::");
        let ipv4 = SocketAddr::from(([127, 0, 0, 1], address.port()));
        let only_ipv6 = kernel::setting("net/ipv6/bindv6only");
        match only_ipv6 {
            Some(0) => {
                output(program(own_program("client")).args(words(ipv4)));
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
    let shown = output(program(python).args(["-c", &script]));
    assert_eq!(shown.trim(), r"b'6 bytes arrived\n'");
    assert_served(server);
}

#[test]
fn netcat_is_served() {
    let help = Command::new("nc").arg("-h").output();
    if !help.is_ok_and(|help| String::from_utf8_lossy(&help.stderr).contains("-N")) {
        return skip("there is no nc with -N (OpenBSD's netcat)");
    }
    let (server, address) = waiting("127.0.0.1");
    let shown = output(program("nc").arg("-N").args(words(address)).write_stdin("hello\n"));
    assert_eq!(shown, "6 bytes arrived\n");
    assert_served(server);
}

#[test]
fn a_refused_client_is_told_to_start_the_server() {
    let port = HeldPort::new();
    let complaint = complaint(program(own_program("client")).args(port.words()), 1);
    let head = format!("error: connect({}): ", port.address);
    assert!(complaint.starts_with(&head), "{complaint}");
    assert!(complaint.contains("ECONNREFUSED"), "{complaint}");
    let text = prose(&complaint);
    assert!(text.contains(&format!("Nobody listens at {}.", port.address)), "{complaint}");
    assert!(text.contains("`just step-4 --wait`"), "{complaint}");
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
    let (status, _, complaint) = server.finish();
    assert_eq!(status.code(), Some(1), "{complaint}");
    assert!(complaint.starts_with("error: recv(1024): "), "{complaint}");
    assert!(complaint.contains("ECONNRESET"), "{complaint}");
    assert!(prose(&complaint).contains("closed before it had read everything"), "{complaint}");
}

#[test]
#[cfg(unix)]
fn a_reader_that_has_gone_ends_it_quietly() {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().expect("a pair");
    drop(ours);
    let done = Command::new(own_program("accept"))
        .args(["127.0.0.1", "0"])
        .stdout(std::os::fd::OwnedFd::from(theirs))
        .output()
        .expect("it ends");
    assert!(done.status.success());
    assert_eq!(String::from_utf8_lossy(&done.stderr), "");
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
    let wrong = lesson::expect_client(&client, &accepted[0]).expect_err("it is the other's");
    let peer = other.local_addr().expect("its address").as_socket().expect("IP");
    assert!(wrong.to_string().starts_with(&format!("accept(): the client is {peer}, ")), "{wrong}");
    assert!(wrong.why.starts_with("Another program has connected to this port"));
    lesson::expect_client(&client, &accepted[1]).expect("it is ours");
}

#[test]
#[cfg(target_os = "linux")]
fn a_closed_or_full_stdout_is_no_panic() {
    let shell = |script: &str| {
        let mut command = program("sh");
        command.args(["-c", script]).arg(own_program("accept"));
        command
    };
    shell("exec \"$0\" 127.0.0.1 0 >&-").assert().success().stderr("");
    let complaint = complaint(&mut shell("exec \"$0\" 127.0.0.1 0 >/dev/full"), 1);
    assert!(complaint.contains("cannot write to stdout: No space left"), "{complaint}");
    assert_eq!(complaint.lines().count(), 1, "{complaint}");
}

/// Errors that no machine here makes by itself: the kernel's answers are made.
#[test]
#[cfg(target_os = "linux")]
fn what_may_happen_to_a_client_is_explained() {
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
        let complaint = complaint(&mut client.into(), 1);
        assert!(complaint.contains(symbol), "{complaint}");
        assert!(prose(&complaint).contains(why), "{complaint}");
    }

    let mut step = Command::new(own_program("accept"));
    refusing(step.args(["127.0.0.1", "0"]), libc::SYS_sendto, None, libc::EPIPE);
    let complaint = complaint(&mut step.into(), 1);
    assert!(complaint.starts_with("error: send(6 bytes): Broken pipe (EPIPE, 32)"), "{complaint}");
    assert!(prose(&complaint).contains("nobody is left to read what is sent"), "{complaint}");
}
