//! Where the port is taken, any other one will do.   IP PORT
use std::{env::args, error::Error, io, net::SocketAddr};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let ip = args().nth(1).unwrap_or("127.0.0.1".to_string());
    let port = args().nth(2).unwrap_or("8080".to_string());
    let mut address = SocketAddr::new(ip.parse()?, port.parse()?);

    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    if socket.bind(&address.into()).is_err() {
        address.set_port(0);
        socket.bind(&address.into())?;
    }
    println!("port {}", socket.local_addr()?.as_socket().ok_or("not IP")?.port());
    io::read_to_string(io::stdin())?;
    Ok(())
}
