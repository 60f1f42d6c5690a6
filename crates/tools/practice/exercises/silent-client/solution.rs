//! A silent client must not keep the next one waiting.   IP PORT
use std::{
    env::args,
    error::Error,
    io::{ErrorKind, Read, Write},
    net::SocketAddr,
    time::Duration,
};

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

    loop {
        let (mut connection, _) = listener.accept()?;
        // SO_RCVTIMEO, on the client's socket: no receive waits longer than that. It counts from
        // the beginning of each receive, so a client that goes on talking is not given up.
        connection.set_read_timeout(Some(Duration::from_millis(500)))?;
        let mut buffer = [0; 1024];
        loop {
            let length = match connection.read(&mut buffer) {
                Ok(0) => break, // the client has ended
                Ok(length) => length,
                // WouldBlock is EAGAIN, as Unix says it; TimedOut is what Windows says. It ends
                // this client, and not the server.
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
                {
                    break;
                }
                Err(error) => return Err(error.into()),
            };
            connection.write_all(&buffer[..length])?;
        }
        // The connection is closed here, and the next client accepted.
    }
}
