//! A server that leaves TIME_WAIT behind, and starts again beside it; and a third run, beside a
//! listener.

use std::net::SocketAddr;

use crate::judge::*;

pub fn judge(judge: &mut Judge) -> Judged {
    let address = judge.address();
    let first = judge.start(address)?;
    let client = judge.check("bye", bye(&first, address))?;
    // It has had the server's end: with its own, the server's side is left in TIME_WAIT.
    drop(client);
    judge.check("ended", first.ends_well())?;

    let mut second = judge.start(address)?;
    judge.check("again", again(&mut second, address))?;
    let mut third = judge.start(address)?;
    judge.check("alone", alone(&mut third, address))?;
    judge.check("served", bye(&second, address))?;
    Ok(())
}

/// A client that is served, and has not ended yet.
fn bye(program: &Program, address: SocketAddr) -> Result<Peer, Seen> {
    let mut client = program.connect(address)?;
    let heard = client.until_the_end();
    if heard.bytes == b"bye\n" && heard.how == How::End {
        return Ok(client);
    }
    let place = program.where_it_is();
    let calls = program.calls();
    let lingers = |it: &&Call| heard.how == How::Reset && it.shown.contains("SO_LINGER");
    let asked_for = calls.iter().find(lingers);
    let why = asked_for.map(|it| format!("; {} had asked for it", it.shown)).unwrap_or_default();
    let expected = "the client gets \"bye\\n\", and then the end of the stream";
    Err(program.told(seen(expected, format!("{heard}{why}{place}")).with(asked_for)))
}

fn again(second: &mut Program, address: SocketAddr) -> Result<(), Seen> {
    let seen_instead = loop {
        match second.line() {
            Ok(line) if line == "listening" => return Ok(()),
            Ok(_) => {}
            Err(instead) => break instead,
        }
    };
    let expected = format!("the second run listens on {address}, and prints \"listening\"");
    let calls = second.calls();
    let failed = |it: &&Call| it.error.as_deref() == Some("EADDRINUSE");
    let Some(failed) = calls.tried(&["bind", "listen"]).find(failed) else {
        return Err(Seen { expected, ..seen_instead });
    };
    let set = calls
        .iter()
        .take_while(|it| !(it.name == "bind" && it.error.is_some()))
        .any(|it| it.name == "setsockopt" && it.shown.contains("SO_REUSEADDR, 1"));
    let option = if set {
        "the socket that left it there had no SO_REUSEADDR"
    } else {
        "the new socket had no SO_REUSEADDR at that moment"
    };
    let saw = format!(
        "{} failed with EADDRINUSE: the connection of the first run, which closed first, is in \
         TIME_WAIT, and {option}{}",
        failed.shown,
        second.where_it_is()
    );
    Err(second.told(seen(expected, saw).with(&calls[..calls.len().min(4)])))
}

fn alone(third: &mut Program, address: SocketAddr) -> Result<(), Seen> {
    let listens = loop {
        match third.line() {
            Ok(line) if line == "listening" => break true,
            Ok(_) => {}
            Err(_) => break false,
        }
    };
    let expected = format!("while one listens on {address}, a second one fails, and ends");
    let place = third.where_it_is();
    let calls = third.calls();
    let saw = if listens {
        let port = calls.iter().any(|it| it.shown.contains("SO_REUSEPORT"));
        let why = if port { ": with SO_REUSEPORT they share the port" } else { "" };
        format!("two of them are listening on {address}{why}")
    } else if !third.has_ended() {
        format!("it was still running after 5 s{place}")
    } else {
        match third.ends()? {
            Ending { status: Some(0), .. } => {
                "it ended with status 0, as if it had done its work".to_string()
            }
            _ => return Ok(()),
        }
    };
    Err(third.told(seen(expected, saw).with(&calls[..calls.len().min(4)])))
}
