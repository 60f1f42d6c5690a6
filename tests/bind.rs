//! Step 2: what `bind` prints is what the kernel says, and its errors help.

use std::net::{SocketAddr, TcpListener};

use support::workspace::own_program;
use support::{
    HeldPort, any_port, complaint, has_ipv6, output, program, prose, row, rows_of, skip, twin,
    words,
};

fn bind() -> assert_cmd::Command {
    program(own_program("bind"))
}

#[test]
fn there_is_no_address_before_bind_and_one_after() {
    let port = HeldPort::new();
    let output = output(bind().args(port.words()));
    assert_eq!(rows_of(&output, "socket(")[0].local, "not bound");
    let bound = row(&output, &format!("bind({})", port.address));
    assert_eq!(bound.local, port.address.to_string());
    assert_eq!(bound.peer, "—");
    assert!(output.contains(&format!("Now the socket has an address: {}.", port.address)));
}

#[test]
fn bound_is_not_reachable() {
    let port = HeldPort::new();
    let output = output(bind().args(port.words()));
    let client = row(&output, &format!("connect({})", port.address));
    assert_eq!(client.notes.len(), 1);
    assert!(client.notes[0].contains("ECONNREFUSED"), "{client:?}");
    if cfg!(target_os = "linux") {
        assert_eq!(client.notes[0], "Connection refused (ECONNREFUSED, 111)");
        assert_eq!(row(&output, "bind(").state, "CLOSE");
        assert_eq!(client.state, "CLOSE");
    }
    assert!(output.contains("The kernel itself turned the client away:"));
}

#[test]
fn port_zero_lets_the_kernel_pick() {
    let output = output(bind().args(["127.0.0.1", "0"]));
    let bound = row(&output, "bind(127.0.0.1:0)");
    let address: SocketAddr = bound.local.parse().expect("an address");
    assert_ne!(address.port(), 0);
    assert!(prose(&output).contains(&format!("{address}. The kernel picked a free port.")));
}

#[test]
fn the_empty_host_is_every_interface() {
    let output = output(bind().args(["", "0"]));
    assert!(output.contains("'' is 0.0.0.0 here."));
    let bound = row(&output, "bind(0.0.0.0:0)");
    assert!(bound.local.starts_with("0.0.0.0:"), "{bound:?}");
    assert!(prose(&output).contains("every machine that reaches any interface of this one"));
    assert!(row(&output, "connect(127.0.0.1:").notes[0].contains("ECONNREFUSED"));
}

#[test]
fn loopback_is_for_this_machine_only() {
    let output = output(bind().args(["127.0.0.1", "0"]));
    assert!(prose(&output).contains("Once it listens, only programs on this machine can connect."));
}

#[test]
fn an_ipv4_loopback_address_written_as_ipv6_is_loopback_too() {
    if !has_ipv6() {
        return;
    }
    let output = output(bind().args(["::ffff:127.0.0.1", "0"]));
    assert!(prose(&output).contains("only programs on this machine can connect."), "{output}");
}

#[test]
fn localhost_is_looked_up_as_ipv4() {
    let output = output(bind().args(["localhost", "0"]));
    assert!(output.contains("localhost is 127."), "{output}");
    assert!(row(&output, "bind(").local.starts_with("127."));
}

#[test]
fn ipv6_comes_by_a_literal_or_by_the_option() {
    if !has_ipv6() {
        return;
    }
    let literal = output(bind().args(["::1", "0"]));
    let bound = row(&literal, "bind([::1]:0)");
    assert_eq!(bound.kind, "TCP/IPv6");
    assert!(bound.local.starts_with("[::1]:"));

    let every = output(bind().args(["", "0", "--ipv6"]));
    assert!(row(&every, "bind([::]:0)").local.starts_with("[::]:"));
    assert!(row(&every, "connect([::1]:").notes[0].contains("ECONNREFUSED"));
}

#[test]
#[cfg(target_os = "linux")]
fn an_ipv6_socket_for_every_interface_takes_ipv4_too() {
    if !has_ipv6() {
        return;
    }
    let output = output(bind().args(["::", "0"]));
    let only_ipv6 = std::fs::read_to_string("/proc/sys/net/ipv6/bindv6only").expect("a setting");
    assert_eq!(prose(&output).contains("over IPv4, too"), only_ipv6.trim() == "0");
}

#[test]
fn two_runs_in_a_row_on_one_port() {
    let port = HeldPort::new();
    output(bind().args(port.words()));
    output(bind().args(port.words()));
}

#[test]
fn it_names_the_next_step() {
    let output = output(bind().args(["127.0.0.1", "0"]));
    assert!(output.ends_with("Next: just step-3   (without just: cargo run -p listen)\n"));
}

#[test]
fn an_address_in_use_is_explained_with_the_process_that_has_it() {
    let listener = TcpListener::bind(any_port()).expect("a listener");
    let address = listener.local_addr().expect("its address");
    let complaint = complaint(bind().args(words(address)), 1);
    assert!(complaint.starts_with(&format!("error: bind({address}): ")), "{complaint}");
    assert!(complaint.contains("EADDRINUSE, "), "{complaint}");
    if cfg!(target_os = "linux") {
        assert!(complaint.contains("Address already in use (EADDRINUSE, 98)"), "{complaint}");
        let text = prose(&complaint);
        assert!(text.contains(&format!(", process {}, ", std::process::id())), "{complaint}");
        // A child of another test may still have what this process has, until it calls exec.
        assert!(text.contains(&format!(", listens on {address}.")), "{complaint}");
    }
    let next = address.port().wrapping_add(1);
    let advice = format!("take another port, such as {next}");
    assert!(prose(&complaint).contains(&advice), "{complaint}");
}

#[test]
fn an_address_of_another_machine_is_explained() {
    if kernel::setting("net/ipv4/ip_nonlocal_bind") == Some(1) {
        return skip("this system lets programs bind addresses of other machines");
    }
    // 203.0.113.0/24 is for documentation (RFC 5737): no machine has it.
    let complaint = complaint(bind().args(["203.0.113.1", "8080"]), 1);
    assert!(complaint.starts_with("error: bind(203.0.113.1:8080): "), "{complaint}");
    assert!(complaint.contains("EADDRNOTAVAIL"), "{complaint}");
    assert!(prose(&complaint).contains("Why: 203.0.113.1 is not an address of this machine."));
}

#[test]
fn an_unknown_host_is_explained() {
    // The empty label makes it no domain name at all: no name server is asked.
    let complaint = complaint(bind().args(["no..host", "8080"]), 1);
    assert!(complaint.starts_with("error: getaddrinfo(\"no..host\"): "), "{complaint}");
    assert!(prose(&complaint).contains("knows `no..host`"), "{complaint}");
}

#[test]
fn a_port_is_a_number_from_0_to_65535() {
    for wrong in ["65536", "70000", "http", "80a", "1.5", ""] {
        let complaint = complaint(bind().args(["localhost", wrong]), 2);
        assert!(
            complaint.starts_with("error: couldn't parse ")
                && complaint.contains(wrong)
                && complaint.contains(": a port is a whole number from 0 to 65535"),
            "{complaint}"
        );
        assert!(complaint.contains("just step-2 --help"), "{complaint}");
    }
    complaint(bind().args(["localhost", "-1"]), 2);
}

#[test]
fn one_lone_number_is_taken_for_a_forgotten_host() {
    let complaint = complaint(bind().arg("9000"), 2);
    assert!(complaint.contains("Did you mean `just step-2 localhost 9000`?"), "{complaint}");
}

#[test]
fn host_and_port_in_one_word_are_taken_apart() {
    for (word, words) in [
        ("localhost:9000", "localhost 9000"),
        ("[::1]:80", "::1 80"),
        ("127.0.0.1:0", "127.0.0.1 0"),
        ("[::1]", "::1 8080"),
        ("http://localhost/", "localhost 8080"),
        ("http://localhost:9000", "localhost 9000"),
    ] {
        let complaint = complaint(bind().arg(word), 2);
        let hint = format!("Did you mean `just step-2 {words}`?");
        assert!(complaint.contains(&hint), "{complaint}");
    }
}

#[test]
fn an_ipv4_address_does_not_go_with_ipv6() {
    let complaint = complaint(bind().args(["--ipv6", "127.0.0.1"]), 2);
    assert!(complaint.contains("`127.0.0.1` is an IPv4 address"), "{complaint}");
}

#[test]
fn the_help_shows_examples() {
    let help = output(bind().arg("--help"));
    for words in ["Usage: just step-2", "HOST", "PORT", "Examples:", "just step-2 '' 8080"] {
        assert!(help.contains(words), "{words} should stand in:\n{help}");
    }
}

#[test]
fn the_python_twin_finds_the_same() {
    let port = HeldPort::new();
    let Some(output) = twin("crates/bind/bind.py", port.address) else { return };
    assert!(output.contains("bound to ("), "{output}");
    assert!(output.contains("bound is not reachable: "), "{output}");
}

#[cfg(target_os = "linux")]
mod on_linux {
    use std::net::{TcpListener, TcpStream};
    use std::process::Command;

    use kernel::Transport;
    use kernel::wait_until;
    use socket2::{Domain, Socket, Type};

    use support::linux::{
        namespaces_allowed, on_terminal, refusing, without_low_ports, without_network,
    };
    use support::workspace::own_program;
    use support::{HeldPort, any_port, complaint, prose, words};

    fn bind(words: &[&str]) -> Command {
        let mut command = Command::new(own_program("bind"));
        command.args(words);
        command
    }

    #[test]
    fn a_low_port_is_explained() {
        let start = kernel::setting("net/ipv4/ip_unprivileged_port_start").expect("a setting");
        let mut command = bind(&["127.0.0.1", "80"]);
        if start > 80 {
            without_low_ports(&mut command);
        } else {
            // No port is low here, so the kernel's answer is made.
            refusing(&mut command, libc::SYS_bind, None, libc::EACCES);
        }
        let complaint = complaint(&mut command.into(), 1);
        assert!(
            complaint.starts_with("error: bind(127.0.0.1:80): Permission denied (EACCES, 13)\n"),
            "{complaint}"
        );
        if start > 80 {
            let text = prose(&complaint);
            assert!(text.contains(&format!("Ports below {start} are for privileged programs")));
            assert!(text.contains("CAP_NET_BIND_SERVICE"), "{complaint}");
            assert!(text.contains(&format!("Take a port from {start} up")), "{complaint}");
        } else {
            assert!(prose(&complaint).contains("a sandbox, a container or a firewall"));
        }
    }

    #[test]
    fn a_container_without_network_is_explained() {
        if !namespaces_allowed() {
            return;
        }
        let mut ipv4 = bind(&["127.0.0.1", "8080"]);
        without_network(&mut ipv4);
        let text = complaint(&mut ipv4.into(), 1);
        let expected = "error: connect(127.0.0.1:8080): Network is unreachable (ENETUNREACH, 101)";
        assert!(text.starts_with(expected), "{text}");
        assert!(prose(&text).contains("loopback interface is down"), "{text}");
        assert!(prose(&text).contains("`ip link set lo up`"), "{text}");

        let mut ipv6 = bind(&["::1", "8080"]);
        without_network(&mut ipv6);
        let text = complaint(&mut ipv6.into(), 1);
        let expected =
            "error: bind([::1]:8080): Cannot assign requested address (EADDRNOTAVAIL, 99)";
        assert!(text.starts_with(expected), "{text}");
        assert!(prose(&text).contains("loopback interface is down"), "{text}");
        assert!(prose(&text).contains("net.ipv6.conf.lo.disable_ipv6"), "{text}");
    }

    #[test]
    fn an_address_that_stands_for_many_machines_is_explained() {
        for host in ["224.0.0.1", "255.255.255.255"] {
            let complaint = complaint(&mut bind(&[host, "0"]).into(), 1);
            assert!(complaint.contains("ENETUNREACH"), "{complaint}");
            let text = prose(&complaint);
            assert!(text.contains(&format!("{host} stands for many machines")), "{complaint}");
        }
    }

    #[test]
    fn no_free_port_at_all_is_explained() {
        let mut command = bind(&["127.0.0.1", "0"]);
        refusing(&mut command, libc::SYS_bind, None, libc::EADDRINUSE);
        let complaint = complaint(&mut command.into(), 1);
        assert!(complaint.starts_with("error: bind(127.0.0.1:0): "), "{complaint}");
        let text = prose(&complaint);
        assert!(
            text.contains("No port is free of those that the kernel gives away"),
            "{complaint}"
        );
    }

    #[test]
    fn a_link_local_address_without_its_interface_is_explained() {
        if !support::has_ipv6() {
            return;
        }
        let complaint = complaint(&mut bind(&["fe80::1", "8080"]).into(), 1);
        assert!(complaint.contains("Invalid argument (EINVAL, 22)"), "{complaint}");
        assert!(complaint.contains("Name the interface: fe80::1%eth0"), "{complaint}");
    }

    /// Without a network the question reaches no name server.
    #[test]
    fn a_name_that_nobody_can_answer_for_is_explained() {
        if !namespaces_allowed() {
            return;
        }
        let mut command = bind(&["host.invalid", "8080"]);
        without_network(&mut command);
        let complaint = complaint(&mut command.into(), 1);
        assert!(complaint.starts_with("error: getaddrinfo(\"host.invalid\"): "), "{complaint}");
        if complaint.contains("EAI_AGAIN") {
            assert!(prose(&complaint).contains("no name server answered about"), "{complaint}");
        }
    }

    #[test]
    fn a_port_in_time_wait_is_explained() {
        // Like a server that does not set SO_REUSEADDR, and closes first.
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        listener.bind(&any_port().into()).expect("bind");
        listener.listen(1).expect("listen");
        let address = listener.local_addr().expect("address").as_socket().expect("IP");
        let client = TcpStream::connect(address).expect("connect");
        let local = client.local_addr().expect("the client's address");
        drop(listener.accept().expect("accept"));
        drop(client);
        drop(listener);
        // A child that another test is starting has a copy of these sockets until its exec.
        let entries = || kernel::port_table(Transport::Tcp, address.port()).expect("a table");
        assert!(
            wait_until(|| entries().iter().all(|entry| entry.state == "TIME_WAIT")),
            "only TIME_WAIT should be left of the connection: {:?}",
            entries()
        );
        assert!(kernel::connection(address, local).flatten().is_some());

        let [host, port] = words(address);
        let complaint = complaint(&mut bind(&[&host, &port]).into(), 1);
        let text = prose(&complaint);
        assert!(text.contains("EADDRINUSE"), "{complaint}");
        assert!(text.contains("is in TIME_WAIT, for "), "{complaint}");
        assert!(text.contains("unless SO_REUSEADDR was set on its socket"), "{complaint}");
    }

    #[test]
    fn a_socket_that_no_table_shows_is_explained() {
        let holder = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        holder.bind(&any_port().into()).expect("bind");
        let address = holder.local_addr().expect("address").as_socket().expect("IP");
        let [host, port] = words(address);
        let complaint = complaint(&mut bind(&[&host, &port]).into(), 1);
        let text = prose(&complaint);
        assert!(text.contains(&format!("Another socket has {address}.")), "{complaint}");
        assert!(text.contains("bound and does not listen"), "{complaint}");
    }

    #[cfg(target_arch = "x86_64")]
    const READ_LINK: libc::c_long = libc::SYS_readlink;
    #[cfg(not(target_arch = "x86_64"))]
    const READ_LINK: libc::c_long = libc::SYS_readlinkat;

    /// As when the port belongs to another user's program, whose descriptors we may not read.
    #[test]
    fn a_holder_that_the_system_does_not_tell_is_said_to_be_unknown() {
        let listener = TcpListener::bind(any_port()).expect("bind");
        let address = listener.local_addr().expect("address");
        let [host, port] = words(address);
        let mut command = bind(&[&host, &port]);
        refusing(&mut command, READ_LINK, None, libc::EACCES);
        let complaint = complaint(&mut command.into(), 1);
        assert!(complaint.contains("Why: A program of user "), "{complaint}");
    }

    #[test]
    fn output_fits_a_narrow_terminal_and_says_the_same() {
        let port = HeldPort::new();
        let [host, number] = port.words();
        let mut command = bind(&[&host, &number]);
        let narrow = on_terminal(command.env("NO_COLOR", "1"), 60);
        let wide = on_terminal(bind(&[&host, &number]).env("NO_COLOR", "1"), 200);
        assert!(narrow.lines().all(|line| line.chars().count() <= 60), "{narrow}");
        assert!(wide.lines().all(|line| line.chars().count() <= 100), "{wide}");
        // The client's port differs from run to run.
        let stable = |text: &str| {
            let words: Vec<&str> = text.split_whitespace().collect();
            words.into_iter().filter(|word| !word.starts_with("0.0.0.0:")).collect::<String>()
        };
        assert_eq!(stable(&narrow), stable(&wide));
    }
}
