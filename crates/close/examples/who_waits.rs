//! What is TIME_WAIT for, and who has it?
//!
//! ss may show hundreds of them on a busy server, or none, and both are fine.
//!
//! Also: TIME_WAIT, ports used up.

use std::io::Read;
use std::process::ExitCode;

use lesson::kernel::wait_until;
use lesson::{Shown, address_of, kernel, must_be, say, wait_for_state};
use question::answer;
use question::setup::{close, connection};
use socket2::Socket;

fn main() -> ExitCode {
    question::run(include_str!("who_waits.rs"), who_waits)
}

fn who_waits() -> anyhow::Result<()> {
    say!("The client closes first:");
    let (client, server) = connection()?;
    close_both(client, server, "the client's end")?;

    say!("The server closes first:");
    let (client, server) = connection()?;
    close_both(server, client, "the server's end")?;

    answer!(
        "The side that closed first has it, for a minute on Linux; the other side keeps nothing. \
         It is there to answer once more if the last packet was lost, and to keep stray packets of \
         the old connection out of a new one between the same two addresses and ports."
    );
    Ok(())
}

/// Closes one end, then the other, and looks for what the kernel keeps.
fn close_both(first: Socket, mut second: Socket, whose: &str) -> anyhow::Result<()> {
    let (one, other) = (address_of(&first)?, address_of(&second)?);
    close(first);
    let end = second.read(&mut [0]).explained("recv(1)", &second)?;
    must_be("the end", end, 0)?;
    close(second);
    wait_for_state(whose, [one, other], "TIME_WAIT")?;
    // Where the system shows no table, this is taken on trust.
    let nothing_left = || kernel::connection(other, one).is_none_or(|row| row.is_none());
    must_be("the other side keeps nothing", wait_until(nothing_left), true)?;
    Ok(())
}
