//! Step 1: a socket is a descriptor with a family and a type.
//!
//! Python: `sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)`

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

    // `shown_as` prints the row of the call before it; `?` ends the step with
    // the reason if the call failed.
    let call = format!("socket({family:?}, {kind:?})");
    let socket = Socket::new(family, kind, None).shown_as(&call)?;

    let number = descriptor(&socket);
    say!(
        "The kernel made a socket, and descriptor {number} is how this program \
         refers to it. It has a family and a type, and nothing else yet: no \
         address and no peer."
    );
    if cfg!(windows) {
        say!(
            "On Windows the number is a handle (SOCKET): it does the work of a \
             descriptor, and C programs close it by closesocket, not by close."
        );
    }
    if let Some(state) = View::of(&socket).state {
        say!(
            "Its state, {state}, means: not connected. These states are TCP's; \
             UDP has none."
        );
    }

    // Rust closes a socket when its owner lets go of it.
    drop(socket);
    show_close(number);

    let next = Socket::new(family, kind, None).shown_as(&call)?;
    let next = descriptor(&next);
    let same = if next == number { "the same" } else { "another" };
    say!(
        "Closing gave descriptor {number} back. The next socket got {same} \
         number: {next}."
    );
    Ok(())
}
