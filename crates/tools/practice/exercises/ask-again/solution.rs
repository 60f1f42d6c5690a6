//! Asks two questions over UDP, asks again when no answer comes, and prints the answers.   IP PORT
use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};
use std::{env::args, error::Error, io, process};

use socket2::{Domain, Socket, Type};

const TRIES: u32 = 4;
const WAIT: Duration = Duration::from_millis(200);

fn main() -> Result<(), Box<dyn Error>> {
    let ip = args().nth(1).unwrap_or("127.0.0.1".to_string());
    let port = args().nth(2).unwrap_or("8080".to_string());
    let server = SocketAddr::new(ip.parse()?, port.parse()?);
    // Not connected: a refusal is no error of this socket then, and whoever answers is compared below.
    let socket = Socket::new(Domain::for_address(server), Type::DGRAM, None)?;
    let socket = UdpSocket::from(socket); // std's: it receives into any buffer
    for (number, text) in [("1 ", "first"), ("2 ", "second")] {
        let Some(answer) = ask(&socket, server, number, text)? else {
            println!("no answer");
            process::exit(1)
        };
        println!("answer {answer}");
    }
    Ok(())
}

/// None where no answer has come to any of the tries.
fn ask(
    socket: &UdpSocket,
    server: SocketAddr,
    number: &str,
    text: &str,
) -> io::Result<Option<String>> {
    let mut buffer = [0; 65535];
    for _ in 0..TRIES {
        // The same number in each try: an answer to any of them is an answer to this question.
        socket.send_to(format!("{number}{text}").as_bytes(), server)?;
        let end = Instant::now() + WAIT;
        // What is ignored must not make the wait longer, so each receive has only what is left.
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            socket.set_read_timeout(Some(left + Duration::from_nanos(1)))?; // 0 is an error
            let Ok((length, from)) = socket.recv_from(&mut buffer) else {
                continue; // the time is over, and with it the loop
            };
            let answer = String::from_utf8_lossy(&buffer[..length]);
            match answer.strip_prefix(number) {
                Some(text) if from == server => return Ok(Some(text.to_string())),
                _ => {} // a late answer to the question before, or a stranger's
            }
        }
    }
    Ok(None)
}
