//! Can UDP lose data on one machine?
//!
//! There is no wire to be cut, and no router in between.
//!
//! Also: dropped, SO_RCVBUF, buffer size, order, lost packet, lost datagram, datagram lost, UDP packet
//! loss, buffer overflow.

use std::io::Read;
use std::process::ExitCode;

use lesson::kernel::wait_until;
use lesson::{Shown, address_of, kernel, must_be, note, say, show};
use question::answer;
use question::setup::udp;
#[cfg(target_os = "linux")]
use socket2::Socket;

fn main() -> ExitCode {
    question::run(include_str!("loss_on_localhost.rs"), loss_on_localhost)
}

fn loss_on_localhost() -> anyhow::Result<()> {
    let (sender, receiver) = (udp()?, udp()?);
    #[cfg(target_os = "linux")]
    ask_for_buffers(&sender)?;
    receiver.set_recv_buffer_size(4096).shown("setsockopt(SO_RCVBUF, 4096)", &receiver)?;

    say!("200 datagrams of 400 bytes, numbered from 0 to 199, while nobody receives:");
    let target = address_of(&receiver)?;
    for number in 0..200 {
        sender.send_to(&[number; 400], &target.into()).explained("sendto()", &sender)?;
    }
    show(format!("sendto({target}) x 200"), &sender);
    note("all of them succeeded");

    let lost = || kernel::dropped_datagrams(&receiver);
    wait_until(|| lost().is_none_or(|lost| lost > 0));
    say!("Then somebody does:");
    receiver.set_nonblocking(true).explained("fcntl(O_NONBLOCK)", &receiver)?;
    let mut numbers = Vec::new();
    let mut buffer = [0; 400];
    wait_until(|| {
        while let Ok(400) = (&receiver).read(&mut buffer) {
            numbers.push(buffer[0]);
        }
        lost().is_none_or(|lost| numbers.len() as u32 + lost == 200)
    });
    let arrived = numbers.len() as u32;
    show("the receiver", &receiver);
    note(format!("{arrived} datagrams, then nothing"));
    let in_order = numbers.windows(2).all(|two| two[0] < two[1]);
    must_be("those that arrived did so in order, each once", in_order, true)?;
    must_be("some arrived, some did not", (1..200).contains(&arrived), true)?;
    must_be("arrived and lost", arrived + lost().unwrap_or(200 - arrived), 200)?;

    answer!(
        "Yes. A datagram that finds no room in the receiver's buffer is thrown away, and the \
         sender is not told. Linux counts them, in the last column of /proc/net/udp. Receive \
         quickly, ask for a larger buffer (SO_RCVBUF: Linux doubles the number, for its own \
         bookkeeping, but takes at most net.core.rmem_max), or use TCP, which makes the sender \
         wait. What did arrive here came in order, each datagram once."
    );
    Ok(())
}

/// How large a buffer one gets, on Linux.
#[cfg(target_os = "linux")]
fn ask_for_buffers(socket: &Socket) -> anyhow::Result<()> {
    say!("What one gets when one asks for a buffer, first for a small one, then for a huge one:");
    socket.set_recv_buffer_size(4096).shown("setsockopt(SO_RCVBUF, 4096)", socket)?;
    note(format!("SO_RCVBUF is now {}", socket.recv_buffer_size()?));
    must_be("twice as much", socket.recv_buffer_size()?, 8192)?;

    const HUGE: usize = i32::MAX as usize;
    socket.set_recv_buffer_size(HUGE).shown("setsockopt(SO_RCVBUF, 2 GiB)", socket)?;
    let size = socket.recv_buffer_size()?;
    must_be("less was given", size < HUGE, true)?;
    // In a container's network the setting may not be shown.
    if let Some(most) = kernel::setting("net/core/rmem_max") {
        must_be("twice the limit", size, 2 * (HUGE / 2).min(most as usize))?;
    }
    note("SO_RCVBUF is now twice net.core.rmem_max");
    Ok(())
}
