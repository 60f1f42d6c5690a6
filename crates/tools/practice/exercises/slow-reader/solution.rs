//! Megabytes to a slow reader.   IP PORT
use std::{
    env::args,
    error::Error,
    io::{Read, Write},
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

    let data = (0..=250).collect::<Vec<u8>>().repeat(40_000);
    // For a client that keeps us waiting. For sends it counts from the beginning of each, so it may
    // be short only if the client is fast.
    let patience = Duration::from_secs(5);
    loop {
        let (mut connection, _) = listener.accept()?;
        connection.set_read_timeout(Some(patience))?;
        connection.set_write_timeout(Some(patience))?;
        let mut buffer = [0; 1024];
        if let Ok(b"go\n") = connection.read(&mut buffer).map(|length| &buffer[..length]) {
            // One send takes what there is room for before the time is over, and says how much that
            // was; write_all sends the rest as well. Where it fails, this client alone is lost.
            if let Err(error) = connection.write_all(&data) {
                println!("{error}");
            }
        }
        // The connection is closed here. The kernel sends what it has, and the end behind it.
    }
}
