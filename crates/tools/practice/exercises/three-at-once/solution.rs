//! Sends back what comes, with a thread for each client.   IP PORT
use std::io::{self, Read, Write};
use std::{env::args, error::Error, net::SocketAddr, thread};

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
    println!("listening on {address}");
    loop {
        let (connection, _) = listener.accept()?;
        // The thread owns the connection; this one is back in accept at once, for the next client.
        thread::spawn(move || {
            if let Err(error) = serve(&connection) {
                println!("a client: {error}"); // it ends this client alone
            }
        });
    }
}

fn serve(mut connection: &Socket) -> io::Result<()> {
    let mut buffer = [0; 1024]; // this client's own
    loop {
        let length = connection.read(&mut buffer)?; // waits, and keeps nobody else waiting
        if length == 0 {
            return Ok(()); // the client's end
        }
        connection.write_all(&buffer[..length])?;
    }
}
