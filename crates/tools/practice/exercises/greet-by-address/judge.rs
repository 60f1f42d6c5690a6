use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::judge::*;

pub fn judge(judge: &mut Judge) -> Judged {
    let address = judge.address();
    let mut program = judge.start(address)?;
    let first = judge.check("greeted", greeted(&program, address, 1))?;
    let first = judge.check("closed", closed(&program, first))?;
    let second = greeted(&program, address, 2).and_then(|it| closed(&program, it));
    let third = || greeted(&program, address, 3).and_then(|it| closed(&program, it));
    let others = second.and_then(|second| Ok([second, third()?]));
    let [second, third] = judge.check("each", others)?;
    judge.check("ends", program.ends_well())?;
    program.finish();
    judge.check_calls("accepted", &program, |calls| {
        for (client, number) in [first, second, third].into_iter().zip(1..) {
            let is_its = |it: &&Call| it.peer.is_some_and(|it| same(it, client));
            if calls.done(&["accept", "accept4"]).find(is_its).is_none() {
                let expected = format!("accept returns a socket whose peer is {client}");
                let saw = format!("none of its sockets was accepted from client {number}");
                return Err(seen(expected, saw).with(calls.done(&["accept", "accept4"])));
            }
        }
        let ports = |it: &&Call| it.local.is_none_or(|it| it.port() != address.port());
        match calls.done(&["accept", "accept4"]).find(ports) {
            None => Ok(()),
            Some(call) => Err(seen("the listener's port", call.shown.clone()).with([call])),
        }
    })
}

/// A client of its own address, if this system has several on its loopback, and its greeting.
fn greeted(program: &Program, address: SocketAddr, number: u8) -> Result<Peer, Seen> {
    let own = Ipv4Addr::new(127, 0, 0, if cfg!(target_os = "linux") { number } else { 1 });
    let own = SocketAddr::from((own, 0));
    let mut client = program.connect_with(address, |socket| {
        let _ = socket.bind(&own.into());
    })?;
    client.waits_at_most(Duration::from_secs(3));
    let own = client.address();
    let expected = format!("client {number} gets the line \"hello {own}\"");
    match client.line() {
        Ok(line) if is_greeting(&line, own) => Ok(client),
        Ok(line) => {
            let whose = match is_greeting(&line, address) {
                true => ", which is the server's own address",
                false => "",
            };
            let saw = format!("the client at {own} got the line {line:?}{whose}");
            Err(program.told(seen(expected, saw)))
        }
        Err(heard) => {
            Err(program.told(seen(expected, format!("{heard}{}", program.where_it_is()))))
        }
    }
}

/// `hello ADDRESS:PORT`; an IPv4 client of an IPv6 socket has the address ::ffff:127.0.0.1 there.
fn is_greeting(line: &str, client: SocketAddr) -> bool {
    let address = line.strip_prefix("hello ").unwrap_or_default().trim_end_matches('\r');
    let Some((ip, port)) = address.rsplit_once(':') else { return false };
    let ip = ip.trim_start_matches('[').trim_end_matches(']');
    let ip = ip.strip_prefix("::ffff:").unwrap_or(ip);
    ip == client.ip().to_string() && port == client.port().to_string()
}

/// The end comes while the client's own side is open; then that is closed as well. Its address.
fn closed(program: &Program, mut client: Peer) -> Result<SocketAddr, Seen> {
    let heard = client.until_the_end();
    if heard.how == How::End && heard.bytes.is_empty() {
        return Ok(client.address());
    }
    let expected = "behind the greeting, the client gets the end of the stream";
    let saw = format!("behind its greeting {heard}{}", program.where_it_is());
    Err(program.told(seen(expected, saw)))
}

fn same(one: SocketAddr, other: SocketAddr) -> bool {
    one.ip().to_canonical() == other.ip() && one.port() == other.port()
}
