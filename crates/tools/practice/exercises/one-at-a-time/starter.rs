//! Two hundred sockets.
use socket2::{Domain, Socket, Type};

fn main() -> std::io::Result<()> {
    let mut sockets = Vec::new();
    for _ in 0..200 {
        sockets.push(Socket::new(Domain::IPV4, Type::STREAM, None)?);
    }
    println!("done");
    Ok(())
}
