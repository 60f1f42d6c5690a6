//! Every address, and a port that nobody knows.   IP PORT
use std::net::{Ipv4Addr, SocketAddr};
use std::{error::Error, io};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let address = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&address.into())?;
    println!("bound to {address}");
    io::read_to_string(io::stdin())?;
    Ok(())
}
