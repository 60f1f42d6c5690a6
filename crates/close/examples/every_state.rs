//! Which states does TCP have, and how does a socket get into each?
//!
//! Each of the eleven states of RFC 9293 is produced here, and read from the kernel.

use std::io::{self, ErrorKind, Read};
use std::net::Shutdown::Write;
use std::process::ExitCode;

use lesson::kernel::wait_until;
use lesson::{
    Args, Program, Shown, View, address_of, descriptor, say, show, show_close, wait_for_queue,
    wait_for_state,
};
use question::setup::{ANY_PORT, TCP};
use socket2::{Domain, Socket, Type};

static PROGRAM: Program = Program {
    title: "Every state of TCP, made and looked at",
    just: "just states",
    cargo: "cargo run -q -p close --example every_state",
    takes: &[],
    is_server: false,
    examples: &[("", "all eleven")],
    next: None,
};

fn main() -> ExitCode {
    lesson::run(&PROGRAM, states)
}

fn states(_: &Args) -> anyhow::Result<()> {
    say!("CLOSE (the RFC says CLOSED): a socket that is not connected. LISTEN: listen was called.");
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    listener.bind(&ANY_PORT.into()).shown(format!("bind({ANY_PORT})"), &listener)?;
    listener.listen(0).shown("listen(0)", &listener)?;

    say!(
        "SYN_SENT: connect has asked, and nobody has answered. Here the queue is full, by Linux's \
         rule (other systems refuse, or have another):"
    );
    let queued = connect(&listener)?;
    wait_for_queue(&listener, 1);
    let address = address_of(&listener)?;
    let waiting = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    waiting.set_nonblocking(true).explained("fcntl(O_NONBLOCK)", &waiting)?;
    let _ = waiting.connect(&address.into()); // it goes on in the background
    show("a connect that goes on", &waiting);
    drop(waiting);

    say!("ESTABLISHED, on both sides: the handshake is done. Data can flow.");
    let (server, _) = listener.accept().shown_as("accept()")?;
    show("the client's end", &queued);

    say!(
        "The server ends first. FIN_WAIT2: its end is sent and acknowledged, and it waits for the \
         client's. CLOSE_WAIT: the server's end has arrived, and the client has not ended yet:"
    );
    server.shutdown(Write).explained("shutdown(SHUT_WR)", &server)?;
    wait_for(&server, "FIN_WAIT2");
    show("shutdown(SHUT_WR)", &server);
    show("the client's end", &queued);

    say!("TIME_WAIT: both have ended. The side that ended first keeps the connection for a while:");
    let (server_end, client_end) = (address_of(&server)?, address_of(&queued)?);
    (&queued).read(&mut [0; 1]).explained("recv(1)", &queued)?;
    let numbers = [descriptor(&queued), descriptor(&server)];
    drop((queued, server));
    numbers.into_iter().for_each(show_close);
    wait_for_state("the server's end", [server_end, client_end], "TIME_WAIT")?;

    say!(
        "FIN_WAIT1: the server's end is not acknowledged yet. Here it cannot even be sent, because \
         data that nobody reads is waiting before it:"
    );
    let client = connect(&listener)?;
    let (server, _) = listener.accept().shown_as("accept()")?;
    fill(&server)?;
    server.shutdown(Write).shown("shutdown(SHUT_WR)", &server)?;

    say!("CLOSING: the client ends as well, and the server's end is still not acknowledged:");
    client.shutdown(Write).explained("shutdown(SHUT_WR)", &client)?;
    wait_for(&server, "CLOSING");
    show("the server's end", &server);

    say!(
        "LAST_ACK: the client ended first, then the server did, and its end is not acknowledged yet:"
    );
    let other = connect(&listener)?;
    let (server, _) = listener.accept().shown_as("accept()")?;
    fill(&server)?;
    other.shutdown(Write).explained("shutdown(SHUT_WR)", &other)?;
    wait_for(&server, "CLOSE_WAIT");
    show("the server's end", &server);
    server.shutdown(Write).shown("shutdown(SHUT_WR)", &server)?;

    half_open(&listener)
}

/// A client's connection to `listener`, with one row.
fn connect(listener: &Socket) -> anyhow::Result<Socket> {
    let address = address_of(listener)?;
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
    client.connect(&address.into()).shown(format!("connect({address})"), &client)?;
    Ok(client)
}

fn wait_for(socket: &Socket, state: &str) {
    wait_until(|| View::of(socket).state.is_none_or(|now| now == state));
}

/// Sends until nothing more fits into the buffers of either side.
fn fill(socket: &Socket) -> io::Result<()> {
    socket.set_nonblocking(true)?;
    loop {
        match socket.send(&[0; 65536]) {
            Ok(_) => {}
            Err(full) if full.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// SYN_RECV lasts from a client's first packet until the client acknowledges the answer: too short
/// to see, unless the listener is told to wait for data as well (TCP_DEFER_ACCEPT, tcp(7)).
#[cfg(target_os = "linux")]
fn half_open(listener: &Socket) -> anyhow::Result<()> {
    use std::os::fd::AsRawFd;

    say!("SYN_RECV: a client has asked, and the listener has answered. Here it lasts:");
    let [seconds, size] = [5_i32, size_of::<i32>() as i32];
    // SAFETY: the descriptor is open, and the kernel reads one int.
    let set = unsafe {
        let value = (&raw const seconds).cast();
        let option = libc::TCP_DEFER_ACCEPT;
        libc::setsockopt(listener.as_raw_fd(), libc::IPPROTO_TCP, option, value, size as u32)
    };
    let set = if set == 0 { Ok(()) } else { Err(io::Error::last_os_error()) };
    set.shown("setsockopt(TCP_DEFER_ACCEPT)", listener)?;
    let client = connect(listener)?;
    wait_for_state("the server's end", [address_of(listener)?, address_of(&client)?], "SYN_RECV")?;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn half_open(_: &Socket) -> anyhow::Result<()> {
    Ok(())
}
