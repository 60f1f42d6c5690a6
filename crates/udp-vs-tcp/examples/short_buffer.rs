//! What if my buffer is too short for the datagram?
//!
//! TCP would give the rest to the next recv.
//!
//! Also: truncated, cut off, buffer size, recv_from, rest of the datagram.
//!
//! Runs on Linux and macOS alone.
//!
//! Elsewhere: Windows reports an error (WSAEMSGSIZE), and the rest is gone there as well.

use std::process::ExitCode;

use lesson::{Shown, address_of, must_be, say};
use question::answer;
use question::setup::{receive_datagram, udp};

fn main() -> ExitCode {
    question::run(include_str!("short_buffer.rs"), short_buffer)
}

fn short_buffer() -> anyhow::Result<()> {
    let (sender, receiver) = (udp()?, udp()?);
    let target = address_of(&receiver)?;
    let call = format!("sendto({target})");
    sender.send_to(b"0123456789", &target.into()).shown(&call, &sender)?;
    sender.send_to(b"next", &target.into()).shown(&call, &sender)?;

    say!("Ten bytes have arrived, and the buffer has room for four:");
    must_be("the start", receive_datagram(&receiver, 4)?, b"0123".to_vec())?;
    say!("The other six?");
    must_be("the next recv", receive_datagram(&receiver, 64)?, b"next".to_vec())?;

    answer!(
        "You get as much as there is room for, without an error, and the rest is gone: the next \
         recv gets the next datagram. Make the buffer as large as the largest message; 65535 is \
         always enough. To see how long one is: just ask peek_and_truncate."
    );
    Ok(())
}
