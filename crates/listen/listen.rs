//! Step 3, plain: listen lets clients queue.   [IP PORT]
use std::{env::args, error::Error, io::ErrorKind, net::SocketAddr};

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
    listener.listen(1)?; // the backlog: how long a queue we ask for
    let bound = listener.local_addr()?; // the port, where we asked for port 0

    let patience = std::time::Duration::from_millis(200);
    let mut clients = Vec::new(); // a client that is dropped is closed
    for number in 1..=3 {
        let client = Socket::new(family, Type::STREAM, None)?;
        match client.connect_timeout(&bound, patience) {
            Ok(()) => println!("client {number} is connected, without accept"),
            Err(error) if error.kind() == ErrorKind::TimedOut => {
                println!("client {number} waits: the queue is full");
            }
            Err(error) => return Err(error.into()),
        }
        clients.push(client);
    }
    Ok(())
}
