//! Step 4, plain: accept takes the next client out of the queue.   [IP PORT]
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
    let bound = listener.local_addr()?; // its port, where we asked for port 0
    let mut client = Socket::new(family, Type::STREAM, None)?;
    client.connect(&bound)?;
    client.send(b"hello\n")?;

    let (mut connection, peer) = listener.accept()?; // one more socket
    let [peer, bound] = [peer, bound].map(|it| it.as_socket().ok_or("not IP"));
    println!("accepted {} on {}", peer?, bound?);

    let mut buffer = [0; 1024];
    let length = connection.read(&mut buffer)?; // read calls recv
    println!("received {:?}", str::from_utf8(&buffer[..length])?);
    connection.send(format!("{length} bytes arrived\n").as_bytes())?;
    let length = client.read(&mut buffer)?;
    println!("answered {:?}", str::from_utf8(&buffer[..length])?);
    drop(client); // closes it, so that the server reads the end: no bytes
    println!("the end: {} bytes", connection.read(&mut buffer)?);
    Ok(())
}
