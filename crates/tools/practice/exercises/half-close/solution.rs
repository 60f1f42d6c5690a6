//! Sends its input to a server, says that this was all, and prints the answer.   IP PORT
use std::io::{self, Read, Write};
use std::{env::args, error::Error, net::Shutdown, net::SocketAddr};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let ip = args().nth(1).unwrap_or("127.0.0.1".to_string());
    let port = args().nth(2).unwrap_or("8080".to_string());
    let address = SocketAddr::new(ip.parse()?, port.parse()?);

    let mut client = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    client.connect(&address.into())?;
    let mut input = Vec::new();
    io::stdin().read_to_end(&mut input)?;
    client.write_all(&input)?;
    // The end (FIN) goes behind the last byte. It ends this direction alone: the socket stays open,
    // and what the server sends is still received.
    client.shutdown(Shutdown::Write)?;

    let mut buffer = [0; 1024];
    loop {
        // A recv returns what is there, a piece of the answer; 0 bytes are the server's end.
        let length = client.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        io::stdout().write_all(&buffer[..length])?;
    }
}
