//! What is the backlog?
//!
//! The number in listen(1) looks like a limit on clients, but it is not one.
//!
//! Also: pending connections, accept queue, maximum clients, backlog.

use std::process::ExitCode;

use lesson::{Shown, View, kernel, must_be, say, show, wait_for_queue};
use question::answer;
use question::setup::{client_of, listener};

fn main() -> ExitCode {
    question::run(include_str!("what_is_the_backlog.rs"), what_is_the_backlog)
}

fn what_is_the_backlog() -> anyhow::Result<()> {
    say!("A backlog of 1, and five clients, each accepted as soon as it arrives:");
    let server = listener(1)?;
    let mut connections = Vec::new();
    for _ in 0..5 {
        let client = client_of(&server)?;
        let (connection, _) = server.accept().explained("accept()", &server)?;
        connections.push((client, connection));
    }
    for (_, connection) in &connections {
        must_be("its peer is there", View::of(connection).peer.is_some(), true)?;
    }
    show("the listener", &server);

    say!("Nobody accepts the next one: it waits in the queue, which is what the number is about.");
    let _waiting = client_of(&server)?;
    wait_for_queue(&server, 1);
    show("the listener", &server);

    say!("The kernel caps what a program asks for:");
    let greedy = listener(1_000_000)?;
    if let (Some(queue), Some(most)) =
        (View::of(&greedy).queue, kernel::setting("net/core/somaxconn"))
    {
        must_be("the limit", queue.limit, most.min(1_000_000))?;
    }

    answer!(
        "The length of a queue: finished connections that nobody has accepted yet. It limits how \
         many may wait, not how many clients there are: five were connected at once here with a \
         backlog of 1. Linux caps it at net.core.somaxconn."
    );
    Ok(())
}
