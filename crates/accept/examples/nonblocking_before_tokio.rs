//! Why does tokio want set_nonblocking(true) before from_std?
//!
//! A listener made with socket2 or std is blocking. tokio takes it as it is, and relies on its
//! calls never waiting.
//!
//! Also: async, from_std, runtime, hangs.
//!
//! Elsewhere: on Windows tokio does not look either.

use std::net::TcpListener;
use std::panic;
use std::process::ExitCode;

use anyhow::Context;
use lesson::{Shown, must_be, note, say, show};
use question::answer;
use question::setup::{client_of, listener};

fn main() -> ExitCode {
    question::run(include_str!("nonblocking_before_tokio.rs"), nonblocking_before_tokio)
}

fn nonblocking_before_tokio() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let _inside = runtime.enter();

    if cfg!(all(unix, debug_assertions)) {
        say!("A blocking listener, given to tokio:");
        let given = TcpListener::from(listener(1)?);
        panic::set_hook(Box::new(|_| {})); // the message is shown below
        let refused = panic::catch_unwind(|| tokio::net::TcpListener::from_std(given)).err();
        let _ = panic::take_hook();
        let message = refused.context("tokio accepted a blocking listener")?;
        let message = message.downcast_ref::<&str>().copied().unwrap_or_default();
        note(format!("tokio panics: {message}"));
        must_be("that is the reason", message.contains("blocking"), true)?;
    }

    say!("A non-blocking one:");
    let listener = listener(1)?;
    listener.set_nonblocking(true).shown("fcntl(O_NONBLOCK)", &listener)?;
    let _client = client_of(&listener)?;
    let server = tokio::net::TcpListener::from_std(listener.into())?;
    let (connection, _) = runtime.block_on(server.accept())?;
    show("tokio: accept().await", &connection);

    answer!(
        "One thread of the runtime serves many tasks: it asks the kernel which sockets are ready, \
         and calls accept until it says WouldBlock. On a blocking socket that last call waits, and \
         with it all the tasks of that thread. In a debug build tokio refuses such a socket, as \
         here; a release build does not look."
    );
    Ok(())
}
