//! A server: it sends back what comes, to one client after another.   [IP PORT]
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::{env::args, error::Error, process, thread, time::Duration};

use socket2::{Domain, SockAddr, Socket, Type};

const PATIENCE: Duration = Duration::from_secs(5);

fn main() -> Result<(), Box<dyn Error>> {
    let ip = args().nth(1).unwrap_or("127.0.0.1".to_string());
    let port = args().nth(2).unwrap_or("8080".to_string());
    let address = SocketAddr::new(ip.parse()?, port.parse()?);
    let listener = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    listener.set_reuse_address(!cfg!(windows))?; // there it lets others in
    listener.bind(&address.into())?;
    listener.listen(128)?;
    let bound = listener.local_addr()?.as_socket().ok_or("not IP")?;
    let waker = listener.try_clone()?;
    ctrlc::set_handler(move || {
        let _ = waker.set_nonblocking(true); // accept no longer waits for clients,
        let _ = TcpStream::connect_timeout(&bound, PATIENCE); // and one ends its wait
        thread::sleep(2 * PATIENCE); // for clients that are here already
        process::exit(0)
    })?;
    writeln!(io::stdout(), "listening on {bound}; Ctrl-C ends it")?;
    loop {
        match listener.accept() {
            Ok((connection, peer)) => serve(&connection, &peer),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()), // Ctrl-C
            Err(error) => {
                let _ = writeln!(io::stdout(), "accept: {error}");
                thread::sleep(Duration::from_millis(100)); // it may pass
            }
        }
    }
}

/// What goes wrong here ends this client's connection, and nothing else.
fn serve(connection: &Socket, peer: &SockAddr) {
    if let Err(error) = echo(connection) {
        let peer = peer.as_socket().map_or("?".to_string(), |it| it.to_string());
        let _ = writeln!(io::stdout(), "{peer}: {error}");
    }
}

fn echo(mut connection: &Socket) -> io::Result<()> {
    connection.set_nonblocking(false)?; // macOS and Windows inherit it
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    let mut buffer = [0; 1024];
    loop {
        let length = match connection.read(&mut buffer) {
            Ok(0) => return Ok(()), // the client's end
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            received => received?,
        };
        connection.write_all(&buffer[..length])?;
    }
}
