//! Asks over UDP and asks again, without numbers: a mistake.   [IP PORT]
use std::io::{self, Write};
use std::net::{SocketAddr, UdpSocket};
use std::{env::args, error::Error, time::Duration};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let ip = args().nth(1).unwrap_or("127.0.0.1".to_string());
    let port = args().nth(2).unwrap_or("8080".to_string());
    let server = SocketAddr::new(ip.parse()?, port.parse()?);
    let socket = Socket::new(Domain::for_address(server), Type::DGRAM, None)?;
    socket.connect(&server.into())?;
    socket.set_read_timeout(Some(Duration::from_millis(200)))?;
    let socket = UdpSocket::from(socket); // std's: it receives into any buffer

    for question in io::stdin().lines() {
        let question = question?;
        let answer = ask(&socket, &question)?;
        writeln!(io::stdout(), "asked {question}, got {answer}")?;
    }
    Ok(())
}

fn ask(socket: &UdpSocket, question: &str) -> Result<String, Box<dyn Error>> {
    let mut buffer = [0; 65535];
    for _ in 0..8 {
        socket.send(question.as_bytes())?;
        if let Ok(length) = socket.recv(&mut buffer) {
            return Ok(String::from_utf8_lossy(&buffer[..length]).to_string());
        }
    }
    Err(format!("no answer to {question}").into())
}
