//! Every question that learners ask has a program, every program proves its answer, and `just ask`
//! finds them.

use std::process::Command;
use std::sync::Mutex;
use std::thread;

use assert_cmd::assert::Assert;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::{contains, starts_with};
use question::{ALL, Question};
use support::workspace::{path_of, root};
use support::{BUILDING, fails, from_std, has_ipv6, output, printed, program, says, succeeds};

/// The steps that have questions, in their order.
fn steps() -> Vec<&'static str> {
    let mut steps: Vec<&str> = ALL.iter().map(|question| question.step).collect();
    steps.dedup();
    steps
}

/// The names of a step's questions, in their order.
fn names_of(step: &str) -> Vec<&'static str> {
    ALL.iter().filter(|question| question.step == step).map(|question| question.name).collect()
}

/// Runs every program by `start`, four at a time: its source, and how it ended.
fn run_all(start: impl Fn(&str) -> Command + Sync) -> Vec<(&'static str, Assert)> {
    path_of("ask"); // builds the workspace
    let ipv6 = has_ipv6();
    let jobs = Mutex::new(ALL.iter());
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(Question { name, source, .. }) =
                    { jobs.lock().expect("the jobs").next() }
                {
                    if source.contains("Domain::IPV6") && !ipv6 {
                        continue;
                    }
                    let run = from_std(start(name)).assert().append_context("program", *name);
                    done.lock().expect("the runs").push((*source, run));
                }
            });
        }
    });
    done.into_inner().expect("the runs")
}

/// The question that a program's source begins with.
fn question(source: &str) -> &str {
    source.lines().next().and_then(|line| line.strip_prefix("//! ")).expect("a question")
}

/// It answers: the question first, then what happened, and an answer. One that needs a network of
/// its own says so where `may_have_network` is false.
#[cfg(target_os = "linux")]
fn check(source: &str, run: Assert, may_have_network: bool) {
    let is_shown = may_have_network || !source.contains("question::link");
    let [answers, excuses] = ["\n  Answer: ", "\n  Not shown here: "].map(contains);
    let answered = answers.count(1).and(contains("Not shown here: ").not());
    let excused = excuses.count(1).and(contains("Answer: ").not());
    let run = run.success().stderr("").stdout(starts_with(format!("{}\n", question(source))));
    let run = match is_shown {
        true => run.stdout(answered),
        false => run.stdout(answered.or(excused)),
    };
    for line in printed(&run).lines() {
        assert!(line.chars().count() <= 100, "{line:?} is too long");
    }
}

/// What other systems do otherwise is not shown there, and the program says so.
#[cfg(not(target_os = "linux"))]
#[test]
fn every_program_ends_and_begins_with_its_question() {
    for (source, run) in run_all(|name| Command::new(path_of(&format!("examples/{name}")))) {
        let shown = contains("\n  Answer: ").count(1).and(contains("Not shown here: ").not());
        let not_shown = contains("Not shown here: ").and(contains("Answer: ").not());
        run.success()
            .stdout(starts_with(format!("{}\n", question(source))))
            .stdout(shown.or(not_shown));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn every_program_proves_its_answer() {
    let may_have_network = support::linux::links_allowed();
    for (source, run) in run_all(|name| Command::new(path_of(&format!("examples/{name}")))) {
        check(source, run, may_have_network);
    }
}

/// Nothing of what they show depends on being root, except for a link of their own where
/// /dev/net/tun is root's.
#[cfg(target_os = "linux")]
#[test]
fn every_program_proves_its_answer_to_a_user_without_rights() {
    use question::child::give_up_rights;
    use std::fs::File;
    use std::os::fd::AsRawFd;
    use support::linux::{in_child, is_root};

    if !is_root() {
        return; // the other test has shown it
    }
    let open = |name: &str| File::open(path_of(&format!("examples/{name}"))).expect(name);
    let files: Vec<(&str, File)> =
        ALL.iter().map(|question| (question.name, open(question.name))).collect();
    let runs = run_all(|name| {
        // The way to the file may be closed to that user, so it goes by an open descriptor.
        let file = files.iter().find(|(known, _)| *known == name).expect(name).1.as_raw_fd();
        let mut command = Command::new(format!("/proc/self/fd/{file}"));
        // SAFETY: it makes system calls, and allocates nothing.
        unsafe { in_child(&mut command, give_up_rights) };
        command
    });
    for (source, run) in runs {
        check(source, run, false);
    }
}

/// The server of `socket_activation` takes only what is meant for it, and only a listener.
#[cfg(target_os = "linux")]
#[test]
fn a_server_that_is_given_no_listener_says_what_it_was_given() {
    let given = |process: &str, how: &str| {
        let script = format!("LISTEN_FDS=1 LISTEN_PID={process} exec \"$0\" 3<{how}");
        let mut sh = program("sh");
        sh.args(["-c", &script]).arg(path_of("examples/socket_activation")).assert()
    };
    given("$$", "/dev/null").code(1).stderr(contains("(ENOTSOCK, 88)"));
    given("$$", "&-").code(1).stderr(contains("(EBADF, 9)"));
    given("1", "/dev/null").success().stdout(contains("\n  Answer: "));
}

/// A head that names systems names those that there are: a misspelt one would never run.
#[test]
fn the_heads_name_systems_that_there_are() {
    let mut of_linux = 0;
    for Question { name, source, .. } in ALL {
        let systems = question::Head::of(source).systems;
        let known = ["", "Linux", "Linux and macOS", "Linux and Windows"];
        assert!(known.contains(&systems.as_str()), "{name}: {systems:?}");
        of_linux += usize::from(!systems.is_empty());
    }
    assert!(of_linux > 0);
}

/// Here is none that runs on other systems alone, so this one says that it does.
#[cfg(not(windows))]
#[test]
fn a_program_of_another_system_is_not_run() {
    let head = question::Head::of("//! Why?\n//!\n//! Because.\n//!\n//! Runs on Windows alone.");
    assert!(!head.runs_here());
    assert_eq!((head.why.as_str(), head.systems.as_str()), ("Because.", "Windows"));
    assert!(question::Head::of("//! Why?").runs_here());
}

/// The list has every program of that kind, and its names stay: whoever takes one out has to say so
/// here as well.
#[test]
fn every_program_is_in_the_list() {
    let mut listed = 0;
    for step in steps() {
        let names = names_of(step);
        let question = ALL.iter().find(|question| question.step == step).expect("a question");
        let folder = root().join(question.path).parent().expect("a folder").to_path_buf();
        for file in std::fs::read_dir(folder).expect("the examples") {
            let file = file.expect("an example").path();
            let source = std::fs::read_to_string(&file).expect("a source");
            let name = file.file_stem().and_then(|name| name.to_str()).expect("a name");
            assert_eq!(
                source.contains("question::run(include_str!("),
                names.contains(&name),
                "{name}"
            );
        }
        listed += names.len();
    }
    assert_eq!(listed, 93);
}

#[test]
fn every_question_is_listed_under_its_step() {
    let mut run = succeeds(&mut program(path_of("ask")));
    let mut expected = Vec::new();
    for step in steps() {
        expected.push(step);
        expected.extend(names_of(step));
    }
    let first_words: Vec<&str> = printed(&run)
        .lines()
        .filter(|line| !line.starts_with("   ") && !line.starts_with("Run one"))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(first_words, expected);
    for Question { name, source, .. } in ALL {
        run = run.stdout(says(format!("{name} {}", question(source))));
    }
}

/// What people type or paste, and the question that has to come first.
const SEARCHES: [(&str, &str); 301] = [
    ("connect blocks for two minutes when host is down", "connect_timeout"),
    ("works on the server but not from my laptop", "unreachable_from_outside"),
    ("my C program exits silently when the client disconnects", "no_sigpipe"),
    ("run several worker processes on the same port", "reuse_addr_vs_reuse_port"),
    ("bind :: and 0.0.0.0 same port", "dual_stack"),
    ("port stays occupied after parent process exits", "child_holds_the_port"),
    ("source and destination port are the same", "connected_to_itself"),
    ("closing socket with unread data", "close_that_resets"),
    ("server thread panics on connection reset by peer", "reset_ends_the_server"),
    ("recv waits forever", "receive_timeout"),
    ("find the process that blocks port 5432", "who_holds_the_port"),
    ("connection attempt hangs when host does not answer", "connect_timeout"),
    ("CLOEXEC", "child_holds_the_port"),
    ("close-on-exec", "child_holds_the_port"),
    ("child process keeps the port", "child_holds_the_port"),
    ("port still in use after I killed the server", "child_holds_the_port"),
    ("subprocess holds the port", "child_holds_the_port"),
    ("set_inheritable", "child_holds_the_port"),
    ("LISTEN_FDS", "socket_activation"),
    ("systemd socket unit", "socket_activation"),
    ("sd_listen_fds", "socket_activation"),
    ("inetd", "socket_activation"),
    ("zero downtime restart", "socket_activation"),
    ("message", "one_recv_one_message"),
    ("framing", "read_a_line"),
    ("line", "read_a_line"),
    ("length prefix", "length_in_front"),
    ("Nagle", "nagle_and_delayed_ack"),
    ("several clients", "many_clients"),
    ("echo", "many_clients"),
    ("concurrent", "many_clients"),
    ("thread", "many_clients"),
    ("spawn a thread for each client", "many_clients"),
    ("async", "many_clients"),
    ("read_until", "read_a_line"),
    ("readline", "read_a_line"),
    ("binary messages", "length_in_front"),
    ("SIGTERM", "stop_a_server_well"),
    ("my server dies when a client disconnects", "reset_ends_the_server"),
    ("one client crashes my server", "reset_ends_the_server"),
    ("resend", "ask_again_over_udp"),
    ("wrong answer", "late_answer"),
    ("epoll", "many_clients"),
    ("tokio", "nonblocking_before_tokio"),
    ("recv hangs", "receive_timeout"),
    ("udp timeout", "receive_timeout"),
    ("set_read_timeout()", "receive_timeout"),
    ("connection timeout", "connect_timeout"),
    ("retry", "ask_again_over_udp"),
    ("udp or tcp", "when_udp"),
    ("lost packets", "loss_on_localhost"),
    ("MTU", "largest_datagram"),
    ("truncated", "short_buffer"),
    ("buffer", "short_buffer"),
    ("MaybeUninit", "bytes_not_text"),
    ("string", "bytes_not_text"),
    ("how do I send a string?", "bytes_not_text"),
    ("endian", "byte_order"),
    ("SocketAddr", "make_an_address"),
    ("SocketAddr::from", "make_an_address"),
    ("parse an address", "make_an_address"),
    ("invalid socket address syntax", "make_an_address"),
    ("localhost", "localhost_is_a_name"),
    ("DNS", "localhost_is_a_name"),
    ("0.0.0.0", "unreachable_from_outside"),
    ("docker", "unreachable_from_outside"),
    ("firewall", "unreachable_from_outside"),
    ("free port", "port_zero"),
    ("random port", "port_zero"),
    ("which process uses port 8080", "who_holds_the_port"),
    ("root", "privileged_port"),
    ("reuseaddr", "reuse_addr_vs_reuse_port"),
    ("SO_REUSEPORT", "reuse_addr_vs_reuse_port"),
    ("two servers on one port", "reuse_addr_beside_a_listener"),
    ("backlog", "what_is_the_backlog"),
    ("listen backlog size", "which_backlog"),
    ("hangs", "queue_full"),
    ("FIN_WAIT2", "how_long_fin_wait2"),
    ("tcp_fin_timeout", "how_long_fin_wait2"),
    ("fragmentation", "datagram_in_pieces"),
    ("icmp_ratelimit", "only_some_are_refused"),
    ("SO_RCVTIMEO of the listener", "what_accept_inherits"),
    ("ListenOverflows", "queue_full_at_once"),
    ("client connected but the server never accepts it", "queue_full_at_once"),
    ("tcp_abort_on_overflow", "queue_full_at_once"),
    ("syncookies", "queue_full_at_once"),
    ("std::net::TcpListener", "what_std_does"),
    ("ulimit", "how_many_sockets"),
    ("write_all", "partial_write"),
    ("send or write_all", "partial_write"),
    ("Ctrl-C", "stop_a_server_well"),
    ("graceful shutdown", "stop_a_server_well"),
    ("IP of the client", "who_connected"),
    ("client disconnected", "peer_gone"),
    ("EOF", "peer_gone"),
    ("read returns 0", "empty_buffer"),
    ("half-close", "close_vs_shutdown"),
    ("try_clone", "a_clone_keeps_it_open"),
    ("TIME_WAIT", "who_waits"),
    ("reset", "close_that_resets"),
    ("ECONNRESET", "close_that_resets"),
    ("EPIPE", "broken_pipe"),
    ("EMFILE", "too_many_open_files"),
    ("EADDRINUSE", "address_in_use_after_restart"),
    // As pasted.
    ("can't bind: Address already in use", "address_in_use_after_restart"),
    ("Address already in use (os error 98)", "address_in_use_after_restart"),
    ("OSError: [Errno 98] Address already in use", "address_in_use_after_restart"),
    (
        "Os { code: 98, kind: AddrInUse, message: \"Address already in use\" }",
        "address_in_use_after_restart",
    ),
    ("connect(127.0.0.1:8080): Connection refused (ECONNREFUSED, 111)", "connection_refused"),
    ("Connection reset by peer (os error 104)", "close_that_resets"),
    ("Broken pipe (os error 32)", "broken_pipe"),
    ("Too many open files (os error 24)", "too_many_open_files"),
    ("Permission denied (os error 13)", "privileged_port"),
    ("Cannot assign requested address (os error 99)", "not_my_address"),
    ("Address family not supported by protocol", "family_must_fit"),
    ("Resource temporarily unavailable (os error 11)", "would_block"),
    // What a stranger typed.
    ("multiple clients", "many_clients"),
    ("handle multiple clients at the same time", "many_clients"),
    ("how do I handle more than one client", "many_clients"),
    ("more than one client", "many_clients"),
    ("server only handles one client", "many_clients"),
    ("two clients", "many_clients"),
    ("goroutine per connection", "many_clients"),
    ("asyncio", "many_clients"),
    ("silent client", "receive_timeout"),
    ("client never reads", "partial_write"),
    ("stop", "stop_a_server_well"),
    ("stop server", "stop_a_server_well"),
    ("how to stop server", "stop_a_server_well"),
    ("stop server gracefully", "stop_a_server_well"),
    ("shut down server", "stop_a_server_well"),
    ("exit cleanly", "stop_a_server_well"),
    ("shutdown server", "stop_a_server_well"),
    ("clean shutdown", "stop_a_server_well"),
    ("quit the server", "stop_a_server_well"),
    ("signal", "stop_a_server_well"),
    ("stopping", "stop_a_server_well"),
    ("KeyboardInterrupt", "stop_a_server_well"),
    ("why did my server end", "reset_ends_the_server"),
    ("server stops after client disconnects", "reset_ends_the_server"),
    ("question mark", "reset_ends_the_server"),
    ("question mark operator", "reset_ends_the_server"),
    ("unwrap", "reset_ends_the_server"),
    (
        "Os { code: 104, kind: ConnectionReset, message: \"Connection reset by peer\" }",
        "close_that_resets",
    ),
    ("AddrParseError", "make_an_address"),
    ("ParseIntError", "make_an_address"),
    ("SocketAddrV4", "make_an_address"),
    ("IP address from string", "make_an_address"),
    ("how do I turn a string into an address", "make_an_address"),
    ("create address", "make_an_address"),
    ("ip and port", "make_an_address"),
    ("recv blocks forever", "receive_timeout"),
    ("settimeout", "receive_timeout"),
    ("setTimeout", "receive_timeout"),
    ("SetReadDeadline", "receive_timeout"),
    ("stuck", "receive_timeout"),
    ("retries", "ask_again_over_udp"),
    ("retransmission", "ask_again_over_udp"),
    ("idempotent", "ask_again_over_udp"),
    ("duplicate udp packets", "ask_again_over_udp"),
    ("lost udp packet", "loss_on_localhost"),
    ("lost datagram", "loss_on_localhost"),
    ("datagram lost", "loss_on_localhost"),
    ("late", "late_answer"),
    ("late reply", "late_answer"),
    ("udp answers mixed up", "late_answer"),
    ("stale response", "late_answer"),
    ("udp max size", "largest_datagram"),
    ("partial read", "one_recv_one_message"),
    ("partial recv", "one_recv_one_message"),
    ("stream vs datagram", "when_udp"),
    ("a bytes-like object is required", "bytes_not_text"),
    ("stream did not contain valid UTF-8", "bytes_not_text"),
    ("UnicodeDecodeError", "bytes_not_text"),
    ("failed to fill whole buffer", "length_in_front"),
    ("unexpected end of file", "length_in_front"),
    ("UnexpectedEof", "length_in_front"),
    ("blob", "length_in_front"),
    ("serialize", "length_in_front"),
    ("binary data", "length_in_front"),
    ("any byte", "length_in_front"),
    ("struct.pack", "length_in_front"),
    ("send struct", "length_in_front"),
    ("send a file", "length_in_front"),
    ("protobuf over tcp", "length_in_front"),
    ("json over tcp", "length_in_front"),
    ("messages with newline", "read_a_line"),
    ("scanner nextLine", "read_a_line"),
    ("sticky packets", "one_recv_one_message"),
    ("backlog size", "which_backlog"),
    ("backlog value", "which_backlog"),
    ("listen(5)", "which_backlog"),
    ("server.listen(3000)", "which_backlog"),
    ("ServerSocket", "what_std_does"),
    ("incoming", "many_clients"),
    ("recvfrom", "one_recv_one_message"),
    ("what is using my port", "who_holds_the_port"),
    ("port is taken", "who_holds_the_port"),
    ("0.0.0.0 vs 127.0.0.1", "unreachable_from_outside"),
    ("docker cannot connect to localhost", "unreachable_from_outside"),
    ("cannot bind", "address_in_use_after_restart"),
    ("can't bind to port", "address_in_use_after_restart"),
    ("sock.bind(('', 8080))", "unreachable_from_outside"),
    ("how do i choose a port", "port_zero"),
    ("half open connection", "peer_gone"),
    ("heartbeat", "peer_gone"),
    ("CLOSE_WAIT", "a_clone_keeps_it_open"),
    ("TCP_NODELAY", "nagle_and_delayed_ack"),
    ("maximum number of clients", "how_many_sockets"),
    ("max connections", "how_many_sockets"),
    ("send returns less", "partial_write"),
    ("send buffer full", "partial_write"),
    ("brodcast", "broadcast"),
    ("recieve", "receive_timeout"),
    // What comes up at work: UDP, Unix sockets, interfaces, proxies.
    ("join a multicast group", "multicast"),
    ("IP_ADD_MEMBERSHIP", "multicast"),
    ("join_multicast_v4", "multicast"),
    ("multicast no such device", "multicast"),
    ("IP_MULTICAST_LOOP", "multicast"),
    ("mDNS", "multicast"),
    ("socket receives no multicast", "multicast"),
    ("IP_PKTINFO", "udp_answer_address"),
    ("reply from unexpected source", "udp_answer_address"),
    (";; reply from unexpected source: 10.0.0.2#53, expected 10.0.0.1#53", "udp_answer_address"),
    ("udp server replies from wrong address", "udp_answer_address"),
    ("udp reply wrong source ip", "udp_answer_address"),
    ("udp client never gets the answer", "udp_answer_address"),
    ("multihomed udp server", "udp_answer_address"),
    ("unix socket", "unix_sockets"),
    ("unix domain socket", "unix_sockets"),
    ("AF_UNIX", "unix_sockets"),
    ("socket file left over", "unix_sockets"),
    ("stale socket file", "unix_sockets"),
    ("bind() to unix:/run/app.sock failed (98: Address already in use)", "unix_sockets"),
    ("connect() to unix:/run/php-fpm.sock failed (2: No such file or directory)", "unix_sockets"),
    (
        "Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (2)",
        "unix_sockets",
    ),
    ("AF_UNIX path too long", "unix_sockets"),
    ("abstract socket", "unix_abstract_names"),
    ("abstract unix socket", "unix_abstract_names"),
    ("SO_PEERCRED", "unix_who_connected"),
    ("pid of the client", "unix_who_connected"),
    ("getpeereid", "unix_who_connected"),
    ("uid of unix socket peer", "unix_who_connected"),
    ("who connected to my unix socket", "unix_who_connected"),
    ("MSG_PEEK", "peek_and_truncate"),
    ("MSG_TRUNC", "peek_and_truncate"),
    ("peek", "peek_and_truncate"),
    ("length of next datagram", "peek_and_truncate"),
    ("X-Forwarded-For", "client_behind_a_proxy"),
    ("real client ip", "client_behind_a_proxy"),
    ("client ip behind load balancer", "client_behind_a_proxy"),
    ("client behind nginx", "client_behind_a_proxy"),
    ("proxy protocol", "client_behind_a_proxy"),
    ("all clients have the same address", "client_behind_a_proxy"),
    ("SO_BINDTODEVICE", "bind_to_device"),
    ("listen on one interface", "bind_to_device"),
    ("listen only on eth0", "bind_to_device"),
    ("bind to interface", "bind_to_device"),
    ("bind to a network interface", "bind_to_device"),
    ("message framing", "read_a_line"),
    ("length-prefixed framing", "length_in_front"),
    ("newline-delimited json", "read_a_line"),
    ("split the stream into messages", "read_a_line"),
    ("stream framing", "read_a_line"),
    ("udp discovery", "broadcast"),
    // What comes up at work.
    ("nagle", "nagle_and_delayed_ack"),
    ("delayed ack", "nagle_and_delayed_ack"),
    ("40 ms latency", "nagle_and_delayed_ack"),
    ("every request takes 40ms", "nagle_and_delayed_ack"),
    ("small packets are slow", "nagle_and_delayed_ack"),
    ("SO_KEEPALIVE", "keepalive"),
    ("TCP_USER_TIMEOUT", "keepalive"),
    ("tcp_keepalive_time", "keepalive"),
    ("dead peer detection", "keepalive"),
    ("idle connection drops", "keepalive"),
    ("pulled cable", "keepalive"),
    ("deadline", "deadline_or_timeout"),
    ("slowloris", "deadline_or_timeout"),
    ("timeout does not work", "deadline_or_timeout"),
    ("total timeout", "deadline_or_timeout"),
    ("happy eyeballs", "many_addresses"),
    ("multiple addresses", "many_addresses"),
    ("fall back to IPv4", "many_addresses"),
    ("try next address", "many_addresses"),
    ("ephemeral ports exhausted", "ports_for_clients_run_out"),
    ("run out of ports", "ports_for_clients_run_out"),
    ("ip_local_port_range", "ports_for_clients_run_out"),
    ("IP_BIND_ADDRESS_NO_PORT", "ports_for_clients_run_out"),
    ("connect: cannot assign requested address", "ports_for_clients_run_out"),
    ("dial tcp 10.0.0.1:80: connect: cannot assign requested address", "ports_for_clients_run_out"),
    ("self-connect", "connected_to_itself"),
    ("client receives what it sent", "connected_to_itself"),
    ("too many TIME_WAIT", "time_wait_tuning"),
    ("tcp_tw_reuse", "time_wait_tuning"),
    ("tcp_tw_recycle", "time_wait_tuning"),
    ("SO_RCVBUF", "buffer_sizes"),
    ("rmem_max", "buffer_sizes"),
    ("window scaling", "buffer_sizes"),
    ("receive buffer size", "buffer_sizes"),
    ("send buffer size", "buffer_sizes"),
    ("SO_SNDBUF", "buffer_sizes"),
];

/// Numbers of errors, which other systems count otherwise.
#[cfg(target_os = "linux")]
const NUMBERS: [(&str, &str); 12] = [
    ("os error 98", "address_in_use_after_restart"),
    ("os error 104", "close_that_resets"),
    ("os error 111", "connection_refused"),
    ("os error 11", "would_block"),
    ("os error 32", "broken_pipe"),
    ("os error 24", "too_many_open_files"),
    ("error 98", "address_in_use_after_restart"),
    ("errno 98", "address_in_use_after_restart"),
    ("98", "address_in_use_after_restart"),
    ("[Errno 111]", "connection_refused"),
    ("code: 32", "broken_pipe"),
    ("connect: error 111", "connection_refused"),
];

/// What does not find the right question first.
fn missed(searches: &[(&str, &str)]) -> String {
    let mut wrong = String::new();
    for (words, name) in searches {
        let run = succeeds(program(path_of("ask")).arg(words));
        let shown = printed(&run);
        let first = shown.lines().find_map(|line| line.strip_prefix("  ")?.split(' ').next());
        let told = shown.lines().last().unwrap_or_default();
        let by_step = shown.lines().any(|line| steps().contains(&line));
        let names_it = told == format!("Run one by its name: just ask {name}");
        if first != Some(name) || by_step || !names_it {
            wrong += &format!("\n{words:?} should find {name} first:\n{shown}");
        }
    }
    wrong
}

#[test]
fn the_best_answer_to_what_people_type_comes_first() {
    assert_eq!(missed(&SEARCHES), "");
}

#[cfg(target_os = "linux")]
#[test]
fn the_number_of_an_error_is_as_good_as_its_name() {
    assert_eq!(missed(&NUMBERS), "");
}

/// `tests/messages.rs` has many more; here it is what the program makes of them.
#[cfg(target_os = "linux")]
#[test]
fn what_another_program_has_printed_leads_to_its_question() {
    let first_lines = |text: &str| {
        let list = output(program(path_of("ask")).arg(text));
        let told = list.split_once("\n\n").map_or("", |(told, _)| told).replace('\n', " ");
        let names = list.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
        (told, names.map(String::from).next().unwrap_or_default())
    };
    let explained = "`just error ECONNREFUSED` explains ECONNREFUSED";
    for (text, question, says) in [
        ("Error: connect ECONNREFUSED ::1:3344", "localhost_is_a_name", explained),
        ("Error: connect ECONNREFUSED 127.0.0.1:3344", "connection_refused", explained),
        ("error 61", "connection_refused", "On macOS 61 is ECONNREFUSED."),
        (
            "docker: curl: (56) Recv failure: Connection reset by peer",
            "unreachable_from_outside",
            "",
        ),
        ("curl: (56) Recv failure: Connection reset by peer", "close_that_resets", ""),
        ("socket.timeout: timed out", "receive_timeout", "A time limit of the program's own"),
        ("curl: (52) Empty reply from server", "peer_gone", "the peer has closed the connection"),
    ] {
        let (told, first) = first_lines(text);
        assert_eq!(first, question, "{text}");
        assert!(told.contains(says), "{text}: {told}");
    }
    fails(program(path_of("ask")).arg("git@github.com: Permission denied (publickey)."), 2)
        .stderr(says("about something else than a socket"));
    for text in ["error 404", "exit status 111", "os error 999"] {
        fails(program(path_of("ask")).arg(text), 2).stderr(says("no question has the words"));
    }
}

/// A client's reset may come from the server, or end it.
#[test]
fn a_reset_has_two_questions() {
    for asked in [
        "Connection reset by peer (os error 104)",
        "Os { code: 104, kind: ConnectionReset, message: \"Connection reset by peer\" }",
    ] {
        let list = output(program(path_of("ask")).arg(asked));
        let names = list.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
        let names: Vec<&str> = names.filter(|name| !name.is_empty()).take(2).collect();
        assert_eq!(names, ["close_that_resets", "reset_ends_the_server"], "{asked}");
    }
}

/// Over UDP one may ask again, too.
#[test]
fn a_timeout_over_udp_has_two_questions() {
    let list = output(program(path_of("ask")).args(["udp", "timeout"]));
    let names = list.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let names: Vec<&str> = names.filter(|name| !name.is_empty()).take(2).collect();
    assert_eq!(names, ["receive_timeout", "ask_again_over_udp"]);
}

/// One slip of the keyboard away from a word is as good as that word, and is told.
#[test]
fn a_slip_of_the_keyboard_finds_the_word() {
    for (slip, word) in [
        ("acept", "accept"),
        ("adresses", "addresses"),
        ("tiemout", "timeout"),
        ("sokcet", "socket"),
        ("conect", "connect"),
        ("brodcast", "broadcast"),
        ("recieve", "receive"),
    ] {
        let found = output(program(path_of("ask")).arg(slip));
        let (told, list) = found.split_once('\n').expect("a line");
        assert_eq!(told, format!("Did you mean {word}?"), "{slip}");
        // As a step's name alone would list its questions.
        let slipped = output(program(path_of("ask")).args([slip, "for"]));
        let right = output(program(path_of("ask")).args([word, "for"]));
        let slipped = slipped.split_once('\n').map(|(_, list)| list.trim_start());
        assert_eq!(slipped, Some(right.trim_start()), "{list}");
    }
}

/// `just error` knows more errors than come up in a question.
#[test]
fn an_error_that_no_question_has_is_left_to_the_other_tool() {
    let errors = output(&mut program(path_of("errors")));
    let symbols = errors.split(|c: char| !c.is_alphanumeric());
    let symbols =
        symbols.filter(|it| it.len() > 2 && it.starts_with('E') && it.to_uppercase() == *it);
    let mut left = 0;
    for symbol in symbols.collect::<std::collections::BTreeSet<&str>>() {
        let run = program(path_of("ask")).arg(symbol).assert();
        if run.get_output().status.success() {
            continue;
        }
        run.code(2).stderr(says(format!("`just error {symbol}` explains {symbol}")));
        left += 1;
    }
    assert!(left > 5, "{left}");
}

#[test]
fn words_of_the_question_or_of_the_answer_find_it() {
    let ask = |words: &[&str]| succeeds(program(path_of("ask")).args(words));
    let same = |words: &[&str], others: &[&str]| {
        ask(words).stdout(printed(&ask(others)).to_string());
    };
    ask(&["permission denied"])
        .stdout(contains("privileged_port"))
        .stdout(contains("broadcast"))
        .stdout(contains("\n  port_zero ").not());
    same(&["Permission", "DENIED"], &["permission denied"]);
    // The word stands in no question, and in the answers or the errors of these.
    ask(&["time_wait", "restart"]).stdout(contains("reuse_addr_vs_reuse_port"));
    same(&["time-wait", "restart"], &["time_wait", "restart"]);
    ask(&["ECONNRESET"]).stdout(contains("close_that_resets"));
    // Words are found from their beginning: supported is no port.
    ask(&["port"]).stdout(contains("family_type_protocol").not());
    // A plural is as good as a singular, and words that tell nothing do not count.
    same(&["threads"], &["thread"]);
    same(&["how do I send a string"], &["send", "string"]);
    ask(&["0.0.0.0"])
        .stdout(contains("unreachable_from_outside"))
        .stdout(contains("byte_order").not());
    same(&["Permission denied (os error 13)"], &["permission denied"]);
}

/// Where no question has all the words, those that have the most are the nearest.
#[test]
fn words_that_do_not_fit_together_find_the_nearest() {
    succeeds(program(path_of("ask")).args(["xyzzy", "htons"]))
        .stdout(starts_with("The nearest:\n"))
        .stdout(contains("\n  byte_order "));
    // What fits well needs no such word before it.
    succeeds(program(path_of("ask")).arg("length prefix framing xyzzy"))
        .stdout(starts_with("  length_in_front "));
}

#[test]
fn the_name_of_a_step_lists_its_questions() {
    for step in steps() {
        let names = names_of(step);
        let list = output(program(path_of("ask")).arg(step));
        assert_eq!(list.lines().next(), Some(step));
        let is_first_line = |line: &&str| line.starts_with("  ") && !line.starts_with("   ");
        assert_eq!(list.lines().filter(is_first_line).count(), names.len());
    }
}

#[test]
fn what_is_not_found_says_so() {
    fails(program(path_of("ask")).arg("xyzzy"), 2)
        .stderr(starts_with("error: no question has the words `xyzzy`"))
        .stderr(contains("just ask"));
    for columns in ["40", "60"] {
        let run = fails(program(path_of("ask")).arg("xyzzy").env(output::WIDTH, columns), 2);
        let told = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        let columns: usize = columns.parse().expect("a number");
        assert!(told.lines().all(|line| line.chars().count() <= columns), "{told}");
    }
    fails(program(path_of("ask")).arg("--xyzzy"), 2)
        .stderr(starts_with("error: there is no option `--xyzzy`"));
}

#[test]
fn help_says_how_to_ask() {
    let mut help = succeeds(program(path_of("ask")).arg("--help"));
    for words in ["Usage: just ask", "port_zero", "Without just", "--example"] {
        help = help.stdout(contains(words));
    }
}

/// By its name; dashes, or nothing between its words, will do. It needs cargo, which an ordinary
/// user of the test may not be allowed to use.
#[test]
fn a_name_runs_the_program() {
    let folder = path_of("ask").parent().expect("a folder").to_path_buf();
    if !support::workspace::may_build(&folder) {
        return support::skip("this user cannot build");
    }
    for name in ["port_zero", "port-zero", "portzero"] {
        succeeds(program(path_of("ask")).arg(name).timeout(BUILDING))
            .stdout(starts_with("What is port 0?\n"))
            .stdout(contains("Answer: "));
    }
}

#[test]
fn a_program_takes_no_arguments_but_help() {
    path_of("ask");
    fails(program(path_of("examples/port_zero")).arg("8080"), 2)
        .stderr(starts_with("error: `8080`"));
    succeeds(program(path_of("examples/port_zero")).arg("--help"))
        .stdout(starts_with("What is port 0?\n"))
        .stdout(contains("Answer:").not());
}

/// A program that sees something else than it says fails, and says what it saw. Here the kernel, as
/// a sandbox would, refuses what the program takes for granted.
#[cfg(target_os = "linux")]
#[test]
fn a_surprise_fails_and_says_what_was_seen() {
    // connect fails in another way than the program shows.
    let mut command = Command::new(path_of("examples/connection_refused"));
    support::linux::refusing(&mut command, libc::SYS_connect, None, libc::EPERM);
    fails(&mut from_std(command), 1)
        .stderr(says("Operation not permitted (EPERM, 1), not ECONNREFUSED"))
        .stderr(contains("  Why: "));
}

/// Where no network of its own is allowed, a question says so, and answers all the same.
#[cfg(target_os = "linux")]
#[test]
fn a_question_that_gets_no_network_of_its_own_says_so() {
    let mut command = Command::new(path_of("examples/ports_for_clients_run_out"));
    support::linux::refusing(&mut command, libc::SYS_unshare, None, libc::EPERM);
    succeeds(&mut from_std(command))
        .stderr("")
        .stdout(says("Not shown here: it takes a network of the program's own"))
        .stdout(says("(Operation not permitted (EPERM, 1))"))
        .stdout(contains("\n  Answer: ").count(1));
}

/// The same for those that show something on the machine's own network as well.
#[cfg(target_os = "linux")]
#[test]
fn what_takes_no_network_of_its_own_is_shown_without_one() {
    for (name, shown) in [
        ("multicast", "\"its own group\""),
        ("bind_to_device", "Operation not permitted (EPERM, 1)"),
        ("unix_abstract_names", "Address already in use (EADDRINUSE, 98)"),
    ] {
        let mut command = Command::new(path_of(&format!("examples/{name}")));
        support::linux::refusing(&mut command, libc::SYS_unshare, None, libc::EPERM);
        succeeds(&mut from_std(command))
            .stderr("")
            .stdout(says(shown))
            .stdout(says("Not shown here: it takes a network of the program's own"))
            .stdout(contains("\n  Answer: ").count(1));
    }
}
