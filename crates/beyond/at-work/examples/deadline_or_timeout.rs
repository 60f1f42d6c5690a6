//! Why does a client keep me longer than my timeout?
//!
//! A server gives up on clients that are silent for half a minute. One that sends a byte every
//! twenty seconds keeps its thread for hours.
//!
//! Also: deadline, total timeout, overall timeout, timeout does not work, timeout ignored, slow
//! client, slowloris, drip, SO_RCVTIMEO, SO_SNDTIMEO, set_read_timeout, read timeout never
//! fires, byte by byte, request timeout, time budget.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: Windows' SO_RCVTIMEO is for each call, too. In Go, SetReadDeadline is a deadline; in
//! Python, settimeout is for each call.

use std::io::ErrorKind::{Interrupted, TimedOut, UnexpectedEof, WouldBlock};
use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use lesson::{Shown, must_be, note, say};
use question::answer;
use question::setup::connection;
use socket2::Socket;

/// How long the server wants to wait, and how often a byte comes.
const PATIENCE: Duration = Duration::from_secs(1);
const DRIP: Duration = Duration::from_millis(150);

fn main() -> ExitCode {
    question::run(include_str!("deadline_or_timeout.rs"), deadline_or_timeout)
}

fn deadline_or_timeout() -> anyhow::Result<()> {
    say!("The client sends 8 bytes, one every 0.15 s. The server waits at most 1 s:");
    let (client, mut server) = connection()?;
    server.set_read_timeout(Some(PATIENCE)).shown("setsockopt(SO_RCVTIMEO, 1 s)", &server)?;
    let start = Instant::now();
    let dripping = drip(client);
    server.read_exact(&mut [0; 8]).shown("8 x recv", &server)?;
    must_be("it took longer than that", start.elapsed() > PATIENCE, true)?;
    note("all 8 came, later than 1 s: each recv has its own 1 s");
    let _client = dripping.join().expect("no panic")?;

    say!("The same with a deadline: each recv may take what is left of 1 s.");
    let (client, server) = connection()?;
    let deadline = Instant::now() + PATIENCE;
    let dripping = drip(client);
    let mut message = [0; 8];
    let (came, end) = receive_until(&server, &mut message, deadline);
    must_be("the end", end.map_err(|error| error.kind()), Err(TimedOut))?;
    must_be("not before the deadline", Instant::now() >= deadline, true)?;
    must_be("some came, and some did not", came < message.len(), true)?;
    note("recv after recv, until the second was over: not all 8 have come");
    drop(server);
    let _ = dripping.join(); // its sends fail now

    answer!(
        "A timeout (SO_RCVTIMEO, set_read_timeout) is for one call, and begins again with the next: \
         whoever sends a byte now and then never meets it. For a whole message note when it has to \
         be there (Instant::now() + patience), and give each call only the time that is left; where \
         none is left, stop. The connect, the request and its answer can share one deadline."
    );
    Ok(())
}

/// Fills the buffer, unless the deadline comes first. Returns how many bytes came, too.
fn receive_until(
    mut socket: &Socket,
    buffer: &mut [u8],
    deadline: Instant,
) -> (usize, io::Result<()>) {
    let mut came = 0;
    let mut receive = || {
        while came < buffer.len() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(TimedOut.into());
            }
            // Rounded down to 0, it would be no timeout at all.
            socket.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
            match socket.read(&mut buffer[came..]) {
                Ok(0) => return Err(UnexpectedEof.into()),
                Ok(length) => came += length,
                // Its time is over, or a signal came: the loop looks again.
                Err(error) if [WouldBlock, Interrupted].contains(&error.kind()) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    };
    let end = receive();
    (came, end)
}

/// A client that sends 8 bytes, one after another, and takes its time.
fn drip(mut client: Socket) -> thread::JoinHandle<io::Result<Socket>> {
    thread::spawn(move || {
        for _ in 0..8 {
            thread::sleep(DRIP);
            client.write_all(b"x")?;
        }
        Ok(client)
    })
}
