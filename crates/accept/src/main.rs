//! Step 4: accept takes the next client out of the queue.
//!
//! Python: `connection, client_address = sock.accept()`

use std::io::Read;
use std::process::ExitCode;

use anyhow::Context;
use lesson::{
    Args, Shown, address_of, descriptor, expect_client, for_clients, invite, say, show, show_close,
    show_received, wait_for_queue,
};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    lesson::run(&lesson::program::ACCEPT, accept)
}

fn accept(args: &Args) -> anyhow::Result<()> {
    let family = Domain::for_address(args.address);
    let new = format!("socket({family:?}, SOCK_STREAM)");
    let listener = Socket::new(family, Type::STREAM, None).shown_new(&new)?;
    // Step 5 shows what this is for. On Windows it would let other programs take the port.
    if cfg!(not(windows)) {
        listener.set_reuse_address(true).shown("setsockopt(SO_REUSEADDR, 1)", &listener)?;
    }
    listener.bind(&args.address.into()).shown(format!("bind({})", args.address), &listener)?;
    listener.listen(1).shown("listen(1)", &listener)?;

    let address = for_clients(address_of(&listener)?);
    if args.wait {
        invite(address);
        let (connection, _) = listener.accept().shown_new("accept()")?;
        while answer(&connection)? {} // until the client closes
        return Ok(());
    }

    say!("A client connects and sends a line, and nobody has called accept yet:");
    let client = Socket::new(family, Type::STREAM, None).shown_new(&new)?;
    client.connect(&address.into()).shown(format!("connect({address})"), &client)?;
    client.send(b"hello\n").shown("send(6 bytes)", &client)?;
    wait_for_queue(&listener, 1);
    show("the listener", &listener);

    say!("accept takes the connection out of the queue, as a socket of its own:");
    let (connection, client_address) = listener.accept().shown_new("accept()")?;
    expect_client(&client, &client_address)?;
    show("the listener", &listener);
    let peer = client_address.as_socket().context("the client has no IP address")?;
    say!("The new socket's peer is the client, {peer}; its own port is the listener's.");
    say!("The kernel tells connections apart by both addresses and both ports, the four-tuple.");

    answer(&connection)?;
    let mut buffer = [0; 1024];
    let length = (&client).read(&mut buffer).shown("recv(1024)", &client)?;
    show_received(&buffer[..length]);

    let number = descriptor(&client);
    drop(client);
    show_close(number);
    answer(&connection)?;
    Ok(())
}

/// Receives what there is and answers it; `false` when the client sends nothing more.
fn answer(mut connection: &Socket) -> anyhow::Result<bool> {
    let mut buffer = [0; 1024];
    // read calls recv: a socket2 socket is a Read of the standard library.
    let length = connection.read(&mut buffer).shown("recv(1024)", connection)?;
    show_received(&buffer[..length]);
    if length == 0 {
        say!("Receiving 0 bytes means: the client sends nothing more.");
        return Ok(false);
    }
    let answer = format!("{length} bytes arrived\n");
    let call = format!("send({} bytes)", answer.len());
    connection.send(answer.as_bytes()).shown(call, connection)?;
    Ok(true)
}
