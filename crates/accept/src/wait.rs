//! `--wait`: accept your own client, from a second terminal.

use std::io::Read;

use lesson::{Args, Shown, say, show_received, tcp_call};
use socket2::{Domain, Socket, Type};

pub fn accept_yours(args: &Args) -> anyhow::Result<()> {
    let address = args.address;
    let (family, call) = (Domain::for_address(address), tcp_call(address));
    let listener = Socket::new(family, Type::STREAM, None).shown_as(call)?;
    #[cfg(not(windows))] // on Windows it would let others take the port
    listener.set_reuse_address(true).shown(lesson::REUSE, &listener)?;
    let bind = format!("bind({address})");
    listener.bind(&address.into()).shown(bind, &listener)?;
    listener.listen(1).shown("listen(1)", &listener)?;

    lesson::invite(lesson::address_for_clients(&listener)?)?;
    let (connection, _) = listener.accept().shown_as("accept()")?;
    while answer(&connection)? {} // until the client closes
    Ok(())
}

/// Receives what there is and answers it; `false` at the client's end.
fn answer(mut connection: &Socket) -> anyhow::Result<bool> {
    let mut buffer = [0; 1024];
    let length = connection.read(&mut buffer).shown("recv(1024)", connection)?;
    show_received(&buffer[..length]);
    if length == 0 {
        say!("Receiving 0 bytes means: the client sends nothing more.");
        return Ok(false);
    }
    let answer = format!("{length} bytes arrived\n");
    let send = format!("send({} bytes)", answer.len());
    connection.send(answer.as_bytes()).shown(send, connection)?;
    Ok(true)
}
