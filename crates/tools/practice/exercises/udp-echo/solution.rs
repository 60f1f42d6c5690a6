//! Sends each datagram back, whoever has sent it.   IP PORT
use std::{env::args, error::Error, net::SocketAddr, net::UdpSocket};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let ip = args().nth(1).unwrap_or("127.0.0.1".to_string());
    let port = args().nth(2).unwrap_or("8080".to_string());
    let address = SocketAddr::new(ip.parse()?, port.parse()?);

    let server = Socket::new(Domain::for_address(address), Type::DGRAM, None)?;
    server.bind(&address.into())?;
    let server = UdpSocket::from(server); // std's: it receives into any buffer

    // No datagram is longer; what finds no room in the buffer is cut off, and gone.
    let mut buffer = [0; 65535];
    loop {
        // Each datagram tells its sender. A length of 0 is an empty one: UDP has no end.
        let (length, sender) = server.recv_from(&mut buffer)?;
        server.send_to(&buffer[..length], sender)?;
    }
}
