//! The loopback address of IPv6, with IPv4 allowed.   IP PORT
use std::net::{Ipv6Addr, SocketAddr};
use std::{env::args, error::Error, io};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let port = args().nth(2).unwrap_or("8080".to_string());
    let address = SocketAddr::from((Ipv6Addr::LOCALHOST, port.parse()?));

    let listener = Socket::new(Domain::IPV6, Type::STREAM, None)?;
    listener.set_only_v6(false)?;
    #[cfg(not(windows))] // on Windows it would let others take the port
    listener.set_reuse_address(true)?;
    listener.bind(&address.into())?;
    listener.listen(128)?;
    io::read_to_string(io::stdin())?;
    Ok(())
}
