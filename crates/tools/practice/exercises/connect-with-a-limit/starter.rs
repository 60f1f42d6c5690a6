//! Connect, but do not wait for ever.   IP PORT
use std::{env::args, error::Error, io::ErrorKind, net::SocketAddr};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let ip = args().nth(1).unwrap_or("127.0.0.1".to_string());
    let port = args().nth(2).unwrap_or("8080".to_string());
    let address = SocketAddr::new(ip.parse()?, port.parse()?);

    let client = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    match client.connect(&address.into()) {
        Ok(()) => println!("connected"),
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => println!("refused"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
