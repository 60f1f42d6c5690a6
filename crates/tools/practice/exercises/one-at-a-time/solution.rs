//! Two hundred sockets, one at a time.
use socket2::{Domain, Socket, Type};

fn main() -> std::io::Result<()> {
    for _ in 0..200 {
        // This round owns it. At the end of the round it is dropped, which closes it: the next one
        // gets the same descriptor again.
        let _socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    }
    println!("done");
    Ok(())
}
