//! EPIPE or ECONNRESET?
//!
//! Both say that sending is over. And yet the first send after the peer has closed, with nothing
//! left to read, fails with neither.
//!
//! Runs on Linux and macOS alone.

use std::io::{Read, Write};
use std::process::ExitCode;
use std::time::Duration;

use lesson::kernel::wait_until;
use lesson::{Shown, View, note, say};
use question::answer;
use question::setup::{close, connection};

fn main() -> ExitCode {
    question::run(include_str!("broken_pipe.rs"), broken_pipe)
}

fn broken_pipe() -> anyhow::Result<()> {
    say!("The peer closes. The first send works: the kernel only puts it on its way.");
    let (mut client, server) = connection()?;
    close(server);
    client.read(&mut [0; 64]).explained("recv(64)", &client)?; // the end
    client.write_all(b"one").explained("send(3 bytes)", &client)?;
    note("send(3 bytes) succeeded");
    say!("Nobody is there to read it, so the peer's kernel answers with a reset. From then on:");
    wait_until(|| View::of(&client).state.is_none_or(|state| state == "CLOSE"));
    client.write_all(b"two").must_fail("EPIPE", "send(3 bytes)", &client)?;

    say!("A peer that resets the connection (SO_LINGER, 0 s), and a client that then receives:");
    let (mut client, server) = connection()?;
    server.set_linger(Some(Duration::ZERO)).explained("setsockopt(SO_LINGER)", &server)?;
    close(server);
    client.read(&mut [0; 64]).must_fail("ECONNRESET", "recv(64)", &client)?;
    client.write_all(b"one").must_fail("EPIPE", "send(3 bytes)", &client)?;

    answer!(
        "ECONNRESET is how you learn of a reset, once, by whichever call comes first. EPIPE is for \
         every send after the end: after that report, after a reset that came when the peer's end \
         had already arrived, or after your own shutdown."
    );
    Ok(())
}
