//! One client reset its connection, and my server ended. Why?
//!
//! A `?` in the accept loop hands the error of one client to main, and main ends for all of them.
//!
//! Also: server crashed, server exits, dies, one client ends the server, ? in main, error handling,
//! accept loop, server stops, why did my server end, client disconnects, question mark operator,
//! unwrap, panicked, Connection reset by peer.
//!
//! Runs on Linux alone.

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::time::Duration;

use lesson::{Failure, Shown, address_of, must_be, note, say, words};
use question::answer;
use question::setup::{TCP, client_of, close, listener};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("reset_ends_the_server.rs"), reset_ends_the_server)
}

fn reset_ends_the_server() -> anyhow::Result<()> {
    say!("Two clients; the first resets. The loop has a ? at every call:");
    let server = listener(2)?;
    let target = address_of(&server)?;
    let _eager = two_clients(&server)?;
    let end = serve_with_question_marks(&server).expect_err("the first client's error");
    note(format!("{}, and the loop has ended", words(&end)));
    must_be("the loop's error", end.kind(), io::ErrorKind::ConnectionReset)?;
    close(server);
    let next = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
    next.connect(&target.into()).must_fail("ECONNREFUSED", format!("connect({target})"), &next)?;

    say!("The same, and the error of a client ends only its own turn:");
    let server = listener(2)?;
    let mut eager = two_clients(&server)?;
    for _ in 0..2 {
        let (connection, _) = server.accept().explained("accept()", &server)?;
        match answer_once(&connection) {
            Ok(()) => note("answered"),
            Err(error) => note(format!("{}, and on to the next", words(&error))),
        }
    }
    eager.read_exact(&mut [0; 5]).shown("recv(5)", &eager)?;

    answer!(
        "`?` returns from the function, and when that is main, the program is over: the kernel \
         resets whoever is in the queue and refuses the next. Let a function of its own serve one \
         client, with as many ? as you like, and match on its result in the loop: log it, close \
         this connection, go on."
    );
    Ok(())
}

/// A client that has reset its connection, and after it in the queue one that has sent five bytes.
fn two_clients(server: &Socket) -> Result<Socket, Failure> {
    let rude = client_of(server)?;
    rude.set_linger(Some(Duration::ZERO)).explained("setsockopt(SO_LINGER)", &rude)?;
    close(rude);
    let mut eager = client_of(server)?;
    eager.write_all(b"hello").explained("send(5 bytes)", &eager)?;
    Ok(eager)
}

fn serve_with_question_marks(server: &Socket) -> io::Result<()> {
    loop {
        let (connection, _) = server.accept()?;
        answer_once(&connection)?;
    }
}

/// Waits for five bytes and sends them back.
fn answer_once(mut connection: &Socket) -> io::Result<()> {
    let mut bytes = [0; 5];
    let received = connection.read_exact(&mut bytes);
    lesson::show("accept(), recv(5)", connection);
    received?;
    connection.write_all(&bytes)
}
