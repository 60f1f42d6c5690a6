//! Step 5: closing a connection and closing a listener are two things.
//!
//! Python: `connection.close()`, then `sock.close()`

use std::io::{ErrorKind::AddrInUse, Read};
use std::process::ExitCode;

use lesson::{
    Args, Shown, address_of, descriptor, expect_client, for_clients, say, show, show_close,
    show_received, wait_for_state,
};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    lesson::run(&lesson::program::CLOSE, close)
}

fn close(args: &Args) -> anyhow::Result<()> {
    let family = Domain::for_address(args.address);
    let new = format!("socket({family:?}, SOCK_STREAM)");
    let listener = Socket::new(family, Type::STREAM, None).shown_new(&new)?;
    // The end of this run shows what this is for. On Windows it would let others take the port.
    if cfg!(not(windows)) {
        listener.set_reuse_address(true).shown("setsockopt(SO_REUSEADDR, 1)", &listener)?;
    }
    listener.bind(&args.address.into()).shown(format!("bind({})", args.address), &listener)?;
    listener.listen(1).shown("listen(1)", &listener)?;
    let address = address_of(&listener)?;

    let client = Socket::new(family, Type::STREAM, None).shown_new(&new)?;
    let target = for_clients(address);
    client.connect(&target.into()).shown(format!("connect({target})"), &client)?;
    let (connection, client_address) = listener.accept().shown_new("accept()")?;
    expect_client(&client, &client_address)?;
    let (server_end, client_end) = (address_of(&connection)?, address_of(&client)?);

    say!("The server closes its connection first. The listener stays open:");
    let number = descriptor(&connection);
    drop(connection);
    show_close(number);
    let state = wait_for_state("the server's end", server_end, client_end, "FIN_WAIT2")?;
    show("the client's end", &client);
    show("the listener", &listener);
    say!("The server's end is still there, in {state}, and waits for the client to close as well:");

    let mut buffer = [0; 1024];
    let length = (&client).read(&mut buffer).shown("recv(1024)", &client)?;
    show_received(&buffer[..length]);
    let number = descriptor(&client);
    drop(client);
    show_close(number);
    let state = wait_for_state("the server's end", server_end, client_end, "TIME_WAIT")?;
    say!("Both sides have closed. The side that closed first keeps the connection, in {state}.");

    say!("Now the server closes its listener as well, and starts again on the same port:");
    let number = descriptor(&listener);
    drop(listener);
    show_close(number);
    let server = Socket::new(family, Type::STREAM, None).shown_new(&new)?;
    let bind = format!("bind({address})");
    let again = server.bind(&address.into()).may_fail(&[AddrInUse], &bind, &server)?;
    if again.is_ok() {
        say!("On this system TIME_WAIT does not keep the port from a new server.");
        return Ok(());
    }

    say!("TIME_WAIT has the port. With SO_REUSEADDR on the old and the new socket, bind works:");
    server.set_reuse_address(true).shown("setsockopt(SO_REUSEADDR, 1)", &server)?;
    server.bind(&address.into()).shown(&bind, &server)?;
    say!("A server without SO_REUSEADDR, like the article's, has to wait until TIME_WAIT is over.");
    Ok(())
}
