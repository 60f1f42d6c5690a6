//! Answers each line with its number, one client after another.   IP PORT
use std::io::{self, BufRead, BufReader, Write};
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
    listener.listen(128)?;
    println!("listening on {address}");
    loop {
        let (connection, _) = listener.accept()?;
        if let Err(error) = serve(&connection) {
            println!("a client: {error}"); // it ends this client alone
        }
    }
}

fn serve(mut connection: &Socket) -> io::Result<()> {
    // One for the whole connection: what it has received behind a line is the next one's beginning.
    let mut received = BufReader::new(connection);
    let mut number = 0;
    loop {
        let mut line = Vec::new(); // bytes: a piece may end in the middle of a character
        // Receives as often as it takes until a newline is there, or the client's end.
        received.read_until(b'\n', &mut line)?;
        if !line.ends_with(b"\n") {
            return Ok(()); // the end; half a line before it is no message
        }
        number += 1;
        let mut answer = format!("{number} ").into_bytes();
        answer.extend(line);
        connection.write_all(&answer)?;
    }
}
