//! Connect, but do not wait for ever.   IP PORT
use std::{env::args, error::Error, io::ErrorKind, net::SocketAddr, time::Duration};

use socket2::{Domain, Socket, Type};

const LIMIT: Duration = Duration::from_millis(500);

fn main() -> Result<(), Box<dyn Error>> {
    let ip = args().nth(1).unwrap_or("127.0.0.1".to_string());
    let port = args().nth(2).unwrap_or("8080".to_string());
    let address = SocketAddr::new(ip.parse()?, port.parse()?);

    let client = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    // It starts to connect, and then waits until the kernel has an answer, or the time is over. A
    // plain connect would repeat its question for more than two minutes.
    match client.connect_timeout(&address.into(), LIMIT) {
        Ok(()) => println!("connected"),
        // A refusal is an answer: it comes at once, from a machine where nobody listens.
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => println!("refused"),
        Err(error) if error.kind() == ErrorKind::TimedOut => println!("no answer"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
