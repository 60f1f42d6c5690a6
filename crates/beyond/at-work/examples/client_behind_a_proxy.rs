//! Which client is it really, behind a proxy?
//!
//! Behind nginx, HAProxy or a load balancer every connection comes from the same address: the
//! proxy's.
//!
//! Also: real IP, client IP behind a load balancer, X-Forwarded-For, Forwarded, PROXY protocol,
//! proxy_protocol, send-proxy, X-Real-IP, set_real_ip_from, remote address, source IP lost, all
//! clients have the same IP, rate limit by IP, log the client's address, reverse proxy, HAProxy,
//! nginx, AWS ELB, NLB, docker gateway address, spoofed IP.
//!
//! Runs on Linux and Windows alone.
//!
//! Elsewhere: only Linux and Windows have all of 127.x.x.x; macOS has only 127.0.0.1.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use lesson::{Failure, Shown, address_of, must_be, note, say};
use question::answer;
use question::setup::{ANY_PORT, TCP, client_of, listener};
use socket2::{Domain, Socket, Type};

/// The proxy's address, as the server has it from its configuration.
const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// The longest line of the protocol, with its end.
const LONGEST: u64 = 107;

fn main() -> ExitCode {
    question::run(include_str!("client_behind_a_proxy.rs"), client_behind_a_proxy)
}

fn client_behind_a_proxy() -> anyhow::Result<()> {
    let (server, proxy) = (listener(1)?, listener(1)?);
    without_a_word(&server, &proxy)?;
    with_a_line(&server, &proxy)?;

    say!("Somebody who goes around the proxy can write such a line as well:");
    let mut liar = client_of(&server)?;
    let lie = b"PROXY TCP4 198.51.100.7 127.0.0.1 40000 80\r\n";
    liar.write_all(lie).shown(format!("send({} bytes)", lie.len()), &liar)?;
    let refusal = accept_from_proxy(&server).err();
    let kind = refusal.as_ref().map(io::Error::kind);
    must_be("what the server makes of it", kind, Some(ErrorKind::PermissionDenied))?;
    refusal.iter().for_each(note);

    for (line, client) in [
        ("PROXY TCP6 2001:db8::1 2001:db8::2 40000 80\r\n", Some("[2001:db8::1]:40000")),
        ("PROXY UNKNOWN\r\n", None),
    ] {
        let expected = client.map(str::parse).transpose()?;
        must_be(line, client_in(line), Some(expected))?;
    }
    for line in ["hello\n", "PROXY TCP4 198.51.100.7\r\n", "PROXY TCP4 ::1 ::1 40000 80\r\n"] {
        must_be(line, client_in(line), None)?;
    }

    answer!(
        "accept's address is that of the proxy's own connection; the client's was never in these \
         packets. So the proxy has to say it: over TCP by the PROXY protocol, whose first line is \
         switched on at both ends (nginx: proxy_protocol; HAProxy: send-proxy), and over HTTP by \
         the header X-Forwarded-For or Forwarded. Both are mere words, which anybody can write: \
         believe them from your own proxy's address alone, and of several addresses in a header \
         only what your own proxies have added, from the right."
    );
    Ok(())
}

fn without_a_word(server: &Socket, proxy: &Socket) -> anyhow::Result<()> {
    say!("The client asks the proxy, and the proxy (at {PROXY}) asks the server:");
    let client = asking_client(proxy)?;
    let _proxy_ends = pass_on(proxy, server, false)?;
    let (connection, from) = server.accept().explained("accept()", server)?;
    let mut connection = BufReader::new(connection);
    let line = next_line(&mut connection)?;
    lesson::show("accept(), recv", connection.get_ref());
    let from = from.as_socket().unwrap_or(ANY_PORT);
    note(format!("from {from}, but the client is {}", address_of(&client)?));
    must_be("who is at the other end", from.ip(), PROXY)?;
    must_be("what came", line, "hello\n".to_string())?;
    Ok(())
}

fn with_a_line(server: &Socket, proxy: &Socket) -> anyhow::Result<()> {
    say!("A proxy that speaks the PROXY protocol sends a line first:");
    let client = asking_client(proxy)?;
    let _proxy_ends = pass_on(proxy, server, true)?;
    let (mut connection, real) = accept_from_proxy(server)?;
    note(format!("the client is {real}"));
    must_be("the client", real, address_of(&client)?)?;
    must_be("what follows the line", next_line(&mut connection)?, "hello\n".to_string())?;
    Ok(())
}

/// A client of the proxy that has sent a line.
fn asking_client(proxy: &Socket) -> Result<Socket, Failure> {
    let mut client = client_of(proxy)?;
    client.write_all(b"hello\n").shown("send(6 bytes)", &client)?;
    Ok(client)
}

/// The proxy: takes the next client, connects to the server, and passes on what the client has sent;
/// first, if it is to, a line that says which client it is. Returns its two connections.
fn pass_on(proxy: &Socket, server: &Socket, with_line: bool) -> Result<[Socket; 2], Failure> {
    let (mut client, from) = proxy.accept().explained("accept()", proxy)?;
    let mut bytes = [0; 64];
    let length = client.read(&mut bytes).shown("accept(), recv(64)", &client)?;
    let mut onward = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
    onward.bind(&SocketAddr::from((PROXY, 0)).into()).explained("bind", &onward)?;
    let target = address_of(server)?;
    onward.connect(&target.into()).shown(format!("connect({target})"), &onward)?;
    let mut message = bytes[..length].to_vec();
    let mut said = format!("{:?}", String::from_utf8_lossy(&message));
    if with_line {
        let (from, to) = (from.as_socket().unwrap_or(ANY_PORT), address_of(proxy)?);
        let line = format!("TCP4 {} {} {} {}", from.ip(), to.ip(), from.port(), to.port());
        message = [format!("PROXY {line}\r\n").as_bytes(), &message].concat();
        said = format!("PROXY TCP4, from {from} to {to}, and after the line: {said}");
    }
    onward.write_all(&message).shown(format!("send({} bytes)", message.len()), &onward)?;
    note(said);
    Ok([client, onward])
}

/// The next connection, which must come from the proxy, and the client for which it stands.
fn accept_from_proxy(server: &Socket) -> io::Result<(BufReader<Socket>, SocketAddr)> {
    let (connection, from) = server.accept()?;
    let from = from.as_socket().ok_or(ErrorKind::InvalidInput)?;
    if from.ip() != PROXY {
        let error = format!("refused: {} is not the proxy", from.ip());
        return Err(io::Error::new(ErrorKind::PermissionDenied, error));
    }
    // A proxy that sends nothing must not hold up a server: set a limit.
    connection.set_read_timeout(Some(Duration::from_secs(2)))?;
    let mut connection = BufReader::new(connection);
    let line = next_line(&mut connection)?;
    lesson::show("accept(), recv", connection.get_ref());
    match client_in(&line) {
        Some(client) => Ok((connection, client.unwrap_or(from))),
        None => Err(io::Error::new(ErrorKind::InvalidData, "no line of the PROXY protocol")),
    }
}

fn next_line(connection: &mut BufReader<Socket>) -> io::Result<String> {
    let mut line = String::new();
    connection.take(LONGEST).read_line(&mut line)?;
    Ok(line)
}

/// The client in a line of the PROXY protocol, version 1; within it `None` where the proxy names
/// none, as when it looks whether the server lives.
fn client_in(line: &str) -> Option<Option<SocketAddr>> {
    let words: Vec<&str> = line.strip_suffix("\r\n")?.split(' ').collect();
    match words[..] {
        ["PROXY", "UNKNOWN", ..] => Some(None),
        ["PROXY", family, from, to, from_port, to_port] => {
            let client = SocketAddr::new(from.parse().ok()?, from_port.parse().ok()?);
            let target = SocketAddr::new(to.parse().ok()?, to_port.parse().ok()?);
            let fits = family == if client.is_ipv4() { "TCP4" } else { "TCP6" };
            (fits && client.is_ipv4() == target.is_ipv4()).then_some(Some(client))
        }
        _ => None,
    }
}
