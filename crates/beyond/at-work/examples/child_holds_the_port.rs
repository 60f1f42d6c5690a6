//! My server has ended, or closed its listener. Why is the port still taken?
//!
//! A program that it started has inherited the listener and goes on: clients still connect, and
//! nobody ever accepts them.
//!
//! Also: inherited socket, child process keeps the port, subprocess holds port, close-on-exec,
//! CLOEXEC, SOCK_CLOEXEC, FD_CLOEXEC, set_inheritable, close_fds, fork, exec, popen, system(), port
//! occupied, parent process has ended, worker still running, port in use after the server was
//! killed, orphan process, descriptor leak.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: macOS has no SOCK_CLOEXEC, so that another thread's child may inherit a socket between
//! socket and fcntl(FD_CLOEXEC).

use std::io::{self, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitCode, Stdio};

use anyhow::Context;
use lesson::kernel::{self, Entry, Transport};
use lesson::{Failure, REUSE, Shown, address_of, must_be, note, say, wait_until};
use question::answer;
use question::setup::{ANY_PORT, TCP, close};
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("child_holds_the_port.rs"), child_holds_the_port)
}

fn child_holds_the_port() -> anyhow::Result<()> {
    say!("A listener that children inherit, a child that does not know of it, and close:");
    // Bound and never listening: so nobody else is given the port while no server has it.
    let held = new_server()?;
    held.bind(&ANY_PORT.into()).explained(format!("bind({ANY_PORT})"), &held)?;
    let address = address_of(&held)?;
    let [bind, connect] = ["bind", "connect"].map(|call| format!("{call}({address})"));
    let server = new_server()?;
    server.bind(&address.into()).shown(&bind, &server)?;
    server.listen(8).shown("listen(8)", &server)?;
    let_children_inherit(&server).shown("fcntl(F_SETFD, 0)", &server)?;
    let child = start_a_child()?;
    close(server);

    say!("Clients still connect, and a new server cannot have the port:");
    let mut client = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
    client.connect(&address.into()).shown(&connect, &client)?;
    let next = new_server()?;
    next.bind(&address.into()).must_fail("EADDRINUSE", &bind, &next)?;
    // exec gives the child its name, and closes what is close-on-exec, a moment after it has begun.
    wait_until(|| who_listens(address).is_some_and(|(name, _)| name == "cat"));
    let (name, process) = who_listens(address).context("the kernel's table names nobody")?;
    note(format!("who listens: {name}, process {process}"));
    must_be("the process that listens", process, child.id())?;

    end(child)?;
    say!("The child has ended, and with it its copy of the descriptor, the last one:");
    client.read(&mut [0; 8]).must_fail("ECONNRESET", "recv(8)", &client)?;
    next.bind(&address.into()).shown(&bind, &next)?;

    say!("A listener with close-on-exec, as socket2 makes them, is in no child:");
    next.listen(8).shown("listen(8)", &next)?;
    let child = start_a_child()?;
    close(next);
    wait_until(|| listener_at(address).is_none());
    let last = new_server()?;
    last.bind(&address.into()).shown(&bind, &last)?;
    end(child)?;

    answer!(
        "close removes a descriptor, and the listener lives until its last one is gone. A program \
         that the server has started has one of its own, unless the socket is close-on-exec: std, \
         socket2 and Python make every socket so, C asks for SOCK_CLOEXEC in socket and accept4. A \
         child that is forked and calls no exec has it even so, and closes it itself. SO_REUSEADDR \
         changes nothing: `ss -tlnp` or `just xray --port` names the child, and its end frees the \
         port."
    );
    Ok(())
}

fn new_server() -> Result<Socket, Failure> {
    let server = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
    server.set_reuse_address(true).explained(REUSE, &server)?;
    Ok(server)
}

/// Runs another program, which reads its stdin to the end.
fn start_a_child() -> Result<Child, Failure> {
    let child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn();
    let child = child.explained("exec(cat)", None)?;
    note(format!("cat runs, process {}", child.id()));
    Ok(child)
}

/// Closes the child's stdin, and waits for its end.
fn end(mut child: Child) -> Result<(), Failure> {
    child.wait().explained("waitpid()", None)?;
    Ok(())
}

/// The listener at `address`, as the kernel's table knows it.
fn listener_at(address: SocketAddr) -> Option<Entry> {
    let table = kernel::port_table(Transport::Tcp, address.port())?;
    table.into_iter().find(|row| row.state == "LISTEN" && row.local == address)
}

/// The process that has that, and its name.
fn who_listens(address: SocketAddr) -> Option<(String, u32)> {
    kernel::holders().remove(&listener_at(address)?.owner)?.pop()
}

#[cfg(unix)]
fn let_children_inherit(socket: &Socket) -> io::Result<()> {
    socket.set_cloexec(false)
}

/// Not shown elsewhere.
#[cfg(not(unix))]
fn let_children_inherit(_: &Socket) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
