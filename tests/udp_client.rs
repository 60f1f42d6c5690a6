//! The UDP client that asks again: whatever the server does, it prints the answer to its question, or
//! says that there is none.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, UdpSocket};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use support::workspace::{own_program, root};
use support::{
    DEADLINE, Running, any_port, complained, fails, from_std, has_ipv6, printed, program, python,
    succeeds, words,
};

/// The client and, where there is Python, its twin.
fn clients() -> Vec<Command> {
    let mut clients = vec![Command::new(own_program("udp-client"))];
    static PYTHON: OnceLock<Option<&str>> = OnceLock::new();
    if let Some(python) = PYTHON.get_or_init(python) {
        let mut twin = Command::new(python);
        twin.arg(root().join("crates/beyond/udp-client/client.py"));
        clients.push(twin);
    }
    clients
}

/// A client of the server at `address`, whose first wait has this many milliseconds.
fn asking(mut client: Command, address: SocketAddr, wait: u32) -> Command {
    client.args(words(address)).arg(wait.to_string());
    client
}

/// The same, to be run with assert_cmd.
fn ask(client: Command, address: SocketAddr, wait: u32) -> assert_cmd::Command {
    from_std(asking(client, address, wait))
}

/// `udp-server`, told to do this, and its address.
fn server(plan: &[&str]) -> (Running, SocketAddr) {
    let mut command = Command::new(own_program("udp-server"));
    let mut server = Running::start(command.args(["127.0.0.1", "0"]).args(plan));
    let said = server.wait_for("waiting on ");
    let address = said.trim().rsplit(' ').next().expect("an address");
    let address = address.parse().expect(said);
    (server, address)
}

/// A server of the test's own. It waits for a datagram no longer than any test does.
fn own_server(address: SocketAddr) -> (UdpSocket, SocketAddr) {
    let socket = UdpSocket::bind(address).expect("a socket");
    socket.set_read_timeout(Some(DEADLINE)).expect("SO_RCVTIMEO");
    let address = socket.local_addr().expect("its address");
    (socket, address)
}

/// The same where `nobody` has been until now.
fn own_server_instead_of(nobody: UdpSocket) -> UdpSocket {
    let address = nobody.local_addr().expect("its address");
    drop(nobody);
    // A child that another test is starting has a copy of that socket until its exec.
    let give_up = Instant::now() + DEADLINE;
    loop {
        match UdpSocket::bind(address) {
            Ok(free) => {
                free.set_read_timeout(Some(DEADLINE)).expect("SO_RCVTIMEO");
                return free;
            }
            Err(error) => assert!(Instant::now() < give_up, "waiting for {address}: {error}"),
        }
        thread::yield_now();
    }
}

/// The next datagram, and who has sent it.
fn receive(server: &UdpSocket) -> (String, SocketAddr) {
    let mut buffer = [0; 1024];
    let (length, client) = server.recv_from(&mut buffer).expect("a datagram in time");
    (String::from_utf8_lossy(&buffer[..length]).into_owned(), client)
}

/// A port at which nobody is: the socket that holds it receives from itself alone. On Linux on an
/// address that no other test uses, so that nobody takes the port once the socket is gone.
fn nobody(number: u8) -> (UdpSocket, SocketAddr) {
    let own = SocketAddr::from(([127, 0, 77, number], 0));
    let (socket, address) = own_server(if cfg!(target_os = "linux") { own } else { any_port() });
    socket.connect(address).expect("its own address");
    (socket, address)
}

/// What a server does with a question that it sees for the `seen`th time, from 0: the same in every
/// run. A third is dropped, a third answered late, and some answers are sent twice. The fourth time it
/// is answered in any case: on a busy machine that may take longer than the last waits of a client.
enum Fate {
    Drop,
    Late,
    Answer,
    Double,
}

fn fate(number: u64, seen: u64) -> Fate {
    const SEED: u64 = 1;
    if seen >= 3 {
        return Fate::Answer;
    }
    // The mixing of SplitMix64.
    let mut x = (SEED << 40 | number << 8 | seen).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    match (x ^ (x >> 31)) % 9 {
        0..3 => Fate::Drop,
        3..6 => Fate::Late,
        6 => Fate::Double,
        _ => Fate::Answer,
    }
}

const QUESTIONS: u64 = 1000;

/// Serves until an empty datagram comes: how many of each fate there were. A late answer goes out
/// once the next datagram has been served, which may be another question's.
fn serve_as_planned(server: &UdpSocket) -> [u32; 4] {
    let mut seen = vec![0; 1 + usize::try_from(QUESTIONS).expect("a count")];
    let mut counts = [0; 4];
    let mut held = Vec::new();
    loop {
        let (question, client) = receive(server);
        let Some((number, _)) = question.split_once(' ') else { return counts };
        let number: u64 = number.parse().expect("a number");
        let times = &mut seen[usize::try_from(number).expect("a number")];
        let fate = fate(number, *times);
        *times += 1;
        let send = |answer: &str| server.send_to(answer.as_bytes(), client).expect("sent");
        let answer = question.to_uppercase();
        let before = std::mem::take(&mut held);
        match &fate {
            Fate::Drop => {}
            Fate::Late => held.push(answer),
            Fate::Answer => _ = send(&answer),
            Fate::Double => _ = (send(&answer), send(&answer)),
        }
        before.iter().for_each(|late| _ = send(late));
        counts[fate as usize] += 1;
    }
}

#[test]
fn a_thousand_questions_are_answered_right_by_a_server_that_drops_delays_and_doubles() {
    let questions: String = (1..=QUESTIONS).map(|n| format!("what is {n}\n")).collect();
    let expected = (1..=QUESTIONS).map(|n| format!("asked what is {n}, got WHAT IS {n}\n"));
    let expected: String = expected.collect();
    let play = |client| {
        let (server, address) = own_server(any_port());
        thread::scope(|scope| {
            let serving = scope.spawn(|| serve_as_planned(&server));
            let run = ask(client, address, 2).write_stdin(questions.clone()).assert();
            server.send_to(b"", address).expect("the end");
            let counts = serving.join().expect("the server");
            let run = run.success().stderr(contains("  ignored ")).stderr(contains("  no answer "));
            assert!(printed(&run) == expected, "each gets its own answer, in order");
            assert!(counts.iter().all(|count| *count > 100), "{counts:?}");
        });
    };
    thread::scope(|scope| {
        for client in clients() {
            scope.spawn(move || play(client));
        }
    });
}

#[test]
fn a_late_answer_is_not_taken_for_the_next_questions() {
    for client in clients() {
        let (mut server, address) = server(&["late"]);
        // The answer to the second try comes as well, and finds the second question.
        succeeds_with(ask(client, address, 200).write_stdin("first\nsecond\n"))
            .stdout("asked first, got FIRST\nasked second, got SECOND\n")
            .stderr(contains("  no answer in 200").and(contains("1 FIRST")));
        let said = server.wait_for("second");
        assert!(said.contains("asks \"1 first\": late\n"), "{said}");
        assert!(said.contains("asks \"1 first\": answer\n"), "the same question again: {said}");
    }
}

/// A run that succeeds, whatever it complains of.
fn succeeds_with(command: &mut assert_cmd::Command) -> assert_cmd::assert::Assert {
    command.assert().success()
}

#[test]
fn a_doubled_answer_is_taken_once() {
    for client in clients() {
        let (_server, address) = server(&["double"]);
        succeeds_with(ask(client, address, 5000).write_stdin("first\nsecond\n"))
            .stdout("asked first, got FIRST\nasked second, got SECOND\n")
            .stderr(contains("  ignored ").count(1).and(contains("1 FIRST")));
    }
}

#[test]
fn a_dropped_question_is_asked_again() {
    for client in clients() {
        let (mut server, address) = server(&["drop", "drop"]);
        succeeds_with(ask(client, address, 20).write_stdin("first\n"))
            .stdout("asked first, got FIRST\n")
            .stderr(contains("  no answer in 20").and(contains("  no answer in 40")));
        server.wait_for("asks \"1 first\": answer\n");
    }
}

#[test]
fn an_answer_that_is_no_text_does_not_end_it() {
    for client in clients() {
        let (server, address) = own_server(any_port());
        thread::scope(|scope| {
            scope.spawn(|| {
                let (_, client) = receive(&server);
                for answer in [b"\xff\xfe".as_slice(), b"", b"1", b"1 \xffx"] {
                    server.send_to(answer, client).expect("sent");
                }
            });
            succeeds_with(ask(client, address, 5000).write_stdin("first\n"))
                .stdout("asked first, got \u{fffd}x\n")
                .stderr(contains("  ignored ").count(3));
        });
    }
}

/// The right number is no help to somebody else: connect filters by address.
#[test]
fn what_a_stranger_sends_is_not_received() {
    for client in clients() {
        let (server, address) = own_server(any_port());
        let (stranger, _) = own_server(any_port());
        thread::scope(|scope| {
            scope.spawn(|| {
                let (_, client) = receive(&server);
                stranger.send_to(b"1 WRONG", client).expect("sent");
                server.send_to(b"1 RIGHT", client).expect("sent");
            });
            succeeds_with(ask(client, address, 5000).write_stdin("first\n"))
                .stdout("asked first, got RIGHT\n")
                .stderr("");
        });
    }
}

#[test]
fn a_server_that_is_not_there_is_waited_for_and_then_it_gives_up() {
    let (_nobody, address) = nobody(1);
    for client in clients() {
        let begin = Instant::now();
        let run = fails(ask(client, address, 10).write_stdin("first\n"), 1);
        let took = begin.elapsed();
        // 10 + 20 + … + 1280 ms: the refusals, which come at once, shorten nothing.
        assert!(took >= Duration::from_millis(2550), "{took:?}");
        let run = run
            .stdout("")
            .stderr(contains("  no answer in ").count(8))
            .stderr(contains("no answer to ").and(contains("first")).and(contains(" in 8 tries")));
        if cfg!(unix) {
            run.stderr(contains("Connection refused").count(8));
        }
    }
}

/// Without a wait nothing receives the refusal of one try, and the next one's send reports it.
#[test]
fn a_send_that_reports_an_earlier_refusal_is_made_again() {
    let (_nobody, address) = nobody(2);
    for client in clients() {
        let run = fails(ask(client, address, 0).write_stdin("first\n"), 1)
            .stderr(contains("no answer to ").and(contains(" in 8 tries")));
        // Sent once, every second try would report the one before. Sent twice, a try is refused only
        // if two messages come between the sends.
        let refused = complained(&run).matches("refused").count();
        assert!(refused < 4, "{refused} of 8 tries sent nothing");
    }
}

#[test]
fn each_try_sends_the_same_question() {
    for client in clients() {
        let (server, address) = own_server(any_port());
        fails(ask(client, address, 1).write_stdin("first\nsecond\n"), 1);
        for _ in 0..8 {
            assert_eq!(receive(&server).0, "1 first");
        }
        server.set_nonblocking(true).expect("O_NONBLOCK");
        assert!(server.recv(&mut [0; 64]).is_err(), "eight tries, and no second question");
    }
}

#[test]
fn a_server_that_comes_up_late_is_reached() {
    for (number, client) in (3..).zip(clients()) {
        let (nobody, address) = nobody(number);
        let mut client = asking(client, address, 50);
        let client = client.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut client = client.spawn().expect("it starts");
        client.stdin.take().expect("its stdin").write_all(b"first\n").expect("a question");
        // It ends by itself, so this wait does.
        let mut said = String::new();
        let mut stderr = BufReader::new(client.stderr.take().expect("its stderr"));
        stderr.read_line(&mut said).expect("a line");
        assert!(said.starts_with("  no answer in 50"), "{said}");
        assert!(!cfg!(unix) || said.contains("refused"), "{said}");
        let server = own_server_instead_of(nobody);
        let (question, from) = receive(&server);
        server.send_to(question.to_uppercase().as_bytes(), from).expect("sent");
        let output = client.wait_with_output().expect("its output");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "asked first, got FIRST\n");
        assert!(output.status.success());
    }
}

#[test]
fn ipv6_works_as_well() {
    if !has_ipv6() {
        return;
    }
    for client in clients() {
        let (server, address) = own_server("[::1]:0".parse().expect("an address"));
        thread::scope(|scope| {
            scope.spawn(|| {
                let (question, client) = receive(&server);
                server.send_to(question.to_uppercase().as_bytes(), client).expect("sent");
            });
            succeeds(ask(client, address, 5000).write_stdin("first\n"))
                .stdout("asked first, got FIRST\n");
        });
    }
}

/// What the numbers are for.
#[test]
fn without_numbers_a_late_answer_is_taken_for_the_next_questions() {
    let (_server, address) = server(&["late"]);
    let mut client = program(own_program("without-numbers"));
    succeeds(client.args(words(address)).write_stdin("first\nsecond\n"))
        .stdout("asked first, got FIRST\nasked second, got FIRST\n");
}

#[test]
fn the_server_knows_four_words() {
    fails(program(own_program("udp-server")).args(["127.0.0.1", "0", "drop", "never"]), 1)
        .stderr(contains("never: none of "));
}

#[cfg(target_os = "linux")]
mod on_linux {
    use std::io::ErrorKind;
    use std::net::UdpSocket;
    use std::os::fd::AsRawFd;

    use super::{nobody, own_server_instead_of, receive};
    use support::{DEADLINE, any_port};

    /// Waits until the kernel has an error for the socket's next call, and leaves it there.
    fn wait_for_error(socket: &UdpSocket) {
        let mut asked = libc::pollfd { fd: socket.as_raw_fd(), events: 0, revents: 0 };
        let deadline = i32::try_from(DEADLINE.as_millis()).expect("a short time");
        // SAFETY: poll reads and writes the one pollfd that it is given.
        let ready = unsafe { libc::poll(&mut asked, 1, deadline) };
        assert_eq!((ready, asked.revents), (1, libc::POLLERR), "no refusal came");
    }

    /// Why the client sends once more where a send fails.
    #[test]
    fn a_send_that_reports_an_earlier_refusal_sends_nothing() {
        let (nobody, address) = nobody(9);
        let client = UdpSocket::bind(any_port()).expect("a socket");
        client.connect(address).expect("connect sends nothing");
        client.send(b"refused").expect("the refusal comes after it");
        wait_for_error(&client);
        let server = own_server_instead_of(nobody);
        let error = client.send(b"not sent").expect_err("the refusal");
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        client.send(b"sent").expect("sent");
        assert_eq!(receive(&server).0, "sent");
    }
}
