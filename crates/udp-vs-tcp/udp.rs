//! Step 6, plain: a question, an answer and two sends over UDP.   [IP PORT]
use std::{env::args, error::Error, net::SocketAddr, net::UdpSocket, str};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let ip = args().nth(1).unwrap_or("127.0.0.1".to_string());
    let port = args().nth(2).unwrap_or("8080".to_string());
    let address = SocketAddr::new(ip.parse()?, port.parse()?);
    let family = Domain::for_address(address);
    let server = Socket::new(family, Type::DGRAM, None)?;
    server.bind(&address.into())?;
    let server = UdpSocket::from(server); // std's: it receives into any buffer
    let to = server.local_addr()?;
    let client = Socket::new(family, Type::DGRAM, None)?;
    // On this machine it may have the server's IP; sendto would bind to all.
    client.bind(&SocketAddr::new(to.ip(), 0).into())?;
    let client = UdpSocket::from(client);

    client.send_to(b"question", to)?;
    let mut buffer = [0; 1024];
    let (length, sender) = server.recv_from(&mut buffer)?;
    println!("received {:?} from {sender}", str::from_utf8(&buffer[..length])?);
    server.send_to(b"answer", sender)?;
    let (length, _) = client.recv_from(&mut buffer)?;
    println!("received {:?}", str::from_utf8(&buffer[..length])?);

    client.send_to(b"one", to)?;
    client.send_to(b"two", to)?;
    for _ in 0..2 {
        let (length, _) = server.recv_from(&mut buffer)?; // one datagram each
        println!("received {:?}", str::from_utf8(&buffer[..length])?);
    }
    Ok(())
}
