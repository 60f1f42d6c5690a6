//! A server: it sends back what comes; its workers share one listener.   [IP PORT WORKERS]
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::{env::args, error::Error, process, thread, time::Duration};

use socket2::{Domain, SockAddr, Socket, Type};

const PATIENCE: Duration = Duration::from_secs(5);

fn main() -> Result<(), Box<dyn Error>> {
    let word = |number, otherwise: &str| args().nth(number).unwrap_or(otherwise.to_string());
    let address = SocketAddr::new(word(1, "127.0.0.1").parse()?, word(2, "8080").parse()?);
    let workers: usize = word(3, "4").parse()?;
    let listener = &Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    listener.set_reuse_address(!cfg!(windows))?; // there it lets others in
    listener.bind(&address.into())?;
    listener.listen(1024)?;
    let bound = listener.local_addr()?.as_socket().ok_or("not IP")?;
    let waker = listener.try_clone()?;
    ctrlc::set_handler(move || {
        let _ = waker.set_nonblocking(true); // accept no longer waits for clients,
        let _ = TcpStream::connect_timeout(&bound, PATIENCE); // and one ends a worker's wait
        thread::sleep(2 * PATIENCE); // for clients that are here already
        process::exit(0)
    })?;
    writeln!(io::stdout(), "listening on {bound}; Ctrl-C ends it")?;
    thread::scope(|threads| {
        for number in 1..=workers {
            let work = move || {
                work(number, listener);
                let _ = TcpStream::connect_timeout(&bound, PATIENCE); // ends another one's wait
            };
            if let Err(error) = thread::Builder::new().spawn_scoped(threads, work) {
                let _ = writeln!(io::stdout(), "worker {number}: {error}");
            }
        }
    });
    Ok(())
}

/// Serves one client after another, until Ctrl-C.
fn work(number: usize, listener: &Socket) {
    let mut accepted = 0;
    loop {
        match listener.accept() {
            Ok((connection, peer)) => {
                accepted += 1;
                serve(&connection, &peer);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => break, // Ctrl-C
            Err(error) => {
                let _ = writeln!(io::stdout(), "accept: {error}");
                thread::sleep(Duration::from_millis(100)); // it may pass
            }
        }
    }
    let _ = writeln!(io::stdout(), "worker {number} accepted {accepted}");
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
