//! Step 2, plain: bind gives the socket its address.   [IP PORT]
use std::{env::args, error::Error, net::SocketAddr};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let ip = args().nth(1).unwrap_or("127.0.0.1".to_string());
    let port = args().nth(2).unwrap_or("8080".to_string());
    // Without arguments, the same as SocketAddr::from(([127, 0, 0, 1], 8080)).
    let address = SocketAddr::new(ip.parse()?, port.parse()?);
    let family = Domain::for_address(address);

    let server = Socket::new(family, Type::STREAM, None)?;
    #[cfg(not(windows))] // on Windows it would let others take the port
    server.set_reuse_address(true)?; // step 5 shows what this is for
    server.bind(&address.into())?; // into: from std's address to socket2's
    let bound = server.local_addr()?.as_socket().ok_or("no IP address")?;
    println!("bound to {bound}");

    let client = Socket::new(family, Type::STREAM, None)?;
    if let Err(refused) = client.connect(&bound.into()) {
        println!("bound is not reachable: {refused}");
    }
    Ok(()) // both sockets are closed here, as their owners go out of scope
}
