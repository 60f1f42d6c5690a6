//! The last of them owns nothing, but the map does.
use std::collections::HashMap;

use socket2::{Domain, Socket, Type};

fn main() -> std::io::Result<()> {
    let mut last = HashMap::new();
    for number in 0..200 {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        last.insert(number, socket); // each has a key of its own, so none is replaced
    }
    println!("done");
    Ok(())
}
