//! For the neighbours, too.   IP PORT
use std::net::{Ipv4Addr, SocketAddr};
use std::{env::args, error::Error, io};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let port = args().nth(2).unwrap_or("8080".to_string());
    // 0.0.0.0: every IPv4 address of this machine, also those that it gets later.
    let address = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port.parse()?));

    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&address.into())?;
    println!("bound to {address}");
    io::read_to_string(io::stdin())?; // until the input ends
    Ok(())
}
