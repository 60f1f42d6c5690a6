//! How do I stop a server well?
//!
//! Ctrl-C ends a program at once, and with it the connections that it has not even accepted.
//!
//! Also: Ctrl-C, SIGINT, SIGTERM, signal, graceful shutdown, drain the queue, restart, ctrlc, stop,
//! shut down a server, clean shutdown, exit cleanly, gracefully, quit, terminate, kill, systemd,
//! KeyboardInterrupt, signal handler, server shutdown, end the server.
//!
//! Runs on Linux and macOS alone.

use std::io::{ErrorKind, Read, Write};
use std::process::ExitCode;

use lesson::{Failure, Shown, must_be, note, say, show_received};
use question::answer;
use question::setup::{client_of, close, listener};
use socket2::Socket;

fn main() -> ExitCode {
    question::run(include_str!("stop_a_server_well.rs"), stop_a_server_well)
}

fn stop_a_server_well() -> anyhow::Result<()> {
    say!("A client has sent its question and is in the queue, and the server just ends:");
    let server = listener(2)?;
    let mut queued = client_with_a_question(&server)?;
    close(server);
    queued.read(&mut [0; 64]).must_fail("ECONNRESET", "recv(64)", &queued)?;

    say!("The same, and the server first takes out of the queue whoever is in it:");
    let server = listener(2)?;
    let mut clients = [client_with_a_question(&server)?, client_with_a_question(&server)?];
    // From now on accept fails where it would wait.
    server.set_nonblocking(true).shown("fcntl(O_NONBLOCK)", &server)?;
    loop {
        match server.accept() {
            Ok((connection, _)) => answer_once(&connection)?,
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) => return Err(error.into()),
        }
    }
    say!("The queue is empty.");
    close(server);
    for client in &mut clients {
        let mut buffer = [0; 64];
        let length = client.read(&mut buffer).shown("recv(64)", &*client)?;
        show_received(&buffer[..length]);
        must_be("the answer", &buffer[..length], b"hello")?;
    }

    answer!(
        "Serve whoever is in the queue: make the listener non-blocking, and accept until it says \
         WouldBlock; wait for the threads that still answer; then end the program, and the kernel \
         closes its sockets. Set a limit in time, as a client may go on for ever. What calls you on \
         Ctrl-C and on SIGTERM is the crate ctrlc. A thread that waits in accept is not woken by it: \
         connect to your own listener."
    );
    Ok(())
}

/// A client in the queue that has sent five bytes.
fn client_with_a_question(server: &Socket) -> Result<Socket, Failure> {
    let mut client = client_of(server)?;
    client.write_all(b"hello").explained("send(5 bytes)", &client)?;
    Ok(client)
}

/// Receives five bytes, sends them back, and closes.
fn answer_once(mut connection: &Socket) -> Result<(), Failure> {
    let mut bytes = [0; 5];
    // On macOS it is non-blocking, too, as the listener is.
    connection.set_nonblocking(false).explained("fcntl(O_NONBLOCK)", connection)?;
    connection.read_exact(&mut bytes).shown("accept(), recv(5)", connection)?;
    connection.write_all(&bytes).explained("send(5 bytes)", connection)?;
    note("answered");
    Ok(())
}
