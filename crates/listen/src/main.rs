//! Step 3: listen lets clients queue.
//!
//! Python: `sock.listen(1)`

use std::io::ErrorKind;
use std::process::ExitCode;
use std::time::Duration;

use lesson::{Args, Shown, View, address_of, host, kernel, look, say, wait_for_queue};
use socket2::{Domain, Socket, Type};

/// How long each client waits for its connection.
const PATIENCE: Duration = Duration::from_millis(200);

fn main() -> ExitCode {
    lesson::run(&lesson::program::LISTEN, listen)
}

fn listen(args: &Args) -> anyhow::Result<()> {
    let family = Domain::for_address(args.address);
    let new = format!("socket({family:?}, SOCK_STREAM)");
    let listener = Socket::new(family, Type::STREAM, None).opened(&new)?;
    // Have the port even while it is in TIME_WAIT. (On Windows it would mean something else.)
    if cfg!(not(windows)) {
        listener.set_reuse_address(true).shown("setsockopt(SO_REUSEADDR, 1)", &listener)?;
    }
    listener.bind(&args.address.into()).shown(format!("bind({})", args.address), &listener)?;
    host::announce(&listener)?;

    let backlog = args.backlog;
    listener.listen(backlog as i32).shown(format!("listen({backlog})"), &listener)?;

    // The kernel never queues more than net.core.somaxconn, whatever we ask for.
    let limit = View::of(&listener).queue.map_or(backlog, |queue| queue.limit);
    if limit != backlog {
        let most = kernel::setting("net/core/somaxconn").unwrap_or(limit);
        say!("We asked for {backlog}; the kernel uses {limit}: somaxconn is {most}.");
    }

    let tries = if limit > 8 { 2 } else { limit + 2 };
    say!("This program never calls accept. {tries} clients try to connect, one after another:");

    let address = host::for_clients(address_of(&listener)?);
    let mut clients = Vec::new();
    let mut connected = 0;
    let mut turned_away = None;
    for _ in 0..tries {
        let client = Socket::new(family, Type::STREAM, None).opened(&new)?;
        let outcome = client.connect_timeout(&address.into(), PATIENCE).may_fail(
            &[ErrorKind::TimedOut, ErrorKind::ConnectionRefused],
            format!("connect({address})"),
            &client,
        )?;
        match outcome {
            Ok(()) => connected += 1,
            Err(error) => turned_away = Some(error.kind()),
        }
        wait_for_queue(&listener, connected);
        clients.push(client); // dropping it would end its connection
    }
    look("the listener", &listener);

    say!(
        "{connected} of {tries} clients are connected: the kernel did that alone, and they wait \
         in the listener's queue.{}",
        match turned_away {
            None => String::new(),
            Some(ErrorKind::TimedOut) => format!(
                " With a backlog of {limit} it is full now. The last client was not refused: \
                 nobody answers it, and it waits."
            ),
            Some(_) => " The last client found it full, and this system refused it.".to_string(),
        }
    );
    Ok(())
}
