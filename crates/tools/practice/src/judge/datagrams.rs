//! A peer over UDP.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use super::{PATIENCE, Program, Seen, seen};

/// A UDP socket of the judge's own.
#[derive(Debug)]
pub struct Datagrams {
    /// For what else is needed.
    pub socket: UdpSocket,
}

impl Datagrams {
    pub(super) fn new() -> Datagrams {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a UDP socket");
        Datagrams { socket }
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        self.socket.local_addr().expect("its address")
    }

    /// Sends a datagram.
    pub fn send_to(&self, address: SocketAddr, bytes: &[u8]) {
        // Where nobody is at that port, an earlier datagram's ICMP error may come now.
        let _ = self.socket.send_to(bytes, address);
    }

    /// The next datagram and its sender, if one comes within `time`.
    pub fn receive(&self, time: Duration) -> Option<(Vec<u8>, SocketAddr)> {
        let mut buffer = vec![0; 65_536];
        self.socket.set_read_timeout(Some(time.max(Duration::from_millis(1)))).expect("a timeout");
        let (length, from) = self.socket.recv_from(&mut buffer).ok()?;
        buffer.truncate(length);
        Some((buffer, from))
    }

    /// Sends a datagram again and again until an answer comes, as the program may not be there yet;
    /// 5 s, or until the program ends.
    ///
    /// # Errors
    ///
    /// No answer comes.
    pub fn ask(
        &self,
        program: &Program,
        address: SocketAddr,
        bytes: &[u8],
    ) -> Result<(Vec<u8>, SocketAddr), Seen> {
        let began = std::time::Instant::now();
        while began.elapsed() < PATIENCE {
            self.send_to(address, bytes);
            if let Some(answer) = self.receive(Duration::from_millis(100)) {
                return Ok(answer);
            }
            if program.has_ended() {
                break;
            }
        }
        let expected = format!("an answer to a datagram that goes to {address}");
        Err(program.told(seen(expected, format!("none came{}", program.where_it_is()))))
    }
}
