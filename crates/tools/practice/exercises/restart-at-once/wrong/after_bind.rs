//! The option comes after bind.   IP PORT
use std::io::Write;
use std::{env::args, error::Error, net::SocketAddr};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let ip = args().nth(1).unwrap_or("127.0.0.1".to_string());
    let port = args().nth(2).unwrap_or("8080".to_string());
    let address = SocketAddr::new(ip.parse()?, port.parse()?);

    let listener = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    listener.bind(&address.into())?;
    listener.set_reuse_address(true)?;
    listener.listen(1)?;
    println!("listening");

    let (mut connection, _) = listener.accept()?;
    connection.write_all(b"bye\n")?;
    Ok(())
}
