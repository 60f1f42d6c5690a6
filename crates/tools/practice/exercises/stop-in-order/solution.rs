//! Answers a line with the same line and closes, until SIGTERM; then whoever is here is still
//! answered.   IP PORT
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::net::{SocketAddr, TcpStream};
use std::{env::args, error::Error};

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

    let waker = listener.try_clone()?; // one more descriptor of the same listener
    // On SIGTERM this runs in a thread of its own; the program goes on.
    ctrlc::set_handler(move || {
        // From now on accept hands out who is in the queue, and then fails instead of waiting.
        let _ = waker.set_nonblocking(true);
        // One that waits already would wait on: a connection to ourselves ends that.
        let _ = TcpStream::connect(address);
    })?;
    println!("listening on {address}");
    loop {
        match listener.accept() {
            Ok((connection, _)) => {
                if let Err(error) = serve(&connection) {
                    println!("a client: {error}"); // it ends this client alone
                }
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()), // nobody is left
            Err(error) => return Err(error.into()),
        }
    }
}

fn serve(mut connection: &Socket) -> io::Result<()> {
    connection.set_nonblocking(false)?; // macOS and Windows inherit it from the listener
    let mut line = Vec::new();
    BufReader::new(connection).read_until(b'\n', &mut line)?;
    connection.write_all(&line)
}
