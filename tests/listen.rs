//! Step 3: what `listen` prints is what the kernel says.

use predicates::str::{contains, ends_with};
use support::workspace::own_program;
use support::{
    HeldPort, fails, has_ipv6, output, printed, program, row, rows_of, says, succeeds, twin,
};

fn listen() -> assert_cmd::Command {
    program(own_program("listen"))
}

#[test]
fn clients_connect_although_nobody_calls_accept() {
    let port = HeldPort::new();
    // How many a backlog of 1 lets in, each system has a rule of its own for.
    let (connected, said) = if cfg!(target_os = "linux") {
        (2, "In the queue: 2 of 3. The kernel did that alone.")
    } else {
        (1, "of 3. The kernel did that alone.")
    };
    let run = succeeds(listen().args(port.words())).stdout(says(said));
    let output = printed(&run);
    let clients = rows_of(output, &format!("connect({})", port.address));
    assert_eq!(clients.len(), 3);
    for client in &clients[..connected] {
        assert_eq!(client.peer, port.address.to_string());
        assert_eq!(client.notes, [""; 0]);
    }
    assert!(rows_of(output, "accept").is_empty());
}

#[test]
fn an_ephemeral_port_and_every_interface() {
    let run = succeeds(listen().args(["", "0"])).stdout(says(
        "'' is 0.0.0.0 here. It can be reached by every machine that can reach any interface of this \
         one.",
    ));
    let output = printed(&run);
    let bound = row(output, "bind(0.0.0.0:0)");
    assert!(bound.local.starts_with("0.0.0.0:") && bound.local != "0.0.0.0:0", "{bound:?}");
    assert_eq!(rows_of(output, "connect(127.0.0.1:").len(), 3);
}

#[test]
fn ipv6_works_as_well() {
    if !has_ipv6() {
        return;
    }
    let output = output(listen().args(["::1", "0"]));
    assert_eq!(rows_of(&output, "connect([::1]:").len(), 3);
}

#[test]
fn two_runs_in_a_row_on_one_port() {
    let port = HeldPort::new();
    succeeds(listen().args(port.words()));
    succeeds(listen().args(port.words()));
}

#[test]
fn it_names_the_next_step() {
    succeeds(listen().args(["127.0.0.1", "0"]))
        .stdout(ends_with("Next: just step-4   (without just: cargo run -p accept)\n"));
}

#[test]
fn a_backlog_is_a_whole_number() {
    for wrong in ["-1", "one", "2147483648", "1.5", "+5", "05"] {
        let option = format!("--backlog={wrong}");
        fails(listen().args(["127.0.0.1", "0", &option]), 2)
            .stderr(contains("a backlog is a whole number from 0 to 2147483647"));
    }
}

#[test]
fn the_help_shows_examples() {
    let mut help = succeeds(listen().arg("--help"));
    for words in ["Usage: just step-3", "--backlog", "Examples:", "just step-3 --backlog 0"] {
        help = help.stdout(contains(words));
    }
}

#[test]
fn the_python_twin_finds_the_same() {
    let port = HeldPort::new();
    let Some(mut run) = twin("crates/listen/listen.py", port.address) else { return };
    assert_eq!(printed(&run).lines().count(), 3);
    for number in [1, 2] {
        let connected = format!("client {number} is connected, without accept");
        run = run.stdout(contains(connected));
    }
}

#[cfg(target_os = "linux")]
mod on_linux {
    use std::io::ErrorKind;
    use std::process::Command;
    use std::time::Duration;

    use kernel::wait_until;
    use kernel::{View, wait_for_queue};
    use predicates::str::{contains, starts_with};
    use socket2::{Domain, Socket, Type};

    use support::linux::{namespaces_allowed, with_descriptors, without_network};
    use support::workspace::own_program;
    use support::{
        HeldPort, any_port, fails, from_std, output, printed, program, row, rows_of, says, skip,
        succeeds,
    };

    fn listen(words: &[&str]) -> assert_cmd::Command {
        let mut command = program(own_program("listen"));
        command.args(words);
        command
    }

    #[test]
    fn a_listening_socket_is_in_state_listen_with_an_empty_queue() {
        let output = output(&mut listen(&["127.0.0.1", "0"]));
        assert_eq!(row(&output, "bind(").state, "CLOSE");
        assert_eq!(row(&output, "listen(1)").state, "LISTEN queue 0 of 1");
    }

    #[test]
    fn third_client_waits_when_the_queue_is_full() {
        let port = HeldPort::new();
        let run = succeeds(listen(&[]).args(port.words()))
            .stdout(says("A backlog of 1 lets 2 in. The last was not refused: it got no answer."));
        let output = printed(&run);
        let clients = rows_of(output, "connect(");
        let states: Vec<&str> = clients.iter().map(|client| client.state.as_str()).collect();
        assert_eq!(states, ["ESTABLISHED", "ESTABLISHED", "SYN_SENT"]);
        assert_eq!(clients[2].peer, "—");
        assert_eq!(clients[2].notes, ["timed out"]);
        assert_eq!(row(output, "the listener").state, "LISTEN queue 2 of 1");
    }

    /// The step says so of the client that it gives up on.
    #[test]
    fn a_client_that_found_the_queue_full_gets_in_when_there_is_room() {
        let socket = || Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        let listener = socket();
        listener.bind(&any_port().into()).expect("bind");
        listener.listen(0).expect("listen");
        let address = listener.local_addr().expect("its address");
        let (first, second) = (socket(), socket());
        first.connect(&address).expect("connect");
        assert!(wait_for_queue(&listener, 1));
        let gave_up = second.connect_timeout(&address, Duration::from_millis(10));
        assert_eq!(gave_up.expect_err("no room").kind(), ErrorKind::TimedOut);
        assert_eq!(View::of(&second).state, Some("SYN_SENT"));
        let _connection = listener.accept().expect("accept");
        // Its kernel sends the next SYN a second after the first.
        let connected = || View::of(&second).state == Some("ESTABLISHED");
        assert!(wait_until(connected) || wait_until(connected), "the kernel should try again");
    }

    #[test]
    fn one_more_than_the_backlog_fits() {
        let most = kernel::setting("net/core/somaxconn").expect("a setting") as usize;
        for backlog in [0, 2, 8].map(|backlog| most.min(backlog)) {
            let option = format!("--backlog={backlog}");
            let output = output(&mut listen(&["127.0.0.1", "0", &option]));
            assert_eq!(row(&output, "listen(").state, format!("LISTEN queue 0 of {backlog}"));
            let clients = rows_of(&output, "connect(");
            let connected = clients.iter().filter(|client| client.state == "ESTABLISHED");
            assert_eq!(connected.count(), backlog + 1);
            assert_eq!(clients.len(), backlog + 2);
            assert_eq!(
                row(&output, "the listener").state,
                format!("LISTEN queue {} of {backlog}", backlog + 1)
            );
        }
    }

    #[test]
    fn two_clients_are_enough_for_a_long_queue() {
        if kernel::setting("net/core/somaxconn").is_none_or(|most| most < 9) {
            return skip("this system allows no long queue (net.core.somaxconn)");
        }
        let output = output(&mut listen(&["127.0.0.1", "0", "--backlog", "9"]));
        assert_eq!(rows_of(&output, "connect(").len(), 2);
        assert_eq!(row(&output, "the listener").state, "LISTEN queue 2 of 9");
    }

    #[test]
    fn the_kernel_caps_the_backlog() {
        let most = kernel::setting("net/core/somaxconn").expect("a setting");
        let run = succeeds(&mut listen(&["127.0.0.1", "0", "--backlog", "2147483647"]));
        let listen = row(printed(&run), "listen(2147483647)");
        assert_eq!(listen.state, format!("LISTEN queue 0 of {most}"));
    }

    #[test]
    fn too_many_open_files_are_explained() {
        // The listener gets descriptor 3; there is none for a client.
        let mut command = Command::new(own_program("listen"));
        with_descriptors(command.args(["127.0.0.1", "0"]), 4);
        let error = "error: socket(AF_INET, SOCK_STREAM): Too many open files (EMFILE, 24)\n";
        fails(&mut from_std(command), 1).stderr(starts_with(error)).stderr(contains("`ulimit -n`"));
    }

    #[test]
    fn no_network_is_not_taken_for_a_full_queue() {
        if !namespaces_allowed() {
            return;
        }
        let mut command = Command::new(own_program("listen"));
        without_network(command.args(["127.0.0.1", "8080"]));
        fails(&mut from_std(command), 1).stderr(contains("ENETUNREACH"));
    }
}
