//! Must I close in Rust?
//!
//! There is no close in socket2 or std::net, and learners look for it in vain.
//!
//! Also: Drop, RAII, close method, leak, file descriptor.

use std::io::Read;
use std::process::ExitCode;

use lesson::{Shown, descriptor, kernel, must_be, note, say, show, show_close, show_received};
use question::answer;
use question::setup::connection;

fn main() -> ExitCode {
    question::run(include_str!("drop_closes.rs"), drop_closes)
}

fn drop_closes() -> anyhow::Result<()> {
    let (mut client, server) = connection()?;
    let number = descriptor(&server);
    say!("The server's socket goes out of scope:");
    {
        let _in_this_block = server;
    }
    show_close(number);
    let mut buffer = [0; 64];
    let length = client.read(&mut buffer).shown("recv(64)", &client)?;
    show_received(&buffer[..length]);
    must_be("the end", length, 0)?;

    say!("One that is forgotten stays open:");
    let (client, server) = connection()?;
    let number = descriptor(&server);
    std::mem::forget(server);
    if let Some(free) = kernel::descriptor_is_free(number) {
        must_be("whether the descriptor is free", free, false)?;
        show("the client's end", &client);
        note(format!("the server's descriptor, {number}, is in use"));
    }

    answer!(
        "No: the socket is closed when its owner is dropped, at the end of a block or of the \
         program. Only what is never dropped stays open: a socket forgotten on purpose, or one in a \
         loop that never ends."
    );
    Ok(())
}
