//! One TCP socket and one UDP socket.
use socket2::{Domain, Socket, Type};

fn main() -> std::io::Result<()> {
    let tcp = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    println!("tcp {}", number(&tcp));
    // The type makes the difference. The first one is still open, so this one has another number.
    let udp = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    println!("udp {}", number(&udp));
    Ok(()) // here both are dropped, which closes them
}

/// The socket's descriptor; on Windows its handle.
fn number(socket: &Socket) -> impl std::fmt::Display {
    #[cfg(unix)]
    return std::os::fd::AsRawFd::as_raw_fd(socket);
    #[cfg(windows)]
    return std::os::windows::io::AsRawSocket::as_raw_socket(socket);
}
