//! It picks a number by the clock.   IP PORT
use std::{env::args, error::Error, io, net::SocketAddr, process, time::UNIX_EPOCH};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let ip = args().nth(1).unwrap_or("127.0.0.1".to_string());
    let now = UNIX_EPOCH.elapsed()?.subsec_micros() + process::id();
    // From those that the kernel does not pick from, so that two of these meet more seldom.
    let address = SocketAddr::new(ip.parse()?, 10_000 + (now % 20_000) as u16);

    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.bind(&address.into())?;
    println!("port {}", address.port());
    io::read_to_string(io::stdin())?;
    Ok(())
}
