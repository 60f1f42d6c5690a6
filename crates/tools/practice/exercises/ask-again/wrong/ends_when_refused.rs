//! Connected, and every error but a timeout ends it: so does a refusal.
use std::io::ErrorKind::{TimedOut, WouldBlock};
use std::net::{SocketAddr, UdpSocket};
use std::{env::args, error::Error, process, time::Duration};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let (ip, port) = (args().nth(1).ok_or("no IP")?, args().nth(2).ok_or("no PORT")?);
    let server = SocketAddr::new(ip.parse()?, port.parse()?);
    let socket = Socket::new(Domain::for_address(server), Type::DGRAM, None)?;
    socket.connect(&server.into())?;
    socket.set_read_timeout(Some(Duration::from_millis(200)))?;
    let socket = UdpSocket::from(socket);
    for (number, text) in [("1 ", "first"), ("2 ", "second")] {
        println!("answer {}", ask(&socket, number, text)?);
    }
    Ok(())
}

fn ask(socket: &UdpSocket, number: &str, text: &str) -> Result<String, Box<dyn Error>> {
    let mut buffer = [0; 65535];
    for _ in 0..4 {
        socket.send(format!("{number}{text}").as_bytes())?;
        loop {
            match socket.recv(&mut buffer) {
                Ok(length) => {
                    let answer = String::from_utf8_lossy(&buffer[..length]);
                    if let Some(text) = answer.strip_prefix(number) {
                        return Ok(text.to_string());
                    }
                }
                Err(error) if [TimedOut, WouldBlock].contains(&error.kind()) => break,
                Err(error) => return Err(error.into()),
            }
        }
    }
    println!("no answer");
    process::exit(1)
}
