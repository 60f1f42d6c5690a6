//! send, or send all?
//!
//! A send may take only part of the data, and says so with a number that is easily overlooked.
//!
//! Runs on Linux and macOS alone.

use std::io::{Read, Write};
use std::process::ExitCode;
use std::thread;

use lesson::{Shown, must_be, note, say};
use question::answer;
use question::setup::connection;

fn main() -> ExitCode {
    question::run(include_str!("partial_write.rs"), partial_write)
}

fn partial_write() -> anyhow::Result<()> {
    // More than the buffers of both sides hold.
    let data = vec![7; 32 << 20];
    let (client, server) = connection()?;
    say!("The server does not read. A non-blocking send takes as much as there is room for:");
    client.set_nonblocking(true).explained("fcntl(O_NONBLOCK)", &client)?;
    let taken = client.send(&data).explained("send(32 MiB)", &client)?;
    note(format!("{taken} bytes taken"));
    must_be("less than all of it", taken < data.len(), true)?;

    say!("write_all sends the rest, in as many sends as it takes, while the server reads:");
    client.set_nonblocking(false).explained("fcntl(O_NONBLOCK)", &client)?;
    let arrived = thread::scope(|scope| {
        let reader = scope.spawn(|| read_to_end(&server));
        let sent = (&client).write_all(&data[taken..]);
        drop(client); // the reader reaches the end
        sent.map(|()| reader.join().expect("no panic"))
    })?;
    note(format!("{} MiB arrived", arrived? >> 20));

    answer!(
        "A send may be partial: on a non-blocking socket, or when a signal or a timeout cuts it \
         short. Look at the number that it returns; or, on a blocking socket, use write_all \
         (Python: sendall), which goes on until everything is sent."
    );
    Ok(())
}

/// How many bytes came until the end.
fn read_to_end(mut socket: &socket2::Socket) -> anyhow::Result<usize> {
    let mut data = Vec::new();
    socket.read_to_end(&mut data)?;
    must_be("all of it arrived", data.len(), 32 << 20)?;
    Ok(data.len())
}
