//! A server to try a client against. It answers in upper case, which leaves a
//! number as it is; late, never or twice where it is told to, by a word for
//! each datagram in turn.   [IP PORT] [answer|late|drop|double ...]
use std::io::{self, ErrorKind::ConnectionReset, Write};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::{env::args, error::Error};

use socket2::{Domain, Socket, Type};

const KNOWN: [&str; 4] = ["answer", "late", "drop", "double"];

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = args().skip(1).peekable();
    let ip = words.next_if(|word| word.parse::<IpAddr>().is_ok());
    let port = words.next_if(|word| word.parse::<u16>().is_ok());
    let plan: Vec<String> = words.collect();
    if let Some(word) = plan.iter().find(|word| !KNOWN.contains(&&word[..])) {
        return Err(format!("{word}: none of {KNOWN:?}").into());
    }
    let ip = ip.unwrap_or("127.0.0.1".to_string());
    let port = port.unwrap_or("8080".to_string());
    let address = SocketAddr::new(ip.parse()?, port.parse()?);
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, None)?;
    socket.bind(&address.into())?;
    let socket = UdpSocket::from(socket); // std's: it receives into any buffer
    writeln!(io::stdout(), "waiting on {}", socket.local_addr()?)?;

    let mut plan = plan.into_iter();
    let mut buffer = [0; 65535];
    let mut held: Option<(Vec<u8>, SocketAddr)> = None;
    loop {
        let (length, client) = match socket.recv_from(&mut buffer) {
            // On Windows: a client has gone.
            Err(error) if error.kind() == ConnectionReset => continue,
            received => received?,
        };
        let question = &buffer[..length];
        let answer = question.to_ascii_uppercase();
        let word = plan.next().unwrap_or("answer".to_string());
        let text = String::from_utf8_lossy(question);
        let _ = writeln!(io::stdout(), "{client} asks {text:?}: {word}");
        let mut answers = Vec::from_iter(held.take()); // late: the next has come
        match &word[..] {
            "late" => held = Some((answer, client)),
            "drop" => {}
            "double" => answers.extend([(answer.clone(), client), (answer, client)]),
            _ => answers.push((answer, client)),
        }
        for (answer, client) in answers {
            if let Err(error) = socket.send_to(&answer, client) {
                let _ = writeln!(io::stdout(), "{client}: {error}");
            }
        }
    }
}
