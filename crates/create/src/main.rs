//! Step 1: a socket is a descriptor with a family and a type.
//!
//! Python: `sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)`, then `sock.close()`

use std::process::ExitCode;

use lesson::{Args, Shown, View, descriptor, say, show_close};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    lesson::run(&lesson::program::CREATE, create)
}

fn create(args: &Args) -> anyhow::Result<()> {
    // The family says what addresses look like, the type how data travels.
    let family = if args.ipv6 { Domain::IPV6 } else { Domain::IPV4 };
    let kind = if args.udp { Type::DGRAM } else { Type::STREAM };

    let new = format!("socket({family:?}, {kind:?})");

    // `opened` prints the row of the call before it, or explains why the call failed.
    let socket = Socket::new(family, kind, None).shown_new(&new)?;

    let number = descriptor(&socket);
    say!(
        "The kernel made a socket, and descriptor {number} is how this program refers to it. It \
         has a family and a type, and nothing else yet: no address and no peer."
    );
    if let Some(state) = View::of(&socket).state {
        say!("Its state, {state}, means: not connected. These states are TCP's; UDP has none.");
    }

    // Rust closes a socket when its owner lets go of it.
    drop(socket);
    show_close(number);

    let next = Socket::new(family, kind, None).shown_new(&new)?;

    let reused = if descriptor(&next) == number { "the same number" } else { "another number" };
    say!(
        "Closing gave descriptor {number} back. The next socket got {reused}: {}.",
        descriptor(&next)
    );
    Ok(())
}
