//! One thread takes a new client after each answer, and then hears all of them in turn.
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
    let mut connections = Vec::new();
    loop {
        let (connection, _) = listener.accept()?;
        connections.push(connection);
        connections.retain(|connection| serve_once(connection).is_ok());
    }
}

fn serve_once(mut connection: &Socket) -> io::Result<()> {
    let mut buffer = [0; 1024];
    let length = connection.read(&mut buffer)?;
    if length == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    connection.write_all(&buffer[..length])
}
