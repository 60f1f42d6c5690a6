//! Step 5, plain: a connection and a listener close separately.   [IP PORT]
use std::{env::args, error::Error, io::Read, net::SocketAddr};

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
    let bound = listener.local_addr()?;
    let mut client = Socket::new(family, Type::STREAM, None)?;
    client.connect(&bound)?;
    let (connection, _) = listener.accept()?;
    drop(connection); // closes it; the listener stays open
    let length = client.read(&mut [0; 1024])?; // read calls recv
    println!("the client reads the end: {length} bytes");
    drop(client);
    drop(listener);
    let server = Socket::new(family, Type::STREAM, None)?;
    if let Err(in_use) = server.bind(&bound) {
        println!("without SO_REUSEADDR: {in_use}");
        server.set_reuse_address(true)?;
        server.bind(&bound)?;
        let bound = server.local_addr()?.as_socket().ok_or("not IP")?;
        println!("with SO_REUSEADDR: bound to {bound}");
    } // on Windows the first bind works
    Ok(())
}
