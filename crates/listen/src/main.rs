//! Step 3: listen lets clients queue.
//!
//! Python: `sock.listen(1)`

use std::io::ErrorKind;
use std::process::ExitCode;
use std::time::Duration;

use lesson::{Args, Shown, View, address_of, for_clients, kernel, say, show, wait_for_queue};
use socket2::{Domain, Socket, Type};

/// How long each client waits for its connection.
const PATIENCE: Duration = Duration::from_millis(200);

fn main() -> ExitCode {
    lesson::run(&lesson::program::LISTEN, listen)
}

fn listen(args: &Args) -> anyhow::Result<()> {
    let family = Domain::for_address(args.address);
    let new = format!("socket({family:?}, SOCK_STREAM)");
    let listener = Socket::new(family, Type::STREAM, None).shown_new(&new)?;
    // Step 5 shows what this is for. On Windows it would let other programs take the port.
    if cfg!(not(windows)) {
        listener.set_reuse_address(true).shown("setsockopt(SO_REUSEADDR, 1)", &listener)?;
    }
    listener.bind(&args.address.into()).shown(format!("bind({})", args.address), &listener)?;

    let backlog = args.backlog;
    listener.listen(backlog as i32).shown(format!("listen({backlog})"), &listener)?;

    // The kernel never queues more than net.core.somaxconn, whatever we ask for.
    let limit = View::of(&listener).queue.map_or(backlog, |queue| queue.limit);
    if limit != backlog {
        let most = kernel::setting("net/core/somaxconn").unwrap_or(limit);
        say!("We asked for {backlog}, the kernel uses {limit}: net.core.somaxconn is {most}.");
    }

    // Fill a short queue, and let one more client try; of a long one, two clients show enough.
    let tries = if limit > 8 { 2 } else { limit + 2 };
    say!("LISTEN: clients may connect now. {tries} try, and this program never calls accept:");

    let address = for_clients(address_of(&listener)?);
    let mut clients = Vec::new();
    let mut connected = 0;
    for _ in 0..tries {
        let client = Socket::new(family, Type::STREAM, None).shown_new(&new)?;
        let outcome = client.connect_timeout(&address.into(), PATIENCE).may_fail(
            &[ErrorKind::TimedOut, ErrorKind::ConnectionRefused],
            format!("connect({address})"),
            &client,
        )?;
        if outcome.is_ok() {
            connected += 1;
        }
        // connect may return a moment before the kernel has put the connection into the queue.
        wait_for_queue(&listener, connected);
        clients.push(client); // dropping it would end its connection
    }
    show("the listener", &listener);

    say!("Connected: {connected} of {tries}, now in the queue. The kernel did that alone.");
    if connected < tries {
        let queued = View::of(&listener).queue.map_or(connected, |queue| queue.length);
        let last = clients.last().and_then(|client| View::of(client).state);
        let waits = "It was not refused: it got no answer. Here we gave up after 0.2 s, but the \
                     kernel goes on trying.";
        say!(
            "A backlog of {limit} lets {queued} in. The last client did not get in. {}",
            if last == Some("SYN_SENT") { waits } else { "" }
        );
    }
    Ok(())
}
