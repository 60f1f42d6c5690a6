//! Greet three clients, each by its address.   IP PORT
use std::{env::args, error::Error, io::Write, net::SocketAddr};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let ip = args().nth(1).unwrap_or("127.0.0.1".to_string());
    let port = args().nth(2).unwrap_or("8080".to_string());
    let address = SocketAddr::new(ip.parse()?, port.parse()?);

    let listener = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    #[cfg(not(windows))] // on Windows it would let others take the port
    listener.set_reuse_address(true)?;
    listener.bind(&address.into())?;
    listener.listen(128)?;

    for _ in 0..3 {
        // One more socket each time; `peer` is the address of the client's side.
        let (mut connection, peer) = listener.accept()?;
        let peer = peer.as_socket().ok_or("not IP")?;
        connection.write_all(format!("hello {peer}\n").as_bytes())?;
        // The connection is closed here, at the end of its scope: the client receives the end.
    }
    Ok(())
}
