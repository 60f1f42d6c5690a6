//! Asks a question over UDP, and prints the answer.   IP PORT
use std::{env::args, error::Error, net::SocketAddr, net::UdpSocket, str};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let ip = args().nth(1).unwrap_or("127.0.0.1".to_string());
    let port = args().nth(2).unwrap_or("8080".to_string());
    let address = SocketAddr::new(ip.parse()?, port.parse()?);

    let client = Socket::new(Domain::for_address(address), Type::DGRAM, None)?;
    client.send_to(b"question", &address.into())?;
    let client = UdpSocket::from(client); // std's: it receives into any buffer

    let mut buffer = [0; 1024];
    let (length, _) = client.recv_from(&mut buffer)?;
    println!("answer {}", str::from_utf8(&buffer[..length])?);
    Ok(())
}
