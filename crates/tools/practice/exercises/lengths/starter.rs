//! Answers frames in upper case, one client after another.   IP PORT
use std::io::{self, Read, Write};
use std::{env::args, error::Error, net::SocketAddr};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let ip = args().nth(1).unwrap_or("127.0.0.1".to_string());
    let port = args().nth(2).unwrap_or("8080".to_string());
    let address = SocketAddr::new(ip.parse()?, port.parse()?);

    let listener = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    #[cfg(not(windows))] // on Windows it would let others take the port
    listener.set_reuse_address(true)?;
    listener.bind(&address.into())?;
    listener.listen(128)?;
    println!("listening on {address}");
    loop {
        let (connection, _) = listener.accept()?;
        if let Err(error) = serve(&connection) {
            println!("a client: {error}"); // it ends this client alone
        }
    }
}

/// A frame: two bytes that say how long it is, the higher one first, and so many bytes.
fn serve(mut connection: &Socket) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let received = connection.read(&mut buffer)?;
        if received == 0 {
            return Ok(()); // the client's end
        }
        let length = usize::from(u16::from_be_bytes([buffer[0], buffer[1]]));
        let frame = &mut buffer[..received.min(2 + length)];
        frame[2..].make_ascii_uppercase();
        connection.write_all(frame)?;
    }
}
