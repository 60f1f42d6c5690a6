//! Takes an empty datagram for the end.   IP PORT
use std::{env::args, error::Error, net::SocketAddr, net::UdpSocket};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let ip = args().nth(1).unwrap_or("127.0.0.1".to_string());
    let port = args().nth(2).unwrap_or("8080".to_string());
    let address = SocketAddr::new(ip.parse()?, port.parse()?);

    let server = Socket::new(Domain::for_address(address), Type::DGRAM, None)?;
    server.bind(&address.into())?;
    let server = UdpSocket::from(server); // std's: it receives into any buffer

    let mut buffer = [0; 65535];
    loop {
        let (length, sender) = server.recv_from(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        server.send_to(&buffer[..length], sender)?;
    }
}
