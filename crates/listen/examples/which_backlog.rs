//! Which backlog should my server ask for?
//!
//! The programs here say listen(1), so that a few clients are enough to fill the queue. A server
//! that copies the 1 keeps a client waiting as soon as three of them come before it accepts.
//!
//! Also: listen(1), listen(5), listen(128), slow connect, connect takes a second, burst, backlog
//! size, backlog value, server.listen.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: macOS repeats the SYN as well, and caps the backlog at 128 (kern.ipc.somaxconn);
//! Windows refuses clients for whom there is no room.

use std::process::ExitCode;
use std::time::Instant;

use lesson::kernel::{setting, wait_until};
use lesson::{Shown, View, address_of, must_be, note, say, show};
use question::answer;
use question::setup::{client_of, client_that_gives_up, listener};

fn main() -> ExitCode {
    question::run(include_str!("which_backlog.rs"), which_backlog)
}

fn which_backlog() -> anyhow::Result<()> {
    with_1()?;
    with_128()?;
    answer!(
        "128, as Rust's std does, or more if many come at once. A client that finds the queue full \
         asks again only after a second, even if there is room sooner, and one of a crowd may not \
         even know that there was none (just ask queue_full_at_once). The kernel gives at most \
         net.core.somaxconn. A longer queue serves nobody faster: what makes room is accept."
    );
    Ok(())
}

fn with_1() -> anyhow::Result<()> {
    say!(
        "listen(1), and three clients before anybody accepts. The third stops waiting after 0.2 s:"
    );
    let server = listener(1)?;
    let _queued = (client_of(&server)?, client_of(&server)?);
    let begin = Instant::now();
    let third = client_that_gives_up(address_of(&server)?)?;

    say!("The kernel still wants to connect it. The server accepts the two, and there is room:");
    let accept = || server.accept().shown_as("accept()");
    let _accepted = (accept()?, accept()?);
    show("the third client", &third);
    must_be("its state", View::of(&third).state.unwrap_or("SYN_SENT"), "SYN_SENT")?;
    must_be("connected", wait_until(|| View::of(&third).peer.is_some()), true)?;
    let waited = begin.elapsed().as_secs_f64();
    show("the third client", &third);
    note(format!("{waited:.0} s after its connect: the kernel has sent its SYN once more"));
    must_be("most of a second", waited > 0.9, true)?;
    Ok(())
}

fn with_128() -> anyhow::Result<()> {
    say!("listen(128), and three clients again:");
    let server = listener(128)?;
    let begin = Instant::now();
    let _queued = (client_of(&server)?, client_of(&server)?, client_of(&server)?);
    must_be("sooner than a second SYN", begin.elapsed().as_secs_f64() < 0.9, true)?;
    show("the listener", &server);
    if let (Some(queue), Some(most)) = (View::of(&server).queue, setting("net/core/somaxconn")) {
        must_be("the limit", queue.limit, most.min(128))?;
    }
    Ok(())
}
