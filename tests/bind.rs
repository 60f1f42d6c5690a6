//! Step 2: what `bind` prints is what the kernel says, and its errors help.

use std::net::{SocketAddr, TcpListener};

use predicates::prelude::PredicateBooleanExt;
use predicates::str::{contains, ends_with, starts_with};
use support::workspace::own_program;
use support::{
    HeldPort, any_port, fails, has_ipv6, output, printed, program, row, rows_of, says, skip,
    succeeds, twin, words,
};

fn bind() -> assert_cmd::Command {
    program(own_program("bind"))
}

#[test]
fn there_is_no_address_before_bind_and_one_after() {
    let port = HeldPort::new();
    let run = succeeds(bind().args(port.words()))
        .stdout(contains(format!("Now the socket has an address: {}.", port.address)));
    let output = printed(&run);
    assert_eq!(rows_of(output, "socket(")[0].local, "not bound");
    let bound = row(output, &format!("bind({})", port.address));
    assert_eq!(bound.local, port.address.to_string());
    assert_eq!(bound.peer, "—");
}

#[test]
fn bound_is_not_reachable() {
    let port = HeldPort::new();
    let run = succeeds(bind().args(port.words()))
        .stdout(contains("The kernel itself turned the client away:"));
    let output = printed(&run);
    let client = row(output, &format!("connect({})", port.address));
    assert_eq!(client.notes.len(), 1);
    assert!(client.notes[0].contains("ECONNREFUSED"), "{client:?}");
    if cfg!(target_os = "linux") {
        assert_eq!(client.notes[0], "Connection refused (ECONNREFUSED, 111)");
        assert_eq!(row(output, "bind(").state, "CLOSE");
        assert_eq!(client.state, "CLOSE");
    }
}

#[test]
fn port_zero_lets_the_kernel_pick() {
    let run = succeeds(bind().args(["127.0.0.1", "0"]));
    let bound = row(printed(&run), "bind(127.0.0.1:0)");
    let address: SocketAddr = bound.local.parse().expect("an address");
    assert_ne!(address.port(), 0);
    run.stdout(says(format!("{address}. The kernel picked a free port.")));
}

#[test]
fn the_empty_host_is_every_interface() {
    let run = succeeds(bind().args(["", "0"]))
        .stdout(contains("'' is 0.0.0.0 here."))
        .stdout(says("every machine that can reach any interface of this one"));
    let output = printed(&run);
    let bound = row(output, "bind(0.0.0.0:0)");
    assert!(bound.local.starts_with("0.0.0.0:"), "{bound:?}");
    assert!(row(output, "connect(127.0.0.1:").notes[0].contains("ECONNREFUSED"));
}

#[test]
fn loopback_is_for_this_machine_only() {
    succeeds(bind().args(["127.0.0.1", "0"]))
        .stdout(says("Once it listens, only programs on this machine can connect."));
}

#[test]
fn an_ipv4_loopback_address_written_as_ipv6_is_loopback_too() {
    if !has_ipv6() {
        return;
    }
    let mut bind = bind();
    bind.args(["::ffff:127.0.0.1", "0"]);
    if cfg!(windows) {
        // There IPV6_V6ONLY is on unless somebody clears it.
        fails(&mut bind, 1).stderr(starts_with("error: bind([::ffff:127.0.0.1]:0): "));
    } else {
        succeeds(&mut bind).stdout(says("only programs on this machine can connect."));
    }
}

#[test]
fn localhost_is_looked_up_as_ipv4() {
    let run = succeeds(bind().args(["localhost", "0"])).stdout(contains("localhost is 127."));
    assert!(row(printed(&run), "bind(").local.starts_with("127."));
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
    let run = succeeds(bind().args(["::", "0"]));
    let only_ipv6 = std::fs::read_to_string("/proc/sys/net/ipv6/bindv6only").expect("a setting");
    match only_ipv6.trim() {
        "0" => run.stdout(says("over IPv4, too")),
        _ => run.stdout(says("over IPv4, too").not()),
    };
}

#[test]
fn two_runs_in_a_row_on_one_port() {
    let port = HeldPort::new();
    succeeds(bind().args(port.words()));
    succeeds(bind().args(port.words()));
}

#[test]
fn it_names_the_next_step() {
    succeeds(bind().args(["127.0.0.1", "0"]))
        .stdout(ends_with("Next: just step-3   (without just: cargo run -p listen)\n"));
}

#[test]
fn an_address_in_use_is_explained_with_the_process_that_has_it() {
    let listener = TcpListener::bind(any_port()).expect("a listener");
    let address = listener.local_addr().expect("its address");
    let next = address.port().wrapping_add(1);
    let mut run = fails(bind().args(words(address)), 1)
        .stderr(starts_with(format!("error: bind({address}): ")))
        .stderr(says("EADDRINUSE, "))
        .stderr(says(format!("use another port, such as {next}")));
    // Windows tells it, too, but Wine does not always know the process.
    if cfg!(any(target_os = "linux", windows)) {
        // A child of another test may still have what this process has, until it calls exec.
        run = run.stderr(says(format!(", is listening on {address}.")));
    }
    if cfg!(target_os = "linux") {
        run.stderr(contains("Address already in use (EADDRINUSE, 98)"))
            .stderr(says(format!(", process {}, ", std::process::id())));
    }
}

#[test]
fn an_address_of_another_machine_is_explained() {
    if kernel::setting("net/ipv4/ip_nonlocal_bind") == Some(1) {
        return skip("this system lets programs bind addresses of other machines");
    }
    // 203.0.113.0/24 is for documentation (RFC 5737): no machine has it.
    fails(bind().args(["203.0.113.1", "8080"]), 1)
        .stderr(starts_with("error: bind(203.0.113.1:8080): "))
        .stderr(contains("EADDRNOTAVAIL"))
        .stderr(says("Why: 203.0.113.1 is not an address of this machine."));
}

#[test]
fn an_unknown_host_is_explained() {
    // The empty label makes it no domain name at all: no name server is asked.
    fails(bind().args(["no..host", "8080"]), 1)
        .stderr(starts_with("error: getaddrinfo(\"no..host\"): "))
        .stderr(says("knows an IPv4 address of `no..host`"));
}

/// Neither the hosts file nor the name server has anything to do with it.
#[test]
fn a_zone_that_does_not_fit_is_explained() {
    for (host, why) in [
        ("127.0.0.1%lo", "127.0.0.1 has no zone"),
        ("2001:db8::1%none-such", "2001:db8::1 has no zone"),
        ("fe80::1%none-such", "no network interface that is called `none-such`"),
        ("ff02::1%none-such", "no network interface that is called `none-such`"),
        ("some%where", "No name has a `%`"),
    ] {
        let run = fails(bind().args([host, "8080"]), 1).stderr(says(why));
        run.stderr(contains("name server").not());
    }
}

/// It could move the cursor, or paint over what stands there.
#[test]
fn no_word_from_outside_steers_the_terminal() {
    let escape = "\u{1b}]0;title\u{7}\u{9b}2J";
    for words in [
        [escape, "8080"],
        ["localhost", escape],
        [&format!("http://{escape}"), "8080"],
        [&format!("fe80::1%{escape}"), "8080"],
        [&format!("--{escape}"), "8080"],
    ] {
        let output = bind().args(words).output().expect("it runs");
        assert_ne!(output.status.code(), Some(0), "{words:?}");
        for stream in [output.stdout, output.stderr] {
            let text = String::from_utf8(stream).expect("UTF-8");
            let steers = |c: char| c.is_control() && c != '\n';
            assert!(!text.contains(steers), "{words:?}: {text:?}");
        }
    }
}

#[test]
fn a_port_is_a_number_from_0_to_65535() {
    for wrong in ["65536", "70000", "http", "80a", "1.5", "", "+80", "080", "00", " 80"] {
        fails(bind().args(["localhost", wrong]), 2)
            .stderr(starts_with("error: couldn't parse "))
            .stderr(contains(wrong))
            .stderr(contains(": a port is a whole number from 0 to 65535"))
            .stderr(contains("just step-2 --help"));
    }
    fails(bind().args(["localhost", "-1"]), 2);
}

#[test]
fn one_lone_number_is_taken_for_a_forgotten_host() {
    fails(bind().arg("9000"), 2).stderr(contains("Did you mean `just step-2 localhost 9000`?"));
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
        ("http://localhost:9000/", "localhost 9000"),
        ("https://[::1]:443/a/b?c=d#e", "::1 443"),
        ("http://somebody:secret@localhost:9000/", "localhost 9000"),
        ("localhost:9000/", "localhost 9000"),
        ("localhost/", "localhost 8080"),
        ("[::1]:80/", "::1 80"),
        ("localhost:+80", "localhost 8080"),
        ("http://", "localhost 8080"),
    ] {
        fails(bind().arg(word), 2).stderr(contains(format!("Did you mean `just step-2 {words}`?")));
    }
}

#[test]
fn an_ipv4_address_does_not_go_with_ipv6() {
    fails(bind().args(["--ipv6", "127.0.0.1"]), 2)
        .stderr(contains("`127.0.0.1` is an IPv4 address"));
}

#[test]
fn the_help_shows_examples() {
    let mut help = succeeds(bind().arg("--help"));
    for words in ["Usage: just step-2", "HOST", "PORT", "Examples:", "just step-2 '' 8080"] {
        help = help.stdout(contains(words));
    }
}

#[test]
fn the_python_twin_finds_the_same() {
    let port = HeldPort::new();
    let Some(run) = twin("crates/bind/bind.py", port.address) else { return };
    run.stdout(contains("bound to (")).stdout(contains("bound is not reachable: "));
}

#[cfg(target_os = "linux")]
mod on_linux {
    use std::net::{TcpListener, TcpStream};
    use std::process::Command;

    use kernel::Transport;
    use kernel::wait_until;
    use predicates::prelude::PredicateBooleanExt;
    use predicates::str::{contains, starts_with};
    use socket2::{Domain, Socket, Type};

    use support::linux::{
        namespaces_allowed, on_terminal, refusing, without_low_ports, without_network,
    };
    use support::workspace::own_program;
    use support::{HeldPort, any_port, complained, fails, from_std, says, words};

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
        let run = fails(&mut from_std(command), 1)
            .stderr(starts_with("error: bind(127.0.0.1:80): Permission denied (EACCES, 13)\n"));
        if start > 80 {
            run.stderr(says(format!("Ports below {start} are for privileged programs")))
                .stderr(says("CAP_NET_BIND_SERVICE"))
                .stderr(says(format!("Use a port from {start} up")));
        } else {
            run.stderr(says("a sandbox, a container or a firewall"));
        }
    }

    #[test]
    fn a_container_without_network_is_explained() {
        if !namespaces_allowed() {
            return;
        }
        let mut ipv4 = bind(&["127.0.0.1", "8080"]);
        without_network(&mut ipv4);
        let error = "error: connect(127.0.0.1:8080): Network is unreachable (ENETUNREACH, 101)";
        fails(&mut from_std(ipv4), 1)
            .stderr(starts_with(error))
            .stderr(says("loopback interface is down"))
            .stderr(says("`ip link set lo up`"));

        let mut ipv6 = bind(&["::1", "8080"]);
        without_network(&mut ipv6);
        let error = "error: bind([::1]:8080): Cannot assign requested address (EADDRNOTAVAIL, 99)";
        fails(&mut from_std(ipv6), 1)
            .stderr(starts_with(error))
            .stderr(says("loopback interface is down"))
            .stderr(says("net.ipv6.conf.lo.disable_ipv6"));
    }

    #[test]
    fn an_address_that_stands_for_many_machines_is_explained() {
        for host in ["224.0.0.1", "239.1.2.3", "255.255.255.255", "127.255.255.255"] {
            fails(&mut from_std(bind(&[host, "0"])), 1)
                .stdout(says(format!("nobody (TCP connects two machines, and {host} stands for")))
                .stderr(contains("ENETUNREACH"))
                .stderr(says(format!("{host} stands for many machines")));
        }
        if support::has_ipv6() {
            fails(&mut from_std(bind(&["::ffff:224.0.0.1", "0"])), 1)
                .stdout(says("nobody (TCP connects two machines"));
            for host in ["ff02::1%lo", "ff0e::1"] {
                let ip = host.trim_end_matches("%lo");
                fails(&mut from_std(bind(&[host, "0"])), 1)
                    .stderr(contains("Invalid argument (EINVAL, 22)"))
                    .stderr(says(format!("{ip} stands for many machines, and TCP connects two")));
            }
        }
    }

    /// A network's own broadcast address looks like any other: the kernel has to be asked.
    #[test]
    fn the_broadcast_address_of_a_network_is_known() {
        assert!(kernel::is_broadcast([127, 255, 255, 255].into()));
        assert!(!kernel::is_broadcast([127, 0, 0, 1].into()));
        // Root of a namespace of its own, so that it keeps its rights when sh and ip start.
        let set_up = "ip link set lo up && ip address add 10.1.2.3/24 dev lo || exit 77; \
                      exec \"$0\" \"$@\"";
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--net", "sh", "-c", set_up]);
        command.arg(own_program("bind")).args(["10.1.2.255", "0"]);
        let Ok(output) = command.output() else {
            return support::skip("this machine has no unshare(1)");
        };
        let told = String::from_utf8_lossy(&output.stderr);
        if output.status.code() == Some(77) || told.starts_with("unshare: ") {
            return support::skip(&format!("no network of its own with an address: {told}"));
        }
        assert!(told.contains("10.1.2.255 stands for many machines"), "{told}");
    }

    /// Root in a user namespace of its own, as in many containers, has every capability there, and
    /// none in the network, which belongs to another.
    #[test]
    fn a_low_port_in_a_user_namespace_is_explained() {
        let start = kernel::setting("net/ipv4/ip_unprivileged_port_start");
        if start.is_some_and(|start| start <= 80) {
            return support::skip("no port is low here");
        }
        if !namespaces_allowed() {
            return;
        }
        let mut command = bind(&["127.0.0.1", "80"]);
        let change = || {
            // SAFETY: unshare takes flags and touches no memory.
            kernel::check(unsafe { libc::unshare(libc::CLONE_NEWUSER) })
        };
        // SAFETY: it makes one system call, and allocates nothing.
        unsafe { support::linux::in_child(&mut command, change) };
        let Ok(output) = command.output() else {
            return support::skip("this machine allows no user namespace");
        };
        let told = support::prose(&String::from_utf8_lossy(&output.stderr));
        assert!(told.contains("(EACCES, 13)"), "{told}");
        assert!(told.contains("or has it only in a user namespace of its own"), "{told}");
    }

    /// Privileges are not what is missing.
    #[test]
    fn a_sandbox_that_forbids_an_option_is_explained() {
        let mut command = bind(&["127.0.0.1", "0"]);
        refusing(&mut command, libc::SYS_setsockopt, None, libc::EPERM);
        fails(&mut from_std(command), 1)
            .stderr(starts_with("error: setsockopt(SO_REUSEADDR, 1): Operation not permitted"))
            .stderr(says("Linux lets every program set this option"))
            .stderr(says("a sandbox (seccomp)"))
            .stderr(contains("as root").not());
    }

    /// getsockname still tells the port that the client had, and that is free again.
    #[test]
    fn the_port_beside_a_refused_connect_is_stale() {
        let refuses = HeldPort::new();
        let another_has_it = || {
            let client = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
            client.connect(&refuses.address.into()).expect_err("nobody listens");
            let stale = client.local_addr().expect("an address").as_socket().expect("IP");
            assert!(stale.ip().is_unspecified() && stale.port() != 0, "{stale}");
            let other = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
            let bound = other.bind(&stale.into()).is_ok();
            assert_eq!(client.local_addr().expect("an address").as_socket(), Some(stale));
            bound
        };
        // Another program may be quicker than we.
        assert!(wait_until(another_has_it));
    }

    #[test]
    fn no_free_port_at_all_is_explained() {
        let mut command = bind(&["127.0.0.1", "0"]);
        refusing(&mut command, libc::SYS_bind, None, libc::EADDRINUSE);
        fails(&mut from_std(command), 1)
            .stderr(starts_with("error: bind(127.0.0.1:0): "))
            .stderr(says("Every port that the kernel may pick is taken"));
    }

    #[test]
    fn a_link_local_address_without_its_interface_is_explained() {
        if !support::has_ipv6() {
            return;
        }
        fails(&mut from_std(bind(&["fe80::1", "8080"])), 1)
            .stderr(contains("Invalid argument (EINVAL, 22)"))
            .stderr(contains("Name the interface: fe80::1%eth0"));
    }

    /// Without a network the question reaches no name server.
    #[test]
    fn a_name_that_nobody_can_answer_for_is_explained() {
        if !namespaces_allowed() {
            return;
        }
        let mut command = bind(&["host.invalid", "8080"]);
        without_network(&mut command);
        let run = fails(&mut from_std(command), 1)
            .stderr(starts_with("error: getaddrinfo(\"host.invalid\"): "));
        if complained(&run).contains("EAI_AGAIN") {
            run.stderr(says("No hosts file here has an IPv4 address for `host.invalid`"))
                .stderr(says("no name server answered"));
        }
        // A hosts file may have it, with an address of the other family alone.
        let mut command = bind(&["host.invalid", "8080", "--ipv6"]);
        without_network(&mut command);
        let run = fails(&mut from_std(command), 1);
        if complained(&run).contains("EAI_AGAIN") {
            run.stderr(says("No hosts file here has an IPv6 address for `host.invalid`"));
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
        fails(&mut from_std(bind(&[&host, &port])), 1)
            .stderr(says("EADDRINUSE"))
            .stderr(says("is in TIME_WAIT, for "))
            .stderr(says("unless SO_REUSEADDR was set on its socket"));
    }

    #[test]
    fn a_socket_that_no_table_shows_is_explained() {
        let holder = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        holder.bind(&any_port().into()).expect("bind");
        let address = holder.local_addr().expect("address").as_socket().expect("IP");
        let [host, port] = words(address);
        fails(&mut from_std(bind(&[&host, &port])), 1)
            .stderr(says(format!("Another socket has {address}.")))
            .stderr(says("bound but not listening"));
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
        fails(&mut from_std(command), 1).stderr(contains("Why: A program of user "));
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
