//! Asks a question over UDP, and prints the answer of the one that was asked.   IP PORT
use std::{env::args, error::Error, net::SocketAddr, net::UdpSocket, str};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let ip = args().nth(1).unwrap_or("127.0.0.1".to_string());
    let port = args().nth(2).unwrap_or("8080".to_string());
    let address = SocketAddr::new(ip.parse()?, port.parse()?);

    let client = Socket::new(Domain::for_address(address), Type::DGRAM, None)?;
    // It sends nothing. It fixes the peer, before anybody can know this socket's port: the kernel
    // throws away what comes from another address or port. (The other way is to compare the sender
    // that recv_from returns, and to receive again where it is a stranger.)
    client.connect(&address.into())?;
    client.send(b"question")?;
    let client = UdpSocket::from(client); // std's: it receives into any buffer

    let mut buffer = [0; 1024];
    let length = client.recv(&mut buffer)?;
    println!("answer {}", str::from_utf8(&buffer[..length])?);
    Ok(())
}
