//! send, or send all?
//!
//! A send may take only part of the data, and says so with a number that is easily overlooked.
//!
//! Also: send or write_all, sendall, short write, part of the data, flush, send returns less, send
//! buffer full, client never reads, sends only part.
//!
//! Runs on Linux and macOS alone.

use std::io::{Read, Write};
use std::process::ExitCode;
use std::thread;

use lesson::{Shown, must_be, note, say, show};
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
    let taken = client.send(&data).shown("send(32 MiB)", &client)?;
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
    show("recv, until the end", &server);
    note(format!("{} MiB arrived", arrived? >> 20));

    answer!(
        "write_all (Python: sendall), on a blocking socket: it goes on until everything is sent. \
         Make it a habit for every answer. A send alone may take a part, on a non-blocking socket, \
         or when a signal or a timeout cuts it short; then the rest is missing, and no error says \
         so, only the number that it returns."
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
