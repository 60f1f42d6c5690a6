//! Asks over UDP, a line each, and asks again.   [IP PORT MILLISECONDS]
use std::io::{self, ErrorKind::*, Write};
use std::net::{SocketAddr, UdpSocket};
use std::{env::args, error::Error, time::Duration, time::Instant};

use socket2::{Domain, Socket, Type};

const TRIES: u32 = 8; // if one in 3 fails, all of them do once in 3^8 = 6561
type Answer = Result<String, Box<dyn Error>>;

fn main() -> Result<(), Box<dyn Error>> {
    let word = |n, or: &str| args().nth(n).unwrap_or(or.to_string());
    let (ip, port) = (word(1, "127.0.0.1").parse()?, word(2, "8080").parse()?);
    let (server, wait) = (SocketAddr::new(ip, port), word(3, "200").parse()?);
    let socket = Socket::new(Domain::for_address(server), Type::DGRAM, None)?;
    socket.connect(&server.into())?; // from now on it hears nobody else
    let socket = UdpSocket::from(socket); // std's: it receives into any buffer
    for (number, question) in (1..).zip(io::stdin().lines()) {
        let question = question?;
        let answer = ask(&socket, number, &question, wait)?;
        writeln!(io::stdout(), "asked {question}, got {answer}")?;
    }
    Ok(())
}

fn ask(socket: &UdpSocket, number: u32, text: &str, ms: u32) -> Answer {
    let (mark, mut buffer) = (format!("{number} "), [0; 65535]);
    for wait in (0..TRIES).map(|n| Duration::from_millis(u64::from(ms) << n)) {
        // A send that fails may tell of the try before; then it sends nothing.
        let send = || socket.send(format!("{mark}{text}").as_bytes());
        let mut why = send().or_else(|_| send()).err();
        let end = Instant::now() + wait;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            let left = left + Duration::from_nanos(1); // 0 would be an error
            socket.set_read_timeout(Some(left))?;
            let length = socket.recv(&mut buffer);
            match length.map(|n| String::from_utf8_lossy(&buffer[..n])) {
                Ok(data) => match data.strip_prefix(&mark) {
                    Some(answer) => return Ok(answer.to_string()),
                    None => writeln!(io::stderr(), "  ignored {data:?}")?,
                },
                Err(e) if [TimedOut, WouldBlock, Interrupted].contains(&e.kind()) => {}
                Err(e) => why = Some(e), // refused: waits all the same
            }
        }
        let why = why.map_or(String::new(), |e| format!(": {e}"));
        writeln!(io::stderr(), "  no answer in {wait:?}{why}")?;
    }
    Err(format!("no answer to {text} in {TRIES} tries").into())
}
