//! Why does my read return 0 at once?
//!
//! Every manual says that 0 is the end of the connection; and yet the other side is there, and has
//! sent something.
//!
//! Also: read returns 0, Vec, with_capacity, length 0.

use std::io::{Read, Write};
use std::process::ExitCode;
#[cfg(target_os = "linux")]
use {
    socket2::Socket,
    std::time::{Duration, Instant},
};

use lesson::{Shown, must_be, note, say, show_received, wait_for_bytes};
use question::answer;
use question::setup::connection;

fn main() -> ExitCode {
    question::run(include_str!("empty_buffer.rs"), empty_buffer)
}

fn empty_buffer() -> anyhow::Result<()> {
    let (mut client, mut server) = connection()?;
    client.write_all(b"hello").shown("send(5 bytes)", &client)?;
    wait_for_bytes(&server, 5);

    say!("A buffer with room for 64 bytes, and the length 0:");
    let mut buffer = Vec::with_capacity(64);
    let length = server.read(&mut buffer).shown("recv(…)", &server)?;
    note(format!("{length} bytes into a buffer of length {}", buffer.len()));
    must_be("what was read", length, 0)?;

    say!("vec![0; 64] has a length:");
    let mut buffer = vec![0; 64];
    let length = server.read(&mut buffer).shown("recv(64)", &server)?;
    show_received(&buffer[..length]);
    must_be("what was read", &buffer[..length], b"hello")?;

    #[cfg(target_os = "linux")]
    nothing_to_read(&server)?;

    answer!(
        "The buffer has no room: Vec::with_capacity(64) has the length 0, and a read of at most 0 \
         bytes returns 0, again and again. (On Linux, recv(2) first waits until something has \
         arrived, and read(2) and Python's recv(0) do not.) Use vec![0; 64] or an array. \
         Only with a buffer that has room does 0 mean the end."
    );
    Ok(())
}

/// Neither data nor the end has arrived: recv(2) waits for one of them, read(2) on the same socket
/// does not. (What recv says when its time is over is 0 as well.)
#[cfg(target_os = "linux")]
fn nothing_to_read(mut server: &Socket) -> anyhow::Result<()> {
    use std::fs::File;
    use std::os::fd::OwnedFd;

    say!("While nothing is there to read, recv(2) waits, here for 0.1 s, and read(2) does not:");
    let [short, long] = [Duration::from_millis(100), Duration::from_secs(10)];
    server.set_read_timeout(Some(short)).explained("setsockopt(SO_RCVTIMEO)", server)?;
    let begin = Instant::now();
    let length = server.read(&mut []).shown("recv(0)", server)?;
    must_be("what recv read", length, 0)?;
    must_be("it waited", begin.elapsed() > short / 2, true)?;

    server.set_read_timeout(Some(long)).explained("setsockopt(SO_RCVTIMEO)", server)?;
    let mut file = File::from(OwnedFd::from(server.try_clone()?)); // its read is read(2)
    let begin = Instant::now();
    let length = file.read(&mut []).shown("read(0)", server)?;
    must_be("what read read", length, 0)?;
    must_be("it did not wait", begin.elapsed() < long, true)?;
    Ok(())
}
