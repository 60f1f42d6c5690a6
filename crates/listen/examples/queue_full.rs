//! What happens to clients when the queue is full?
//!
//! A server is too slow to accept, and its users report "it hangs", not "it is refused".
//!
//! Also: hangs, overload, SYN dropped, ss Recv-Q.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: Windows refuses them (WSAECONNREFUSED); macOS ignores them as Linux does.

use std::process::ExitCode;

use lesson::{View, address_of, must_be, say, show};
use question::answer;
use question::setup::{client_of, client_that_gives_up, listener};

fn main() -> ExitCode {
    question::run(include_str!("queue_full.rs"), queue_full)
}

fn queue_full() -> anyhow::Result<()> {
    let server = listener(0)?;
    let _queued = client_of(&server)?;

    say!(
        "listen(0) has room for one connection, backlog + 1. The next client gives up after 0.2 s:"
    );
    let target = address_of(&server)?;
    let client = client_that_gives_up(target)?;
    let state = View::of(&client).state; // where the system says
    must_be("its state", state.unwrap_or("SYN_SENT"), "SYN_SENT")?;
    show("the listener", &server);

    answer!(
        "Who comes when it is full: Linux drops their first packet and says nothing. They are not \
         refused, but wait in SYN_SENT and ask again after a second, and again, until there is \
         room or they give up. The queue holds one more than its backlog. (Who came with many \
         others, over a network, may be connected all the same, and the server knows nothing of \
         it: just ask queue_full_at_once.)"
    );
    Ok(())
}
