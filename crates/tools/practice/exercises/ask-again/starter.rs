//! Asks two questions over UDP, and prints the answers.   IP PORT
use std::net::{SocketAddr, UdpSocket};
use std::{env::args, error::Error, io};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let ip = args().nth(1).unwrap_or("127.0.0.1".to_string());
    let port = args().nth(2).unwrap_or("8080".to_string());
    let server = SocketAddr::new(ip.parse()?, port.parse()?);
    let socket = Socket::new(Domain::for_address(server), Type::DGRAM, None)?;
    let socket = UdpSocket::from(socket); // std's: it receives into any buffer
    for question in ["1 first", "2 second"] {
        println!("answer {}", ask(&socket, server, question)?);
    }
    Ok(())
}

fn ask(socket: &UdpSocket, server: SocketAddr, question: &str) -> io::Result<String> {
    let mut buffer = [0; 65535];
    socket.send_to(question.as_bytes(), server)?;
    let (length, _) = socket.recv_from(&mut buffer)?;
    let answer = String::from_utf8_lossy(&buffer[..length]);
    Ok(answer[2..].to_string()) // behind the number and the space
}
