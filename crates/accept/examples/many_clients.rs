//! How do I serve many clients?
//!
//! Servers in tutorials serve one client after another, not several at once: when one of them says
//! nothing, all the others wait.
//!
//! Also: echo server, concurrent, several at once, thread, one thread per client, spawn,
//! multithreaded, parallel, async, epoll, select, more than one client, two clients, clients at the
//! same time, only handles one client, incoming, thread pool, asyncio, goroutine, chat server,
//! tokio::spawn, second client has to wait, event loop, simultaneous connections, many connections.

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use lesson::{Shown, note, say};
use question::answer;
use question::setup::{RECEIVE_TIMED_OUT, client_of, listener};
use socket2::Socket;

/// How long a client waits: one that will get no answer, and one that should.
const SHORT: Duration = Duration::from_millis(200);
const LONG: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    question::run(include_str!("many_clients.rs"), many_clients)
}

fn many_clients() -> anyhow::Result<()> {
    let server = listener(4)?;
    say!("One thread. The first client says nothing; the second does, and waits for an answer:");
    let (silent, eager, connections) = two_clients(&server)?;
    thread::scope(|scope| {
        scope.spawn(|| connections.iter().for_each(answer_once));
        let waited =
            ask(&eager, SHORT).must_fail(RECEIVE_TIMED_OUT, "send, recv for 0.2 s", &eager);
        drop(silent); // now the thread gets to the second client
        waited
    })?;

    say!("A thread for each client, and everything else as before:");
    let (silent, eager, connections) = two_clients(&server)?;
    thread::scope(|scope| {
        for connection in &connections {
            scope.spawn(|| answer_once(connection));
        }
        let answered = ask(&eager, LONG).shown("send, recv", &eager);
        drop(silent);
        answered
    })?;
    note("the answer has arrived");

    answer!(
        "Not one after another in one thread. A thread for each client is simple, and good for \
         hundreds. For thousands, use one thread that asks the kernel which sockets are ready \
         (poll, epoll); async runtimes such as tokio do that for you. Chapter 8 has a server of each \
         kind, to take away."
    );
    Ok(())
}

/// Two clients, and the server's ends of their connections.
fn two_clients(server: &Socket) -> anyhow::Result<(Socket, Socket, [Socket; 2])> {
    let (silent, eager) = (client_of(server)?, client_of(server)?);
    let (one, _) = server.accept().shown_as("accept()")?;
    let (other, _) = server.accept().shown_as("accept()")?;
    Ok((silent, eager, [one, other]))
}

/// Waits for five bytes and sends them back; not for ever, in case something goes wrong.
fn answer_once(mut connection: &Socket) {
    let mut bytes = [0; 5];
    let _ = connection.set_read_timeout(Some(2 * LONG));
    if connection.read_exact(&mut bytes).is_ok() {
        let _ = connection.write_all(&bytes);
    }
}

/// Sends five bytes, and waits for five.
fn ask(mut client: &Socket, patience: Duration) -> io::Result<()> {
    client.set_read_timeout(Some(patience))?;
    client.write_all(b"hello")?;
    client.read_exact(&mut [0; 5])
}
