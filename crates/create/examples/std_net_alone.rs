//! A TCP server, its client and a UDP socket, with std::net alone.
//!
//! strace shows which system calls that takes, and with which options; socket2 sets close-on-exec
//! (SOCK_CLOEXEC), and nothing else.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};

fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = TcpStream::connect(listener.local_addr()?)?;
    let (mut connection, _) = listener.accept()?;
    client.write_all(b"hello")?;
    connection.read_exact(&mut [0; 5])?;

    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.send_to(b"hello", socket.local_addr()?)?;
    Ok(())
}
