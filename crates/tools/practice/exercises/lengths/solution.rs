//! Answers frames in upper case, one client after another.   IP PORT
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
    listener.listen(128)?;
    println!("listening on {address}");
    loop {
        let (connection, _) = listener.accept()?;
        if let Err(error) = serve(&connection) {
            println!("a client: {error}"); // it ends this client alone
        }
    }
}

/// A frame: two bytes that say how long it is, the higher one first, and so many bytes.
fn serve(mut connection: &Socket) -> io::Result<()> {
    loop {
        let mut header = [0; 2];
        // The end is the client's own business between two frames. (It is one in the middle of a
        // header, too, and then also an error of read_exact; neither gets an answer.)
        match connection.read_exact(&mut header) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            received => received?,
        }
        // read_exact receives as often as it takes, and takes no byte of the next frame.
        let mut body = vec![0; usize::from(u16::from_be_bytes(header))];
        connection.read_exact(&mut body)?; // the end in here is an error: no answer
        body.make_ascii_uppercase();
        // One send for both, or the second would wait for the client's ACK of the first.
        connection.write_all(&[&header, &body[..]].concat())?;
    }
}
