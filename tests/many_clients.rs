//! Each way of serving many clients meets the same ones: it sends back what each has sent, whatever
//! the others do, and ends well.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::process::Command;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;
#[cfg(unix)]
use std::time::Instant;

use socket2::{Domain, SockRef, Socket, Type};
use support::workspace::own_program;
use support::{DEADLINE, HeldPort, Running};

/// How long a client waits that will get no answer.
const SHORT: Duration = Duration::from_millis(200);

/// A program of chapter 8.
#[derive(Clone, Copy)]
struct Rung {
    name: &'static str,
    /// How many clients it is to serve at once, where it has a limit or workers.
    most: &'static str,
    /// Whether a client that comes is served, whatever those do that are there.
    at_once: bool,
}

const THREADS: Rung = Rung { name: "a-thread-each", most: "256", at_once: true };
const ONE_LISTENER: Rung = Rung { name: "workers-one-listener", most: "4", at_once: false };
const REUSEPORT: Rung = Rung { name: "workers-reuseport", most: "4", at_once: false };
const POLL_LOOP: Rung = Rung { name: "poll-loop", most: "", at_once: true };
const TOKIO: Rung = Rung { name: "with-tokio", most: "", at_once: true };

#[cfg(unix)]
const ALL: &[Rung] = &[THREADS, ONE_LISTENER, REUSEPORT, POLL_LOOP, TOKIO];
#[cfg(not(unix))] // Windows has no SO_REUSEPORT
const ALL: &[Rung] = &[THREADS, ONE_LISTENER, POLL_LOOP, TOKIO];

impl Rung {
    /// The same with another number of threads.
    fn with(self, most: &'static str) -> Rung {
        Rung { most, ..self }
    }

    fn start_on(self, port: &HeldPort, prepare: impl FnOnce(&mut Command)) -> Server {
        println!("{} {}", self.name, self.most); // for the report of a test that fails
        let mut command = Command::new(own_program(self.name));
        command.args(port.words()).args(Some(self.most).filter(|it| !it.is_empty()));
        prepare(&mut command);
        let mut running = Running::start(&mut command);
        running.wait_for("listening on ");
        Server { running, address: port.address }
    }

    fn start(self) -> Server {
        self.start_on(&HeldPort::new(), |_| {})
    }
}

/// A server that runs, on a port that nobody else gets.
struct Server {
    running: Running,
    address: SocketAddr,
}

impl Server {
    fn connect(&self) -> TcpStream {
        let client = TcpStream::connect_timeout(&self.address, DEADLINE).expect("a connection");
        client.set_read_timeout(Some(DEADLINE)).expect("a timeout");
        client.set_write_timeout(Some(DEADLINE)).expect("a timeout");
        client.set_nodelay(true).expect("TCP_NODELAY");
        client
    }

    /// A client that has asked.
    fn asking(&self) -> TcpStream {
        let mut client = self.connect();
        client.write_all(b"hello\n").expect("a question");
        client
    }

    /// A client that has asked and is answered, and stays.
    fn served(&self) -> TcpStream {
        let mut client = self.asking();
        expect(&mut client, b"hello\n");
        client
    }
}

/// Receives exactly `answer`.
fn expect(client: &mut TcpStream, answer: &[u8]) {
    let mut received = vec![0; answer.len()];
    if let Err(error) = client.read_exact(&mut received) {
        panic!("waiting for {:?}: {error}", String::from_utf8_lossy(answer));
    }
    assert_eq!(String::from_utf8_lossy(&received), String::from_utf8_lossy(answer));
}

/// Asks once more, is answered, and closes; the server has nothing else to say.
fn says_goodbye(mut client: TcpStream) {
    client.write_all(b"goodbye\n").expect("a question");
    expect(&mut client, b"goodbye\n");
    client.shutdown(Shutdown::Write).expect("shutdown");
    assert_eq!(client.read_to_end(&mut Vec::new()).expect("the server's end"), 0);
}

/// Whether an answer comes in a short while.
fn is_answered_soon(client: &mut TcpStream) -> bool {
    client.set_read_timeout(Some(SHORT)).expect("a timeout");
    let received = client.read(&mut [0; 64]);
    client.set_read_timeout(Some(DEADLINE)).expect("a timeout");
    match received {
        Ok(0) => panic!("the server has closed"),
        Ok(_) => true,
        Err(error) if is_timeout(&error) => false,
        Err(error) => panic!("waiting for an answer: {error}"),
    }
}

fn is_timeout(error: &io::Error) -> bool {
    [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind())
}

/// Closes with a reset.
fn reset(client: TcpStream) {
    SockRef::from(&client).set_linger(Some(Duration::ZERO)).expect("SO_LINGER");
}

/// A client that sends and reads nothing, until there has been no room for a while. A server that
/// keeps all that it cannot send would take everything.
fn takes_nothing(server: &Server) -> TcpStream {
    let client = server.connect();
    let lines = format!("{}\n", "x".repeat(999)).repeat(64);
    client.set_write_timeout(Some(SHORT)).expect("a timeout");
    let mut sent = 0;
    while let Ok(length) = (&client).write(lines.as_bytes()) {
        sent += length;
        assert!(sent < 64 << 20, "{sent} bytes for a client that reads nothing");
    }
    client
}

#[test]
fn what_comes_goes_back_in_order_however_it_arrives() {
    for server in ALL.iter().map(|rung| rung.start()) {
        let mut client = server.connect();
        client.write_all(b"one\ntwo\n\nhal").expect("lines");
        expect(&mut client, b"one\ntwo\n\nhal");
        client.write_all(b"f\n").expect("the rest");
        expect(&mut client, b"f\n");
        for byte in b"byte by byte\n" {
            client.write_all(&[*byte]).expect("a byte");
        }
        expect(&mut client, b"byte by byte\n");
        says_goodbye(client);
    }
}

/// With little room at the client, a server's send takes a part again and again: it has to keep the
/// rest.
#[test]
fn megabytes_come_back_as_they_were_to_a_client_that_reads_late() {
    let sent: Vec<u8> = (0..4_000_000_u32).map(|number| (number / 7 % 251) as u8).collect();
    for server in ALL.iter().map(|rung| rung.start()) {
        let client = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        client.set_recv_buffer_size(4096).expect("SO_RCVBUF");
        client.set_read_timeout(Some(DEADLINE)).expect("a timeout");
        client.set_write_timeout(Some(DEADLINE)).expect("a timeout");
        client.connect(&server.address.into()).expect("a connection");
        let (begun, begins) = channel();
        let mut received = Vec::new();
        thread::scope(|scope| {
            let (mut writer, sent) = (&client, &sent);
            scope.spawn(move || {
                let (first, rest) = sent.split_at(100_000);
                writer.write_all(first).expect("there is room for so much");
                begun.send(()).expect("the reader waits");
                writer.write_all(rest).expect("the server takes it as it is read");
                writer.shutdown(Shutdown::Write).expect("shutdown");
            });
            let waited = begins.recv_timeout(DEADLINE);
            waited.expect("this much is taken before anything is read");
            (&client).read_to_end(&mut received).expect("all of it, and the end");
        });
        assert!(received == sent, "{} bytes, and others", received.len());
    }
}

#[test]
fn two_hundred_clients_are_served_at_once() {
    for rung in ALL {
        let server = rung.start();
        if rung.at_once {
            let mut clients: Vec<TcpStream> = (0..200).map(|_| server.connect()).collect();
            // The last one first: nobody waits for one that came before.
            for (number, client) in clients.iter_mut().enumerate().rev() {
                client.write_all(format!("I am {number}\n").as_bytes()).expect("a question");
                expect(client, format!("I am {number}\n").as_bytes());
            }
            clients.into_iter().for_each(says_goodbye);
        } else {
            // As many as there are workers at a time; the others wait in the queue.
            let mut clients: Vec<TcpStream> = (0..200).map(|_| server.connect()).collect();
            for (number, client) in clients.iter_mut().enumerate() {
                client.write_all(format!("I am {number}\n").as_bytes()).expect("a question");
                client.shutdown(Shutdown::Write).expect("shutdown");
            }
            for (number, client) in clients.iter_mut().enumerate() {
                let mut received = String::new();
                client.read_to_string(&mut received).expect("an answer, and the end");
                assert_eq!(received, format!("I am {number}\n"));
            }
        }
    }
}

#[test]
fn a_reset_is_one_clients_end_and_not_the_servers() {
    for rung in ALL {
        let mut server = rung.start();
        let bystander = rung.at_once.then(|| server.served());
        for _ in 0..50 {
            reset(server.served());
            reset(server.connect());
            reset(server.asking());
            drop(server.connect());
        }
        says_goodbye(server.served());
        bystander.into_iter().for_each(says_goodbye);
        if cfg!(target_os = "linux") {
            server.running.wait_for("Connection reset by peer");
        }
    }
}

#[test]
fn silent_clients_and_those_that_read_nothing_keep_nobody_waiting() {
    for rung in ALL.iter().filter(|rung| rung.name != REUSEPORT.name) {
        let server = rung.start();
        let _silent = [server.connect(), server.served()];
        let _full = takes_nothing(&server);
        // Workers: three of four are busy.
        for _ in 0..20 {
            says_goodbye(server.served());
        }
    }
}

#[test]
fn a_client_that_sends_and_reads_without_end_keeps_nobody_waiting() {
    for server in ALL.iter().filter(|rung| rung.at_once).map(|rung| rung.start()) {
        let endless = server.connect();
        thread::scope(|scope| {
            let (mut writer, mut reader) = (&endless, &endless);
            scope.spawn(move || while writer.write_all(&[b'x'; 64 << 10]).is_ok() {});
            let (begun, begins) = channel();
            scope.spawn(move || {
                let mut buffer = [0; 64 << 10];
                while reader.read(&mut buffer).is_ok_and(|length| length > 0) {
                    let _ = begun.send(());
                }
            });
            begins.recv_timeout(DEADLINE).expect("it gets back what it sends");
            for _ in 0..20 {
                says_goodbye(server.served());
            }
            begins.try_iter().for_each(drop);
            begins.recv_timeout(DEADLINE).expect("and so does the endless one, still");
            endless.shutdown(Shutdown::Both).expect("shutdown");
        });
    }
}

/// The kernel chooses the listener when a client comes, and not when a worker is free.
#[cfg(unix)]
#[test]
fn with_a_listener_each_a_client_may_wait_behind_another_while_workers_are_idle() {
    let server = REUSEPORT.start();
    let silent = server.served();
    // One of four goes to the same listener: after forty it has happened.
    let waits = (0..40).find_map(|_| {
        let mut client = server.asking();
        (!is_answered_soon(&mut client)).then_some(client)
    });
    let mut waits = waits.expect("one that waits");
    drop(silent);
    expect(&mut waits, b"hello\n");
}

#[test]
fn past_the_limit_the_next_client_waits_in_the_queue() {
    for rung in [THREADS.with("2"), ONE_LISTENER.with("2")] {
        let server = rung.start();
        let (first, second) = (server.served(), server.served());
        let mut third = server.asking();
        assert!(!is_answered_soon(&mut third), "{}: there are two seats", rung.name);
        says_goodbye(first);
        expect(&mut third, b"hello\n");
        says_goodbye(third);
        says_goodbye(second);
    }
}

/// These wait as long as the servers do, five seconds or ten, and so side by side.
#[test]
fn a_servers_patience_has_an_end() {
    thread::scope(|scope| {
        for rung in ALL {
            scope.spawn(|| {
                let server = rung.start();
                let mut silent = server.served();
                let ended = silent.read_to_end(&mut Vec::new());
                assert_eq!(ended.expect("the server has closed"), 0, "{}", rung.name);
                says_goodbye(server.served());
            });
            #[cfg(unix)]
            scope.spawn(|| signals::ends_after_ten_seconds_whoever_goes_on(*rung));
        }
    });
}

#[cfg(unix)]
mod signals {
    use super::*;

    pub fn signal(server: &Server, number: i32) {
        let process = i32::try_from(server.running.process()).expect("a process number");
        // SAFETY: kill takes numbers; the process is our child, and nobody has waited for it.
        let sent = unsafe { libc::kill(process, number) };
        assert_eq!(sent, 0, "{}", io::Error::last_os_error());
    }

    /// It ends now, and not when its function for Ctrl-C has had enough, after ten seconds.
    fn ends_at_once(server: Server) -> String {
        let begin = Instant::now();
        let run = server.running.finish().code(0).stderr("");
        let took = begin.elapsed();
        assert!(took < Duration::from_secs(8), "it took {took:?}");
        String::from_utf8(run.get_output().stdout.clone()).expect("UTF-8")
    }

    #[test]
    fn ctrl_c_ends_a_server_that_nobody_has_met() {
        for rung in ALL {
            // Whether a thread already waits in accept is a race.
            for number in [libc::SIGINT, libc::SIGTERM].repeat(5) {
                let server = rung.start();
                signal(&server, number);
                ends_at_once(server);
            }
        }
    }

    #[test]
    fn whoever_is_connected_when_the_end_comes_is_still_served_and_it_starts_again_at_once() {
        for rung in ALL {
            for number in [libc::SIGINT, libc::SIGTERM] {
                let port = HeldPort::new();
                let server = rung.start_on(&port, |_| {});
                let mut client = server.served();
                signal(&server, number);
                // The server has ended its accept loop by then.
                assert!(!is_answered_soon(&mut client), "nobody has asked");
                client.write_all(b"after\n").expect("a question");
                expect(&mut client, b"after\n");
                says_goodbye(client);
                ends_at_once(server);
                says_goodbye(rung.start_on(&port, |_| {}).served());
            }
        }
    }

    /// Whether they are still in the queue, just accepted or in their threads.
    #[test]
    fn clients_that_have_asked_right_before_the_end_are_served() {
        for rung in ALL {
            for number in [libc::SIGINT, libc::SIGTERM].repeat(4) {
                let server = rung.start();
                // What comes while it is stopped is there at once when it goes on.
                signal(&server, libc::SIGSTOP);
                let clients: Vec<TcpStream> = (0..3).map(|_| server.asking()).collect();
                signal(&server, number);
                signal(&server, libc::SIGCONT);
                for mut client in clients {
                    expect(&mut client, b"hello\n");
                    says_goodbye(client);
                }
                ends_at_once(server);
            }
        }
    }

    /// With one thread for clients, those behind the first are in the queue for certain.
    #[test]
    fn the_end_comes_after_the_queue() {
        for rung in [THREADS.with("1"), ONE_LISTENER.with("1"), REUSEPORT.with("1")] {
            let server = rung.start();
            let first = server.served();
            let queued: Vec<TcpStream> = (0..5).map(|_| server.asking()).collect();
            signal(&server, libc::SIGTERM);
            says_goodbye(first);
            for mut client in queued {
                expect(&mut client, b"hello\n");
                says_goodbye(client);
            }
            ends_at_once(server);
        }
    }

    /// The client could go on for ever; the end comes after ten seconds.
    pub fn ends_after_ten_seconds_whoever_goes_on(rung: Rung) {
        let server = rung.start();
        let mut client = server.served();
        let begin = Instant::now();
        signal(&server, libc::SIGINT);
        while client.write_all(b"again\n").is_ok() {
            let mut answer = [0; 6];
            if client.read_exact(&mut answer).is_err() {
                break;
            }
            assert!(begin.elapsed() < DEADLINE, "{} goes on", rung.name);
            client.set_read_timeout(Some(SHORT)).expect("a timeout");
            let nothing = client.read(&mut answer); // waits a little
            client.set_read_timeout(Some(DEADLINE)).expect("a timeout");
            if nothing.is_ok() {
                break;
            }
        }
        server.running.finish().code(0).stderr("");
        let took = begin.elapsed();
        assert!(took > Duration::from_secs(9), "{}: it took {took:?}", rung.name);
    }

    /// Nobody is lost between workers, and none of them is left asleep at the end.
    #[test]
    fn the_workers_counts_add_up() {
        const CLIENTS: usize = 200;
        for rung in [ONE_LISTENER, REUSEPORT] {
            let server = rung.start();
            for _ in 0..CLIENTS {
                says_goodbye(server.served());
            }
            signal(&server, libc::SIGINT);
            let log = ends_at_once(server);
            let counts =
                log.lines().filter_map(|line| line.split(" accepted ").nth(1)?.parse().ok());
            let counts: Vec<usize> = counts.collect();
            println!("{}: {counts:?}", rung.name);
            assert_eq!(counts.len(), 4, "{log}");
            // The connections that end a worker's wait are counted as well, one for each at most.
            let sum: usize = counts.iter().sum();
            assert!((CLIENTS..=CLIENTS + 4).contains(&sum), "{counts:?}");
            // By chance nearly nothing for one of four would be rarer than anything on earth.
            assert!(counts.iter().all(|count| *count > 4), "{counts:?}");
        }
    }
}

#[cfg(target_os = "linux")]
mod limits {
    use super::*;
    use support::linux::with_descriptors;

    /// With so few descriptors that accept fails. (Not with a listener each: an accept that waits has
    /// a descriptor already, for a client that may never come to its listener.)
    #[test]
    fn too_many_descriptors_make_clients_wait_and_neither_end_the_server_nor_keep_it_busy() {
        for (rung, descriptors) in [(THREADS, 12), (ONE_LISTENER, 8), (POLL_LOOP, 16), (TOKIO, 20)]
        {
            let prepare = |command: &mut Command| _ = with_descriptors(command, descriptors);
            let mut server = rung.start_on(&HeldPort::new(), prepare);
            for ended in [false, true] {
                let begin = Instant::now();
                let clients: Vec<TcpStream> = (0..20).map(|_| server.asking()).collect();
                let line = "accept: Too many open files (os error 24)\n";
                server.running.wait_for(&line.repeat(4));
                let took = begin.elapsed(); // with a pause of 100 ms after each
                let paused = took > Duration::from_millis(200);
                assert!(paused || ended || !rung.at_once, "four tries in {took:?}");
                if ended {
                    signals::signal(&server, libc::SIGINT);
                }
                for mut client in clients {
                    expect(&mut client, b"hello\n");
                    // Its end makes room for the next one.
                }
            }
            server.running.finish().code(0);
        }
    }

    #[test]
    fn workers_with_a_listener_each_go_on_when_there_are_descriptors_again() {
        let mut server = REUSEPORT.start();
        let process = server.running.process() as i32;
        let mut before = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        let limit = |new: *const libc::rlimit, old| {
            // SAFETY: prlimit reads one rlimit and writes another, or null; the process is our child.
            kernel::check(unsafe { libc::prlimit(process, libc::RLIMIT_NOFILE, new, old) })
        };
        limit(std::ptr::null(), &mut before).expect("its limit");
        let none = &libc::rlimit { rlim_cur: 3, rlim_max: before.rlim_max };
        limit(none, std::ptr::null_mut()).expect("no descriptor any more");
        let clients: Vec<TcpStream> = (0..20).map(|_| server.asking()).collect();
        server.running.wait_for("accept: Too many open files");
        limit(&before, std::ptr::null_mut()).expect("as before");
        for mut client in clients {
            expect(&mut client, b"hello\n");
        }
    }
}
