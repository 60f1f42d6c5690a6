use std::net::SocketAddr;
use std::time::Duration;

use crate::judge::*;

pub fn judge(judge: &mut Judge) -> Judged {
    let address = judge.address();
    let program = judge.start(address)?;
    judge.check("whole", in_pieces(&program, address, &[b"hello\n"]))?;
    judge.check("pieces", in_pieces(&program, address, &[b"byte", b" stream\n"]))?;
    let bytes: Vec<&[u8]> = b"byte by byte\n".chunks(1).collect();
    judge.check("bytes", in_pieces(&program, address, &bytes))?;
    judge.check("newline", in_pieces(&program, address, &[b"the newline comes alone", b"\n"]))?;
    let mut long = vec![b'x'; 3_000];
    long.push(b'\n');
    judge.check("long", in_pieces(&program, address, &[&long]))?;
    judge.check("gone", gone(&program, address))?;
    Ok(())
}

/// A client that sends its line in these pieces, and gets its answer, and then the end.
fn in_pieces(program: &Program, address: SocketAddr, pieces: &[&[u8]]) -> Result<(), Seen> {
    let line: usize = pieces.iter().map(|it| it.len()).sum();
    let expected = format!("the answer \"got {} bytes\", and then the end", line - 1);
    let mut client = program.connect(address)?;
    client.waits_at_most(Duration::from_secs(3));
    let mut sent = 0;
    for piece in pieces {
        client.send(piece).map_err(|it| program.told(it))?;
        sent += piece.len();
        if sent == line {
            break;
        }
        // It has the piece before the next one comes; and it has no reason to answer.
        receives(program, &client, sent);
        let pause = if pieces.len() > 2 { 1 } else { 10 };
        if !client.quiet_for(Duration::from_millis(pause)) {
            let heard = client.until_the_end();
            let saw = format!("after {sent} of {line} bytes, without the newline, {heard}");
            return Err(program.told(seen(expected, saw)));
        }
    }
    let heard = client.until_the_end();
    let answer = String::from_utf8_lossy(&heard.bytes).replace("\r\n", "\n");
    let is_right = answer == format!("got {} bytes\n", line - 1);
    if heard.how == How::End && is_right {
        return Ok(());
    }
    let open = if heard.how == How::Silence && is_right { ": the connection is open" } else { "" };
    let how = if pieces.len() == 1 { "" } else { ", in pieces" };
    let saw = format!(
        "a client sent {line} bytes with a newline at their end{how}: {heard}{open}{}",
        program.where_it_is()
    );
    Err(program.told(seen(expected, saw)))
}

/// Waits until the program has received so many bytes from this client, where its calls are seen.
fn receives(program: &Program, client: &Peer, bytes: usize) {
    if !program.traced() {
        return;
    }
    let client = client.address();
    let receive = ["recv", "recvfrom", "recvmsg", "recvmmsg", "read", "readv"];
    let is_its = |it: &&Call| {
        receive.contains(&it.name.as_str())
            && it.peer.is_some_and(|it| it.ip().to_canonical() == client.ip())
            && it.peer.is_some_and(|it| it.port() == client.port())
    };
    let give_up = std::time::Instant::now() + Duration::from_millis(500);
    let received = || -> i64 {
        program.calls().iter().filter(is_its).filter_map(|it| it.result).filter(|it| *it > 0).sum()
    };
    while received() < bytes as i64 && std::time::Instant::now() < give_up {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A client that ends within its line; and the next.
fn gone(program: &Program, address: SocketAddr) -> Result<(), Seen> {
    let mut client = program.connect(address)?;
    client.waits_at_most(Duration::from_secs(2));
    client.send(b"no newli").map_err(|it| program.told(it))?;
    client.half_close();
    let heard = client.until_the_end();
    if heard.how != How::End || !heard.bytes.is_empty() {
        let expected = "no answer for a client that ends without a newline, only the end";
        let calls = program.calls();
        // Many may have come since; the first of them tells it.
        let end = calls.iter().find(|it| it.result == Some(0) && it.name.starts_with("re"));
        let saw = match end {
            Some(_) => format!("recv returned 0, the client's end; but {heard}"),
            None => format!("a client sent 8 bytes and its end: {heard}{}", program.where_it_is()),
        };
        return Err(program.told(seen(expected, saw).with(end)));
    }
    in_pieces(program, address, &[b"the next one\n"])
}
