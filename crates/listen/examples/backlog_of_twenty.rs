//! Is the backlog limited to about 20, and are further clients refused?
//!
//! A well-known guide to network programming in C says so; it was written in another century.
//!
//! Also: somaxconn, SOMAXCONN, maximum.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: macOS caps the backlog at 128 (kern.ipc.somaxconn); Windows does refuse further clients.

use std::process::ExitCode;

use lesson::{Shown, View, address_of, kernel, must_be, say, show, wait_for_queue};
use question::answer;
use question::setup::{TCP, client_that_gives_up, listener};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("backlog_of_twenty.rs"), backlog_of_twenty)
}

fn backlog_of_twenty() -> anyhow::Result<()> {
    let most = kernel::setting("net/core/somaxconn").unwrap_or(60);
    let backlog = most.min(60);
    let server = listener(backlog as i32)?;
    let target = address_of(&server)?;
    let mut clients = Vec::new();
    for number in 1..=backlog + 1 {
        let client = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
        client.connect(&target.into()).explained(format!("connect({target})"), &client)?;
        wait_for_queue(&server, number);
        clients.push(client);
    }
    say!("{} clients have connected, although nobody has called accept:", clients.len());
    show("the listener", &server);
    let queue = View::of(&server).queue;
    must_be("the queue", queue.map_or(backlog + 1, |queue| queue.length), backlog + 1)?;

    say!("One more, which gives up after 0.2 s:");
    client_that_gives_up(target)?;

    say!("The most that a program gets here:");
    let greedy = listener(1_000_000)?;
    let limit = View::of(&greedy).queue.map_or(most, |queue| queue.limit);
    must_be("net.core.somaxconn", limit, most.min(1_000_000))?;

    answer!(
        "Neither, on Linux. The limit is net.core.somaxconn, 4096 unless somebody has changed it; \
         and when the queue is full, a client that comes is not refused, but gets no answer."
    );
    Ok(())
}
