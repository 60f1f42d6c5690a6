//! Declines whatever a client wants.   IP PORT
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
    listener.listen(16)?;
    loop {
        let (connection, _) = listener.accept()?;
        if let Err(error) = decline(&connection) {
            println!("a client: {error}");
        }
    }
}

fn decline(mut connection: &Socket) -> io::Result<()> {
    let mut line = Vec::new();
    let mut buffer = [0; 1024];
    while !line.contains(&b'\n') {
        let length = connection.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        line.extend_from_slice(&buffer[..length]);
    }
    connection.write_all(b"no thanks\n")
}
