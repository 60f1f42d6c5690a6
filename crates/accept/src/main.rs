//! Step 4: accept takes the next client out of the queue.
//! In Python: `connection, client_address = sock.accept()`

mod wait;
use std::{io::Read, net::SocketAddr, process::ExitCode};

use lesson::{Args, Shown, say, show, show_close, show_received, tcp_call};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    lesson::run(&lesson::program::ACCEPT, |args| match args.wait {
        false => accept(args),
        true => wait::accept_yours(args), // a client from a second terminal
    })
}

fn accept(args: &Args) -> anyhow::Result<()> {
    let [listener, mut client] = queued(args.address)?;

    // New: the first client of the queue, as a socket of its own.
    let (mut connection, peer) = listener.accept().shown_as("accept()")?;
    show("the listener", &listener);
    let peer = lesson::must_be_client(&client, &peer)?;
    say!("Its peer is the client, {peer}; its own port is the listener's.");
    say!("A connection is known by both addresses and ports: the four-tuple.");
    let mut buffer = [0; 1024]; // read calls recv
    let length = connection.read(&mut buffer).shown("recv(1024)", &connection)?;
    show_received(&buffer[..length]);
    let answer = format!("{length} bytes arrived\n");
    connection.send(answer.as_bytes()).shown("send(16 bytes)", &connection)?;
    let length = client.read(&mut buffer).shown("recv(1024)", &client)?;
    show_received(&buffer[..length]);

    let number = lesson::descriptor(&client);
    drop(client);
    show_close(number);
    let length = connection.read(&mut buffer).shown("recv(1024)", &connection)?;
    show_received(&buffer[..length]);
    say!("Receiving 0 bytes means: the client sends nothing more.");
    Ok(())
}

/// Steps 1 to 3: a socket that listens, and a client in its queue.
fn queued(address: SocketAddr) -> anyhow::Result<[Socket; 2]> {
    let (family, call) = (Domain::for_address(address), tcp_call(address));
    let server = Socket::new(family, Type::STREAM, None).shown_as(&call)?;
    #[cfg(not(windows))] // on Windows it would let others take the port
    server.set_reuse_address(true).shown(lesson::REUSE, &server)?; // step 5
    server.bind(&address.into()).shown(format!("bind({address})"), &server)?;
    server.listen(1).shown("listen(1)", &server)?;
    say!("A client connects and sends a line, and nobody calls accept:");
    let to = lesson::address_for_clients(&server)?;
    let client = Socket::new(family, Type::STREAM, None).shown_as(&call)?;
    client.connect(&to.into()).shown(format!("connect({to})"), &client)?;
    client.send(b"hello\n").shown("send(6 bytes)", &client)?;
    lesson::wait_for_queue(&server, 1);
    show("the listener", &server);
    say!("accept takes the connection out of the queue, as a new socket:");
    Ok([server, client])
}
