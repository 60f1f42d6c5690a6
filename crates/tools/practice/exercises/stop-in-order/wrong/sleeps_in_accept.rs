//! accept is told not to wait any more; the one that waits already is not told.
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::{env::args, error::Error, net::SocketAddr, sync::mpsc, thread};

use socket2::{Domain, Socket, Type};

fn main() -> Result<(), Box<dyn Error>> {
    let (ip, port) = (args().nth(1).ok_or("no IP")?, args().nth(2).ok_or("no PORT")?);
    let address = SocketAddr::new(ip.parse()?, port.parse()?);

    let (stop, stopped) = mpsc::channel();
    ctrlc::set_handler(move || {
        let _ = stop.send(());
    })?;
    let listener = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    #[cfg(not(windows))] // on Windows it would let others take the port
    listener.set_reuse_address(true)?;
    listener.bind(&address.into())?;
    listener.listen(128)?;

    thread::scope(|threads| {
        let clients = threads.spawn(|| serve_all(&listener));
        stopped.recv()?;
        listener.set_nonblocking(true)?;
        clients.join().map_err(|_| "a panic")??;
        Ok(())
    })
}

fn serve_all(listener: &Socket) -> io::Result<()> {
    loop {
        match listener.accept() {
            Ok((connection, _)) => {
                if let Err(error) = serve(&connection) {
                    println!("a client: {error}");
                }
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

fn serve(mut connection: &Socket) -> io::Result<()> {
    connection.set_nonblocking(false)?;
    let mut line = Vec::new();
    BufReader::new(connection).read_until(b'\n', &mut line)?;
    connection.write_all(&line)
}
