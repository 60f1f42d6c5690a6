//! A server that is slower than two strangers.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use crate::judge::*;

const OTHER_PORT: &str = "of a stranger at another port";
const OTHER_HOST: &str = "of a stranger at another host";

pub fn judge(judge: &mut Judge) -> Judged {
    let server = judge.datagrams();
    let address = server.address();
    // The machine's other addresses stand for other hosts. (Only Linux has this one from the start.)
    let other_host = UdpSocket::bind((Ipv4Addr::new(127, 0, 0, 2), address.port()));
    let other_port = judge.datagrams();
    let mut program = judge.start(address)?;
    let client = judge.check("asked", asked(&program, &server))?;

    other_port.send_to(client, OTHER_PORT.as_bytes());
    if let Ok(socket) = &other_host {
        // Where the client's socket takes nothing from there, an error may say so.
        let _ = socket.send_to(OTHER_HOST.as_bytes(), client);
    }
    let answer = unforeseen("forty-two");
    server.send_to(client, answer.as_bytes());

    let (port, host) = (Some(other_port.address()), other_host.as_ref().ok());
    let host = host.and_then(|it| it.local_addr().ok());
    let line = program.line();
    let ended = program.ends_well();
    judge.check("other-port", believed(&program, OTHER_PORT, port, address))?;
    match &other_host {
        Ok(_) => {
            judge.check("other-host", believed(&program, OTHER_HOST, host, address))?;
        }
        Err(error) => judge.untold("other-host", &format!("127.0.0.2 is not here ({error})")),
    }
    judge.check("answer", printed(&program, line, &answer))?;
    judge.check("ends", ended)
}

/// The address of the client, from which the question has come.
fn asked(program: &Program, server: &Datagrams) -> Result<SocketAddr, Seen> {
    let expected =
        format!("a datagram with the 8 bytes \"question\" comes to {}", server.address());
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        match server.receive(Duration::from_millis(50)) {
            Some((bytes, from)) if bytes == b"question" => return Ok(from),
            Some((bytes, _)) => {
                let text = String::from_utf8_lossy(&bytes);
                let saw = format!("one of {} came ({text:?})", output::bytes(bytes.len()));
                return Err(program.told(seen(expected, saw)));
            }
            None if program.has_ended() => break,
            None => {}
        }
    }
    Err(program.told(seen(expected, format!("none came{}", program.where_it_is()))))
}

/// Nobody must believe a stranger.
fn believed(
    program: &Program,
    text: &str,
    stranger: Option<SocketAddr>,
    asked: SocketAddr,
) -> Result<(), Seen> {
    if !program.output().contains(text) {
        return Ok(());
    }
    let from = stranger.map(|it| it.to_string()).unwrap_or_default();
    let other = if stranger.is_some_and(|it| it.ip() == asked.ip()) { "port" } else { "host" };
    let saw = format!("it printed what had come from {from}, another {other} than it had asked");
    let expected = format!("it prints what comes from {asked}, and from nobody else");
    Err(program.told(seen(expected, saw)))
}

fn printed(program: &Program, line: Result<String, Seen>, answer: &str) -> Result<(), Seen> {
    let wanted = format!("answer {answer}");
    let expected = format!("it prints the line {wanted:?}, and nothing else");
    let saw = match line {
        Err(instead) => return Err(Seen { expected, ..instead }),
        Ok(line) if line == wanted => match program.output().lines().count() {
            1 => return Ok(()),
            lines => format!("it printed {lines} lines"),
        },
        Ok(line) => format!("it printed {line:?}"),
    };
    Err(program.told(seen(expected, saw)))
}
