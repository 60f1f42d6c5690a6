//! Sends back what comes, to one client after another, whatever one of them does.   IP PORT
use std::io::{self, Read, Write};
use std::{env::args, error::Error, net::SocketAddr};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let ip = args().nth(1).unwrap_or("127.0.0.1".to_string());
    let port = args().nth(2).unwrap_or("8080".to_string());
    let address = SocketAddr::new(ip.parse()?, port.parse()?);

    let listener = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    #[cfg(not(windows))] // on Windows it would let others take the port
    listener.set_reuse_address(true)?;
    listener.bind(&address.into())?;
    listener.listen(16)?;

    loop {
        // Linux accepts a client that has already reset; elsewhere accept itself may report it.
        match listener.accept() {
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            accepted => {
                // What fails in here is this client's affair: the listener is fine, and so is who
                // is in its queue.
                if let Err(error) = serve(&accepted?.0) {
                    println!("a client: {error}");
                }
            }
        }
    }
}

fn serve(mut connection: &Socket) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let length = connection.read(&mut buffer)?; // a reset ends a recv that waits
        if length == 0 {
            return Ok(());
        }
        connection.write_all(&buffer[..length])?; // and a send, where the line came before it
    }
}
