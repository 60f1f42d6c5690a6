//! A line that comes byte by byte.   IP PORT
use std::{
    env::args,
    error::Error,
    io::{Read, Write},
    net::SocketAddr,
};

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

    loop {
        let (mut connection, _) = listener.accept()?;
        let mut line = Vec::new();
        let mut buffer = [0; 1024];
        // A read returns what is there, at most 1024 bytes: any part of the line. So it is asked
        // again and again, until the newline is among what has come.
        while !line.contains(&b'\n') {
            let length = connection.read(&mut buffer)?;
            if length == 0 {
                break; // the client sends nothing more, and no newline will come
            }
            line.extend_from_slice(&buffer[..length]);
        }
        if let Some(length) = line.iter().position(|byte| *byte == b'\n') {
            connection.write_all(format!("got {length} bytes\n").as_bytes())?;
        }
    }
}
