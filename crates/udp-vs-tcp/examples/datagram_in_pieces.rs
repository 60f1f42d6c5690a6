//! What becomes of a datagram that does not fit into one packet?
//!
//! sendto takes 4000 bytes, and most networks carry packets of 1500.
//!
//! Also: fragment, fragmentation, MTU, large datagram lost, IP fragments, ReasmFails.
//!
//! Runs on Linux alone.

use std::process::ExitCode;

use question::answer;

fn main() -> ExitCode {
    question::run(include_str!("datagram_in_pieces.rs"), datagram_in_pieces)
}

fn datagram_in_pieces() -> anyhow::Result<()> {
    #[cfg(target_os = "linux")]
    on_linux::whole_and_not_whole()?;
    answer!(
        "Over IPv4 it travels in pieces (fragments), each a packet with a header of its own, and \
         the receiver's kernel puts them together: one datagram, as it was sent. If one piece is \
         lost, all of it is, and nobody is told. Some firewalls drop every piece. So stay below \
         1200 bytes or so, or use TCP, which cuts its stream to fit."
    );
    Ok(())
}

#[cfg(target_os = "linux")]
mod on_linux {
    use std::io::Read;
    use std::net::SocketAddr;
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
    use std::time::Duration;

    use lesson::kernel::wait_until;
    use lesson::{Shown, must_be, note, say};
    use question::link::{self, HERE, THERE};
    use question::setup::{UDP, receive_datagram};
    use socket2::{Domain, Socket, Type};

    static LOSING: AtomicBool = AtomicBool::new(false);

    pub fn whole_and_not_whole() -> anyhow::Result<()> {
        link::with_delay(Duration::from_millis(1), |packet| {
            LOSING.load(Relaxed) && is_last_piece(packet)
        })?;
        say!(
            "In a network of its own, with a link that carries packets of 1500 bytes ({THERE}, at \
             its other end, is this machine again):"
        );
        let address = SocketAddr::from((HERE, 9999));
        let receiver = Socket::new(Domain::IPV4, Type::DGRAM, None).explained(UDP, None)?;
        receiver.bind(&address.into()).shown(format!("bind({address})"), &receiver)?;
        let sender = Socket::new(Domain::IPV4, Type::DGRAM, None).shown_as(UDP)?;

        send(&sender)?;
        must_be("the datagram's length", receive_datagram(&receiver, 4096)?.len(), 4000)?;
        must_be("pieces", link::count("FragCreates"), 3)?;
        note(format!("it came in {} pieces", link::count("ReasmReqds")));

        say!("The same, but the link loses the last piece:");
        LOSING.store(true, Relaxed);
        send(&sender)?;
        let others = || link::count("ReasmReqds") == 5;
        must_be("the two other pieces have arrived", wait_until(others), true)?;
        receiver.set_nonblocking(true).explained("fcntl(O_NONBLOCK)", &receiver)?;
        (&receiver).read(&mut [0; 4096]).must_fail("EAGAIN", "recv(4096)", &receiver)?;
        Ok(())
    }

    fn send(sender: &Socket) -> anyhow::Result<()> {
        let target = SocketAddr::from((THERE, 9999));
        sender.send_to(&[b'x'; 4000], &target.into()).shown("sendto(4000 bytes)", sender)?;
        Ok(())
    }

    /// An IPv4 header says where in the datagram the piece belongs, and whether more follow.
    fn is_last_piece(packet: &[u8]) -> bool {
        const MORE_FOLLOW: u16 = 0x2000;
        let field = u16::from_be_bytes([packet[6], packet[7]]);
        field & MORE_FOLLOW == 0 && field & 0x1fff > 0
    }
}
