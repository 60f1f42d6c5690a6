//! How do I serve many clients?
//!
//! The servers of tutorials serve one client after another, not several at once: until one of them
//! says nothing, and all the others wait.

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use lesson::setup::{client_of, listener};
use lesson::{Shown, answer, expect, question, received, say};
use socket2::Socket;

/// How long a client waits that will get no answer, and one that should get one.
const SHORT: Duration = Duration::from_millis(200);
const LONG: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    question(include_str!("many_clients.rs"), many_clients)
}

fn many_clients() -> anyhow::Result<()> {
    say!("One thread. The first client says nothing; the second does, and waits for an answer:");
    let server = listener(4)?;
    let silent = client_of(&server)?;
    let eager = client_of(&server)?;
    let (one, _) = server.accept().opened("accept()")?;
    let (other, _) = server.accept().opened("accept()")?;
    thread::scope(|scope| {
        scope.spawn(|| [&one, &other].map(answer_once));
        let waited = ask(&eager, SHORT).must_fail("EAGAIN", "send, recv for 0.2 s", &eager);
        drop(silent); // with that the thread comes to the second client
        waited
    })?;

    say!("A thread for each client, and everything else as before:");
    let silent = client_of(&server)?;
    let eager = client_of(&server)?;
    let (one, _) = server.accept().opened("accept()")?;
    let (other, _) = server.accept().opened("accept()")?;
    let answered = thread::scope(|scope| {
        scope.spawn(|| answer_once(&one));
        scope.spawn(|| answer_once(&other));
        let answered = ask(&eager, LONG).shown("send, recv", &eager);
        drop(silent);
        answered
    })?;
    received(&answered);
    expect("the answer", answered, b"hello".to_vec())?;

    answer!(
        "Not one after another in one thread. A thread for each client is simple and good for \
         hundreds; for thousands, one thread that asks the kernel which sockets are ready (poll, \
         epoll), which is what async runtimes such as tokio do for you."
    );
    Ok(())
}

/// Waits for what a client says, and says it back; not for ever, should something go wrong.
fn answer_once(mut connection: &Socket) {
    let _ = connection.set_read_timeout(Some(LONG));
    let mut buffer = [0; 64];
    if let Ok(length) = connection.read(&mut buffer) {
        let _ = connection.write_all(&buffer[..length]);
    }
}

/// Says something, and waits for the answer.
fn ask(mut client: &Socket, patience: Duration) -> io::Result<Vec<u8>> {
    client.set_read_timeout(Some(patience))?;
    client.write_all(b"hello")?;
    let mut buffer = [0; 64];
    let length = client.read(&mut buffer)?;
    Ok(buffer[..length].to_vec())
}
