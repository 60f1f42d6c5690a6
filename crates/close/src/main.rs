//! Step 5: closing a connection and closing a listener are two things.
//! In Python: `connection.close()`, then `sock.close()`

mod restart;
use std::{io::Read, net::SocketAddr, process::ExitCode};

use lesson::{Args, Shown, address_of, descriptor, say, show};
use lesson::{show_close, tcp_call, wait_for_state};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    lesson::run(&lesson::program::CLOSE, close)
}

fn close(args: &Args) -> anyhow::Result<()> {
    let [listener, mut client, connection] = connected(args.address)?;
    let ends = [address_of(&connection)?, address_of(&client)?];

    say!("The server closes its connection first. The listener stays open:");
    // New: Rust closes a socket when its owner lets go of it.
    let number = descriptor(&connection);
    drop(connection);
    show_close(number);
    let state = wait_for_state("the server's end", ends, "FIN_WAIT2")?;
    show("the client's end", &client);
    show("the listener", &listener);
    say!("The server's end stays, in {state}, and waits for the client:");

    let mut buffer = [0; 1024];
    let length = client.read(&mut buffer).shown("recv(1024)", &client)?;
    lesson::show_received(&buffer[..length]);
    let number = descriptor(&client);
    drop(client);
    show_close(number);
    let state = wait_for_state("the server's end", ends, "TIME_WAIT")?;
    say!("Both have closed. The side that closed first is left in {state}.");

    say!("The server closes its listener, and starts again on its port:");
    let address = address_of(&listener)?;
    let number = descriptor(&listener);
    drop(listener);
    show_close(number);
    restart::on(address)
}

/// Steps 1 to 4: a listener, and the two ends of a connection.
fn connected(address: SocketAddr) -> anyhow::Result<[Socket; 3]> {
    let (family, call) = (Domain::for_address(address), tcp_call(address));
    let server = Socket::new(family, Type::STREAM, None).shown_as(&call)?;
    #[cfg(not(windows))] // on Windows it would let others take the port
    server.set_reuse_address(true).shown(lesson::REUSE, &server)?;
    server.bind(&address.into()).shown(format!("bind({address})"), &server)?;
    server.listen(1).shown("listen(1)", &server)?;
    let to = lesson::address_for_clients(&server)?;
    let client = Socket::new(family, Type::STREAM, None).shown_as(&call)?;
    client.connect(&to.into()).shown(format!("connect({to})"), &client)?;
    let (connection, peer) = server.accept().shown_as("accept()")?;
    lesson::must_be_client(&client, &peer)?; // and no other program's
    Ok([server, client, connection])
}
