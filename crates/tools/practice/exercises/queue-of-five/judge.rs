use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use crate::judge::*;

/// How long a client waits for an answer that does not come. Where there is room, the answer comes
/// at once; and the client's kernel asks again after one second only.
const SHORT: Duration = Duration::from_millis(250);

/// More clients than these need not try.
const MANY: usize = 12;

pub fn judge(judge: &mut Judge) -> Judged {
    let address = judge.address();
    let mut program = judge.start(address)?;
    let first = program.connect(address);
    let first = first.or_else(|it| judge.check("five", Err(it)))?;
    first.is_queued();
    let mut clients = vec![first];
    if !cfg!(target_os = "linux") {
        let why = "how many fit into a queue is another number on this system";
        for id in ["five", "sixth", "limit"] {
            judge.untold(id, why);
        }
    } else {
        let sixth = fill(&program, &mut clients, address);
        let number = clients.len();
        judge.check(
            "five",
            match number {
                5.. => Ok(()),
                _ => Err(program.told(seen("five clients connect", words(number, sixth)))),
            },
        )?;
        judge.check(
            "sixth",
            match (number, sixth) {
                (5, Next::NoAnswer) => Ok(()),
                _ => Err(too_many(&program, number, sixth)),
            },
        )?;
    }
    let lost = clients.iter_mut().position(|it| !it.quiet_for(Duration::from_millis(1)));
    judge.check(
        "stay",
        match lost {
            None => Ok(()),
            Some(lost) => {
                let saw = format!("client {} got {}", lost + 1, clients[lost].until_the_end());
                Err(program.told(seen("nothing happens to a client that waits in the queue", saw)))
            }
        },
    )?;
    program.finish();
    if cfg!(target_os = "linux") {
        judge.check_calls("limit", &program, |calls| limit(calls, address))?;
    }
    judge.check_calls("no-accept", &program, |calls| match calls.iter().find(|it| is_accept(it)) {
        None => Ok(()),
        Some(call) => {
            Err(seen("no call of accept", format!("it called {}", call.shown)).with([call]))
        }
    })
}

/// What became of the client that comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    NoAnswer,
    Refused,
    Connected,
}

/// Clients connect, one after another, until one does not.
fn fill(program: &Program, clients: &mut Vec<Peer>, address: SocketAddr) -> Next {
    let mut again = true;
    while clients.len() < MANY {
        match Peer::try_to_connect(address, SHORT) {
            Ok(client) => clients.push(client),
            // A program that accepts may have been late: by now there is room.
            Err(_) if again && program.calls().iter().any(is_accept) => {
                again = false;
                continue;
            }
            Err(error) if error.kind() == ErrorKind::TimedOut => return Next::NoAnswer,
            Err(_) => return Next::Refused,
        }
        clients[clients.len() - 1].is_queued();
        again = true;
    }
    Next::Connected
}

fn words(number: usize, next: Next) -> String {
    let clients = if number == 1 { "client" } else { "clients" };
    let after = match next {
        Next::Connected => "and there was still room".to_string(),
        Next::NoAnswer => format!("and client {} got no answer", number + 1),
        Next::Refused => format!("and client {} was refused", number + 1),
    };
    format!("{number} {clients} connected, {after}")
}

fn too_many(program: &Program, number: usize, next: Next) -> Seen {
    let calls = program.calls();
    let accept = calls.iter().find(|it| is_accept(it));
    let more = if accept.is_some() { ": accept takes connections out of the queue" } else { "" };
    let expected = "five clients connect, and the sixth gets no answer";
    let seen = seen(expected, words(number, next) + more);
    program.told(seen.with(calls.done(&["listen"]).chain(accept)))
}

fn is_accept(call: &Call) -> bool {
    ["accept", "accept4"].contains(&call.name.as_str())
}

/// The limit that the kernel has noted for the listener: the backlog, unless that is beyond its own.
fn limit(calls: &Calls, address: SocketAddr) -> Result<(), Seen> {
    let of_the_port = |it: &&Call| it.local.is_some_and(|it| it.port() == address.port());
    let expected = "a queue whose limit is 4, so that 5 fit";
    match calls.done(&["listen"]).filter(of_the_port).last() {
        Some(Call { queue: Some((_, 4)), .. }) => Ok(()),
        Some(call) => {
            let queue = call.queue.map_or("no queue".to_string(), |(length, limit)| {
                format!("queue {length} of {limit}")
            });
            Err(seen(expected, format!("after listen, the kernel said: {queue}")).with([call]))
        }
        None => Err(seen(expected, "it never called listen for that port")),
    }
}
