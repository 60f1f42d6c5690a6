//! The next port that is free.   IP PORT
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::{env::args, error::Error};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let ip: IpAddr = args().nth(1).unwrap_or("127.0.0.1".to_string()).parse()?;
    let port: u16 = args().nth(2).unwrap_or("8080".to_string()).parse()?;

    for port in port..=port.saturating_add(9) {
        let address = SocketAddr::new(ip, port);
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        match socket.bind(&address.into()) {
            Ok(()) => {
                println!("port {port}");
                io::read_to_string(io::stdin())?; // until the input ends
                return Ok(());
            }
            // Somebody has it: EADDRINUSE.
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            // Whatever else it is, it is true of the next port as well.
            Err(error) => return Err(error.into()),
        }
    }
    Err("ten ports are taken".into())
}
