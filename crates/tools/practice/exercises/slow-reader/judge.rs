use std::net::SocketAddr;
use std::time::Duration;

use crate::judge::*;

/// How many bytes the program has to send.
const ALL: usize = 251 * 40_000;

/// How long a slow reader does not read.
const PAUSE: Duration = Duration::from_millis(300);

pub fn judge(judge: &mut Judge) -> Judged {
    let address = judge.address();
    let program = judge.start(address)?;
    let (mut client, begin) = judge.check("begins", begins(&program, address))?;
    // Meanwhile the buffers are full, and a send waits, or takes no more than they hold.
    std::thread::sleep(PAUSE);
    let mut heard = client.slowly_until_the_end(128 * 1024, Duration::from_millis(1));
    heard.bytes.splice(0..0, begin);
    judge.check(
        "end",
        match heard.how {
            How::End => Ok(()),
            _ => {
                let saw = format!("{}{}", words(&heard), program.where_it_is());
                Err(program.told(seen("behind the last byte, the end of the stream", saw)))
            }
        },
    )?;
    judge.check("all", all(&program, &client, &heard))?;
    let next = begins(&program, address).and_then(|(mut client, begin)| {
        let mut heard = client.until_the_end();
        heard.bytes.splice(0..0, begin);
        all(&program, &client, &heard)
    });
    judge.check("next", next)
}

/// A client with small buffers says `go`, and receives the first bytes.
fn begins(program: &Program, address: SocketAddr) -> Result<(Peer, Vec<u8>), Seen> {
    let mut client = program.connect_with(address, |socket| {
        let _ = socket.set_recv_buffer_size(128 * 1024); // before connect: the window is agreed there
    })?;
    client.waits_at_most(Duration::from_secs(3));
    if !client.quiet_for(Duration::from_millis(10)) {
        let expected = "nothing comes before the client has sent \"go\"";
        let saw = "the client got something (or its end) before it had sent anything";
        return Err(program.told(seen(expected, saw)));
    }
    client.send(b"go\n").map_err(|it| program.told(it))?;
    let heard = client.exactly(1000);
    if heard.how != How::Enough {
        let saw = format!("a client sent \"go\" and a newline: {heard}{}", program.where_it_is());
        return Err(program.told(seen("the first 1000 of the bytes", saw)));
    }
    other_byte(&heard.bytes).map_err(|it| program.told(it))?;
    Ok((client, heard.bytes))
}

/// Whether all bytes came, each with its value, and then the end.
fn all(program: &Program, client: &Peer, heard: &Heard) -> Result<(), Seen> {
    other_byte(&heard.bytes).map_err(|it| program.told(it))?;
    if heard.how == How::End && heard.bytes.len() == ALL {
        return Ok(());
    }
    let calls = program.calls();
    let client = client.address();
    let its = |it: &&Call| {
        it.peer
            .is_some_and(|it| (it.ip().to_canonical(), it.port()) == (client.ip(), client.port()))
    };
    let send = ["send", "sendto", "sendmsg", "write", "writev", "sendfile"];
    let sent: Vec<&Call> = calls.tried(&send).filter(its).collect();
    let mut saw = words(heard);
    // The one after which nothing more was sent.
    if let Some(last) = sent.last() {
        saw += &match (last.result, &last.error) {
            (_, Some(error)) => format!("; the last {} failed ({error})", last.name),
            (Some(number), _) => format!("; the last {} returned {number}", last.name),
            _ => String::new(),
        };
    }
    let expected = format!("the client gets {ALL} bytes, then the end of the stream");
    Err(program.told(seen(expected, saw).with(sent.into_iter().rev().take(3).rev())))
}

fn words(heard: &Heard) -> String {
    let of = format!("{} of {ALL} bytes", heard.bytes.len());
    heard.to_string().replace(&output::bytes(heard.bytes.len()), &of)
}

/// A byte that has not the value that its place gives it.
fn other_byte(bytes: &[u8]) -> Result<(), Seen> {
    let right: Vec<u8> = (0..=250).collect();
    let mut chunks = bytes.chunks(right.len()).enumerate();
    let Some((number, chunk)) = chunks.find(|(_, it)| **it != right[..it.len()]) else {
        return Ok(());
    };
    let at = chunk.iter().zip(&right).position(|(is, should)| is != should).expect("they differ");
    let place = number * right.len() + at;
    let expected = format!("byte {place} has the value {}", right[at]);
    Err(seen(expected, format!("byte {place} of what the client got has the value {}", chunk[at])))
}
