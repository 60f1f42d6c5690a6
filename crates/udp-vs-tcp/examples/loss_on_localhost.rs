//! Can UDP lose data on one machine?
//!
//! There is no wire to be cut, and no router in between.

use std::io::Read;
use std::process::ExitCode;

use lesson::kernel::wait_until;
use lesson::{Shown, address_of, kernel, must_be, note, say};
use question::answer;
use question::setup::udp;

fn main() -> ExitCode {
    question::run(include_str!("loss_on_localhost.rs"), loss_on_localhost)
}

fn loss_on_localhost() -> anyhow::Result<()> {
    let (sender, receiver) = (udp()?, udp()?);
    receiver.set_recv_buffer_size(4096).shown("setsockopt(SO_RCVBUF, 4096)", &receiver)?;

    say!("200 datagrams of 400 bytes, while nobody receives:");
    let target = address_of(&receiver)?;
    for _ in 0..200 {
        sender.send_to(&[7; 400], &target.into()).explained("sendto()", &sender)?;
    }
    note("all 200 sends succeeded");

    let lost = || kernel::dropped_datagrams(&receiver);
    wait_until(|| lost().is_none_or(|lost| lost > 0));
    say!("Then somebody does:");
    receiver.set_nonblocking(true).explained("fcntl(O_NONBLOCK)", &receiver)?;
    let mut arrived = 0;
    wait_until(|| {
        while let Ok(400) = (&receiver).read(&mut [0; 400]) {
            arrived += 1;
        }
        lost().is_none_or(|lost| arrived + lost == 200)
    });
    note(format!("{arrived} datagrams, then nothing"));
    must_be("some arrived, some did not", (1..200).contains(&arrived), true)?;
    must_be("arrived and lost", arrived + lost().unwrap_or(200 - arrived), 200)?;

    answer!(
        "Yes. A datagram that finds no room in the receiver's buffer is thrown away, and the \
         sender is not told. Linux counts them, in the last column of /proc/net/udp. Receive \
         quickly, ask for a larger buffer (SO_RCVBUF), or use TCP, which makes the sender wait."
    );
    Ok(())
}
