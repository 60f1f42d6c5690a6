//! Step 5: what `close` prints is what the kernel says.

use predicates::str::{contains, ends_with};
use support::workspace::own_program;
use support::{HeldPort, has_ipv6, output, program, row, rows_of, succeeds, twin};

fn close() -> assert_cmd::Command {
    program(own_program("close"))
}

#[test]
fn the_client_reads_the_end_when_the_server_closes() {
    let output = output(close().args(["127.0.0.1", "0"]));
    let end = row(&output, "recv(1024)");
    assert_eq!(end.fd, row(&output, "connect(").fd);
    assert_eq!(end.notes, ["0 bytes: the end"]);
}

#[test]
fn each_close_frees_its_descriptor() {
    let output = output(close().args(["127.0.0.1", "0"]));
    let closed = rows_of(&output, "close(");
    let fds: Vec<&str> = closed.iter().map(|row| row.fd.as_str()).collect();
    let [listener, client, ..] = &rows_of(&output, "socket(")[..] else { panic!("{output}") };
    assert_eq!(fds, [&row(&output, "accept()").fd, &client.fd, &listener.fd]);
    assert!(closed.iter().all(|row| row.kind == "free"));
}

#[cfg(windows)]
#[test]
fn windows_tells_the_states_of_both_ends() {
    let output = output(close().args(["127.0.0.1", "0"]));
    let states = |call| rows_of(&output, call).into_iter().map(|row| row.state).collect();
    let states: [Vec<String>; 4] =
        ["accept()", "the server's end", "the client's end", "the listener"].map(states);
    assert_eq!(states[0], ["ESTABLISHED"]);
    assert_eq!(states[1], ["FIN_WAIT2", "TIME_WAIT"]);
    assert_eq!(states[2], ["CLOSE_WAIT"]);
    assert_eq!(states[3], ["LISTEN"]);
}

#[test]
fn two_runs_in_a_row_on_one_port() {
    let port = HeldPort::new();
    succeeds(close().args(port.words()));
    succeeds(close().args(port.words()));
}

#[test]
fn every_interface_and_ipv6() {
    let everywhere = output(close().args(["", "0"]));
    assert!(row(&everywhere, "bind(0.0.0.0:0)").local.starts_with("0.0.0.0:"));
    if has_ipv6() {
        let output = output(close().args(["::1", "0"]));
        assert!(row(&output, "connect([::1]:").local.starts_with("[::1]:"));
    }
}

#[test]
fn it_names_the_next_step() {
    succeeds(close().args(["127.0.0.1", "0"]))
        .stdout(ends_with("Next: just step-6   (without just: cargo run -p udp-vs-tcp)\n"));
}

#[test]
fn the_help_shows_examples() {
    let mut help = succeeds(close().arg("--help"));
    for words in ["Usage: just step-5", "HOST", "PORT", "Examples:", "just step-5 localhost 0"] {
        help = help.stdout(contains(words));
    }
}

#[test]
fn the_python_twin_finds_the_same() {
    let port = HeldPort::new();
    let Some(run) = twin("crates/close/close.py", port.address) else { return };
    let run = run
        .stdout(contains("the client reads the end: 0 bytes"))
        .stdout(contains("with SO_REUSEADDR: bound to "));
    if cfg!(target_os = "linux") {
        run.stdout(contains("without SO_REUSEADDR: [Errno 98]"));
    }
}

#[cfg(target_os = "linux")]
mod on_linux {
    use std::net::SocketAddr;
    use std::process::Command;

    use kernel::Transport;
    use kernel::wait_until;
    use socket2::{Domain, Socket, Type};

    use super::close;
    use support::linux::{mounts_allowed, refusing, without_proc};
    use support::workspace::own_program;
    use support::{
        any_port, from_std, has_ipv6, output, printed, row, rows, rows_of, says, succeeds,
    };

    #[test]
    fn the_states_pass_on_both_sides() {
        let hosts = if has_ipv6() { vec!["127.0.0.1", "::1"] } else { vec!["127.0.0.1"] };
        for host in hosts {
            let run = succeeds(close().args([host, "0"]))
                .stdout(says("The server's end stays, in FIN_WAIT2, and waits for the client:"))
                .stdout(says("Both have closed. The side that closed first is left in TIME_WAIT."));
            let output = printed(&run);
            let ends = rows_of(output, "the server's end");
            let accepted = row(output, "accept()");
            assert_eq!(ends[0].state, "FIN_WAIT2");
            assert!(ends[1].state.starts_with("TIME_WAIT "), "{ends:?}");
            for end in &ends {
                let pair = (&end.local, &end.peer);
                assert_eq!(pair, (&accepted.local, &accepted.peer));
                assert_eq!(end.fd, "—");
            }
            assert_eq!(row(output, "the client's end").state, "CLOSE_WAIT");
        }
    }

    /// As in a container that hides /proc and refuses netlink sockets: the step runs, and says what it
    /// was not told. One of the two is enough.
    #[test]
    fn without_the_kernels_table_the_step_still_runs() {
        if !mounts_allowed() {
            return;
        }
        let step = || {
            let mut command = Command::new(own_program("close"));
            command.args(["127.0.0.1", "0"]);
            command
        };
        let refuse_netlink = |command: &mut Command| {
            let family = Some(libc::AF_NETLINK as u64);
            refusing(command, libc::SYS_socket, family, libc::EAFNOSUPPORT);
        };
        let [mut no_table, mut no_netlink, mut command] = [step(), step(), step()];
        without_proc(&mut no_table);
        refuse_netlink(&mut no_netlink);
        for command in [no_table, no_netlink] {
            let run = succeeds(&mut from_std(command));
            let ends = rows_of(printed(&run), "the server's end");
            let states: Vec<&str> =
                ends.iter().filter_map(|end| end.state.split_whitespace().next()).collect();
            assert_eq!(states, ["FIN_WAIT2", "TIME_WAIT"]);
        }

        without_proc(&mut command);
        refuse_netlink(&mut command);
        let run = succeeds(&mut from_std(command))
            .stdout(says("in a state that this system does not report"));
        let output = printed(&run);
        let ends = rows_of(output, "the server's end");
        assert!(ends.iter().all(|end| end.state == "unknown"));
        assert_eq!(row(output, "the client's end").state, "CLOSE_WAIT");
    }

    #[test]
    fn time_wait_is_left_on_the_servers_port_and_nowhere_else() {
        let run = succeeds(close().args(["127.0.0.1", "0"]))
            .stdout(says("has to wait until TIME_WAIT is over."));
        let accepted = row(printed(&run), "accept()");
        let ends = [&accepted.local, &accepted.peer];
        let [server, client] = ends.map(|text| text.parse::<SocketAddr>().expect("an address"));
        let left =
            kernel::connection(server, client).flatten().expect("a row after the program's end");
        assert_eq!((left.state, left.owner), ("TIME_WAIT", 0));
        assert!(left.seconds_left.is_some_and(|left| (50..=60).contains(&left)), "{left:?}");
        assert_eq!(kernel::connection(client, server), Some(None));

        // A server that just calls bind, as in Python, finds the port taken.
        let plain = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        let taken = plain.bind(&server.into()).expect_err("TIME_WAIT keeps the port");
        assert_eq!(taken.kind(), std::io::ErrorKind::AddrInUse);
    }

    #[test]
    fn the_listener_outlives_the_connection() {
        let output = output(close().args(["127.0.0.1", "0"]));
        let calls: Vec<String> = rows(&output).into_iter().map(|row| row.call).collect();
        let place = |call: &str| calls.iter().position(|row| row.starts_with(call)).expect(call);
        assert!(place("close(") < place("the listener"));
        assert_eq!(row(&output, "the listener").state, "LISTEN queue 0 of 1");
    }

    #[test]
    fn the_port_stays_taken_without_so_reuseaddr_and_is_free_with_it() {
        let output = output(close().args(["127.0.0.1", "0"]));
        let binds = rows_of(&output, "bind(");
        assert_eq!(binds.len(), 3);
        assert_eq!(binds[1].notes, ["Address already in use (EADDRINUSE, 98)"]);
        assert_eq!(binds[1].local, "not bound");
        assert_eq!(binds[2].notes, [""; 0]);
        assert_eq!(binds[2].local, binds[0].local);
        let options = rows_of(&output, "setsockopt(SO_REUSEADDR, 1)");
        assert_eq!(options.len(), 2);
    }

    /// The step says that the old socket, too, must have had the option.
    #[test]
    fn so_reuseaddr_on_the_new_socket_alone_is_not_enough() {
        let bind = |reuse: bool, address: SocketAddr| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
            socket.set_reuse_address(reuse).expect("SO_REUSEADDR");
            socket.bind(&address.into()).map(|()| socket)
        };
        for old_had_it in [false, true] {
            let listener = bind(old_had_it, any_port()).expect("bind");
            listener.listen(1).expect("listen");
            let address = listener.local_addr().expect("address").as_socket().expect("IP");
            let client = std::net::TcpStream::connect(address).expect("connect");
            drop(listener.accept().expect("accept"));
            drop((client, listener));
            // A child that another test is starting has a copy of the listener until its exec.
            let gone = || kernel::port_table(Transport::Tcp, address.port()).expect("a table");
            assert!(wait_until(|| gone().iter().all(|entry| entry.state != "LISTEN")));
            assert_eq!(bind(true, address).is_ok(), old_had_it);
        }
    }
}
