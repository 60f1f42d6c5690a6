//! systemd opens the port for my server. How does the server get the socket?
//!
//! With socket activation the server binds nothing: it is started with a listener that is there
//! already, in which clients may wait.
//!
//! Also: LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES, sd_listen_fds, SD_LISTEN_FDS_START, listenfd, socket
//! unit, .socket, systemd-socket-activate, inetd, launchd, inherit a listener, restart without
//! refused connections, zero downtime restart, take over a listening socket, from_raw_fd, ENOTSOCK.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: on macOS launchd hands the listener over, by launch_activate_socket; there are no such
//! variables.

use std::io::{Read, Write};
use std::process::{self, Command, ExitCode};
use std::{env, io};

use anyhow::ensure;
use lesson::output::complain_of;
use lesson::{
    Shown, View, address_of, descriptor, must_be, note, say, show, show_received, wait_until,
};
use question::answer;
use question::child::in_child;
use question::setup::{client_of, listener};
use socket2::{Socket, Type};

fn main() -> ExitCode {
    // This program is both: what starts the server, and the server.
    match env::var("LISTEN_FDS") {
        Ok(count) if is_for_this_process() => match serve(&count) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                complain_of(&error);
                ExitCode::FAILURE
            }
        },
        _ => question::run(include_str!("socket_activation.rs"), socket_activation),
    }
}

fn socket_activation() -> anyhow::Result<()> {
    say!("What systemd does: it binds and listens; no server runs, and a client connects already:");
    let socket = listener(8)?;
    let mut client = client_of(&socket)?;
    client.write_all(b"hello").shown("send(5 bytes)", &client)?;
    show("the listener", &socket);

    say!("Now it starts the server, with the listener as descriptor 3:");
    in_child(|| Err(become_the_server(&socket).into()))?;

    say!("The server has ended. Its client has the answer, and the next one can connect:");
    wait_until(|| View::of(&client).state == Some("CLOSE_WAIT"));
    let mut buffer = [0; 8];
    let length = client.read(&mut buffer).shown("recv(8)", &client)?;
    show_received(&buffer[..length]);
    must_be("the answer", &buffer[..length], b"HELLO".as_slice())?;
    let _next = client_of(&socket)?;
    show("the listener", &socket);
    let waiting = View::of(&socket).queue.map(|queue| queue.length);
    must_be("the clients that wait", waiting, Some(1))?;

    answer!(
        "The listeners are descriptors 3, 4 and so on, as many as LISTEN_FDS says, and meant for \
         the process that LISTEN_PID names: compare it with your own, since children inherit the \
         variables. Ask whether descriptor 3 is the listener that you expect, make it close-on-exec, \
         and accept; do not call bind or listen, and do not unlink the file of a Unix socket. As \
         systemd keeps its own descriptor, no client is refused while the server starts or is \
         restarted. To try it: `systemd-socket-activate -l 8080 ./server`; the crate listenfd takes \
         the sockets."
    );
    Ok(())
}

/// Whether LISTEN_PID names this process.
fn is_for_this_process() -> bool {
    env::var("LISTEN_PID").is_ok_and(|number| number == process::id().to_string())
}

/// The server: it takes the listener, serves one client, and ends.
fn serve(count: &str) -> anyhow::Result<()> {
    let listener = descriptor_3().explained("fcntl(3, F_SETFD, FD_CLOEXEC)", None)?;
    let kind = listener.r#type().explained("getsockopt(3, SO_TYPE)", None)?;
    ensure!(kind == Type::STREAM, "descriptor 3 is no TCP socket");
    ensure!(kernel::is_listening(&listener) == Some(true), "descriptor 3 does not listen");
    show("descriptor 3", &listener);
    note(format!("LISTEN_FDS={count}, and LISTEN_PID names this process"));
    must_be("its number", descriptor(&listener), 3)?;
    let address = address_of(&listener)?;
    let (mut connection, _) = listener.accept().shown_as("accept()")?;
    let mut question = [0; 5];
    connection.read_exact(&mut question).shown("recv(5)", &connection)?;
    show_received(&question);
    question.make_ascii_uppercase();
    connection.write_all(&question).shown("send(5 bytes)", &connection)?;
    must_be("the server's address", address_of(&connection)?, address)?;
    Ok(())
}

/// Takes what this process was started with, and keeps it from the programs that it will start.
#[cfg(unix)]
fn descriptor_3() -> io::Result<Socket> {
    use std::os::fd::FromRawFd;
    // SAFETY: fcntl takes numbers, and fails where 3 is closed; LISTEN_FDS says that it is meant for
    // this process, and nobody else here uses it.
    unsafe {
        kernel::check(libc::fcntl(3, libc::F_SETFD, libc::FD_CLOEXEC))?;
        Ok(Socket::from_raw_fd(3))
    }
}

/// Runs this program again, in this very process, with the variables and the listener. Its number
/// stays the same.
#[cfg(unix)]
fn become_the_server(listener: &Socket) -> io::Error {
    use std::os::fd::AsRawFd;
    use std::os::unix::process::CommandExt;
    let number = listener.as_raw_fd();
    // A copy by dup2 is not close-on-exec; where the number is 3 already, none is made.
    let ready = match number {
        3 => listener.set_cloexec(false),
        // SAFETY: dup2 takes numbers, and nothing in this process needs 3 any more.
        _ => kernel::check(unsafe { libc::dup2(number, 3) }),
    };
    let variables = [("LISTEN_FDS", "1".to_string()), ("LISTEN_PID", process::id().to_string())];
    ready.map_or_else(|error| error, |()| Command::new("/proc/self/exe").envs(variables).exec())
}

/// Not shown elsewhere.
#[cfg(not(unix))]
fn descriptor_3() -> io::Result<Socket> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(unix))]
fn become_the_server(_: &Socket) -> io::Error {
    let _ = Command::new("sh");
    io::ErrorKind::Unsupported.into()
}
