//! Step 1, plain: a socket is a descriptor with a family and a type.
use socket2::{Domain, Socket, Type};

fn main() -> std::io::Result<()> {
    let (family, kind) = (Domain::IPV4, Type::STREAM);
    let socket = Socket::new(family, kind, None)?;
    println!("descriptor {} {family:?} {kind:?}", number(&socket));
    drop(socket); // closes it; without this line, the end of main would

    let again = Socket::new(family, kind, None)?;
    println!("descriptor {}", number(&again));
    Ok(())
}

/// The socket's descriptor; on Windows its handle.
fn number(socket: &Socket) -> impl std::fmt::Display {
    #[cfg(unix)]
    return std::os::fd::AsRawFd::as_raw_fd(socket);
    #[cfg(windows)]
    return std::os::windows::io::AsRawSocket::as_raw_socket(socket);
}
