//! PORT, and ten more.   IP PORT
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::{env::args, error::Error};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let ip: IpAddr = args().nth(1).unwrap_or("127.0.0.1".to_string()).parse()?;
    let port: u16 = args().nth(2).unwrap_or("8080".to_string()).parse()?;

    for port in port..=port.saturating_add(10) {
        let address = SocketAddr::new(ip, port);
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        match socket.bind(&address.into()) {
            Ok(()) => {
                println!("port {port}");
                io::read_to_string(io::stdin())?;
                return Ok(());
            }
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err("all of them are taken".into())
}
