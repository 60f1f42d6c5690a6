//! How do I notice that the other machine is gone, and how soon?
//!
//! A cable is pulled, a machine loses its power, a firewall forgets a connection: nobody says
//! goodbye, and a recv waits on.
//!
//! Also: keepalive, keep-alive, SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT,
//! TCP_USER_TIMEOUT, tcp_keepalive_time, tcp_retries2, dead peer, dead connection, idle connection,
//! idle timeout, NAT timeout, connection drops after idle, pulled cable, power loss, TcpKeepalive,
//! set_tcp_keepalive.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: macOS and Windows have keepalive as well, and no TCP_USER_TIMEOUT.

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use lesson::{Failure, Shown, View, address_of, kernel, must_be, note, say, show};
use question::answer;
use question::setup::{TCP, go_deaf, listener};
#[cfg(target_os = "linux")]
use socket2::TcpKeepalive;
use socket2::{Domain, Socket, Type};

const SECOND: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_millis(300);

const PROBES: &str = "setsockopt(SO_KEEPALIVE, …)";
const LIMIT: &str = "setsockopt(TCP_USER_TIMEOUT)";

fn main() -> ExitCode {
    question::run(include_str!("keepalive.rs"), keepalive)
}

fn keepalive() -> anyhow::Result<()> {
    let server = listener(5)?;
    say!("What a new connection has:");
    let (fresh, _server) = connection_to(&server)?;
    show("getsockopt(SO_KEEPALIVE, …)", &fresh);
    must_be("SO_KEEPALIVE", fresh.keepalive()?, false)?;
    let [time, interval, probes] = numbers(&fresh)?;
    let total = time + interval * probes;
    for (name, number) in [("time", time), ("intvl", interval), ("probes", probes)] {
        let setting = kernel::setting(&format!("net/ipv4/tcp_keepalive_{name}"));
        must_be(name, Some(number), setting.or(Some(number)))?;
    }
    note(format!("keepalive: off; {time} s of silence, then {probes} probes, {interval} s apart"));

    say!("A client whose server is gone. Keepalive: 1 s of silence, one probe, and 1 s:");
    let start = Instant::now();
    let (idle, _gone) = deserted(&server)?;
    one_probe(&idle).shown(PROBES, &idle)?;
    say!("One that has sent something, too:");
    let (sending, _gone) = deserted(&server)?;
    one_probe(&sending).explained(PROBES, &sending)?;
    (&sending).write_all(b"x").shown("send(1 byte)", &sending)?;
    say!(
        "One that has sent something and has a TCP_USER_TIMEOUT of 0.3 s, and one with that alone:"
    );
    let (limited, _gone) = deserted(&server)?;
    limit(&limited, PATIENCE).explained(LIMIT, &limited)?;
    (&limited).write_all(b"x").shown("send(1 byte)", &limited)?;
    let (limited_idle, _gone) = deserted(&server)?;
    limit(&limited_idle, PATIENCE).shown(LIMIT, &limited_idle)?;
    say!("And one whose server is there, but hangs. Keepalive as above:");
    let (ignored, _hanging) = connection_to(&server)?;
    one_probe(&ignored).shown(PROBES, &ignored)?;

    say!("Who notices it?");
    (&limited).read(&mut [0]).must_fail("ETIMEDOUT", "recv(1)", &limited)?;
    must_be("after TCP_USER_TIMEOUT", start.elapsed() >= PATIENCE, true)?;
    note("when the next repetition of its byte was due after 0.3 s");
    (&idle).read(&mut [0]).must_fail("ETIMEDOUT", "recv(1)", &idle)?;
    must_be("after time and probe", start.elapsed() > SECOND * 2 - PATIENCE, true)?;
    note("1 s of silence, a probe, and 1 s without an answer to it");
    sending.set_read_timeout(Some(PATIENCE)).explained("setsockopt(SO_RCVTIMEO)", &sending)?;
    (&sending).read(&mut [0]).must_fail("EAGAIN", "recv(1)", &sending)?;
    note("its byte is repeated instead: no probes while data is unacknowledged");
    show("TCP_USER_TIMEOUT alone", &limited_idle);
    show("a server that does nothing", &ignored);
    for client in [&sending, &limited_idle, &ignored] {
        must_be("its state", View::of(client).state, Some("ESTABLISHED"))?;
    }

    answer!(
        "On an idle connection only by keepalive, which is off, and takes {total} s with the numbers \
         of this system: set your own (set_tcp_keepalive), such as 60 s, 10 s and 3 probes. While \
         something that was sent is unacknowledged there are no probes, and the kernel repeats it, \
         by default for a quarter of an hour (net.ipv4.tcp_retries2): set TCP_USER_TIMEOUT, too. \
         Both end with ETIMEDOUT, or the second with EHOSTUNREACH, where a router reports that \
         nobody is there. A program that hangs while its kernel answers is noticed \
         only by a timeout of your own: ask for an answer now and then."
    );
    Ok(())
}

/// Both ends of a connection. No row.
fn connection_to(listener: &Socket) -> Result<(Socket, Socket), Failure> {
    let target = address_of(listener)?;
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
    client.connect(&target.into()).explained(format!("connect({target})"), &client)?;
    // So that no recv here waits for ever.
    client.set_read_timeout(Some(SECOND * 9)).explained("setsockopt(SO_RCVTIMEO)", &client)?;
    let (server, _) = listener.accept().explained("accept()", listener)?;
    Ok((client, server))
}

/// The same; and from now on the server hears nothing, and so answers nothing.
fn deserted(listener: &Socket) -> Result<(Socket, Socket), Failure> {
    let (client, server) = connection_to(listener)?;
    go_deaf(&server)?;
    Ok((client, server))
}

/// Switches keepalive on: after a second of silence a probe, and a second later the end.
#[cfg(target_os = "linux")]
fn one_probe(socket: &Socket) -> io::Result<()> {
    let keepalive = TcpKeepalive::new().with_time(SECOND).with_interval(SECOND).with_retries(1);
    socket.set_tcp_keepalive(&keepalive)
}

#[cfg(target_os = "linux")]
fn limit(socket: &Socket, patience: Duration) -> io::Result<()> {
    socket.set_tcp_user_timeout(Some(patience))
}

/// The seconds before the first probe and between two, and how many probes there are.
#[cfg(target_os = "linux")]
fn numbers(socket: &Socket) -> io::Result<[u32; 3]> {
    let seconds = |time: Duration| time.as_secs() as u32;
    let [time, interval] = [socket.tcp_keepalive_time()?, socket.tcp_keepalive_interval()?];
    Ok([seconds(time), seconds(interval), socket.tcp_keepalive_retries()?])
}

#[cfg(not(target_os = "linux"))]
fn one_probe(_: &Socket) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(target_os = "linux"))]
fn limit(_: &Socket, _: Duration) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(target_os = "linux"))]
fn numbers(_: &Socket) -> io::Result<[u32; 3]> {
    Err(io::ErrorKind::Unsupported.into())
}
