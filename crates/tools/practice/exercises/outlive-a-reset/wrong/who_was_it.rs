//! Whoever is accepted is asked for its address, which a client that is gone no longer has.   IP PORT
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
        println!("serving {:?}", connection.peer_addr()?.as_socket());
        if let Err(error) = serve(&connection) {
            println!("a client: {error}");
        }
    }
}

fn serve(mut connection: &Socket) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let length = connection.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        connection.write_all(&buffer[..length])?;
    }
}
