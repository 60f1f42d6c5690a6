//! The servers of chapter 7 outlive their clients, whatever those do, and end well. Their Python
//! twins as well.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use predicates::str::contains;
use socket2::SockRef;
use support::workspace::{own_program, path_of, root};
use support::{DEADLINE, HeldPort, Running, output, program, python, row, succeeds, words};

/// A server of chapter 7: how it is started, and what it answers to `hello\n` at first.
struct Kind {
    name: &'static str,
    command: fn() -> Option<Command>,
    answer: &'static str,
}

const SERVER: Kind = Kind { name: "server", command: || Some(rust("server")), answer: "hello\n" };
const LINE_SERVER: Kind =
    Kind { name: "line-server", command: || Some(rust("line-server")), answer: "1 hello\n" };
const SERVER_PY: Kind =
    Kind { name: "server.py", command: || twin("server.py"), answer: "hello\n" };
const LINE_SERVER_PY: Kind =
    Kind { name: "line_server.py", command: || twin("line_server.py"), answer: "1 hello\n" };
const ALL: [Kind; 4] = [SERVER, LINE_SERVER, SERVER_PY, LINE_SERVER_PY];
const OF_LINES: [Kind; 2] = [LINE_SERVER, LINE_SERVER_PY];

fn rust(name: &str) -> Command {
    Command::new(own_program(name))
}

fn twin(name: &str) -> Option<Command> {
    let mut command = Command::new(python()?);
    command.arg(root().join("crates/beyond/server").join(name));
    Some(command)
}

/// A server that runs, on a port that nobody else gets.
struct Server {
    running: Running,
    address: SocketAddr,
    answer: &'static str,
}

impl Kind {
    fn start_on(&self, port: &HeldPort, prepare: impl FnOnce(&mut Command)) -> Option<Server> {
        let mut command = (self.command)()?;
        prepare(command.args(port.words()));
        let mut running = Running::start(&mut command);
        running.wait_for("listening on ");
        Some(Server { running, address: port.address, answer: self.answer })
    }

    /// How often a race is run: an end in Python takes up to a second.
    #[cfg(unix)]
    fn rounds(&self) -> usize {
        if self.name.ends_with(".py") { 2 } else { 20 }
    }

    fn start(&self) -> Option<Server> {
        println!("{}", self.name); // for the report of a test that fails
        self.start_on(&HeldPort::new(), |_| {})
    }
}

impl Server {
    fn connect(&self) -> TcpStream {
        let client = TcpStream::connect(self.address).expect("the server takes the next client");
        client.set_read_timeout(Some(DEADLINE)).expect("a timeout");
        client.set_nodelay(true).expect("TCP_NODELAY");
        client
    }

    /// A client that asks and is answered, and stays.
    fn served(&self) -> TcpStream {
        let mut client = self.connect();
        client.write_all(b"hello\n").expect("a question");
        expect(&mut client, self.answer);
        client
    }

    /// A client that asks, is answered and closes.
    fn serves_the_next(&self) {
        let mut client = self.served();
        client.shutdown(Shutdown::Write).expect("shutdown");
        assert_eq!(client.read_to_end(&mut Vec::new()).expect("the server's end"), 0);
    }
}

/// Receives exactly `answer`.
fn expect(client: &mut TcpStream, answer: &str) {
    let mut received = vec![0; answer.len()];
    client.read_exact(&mut received).expect("an answer");
    assert_eq!(String::from_utf8_lossy(&received), answer);
}

/// All that comes until the end, which is in order or a reset.
fn rest(client: &mut TcpStream) -> Vec<u8> {
    let mut received = Vec::new();
    if let Err(error) = client.read_to_end(&mut received) {
        assert_ne!(error.kind(), std::io::ErrorKind::WouldBlock, "the server has closed in time");
    }
    received
}

/// Closes with a reset.
fn reset(client: TcpStream) {
    SockRef::from(&client).set_linger(Some(Duration::ZERO)).expect("SO_LINGER");
}

#[test]
fn the_first_try_ends_with_the_first_reset_and_the_next_client_is_refused() {
    let port = HeldPort::new();
    let kind = Kind { name: "", command: || Some(rust("first-try")), answer: "hello\n" };
    let server = kind.start_on(&port, |_| {}).expect("a server");
    server.serves_the_next();
    reset(server.served());
    server.running.finish().code(1).stderr(contains("ConnectionReset"));
    TcpStream::connect(port.address).expect_err("nobody listens any more");
}

#[test]
fn a_thousand_clients_come_one_after_another() {
    for server in ALL.iter().filter_map(Kind::start) {
        for _ in 0..1000 {
            server.serves_the_next();
        }
    }
}

#[test]
fn a_hundred_clients_are_served_at_once_by_a_thread_each() {
    for server in OF_LINES.iter().filter_map(Kind::start) {
        let mut clients: Vec<TcpStream> = (0..100).map(|_| server.connect()).collect();
        // All ask before the first answer is awaited: the server's patience with a silent client has
        // an end, and a busy machine may take as long with a hundred answers one after another.
        for (question, answer) in [("hello\n", server.answer), ("again\n", "2 again\n")] {
            for client in clients.iter_mut().rev() {
                client.write_all(question.as_bytes()).expect("a question");
            }
            for client in &mut clients {
                expect(client, answer);
            }
        }
    }
}

#[test]
fn without_threads_the_next_client_waits_for_the_one_before() {
    for server in [SERVER, SERVER_PY].iter().filter_map(Kind::start) {
        let first = server.served();
        let mut second = server.connect();
        second.write_all(b"hello\n").expect("a question");
        second.set_read_timeout(Some(Duration::from_millis(200))).expect("a timeout");
        second.read(&mut [0]).expect_err("no answer yet");
        drop(first);
        second.set_read_timeout(Some(DEADLINE)).expect("a timeout");
        expect(&mut second, server.answer);
    }
}

#[test]
fn a_reset_is_one_clients_end_and_not_the_servers() {
    for mut server in ALL.iter().filter_map(Kind::start) {
        for _ in 0..20 {
            reset(server.served());
            reset(server.connect());
            server.serves_the_next();
        }
        if cfg!(target_os = "linux") {
            server.running.wait_for("Connection reset by peer");
        }
    }
}

#[test]
fn a_client_that_goes_at_once_is_no_trouble() {
    for server in ALL.iter().filter_map(Kind::start) {
        for _ in 0..20 {
            drop(server.connect());
        }
        server.serves_the_next();
    }
}

/// These wait as long as the servers do, five seconds or ten, and so side by side.
#[test]
fn a_servers_patience_has_an_end() {
    let parts: &[(&str, fn())] = &[
        ("a silent client", a_silent_client_does_not_keep_the_next_one_waiting_for_ever),
        ("one that takes nothing", a_client_that_takes_no_answer_is_given_up),
        #[cfg(unix)]
        (
            "Ctrl-C, silent",
            signals::ctrl_c_ends_it_well_with_a_silent_client_connected_and_it_starts_again_at_once,
        ),
        #[cfg(unix)]
        ("Ctrl-C, busy", signals::ctrl_c_does_not_wait_for_ever_for_clients_that_go_on),
    ];
    thread::scope(|scope| {
        for (name, part) in parts {
            let thread = thread::Builder::new().name(name.to_string());
            thread.spawn_scoped(scope, part).expect("a thread");
        }
    });
}

fn a_silent_client_does_not_keep_the_next_one_waiting_for_ever() {
    let servers: Vec<Server> = ALL.iter().filter_map(Kind::start).collect();
    let silent: Vec<TcpStream> = servers.iter().map(Server::served).collect();
    for (server, mut silent) in servers.iter().zip(silent) {
        server.serves_the_next();
        assert_eq!(silent.read_to_end(&mut Vec::new()).expect("an end in order"), 0);
    }
}

fn a_client_that_takes_no_answer_is_given_up() {
    let servers: Vec<Server> = ALL.iter().filter_map(Kind::start).collect();
    let greedy: Vec<TcpStream> = servers.iter().map(full).collect();
    for (mut server, greedy) in servers.into_iter().zip(greedy) {
        server.serves_the_next();
        // The log has its port with the error.
        let port = greedy.local_addr().expect("its address").port();
        server.running.wait_for(&port.to_string());
    }
}

/// A client that sends lines and reads nothing, until there has been no room for a second.
fn full(server: &Server) -> TcpStream {
    let client = server.connect();
    let lines = format!("{}\n", "x".repeat(999)).repeat(64);
    client.set_write_timeout(Some(Duration::from_secs(1))).expect("a timeout");
    while (&client).write(lines.as_bytes()).is_ok() {}
    client
}

#[test]
fn a_client_may_send_byte_by_byte() {
    for server in ALL.iter().filter_map(Kind::start) {
        let mut client = server.connect();
        for byte in b"hello\n" {
            client.write_all(&[*byte]).expect("a byte");
        }
        expect(&mut client, server.answer);
        server_goes_on(server, client);
    }
}

/// The client has its end, and the next one is served.
fn server_goes_on(server: Server, mut client: TcpStream) {
    client.shutdown(Shutdown::Write).expect("shutdown");
    rest(&mut client);
    server.serves_the_next();
}

#[test]
fn a_line_is_a_line_however_its_bytes_arrive() {
    for server in OF_LINES.iter().filter_map(Kind::start) {
        let mut client = server.connect();
        client.write_all("one\ntwo\n\nhal".as_bytes()).expect("lines");
        expect(&mut client, "1 one\n2 two\n3 \n");
        // The rest of the line, and a character that is cut in two.
        let e_acute = "é".as_bytes();
        client.write_all(&[b"f\n", &e_acute[..1]].concat()).expect("lines");
        expect(&mut client, "4 half\n");
        client.write_all(&[&e_acute[1..], b"\n"].concat()).expect("lines");
        expect(&mut client, "5 é\n");
        server_goes_on(server, client);
    }
}

#[test]
fn half_a_line_is_no_line() {
    for mut server in OF_LINES.iter().filter_map(Kind::start) {
        let mut client = server.connect();
        client.write_all(b"hello\nhalf").expect("lines");
        client.shutdown(Shutdown::Write).expect("shutdown");
        assert_eq!(rest(&mut client), b"1 hello\n");
        server.running.wait_for("the end in the middle of a line");
        server.serves_the_next();
    }
}

#[test]
fn a_line_has_a_limit() {
    for mut server in OF_LINES.iter().filter_map(Kind::start) {
        let longest = "x".repeat(1024);
        let mut client = server.connect();
        client.write_all(format!("{longest}\n").as_bytes()).expect("a line");
        expect(&mut client, &format!("1 {longest}\n"));
        client.write_all(format!("{longest}x").as_bytes()).expect("one byte more");
        assert_eq!(rest(&mut client), b"");
        server.running.wait_for("too long a line");

        // Without an end: the server closes long before all of it has been sent.
        let mut client = server.connect();
        let megabytes = vec![b'x'; 64 << 20];
        client.write_all(&megabytes).expect_err("the server has had enough");
        assert_eq!(rest(&mut client), b"");
        server.serves_the_next();
    }
}

#[test]
fn a_line_that_is_no_text_is_refused() {
    for server in OF_LINES.iter().filter_map(Kind::start) {
        let mut client = server.connect();
        client.write_all(b"hello\n\xff\n").expect("lines");
        assert_eq!(rest(&mut client), b"1 hello\n");
        server.serves_the_next();
    }
}

#[test]
fn every_interface_and_ipv6() {
    for host in ["0.0.0.0", "::1", "::"] {
        if host.contains(':') && !support::has_ipv6() {
            continue;
        }
        let mut command = rust("server");
        let mut running = Running::start(command.args([host, "0"]));
        let shown = running.wait_for("listening on ").to_string();
        let address = shown["listening on ".len()..].split(';').next().expect("an address");
        let address: SocketAddr = address.parse().expect("an address");
        let client_ip = if host == "0.0.0.0" { "127.0.0.1" } else { "::1" };
        let address = SocketAddr::new(client_ip.parse().expect("an IP"), address.port());
        Server { running, address, answer: SERVER.answer }.serves_the_next();
    }
}

/// Whoever has read the first line of the log and gone does not take the server along.
#[test]
fn a_log_without_a_reader_is_no_trouble() {
    for kind in &ALL {
        let Some(mut command) = (kind.command)() else { continue };
        let port = HeldPort::new();
        let mut child =
            command.args(port.words()).stdout(Stdio::piped()).spawn().expect("the server");
        let mut line = String::new();
        let mut log = BufReader::new(child.stdout.take().expect("its stdout"));
        log.read_line(&mut line).expect("a line");
        drop(log);
        for _ in 0..3 {
            let connect = || TcpStream::connect(port.address).expect("the server goes on");
            reset(connect()); // what it would say to the log
            let mut client = connect();
            client.set_read_timeout(Some(DEADLINE)).expect("a timeout");
            client.write_all(b"hello\n").expect("a question");
            expect(&mut client, kind.answer);
        }
        child.kill().expect("it runs");
        child.wait().expect("its status");
    }
}

#[test]
fn the_courses_own_client_is_served() {
    for (server, answer) in
        [(SERVER, r#"6 bytes: "hello\n""#), (LINE_SERVER, r#"8 bytes: "1 hello\n""#)]
    {
        let server = server.start().expect("a server");
        let client = &mut program(path_of("client"));
        let shown = output(client.args(words(server.address)));
        assert_eq!(row(&shown, "recv(1024)").notes, [answer]);
    }
}

#[test]
fn netcat_is_served() {
    let help = Command::new("nc").arg("-h").output();
    if !help.is_ok_and(|help| String::from_utf8_lossy(&help.stderr).contains("-N")) {
        return support::skip("there is no nc with -N (OpenBSD's netcat)");
    }
    let server = LINE_SERVER.start().expect("a server");
    let nc = &mut program("nc");
    succeeds(nc.arg("-N").args(words(server.address)).write_stdin("a\nb\n")).stdout("1 a\n2 b\n");
}

#[cfg(unix)]
mod signals {
    use std::time::Instant;

    use super::*;

    pub fn signal(server: &Server, number: i32) {
        let process = i32::try_from(server.running.process()).expect("a process number");
        // SAFETY: kill takes numbers; the process is our child, and nobody has waited for it.
        let sent = unsafe { libc::kill(process, number) };
        assert_eq!(sent, 0, "{}", std::io::Error::last_os_error());
    }

    /// It waits for five seconds, as a server does that nobody ends.
    pub fn ctrl_c_ends_it_well_with_a_silent_client_connected_and_it_starts_again_at_once() {
        let started = ALL.iter().zip([libc::SIGINT, libc::SIGTERM, libc::SIGTERM, libc::SIGINT]);
        let started: Vec<_> = started
            .filter_map(|(kind, number)| {
                let port = HeldPort::new();
                let server = kind.start_on(&port, |_| {})?;
                let client = server.served();
                signal(&server, number);
                Some((kind, port, server, client))
            })
            .collect();
        for (kind, port, server, mut client) in started {
            // The server closes first, so that its port is left in TIME_WAIT.
            assert_eq!(client.read_to_end(&mut Vec::new()).expect("an end in order"), 0);
            server.running.finish().code(0).stderr("");
            let again = kind.start_on(&port, |_| {}).expect("it starts again");
            again.serves_the_next();
        }
    }

    /// It ends now, and not when its function for Ctrl-C has had enough, after ten seconds.
    fn ends_at_once(server: Server) {
        let begin = Instant::now();
        server.running.finish().code(0).stderr("");
        let took = begin.elapsed();
        assert!(took < Duration::from_secs(5), "it took {took:?}");
    }

    #[test]
    fn ctrl_c_serves_whoever_has_queued_and_then_ends() {
        for server in [SERVER, SERVER_PY].iter().filter_map(Kind::start) {
            let first = server.served(); // the server waits for its next question
            let mut queued = [server.connect(), server.connect()];
            for client in &mut queued {
                client.write_all(b"hello\n").expect("a question");
            }
            signal(&server, libc::SIGINT);
            drop(first);
            for mut client in queued {
                expect(&mut client, server.answer);
                client.shutdown(Shutdown::Write).expect("shutdown");
                assert_eq!(client.read_to_end(&mut Vec::new()).expect("an end in order"), 0);
            }
            ends_at_once(server);
        }
    }

    #[test]
    fn ctrl_c_ends_a_server_that_waits_in_accept() {
        for kind in &ALL {
            // Whether accept waits on after the signal is a race. (In Python it does, for a second.)
            for _ in 0..kind.rounds() {
                let Some(server) = kind.start() else { continue };
                server.serves_the_next();
                signal(&server, libc::SIGINT);
                ends_at_once(server);
            }
        }
    }

    /// Whether the client is still in the queue, just accepted or in its thread, it is served.
    #[test]
    fn a_client_that_has_asked_right_before_ctrl_c_is_served() {
        for kind in &ALL {
            for _ in 0..kind.rounds() {
                let Some(server) = kind.start() else { continue };
                let mut client = server.connect();
                client.write_all(b"hello\n").expect("a question");
                signal(&server, libc::SIGINT);
                expect(&mut client, server.answer);
                client.write_all(b"hello\n").expect("one question more");
                expect(&mut client, &server.answer.replace('1', "2"));
                client.shutdown(Shutdown::Write).expect("shutdown");
                assert_eq!(client.read_to_end(&mut Vec::new()).expect("an end in order"), 0);
                ends_at_once(server);
            }
        }
    }

    /// Each client could go on for ever, and so could the queue; the end comes after ten seconds.
    pub fn ctrl_c_does_not_wait_for_ever_for_clients_that_go_on() {
        let servers: Vec<Server> = [SERVER, LINE_SERVER].iter().filter_map(Kind::start).collect();
        let begin = Instant::now();
        for server in &servers {
            let address = server.address;
            let mut client = server.served();
            signal(server, libc::SIGINT);
            thread::spawn(move || {
                while client.write_all(b"again\n").is_ok() {
                    let _ = client.read(&mut [0; 64]);
                }
                drop(TcpStream::connect(address)); // refused by then
            });
        }
        for server in servers {
            server.running.finish().code(0).stderr("");
        }
        let took = begin.elapsed();
        assert!(took < DEADLINE, "it took {took:?}");
    }
}

#[cfg(target_os = "linux")]
mod limits {
    use super::*;
    use support::linux::with_descriptors;

    #[test]
    fn too_many_descriptors_make_clients_wait_and_do_not_end_the_server() {
        for kind in OF_LINES {
            let prepare = |command: &mut Command| {
                with_descriptors(command, 16);
            };
            let Some(mut server) = kind.start_on(&HeldPort::new(), prepare) else { continue };
            for ended in [false, true] {
                let clients: Vec<TcpStream> = (0..20).map(|_| server.connect()).collect();
                server.running.wait_for("accept: ");
                if ended {
                    signals::signal(&server, libc::SIGINT);
                }
                for mut client in clients {
                    client.write_all(b"hello\n").expect("a question");
                    expect(&mut client, server.answer);
                    // Its end makes room for the next one.
                }
            }
            server.running.finish().code(0);
        }
    }

    #[test]
    fn a_client_without_a_thread_loses_its_connection_and_the_server_goes_on() {
        let mut server = LINE_SERVER.start().expect("a server");
        let process = server.running.process();
        let limit_memory = |bytes: libc::rlim_t| {
            let limit = libc::rlimit { rlim_cur: bytes, rlim_max: libc::RLIM_INFINITY };
            let none = std::ptr::null_mut();
            // SAFETY: prlimit reads one rlimit; the process is our child.
            let set = unsafe { libc::prlimit(process as i32, libc::RLIMIT_AS, &limit, none) };
            kernel::check(set).expect("prlimit");
        };
        let statm = std::fs::read_to_string(format!("/proc/{process}/statm")).expect("its size");
        let pages: libc::rlim_t =
            statm.split(' ').next().and_then(|word| word.parse().ok()).expect("pages");
        // SAFETY: sysconf takes a number.
        let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as libc::rlim_t;
        limit_memory(pages * page + (1 << 20)); // too little for the stack of a thread
        assert_eq!(rest(&mut server.connect()), b"");
        server.running.wait_for("a thread: ");
        limit_memory(libc::RLIM_INFINITY);
        server.serves_the_next();
    }

    /// A socket with a timeout reports EINTR when its process is stopped and goes on (signal(7)).
    #[test]
    fn a_server_that_is_stopped_and_goes_on_keeps_its_client() {
        for server in ALL.iter().filter_map(Kind::start) {
            let mut client = server.served();
            let process = server.running.process();
            for number in 2..5 {
                for signal in [libc::SIGSTOP, libc::SIGCONT] {
                    // SAFETY: kill takes numbers; the process is our child.
                    unsafe { libc::kill(process as i32, signal) };
                    let stopped = || {
                        let stat = std::fs::read_to_string(format!("/proc/{process}/stat"));
                        let stat = stat.expect("it lives");
                        stat.rsplit(") ").next().expect("a state").starts_with('T')
                    };
                    assert!(kernel::wait_until(|| stopped() == (signal == libc::SIGSTOP)));
                }
                client.write_all(b"hello\n").expect("a question");
                let answer = server.answer.replace('1', &number.to_string());
                expect(&mut client, &answer);
            }
        }
    }

    #[test]
    fn the_servers_ask_for_a_queue_of_128() {
        let most = kernel::setting("net/core/somaxconn").unwrap_or(128);
        for server in ALL.iter().filter_map(Kind::start) {
            let port = server.address.port().to_string();
            succeeds(program(path_of("xray")).args(["--port", &port]))
                .stdout(contains(format!("queue 0 of {}", most.min(128))));
        }
    }
}
