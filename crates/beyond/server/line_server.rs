//! A server that answers lines, with a thread for each client.   [IP PORT]
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::{env::args, error::Error, process, thread, time::Duration};

use socket2::{Domain, SockAddr, Socket, Type};

const LONGEST: usize = 1024; // bytes of a line
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
    // At the end it waits for the threads of its clients.
    thread::scope(|clients| {
        loop {
            match listener.accept() {
                Ok((connection, peer)) => {
                    let serve = move || serve(&connection, &peer);
                    // clients.spawn(serve) would panic where no thread is left.
                    if let Err(error) = thread::Builder::new().spawn_scoped(clients, serve) {
                        let _ = writeln!(io::stdout(), "a thread: {error}");
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()), // Ctrl-C
                Err(error) => {
                    let _ = writeln!(io::stdout(), "accept: {error}");
                    thread::sleep(Duration::from_millis(100)); // it may pass
                }
            }
        }
    })
}

/// What goes wrong here ends this client's connection, and nothing else.
fn serve(connection: &Socket, peer: &SockAddr) {
    if let Err(error) = answer_lines(connection) {
        let peer = peer.as_socket().map_or("?".to_string(), |it| it.to_string());
        let _ = writeln!(io::stdout(), "{peer}: {error}");
    }
}

fn answer_lines(mut connection: &Socket) -> io::Result<()> {
    connection.set_nonblocking(false)?; // macOS and Windows inherit it
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    let mut received = BufReader::new(connection); // keeps what follows a line
    let mut number = 0;
    while let Some(line) = next_line(&mut received)? {
        number += 1;
        connection.write_all(format!("{number} {line}\n").as_bytes())?;
    }
    Ok(())
}

/// The next line, without its end; `None` at the client's end.
fn next_line(received: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    received.take(LONGEST as u64 + 1).read_until(b'\n', &mut line)?;
    let error = match line.pop() {
        None => return Ok(None),
        Some(b'\n') => match String::from_utf8(line) {
            Ok(line) => return Ok(Some(line)),
            Err(_) => "a line that is no UTF-8",
        },
        Some(_) if line.len() == LONGEST => "too long a line",
        Some(_) => "the end in the middle of a line",
    };
    Err(io::Error::other(error))
}
