//! Step 6, plain: a question, an answer and two sends over TCP.   [IP PORT]
use std::{env::args, error::Error, io::Read, net::SocketAddr, str};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let ip = args().nth(1).unwrap_or("127.0.0.1".to_string());
    let port = args().nth(2).unwrap_or("8080".to_string());
    let address = SocketAddr::new(ip.parse()?, port.parse()?);
    let family = Domain::for_address(address);
    let listener = Socket::new(family, Type::STREAM, None)?;
    #[cfg(not(windows))] // on Windows it would let others take the port
    listener.set_reuse_address(true)?;
    listener.bind(&address.into())?;
    listener.listen(1)?;
    let mut client = Socket::new(family, Type::STREAM, None)?;
    client.connect(&listener.local_addr()?)?;

    client.send(b"question")?;
    let (mut connection, _) = listener.accept()?;
    let mut buffer = [0; 1024];
    let length = connection.read(&mut buffer)?;
    println!("received {:?}", str::from_utf8(&buffer[..length])?);
    connection.send(b"answer")?;
    let length = client.read(&mut buffer)?;
    println!("received {:?}", str::from_utf8(&buffer[..length])?);

    client.send(b"one")?;
    client.send(b"two")?;
    connection.read_exact(&mut buffer[..6])?; // waits for all six bytes
    println!("received {:?}", str::from_utf8(&buffer[..6])?);
    drop(client); // first, so that TIME_WAIT is not on the server's port
    Ok(())
}
