//! Three clients at the same time: one is silent, one has sent half a line, and one speaks.

use std::net::SocketAddr;

use crate::judge::*;

pub fn judge(judge: &mut Judge) -> Judged {
    let address = judge.address();
    let program = judge.start(address)?;
    let told = |it| program.told(it);
    let mut silent = judge.check("first", first(&program, address))?;
    let (mut half, third) = judge.check("third", third(&program, address))?;
    let rest = half.send(b"f\n").and_then(|()| half.hears_line("half"));
    judge.check("half", rest.map_err(told))?;
    let line = unforeseen("at last");
    let sent = silent.send(format!("{line}\n").as_bytes());
    let speaks = sent.and_then(|()| silent.hears_line(&line));
    judge.check("silent", speaks.map_err(told))?;
    third.reset();
    judge.check("reset", go_on(&program, address, [&mut silent, &mut half]))?;
    let ends = [&mut silent, &mut half].into_iter().try_for_each(|client| {
        client.half_close();
        match client.until_the_end() {
            Heard { bytes, how: How::End, .. } if bytes.is_empty() => Ok(()),
            heard => Err(seen("a client ends, and gets the end", heard.to_string())),
        }
    });
    judge.check("end", ends.map_err(told))
}

/// A client that is answered while it is alone.
fn first(program: &Program, address: SocketAddr) -> Result<Peer, Seen> {
    let mut client = program.connect(address)?;
    client
        .send(b"hello\n")
        .and_then(|()| client.hears_line("hello"))
        .map_err(|it| program.told(it))?;
    Ok(client)
}

/// A client with half a line, and one that is answered all the same.
fn third(program: &Program, address: SocketAddr) -> Result<(Peer, Peer), Seen> {
    let mut half = program.connect(address)?;
    half.send(b"hal")?;
    let mut third = program.connect(address)?;
    third.send(b"now\n")?;
    let expected = "the third client gets the line \"now\"";
    let saw = match third.line() {
        Ok(line) if line == "now" => return Ok((half, third)),
        Ok(line) if line.contains("hal") => {
            format!("it got the line {line:?}, with another client's bytes in it")
        }
        Ok(line) => format!("it got the line {line:?}"),
        Err(heard) => {
            let calls = program.calls();
            let accepted = calls.done(&["accept", "accept4"]).count();
            let queue = match accepted {
                1 => "; two of the three are still in the queue",
                2 => "; one of the three is still in the queue",
                _ => "",
            };
            format!("{heard}{queue}{}", program.where_it_is())
        }
    };
    Err(program.told(seen(expected, saw)))
}

/// After a reset of another client, these are served, and so is a new one.
fn go_on(program: &Program, address: SocketAddr, clients: [&mut Peer; 2]) -> Result<(), Seen> {
    let told = |it: Seen| {
        let saw = format!("after a reset of one client {}{}", it.saw, program.where_it_is());
        program.told(Seen { saw, ..it })
    };
    for client in clients {
        client
            .send(b"still here\n")
            .and_then(|()| client.hears_line("still here"))
            .map_err(told)?;
    }
    let mut new = program.connect(address).map_err(told)?;
    new.send(b"new\n").and_then(|()| new.hears_line("new")).map_err(told)
}
