//! Step 3: listen lets clients queue. In Python: `sock.listen(1)`

use std::io::ErrorKind::{ConnectionRefused, TimedOut};
use std::{net::SocketAddr, process::ExitCode, time::Duration};

use lesson::{Args, Shown, View, address_for_clients, say, show, tcp_call};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    lesson::run(&lesson::program::LISTEN, listen)
}

fn listen(args: &Args) -> anyhow::Result<()> {
    let listener = bound(args.address)?;
    // New: the socket becomes a listener, and the kernel lets clients queue.
    let call = format!("listen({})", args.backlog);
    listener.listen(args.backlog as i32).shown(call, &listener)?;
    let limit = View::of(&listener).queue.map_or(args.backlog, |it| it.limit);
    // One client more than a short queue holds; of a long one, two are enough.
    let tries = if limit > 8 { 2 } else { limit + 2 };
    say!("LISTEN: clients may connect. {tries} try, and nobody calls accept:");
    let mut clients = Vec::new(); // dropping one would end its connection
    for number in 1..=tries {
        clients.push(try_to_connect(&listener)?);
        lesson::wait_for_queue(&listener, number.min(limit + 1));
    }
    show("the listener", &listener);
    let connected = clients.iter().filter(|it| it.peer_addr().is_ok()).count();
    say!("In the queue: {connected} of {tries}. The kernel did that alone.");
    if View::of(&clients[clients.len() - 1]).state == Some("SYN_SENT") {
        say!(
            "A backlog of {limit} lets {connected} in. The last was not \
             refused: it got no answer. Here we gave up after 0.2 s, but the \
             kernel goes on trying."
        );
    }
    Ok(())
}

/// Steps 1 and 2: a socket with an address.
fn bound(address: SocketAddr) -> anyhow::Result<Socket> {
    let (family, call) = (Domain::for_address(address), tcp_call(address));
    let socket = Socket::new(family, Type::STREAM, None).shown_as(call)?;
    #[cfg(not(windows))] // on Windows it would let others take the port
    socket.set_reuse_address(true).shown(lesson::REUSE, &socket)?; // for step 5
    socket.bind(&address.into()).shown(format!("bind({address})"), &socket)?;
    Ok(socket)
}

/// A client that gives up after 0.2 s; left alone it would try for minutes.
fn try_to_connect(listener: &Socket) -> anyhow::Result<Socket> {
    let address = address_for_clients(listener)?;
    let (family, call) = (Domain::for_address(address), tcp_call(address));
    let client = Socket::new(family, Type::STREAM, None).shown_as(call)?;
    let patience = Duration::from_millis(200);
    let connect = client.connect_timeout(&address.into(), patience);
    let call = format!("connect({address})");
    connect.may_fail(&[TimedOut, ConnectionRefused], call, &client)?;
    Ok(client)
}
