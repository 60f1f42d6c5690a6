//! A silent client must not keep the next one waiting.   IP PORT
use std::{
    env::args,
    error::Error,
    io::{Read, Write},
    net::SocketAddr,
    thread,
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
        thread::spawn(move || {
            let mut buffer = [0; 1024];
            while let Ok(length @ 1..) = connection.read(&mut buffer) {
                if connection.write_all(&buffer[..length]).is_err() {
                    break;
                }
            }
        });
    }
}
