//! A client for `just step-4 --wait`: it connects, sends a line, reads the answer and closes.

use std::io::Read;
use std::process::ExitCode;

use lesson::{Args, Shown, descriptor, for_clients, show_close, show_received};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    lesson::run(&lesson::program::CLIENT, client)
}

fn client(args: &Args) -> anyhow::Result<()> {
    let server = for_clients(args.address);
    let family = Domain::for_address(server);
    let socket = Socket::new(family, Type::STREAM, None)
        .shown_new(format!("socket({family:?}, SOCK_STREAM)"))?;
    // Nobody calls bind here: connect picks a free port for the client.
    socket.connect(&server.into()).shown(format!("connect({server})"), &socket)?;
    socket.send(b"hello\n").shown("send(6 bytes)", &socket)?;

    let mut buffer = [0; 1024];
    let length = (&socket).read(&mut buffer).shown("recv(1024)", &socket)?;
    show_received(&buffer[..length]);

    let number = descriptor(&socket);
    drop(socket);
    show_close(number);
    Ok(())
}
