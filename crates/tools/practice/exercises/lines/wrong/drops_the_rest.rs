//! A new BufReader for each line: what the one before has received behind its line is lost.
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
    for number in 1.. {
        let mut line = Vec::new();
        BufReader::new(connection).read_until(b'\n', &mut line)?;
        if !line.ends_with(b"\n") {
            break;
        }
        let mut answer = format!("{number} ").into_bytes();
        answer.extend(line);
        connection.write_all(&answer)?;
    }
    Ok(())
}
