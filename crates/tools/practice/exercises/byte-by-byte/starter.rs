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
        let mut buffer = [0; 1024];
        let length = connection.read(&mut buffer)?;
        let line = String::from_utf8_lossy(&buffer[..length]);
        let length = line.trim_end_matches('\n').len();
        connection.write_all(format!("got {length} bytes\n").as_bytes())?;
    }
}
