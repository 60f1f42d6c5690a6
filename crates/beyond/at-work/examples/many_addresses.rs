//! A name has several addresses, and the first does not answer. How do I connect?
//!
//! A host with a broken IPv6, or one of three servers that is gone: every new connection waits for
//! minutes, although another address would answer at once.
//!
//! Also: happy eyeballs, RFC 8305, several addresses, multiple addresses, multiple A records, AAAA,
//! IPv6 slow, slow connect, connect takes long, connect timeout, fall back to IPv4, fallback,
//! failover, next address, getaddrinfo, to_socket_addrs, works with curl, DNS round robin.
//!
//! Runs on Linux alone.

use std::io;
use std::io::ErrorKind::{AddrNotAvailable, TimedOut};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use lesson::{Failure, Shown, address_of, must_be, note, say, show};
use question::answer;
use question::setup::{TCP, go_deaf};
use socket2::{Domain, Socket, Type};

/// How long to wait for one address.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long to wait until the next address is tried as well (RFC 8305, Connection Attempt Delay).
const HEAD_START: Duration = Duration::from_millis(250);

fn main() -> ExitCode {
    question::run(include_str!("many_addresses.rs"), many_addresses)
}

fn many_addresses() -> anyhow::Result<()> {
    let [silent, server] = [bound([127, 0, 0, 1])?, bound([127, 0, 0, 3])?];
    let refusing = bound([127, 0, 0, 2])?; // it does not listen
    for listener in [&silent, &server] {
        listener.listen(9).explained("listen(9)", listener)?;
    }
    go_deaf(&silent)?;
    let addresses = [address_of(&silent)?, address_of(&refusing)?, address_of(&server)?];

    say!(
        "Three addresses: the first never answers, the second refuses, the third is right. One \
         after another, each for at most 1 s:"
    );
    let start = Instant::now();
    for address in addresses {
        let client = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
        let ways = [TimedOut, io::ErrorKind::ConnectionRefused];
        let connected = client.connect_timeout(&address.into(), PATIENCE);
        connected.may_fail(&ways, format!("connect({address})"), &client)?;
    }
    must_be("it waited for the first", start.elapsed() > PATIENCE / 2, true)?;
    note("after 1 s or more");

    say!("The next one beside it after 0.25 s, or at once where one fails; the first to answer:");
    let start = Instant::now();
    let client = connect_any(&addresses).explained("connect", None)?;
    show("connect(all three)", &client);
    must_be("connected to", client.peer_addr()?.as_socket(), Some(addresses[2]))?;
    must_be("it took less than 1 s", start.elapsed() < PATIENCE, true)?;
    note("after less than 1 s");
    connect_any(&addresses[1..2]).must_fail("ECONNREFUSED", "connect(the second alone)", None)?;

    answer!(
        "Do not wait for one address before the next is tried: start the next after 250 ms, or at \
         once where one fails, take the first that connects and close the others (RFC 8305, happy \
         eyeballs). Begin with IPv6 and take turns with IPv4. std's TcpStream::connect tries all \
         addresses of a name, but one after another and each for as long as the kernel tries, more \
         than two minutes on Linux. Each attempt needs a limit \
         as well (connect_timeout)."
    );
    Ok(())
}

/// The connection to the first of these addresses that answers; or the last error.
fn connect_any(addresses: &[SocketAddr]) -> io::Result<Socket> {
    let (sender, results) = mpsc::channel();
    let mut end = Err(AddrNotAvailable.into());
    for &address in addresses {
        let sender = sender.clone();
        thread::spawn(move || sender.send(connect(address))); // whoever comes too late is closed
        match results.recv_timeout(HEAD_START) {
            Ok(Ok(client)) => return Ok(client),
            Ok(failed) => end = failed,
            Err(_) => {} // nobody has answered yet: the next one, too
        }
    }
    drop(sender);
    for result in results {
        end = result;
        if end.is_ok() {
            break;
        }
    }
    end
}

fn connect(address: SocketAddr) -> io::Result<Socket> {
    let client = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    client.connect_timeout(&address.into(), PATIENCE)?;
    Ok(client)
}

/// A socket at this address and a port that the kernel picks.
fn bound(ip: [u8; 4]) -> Result<Socket, Failure> {
    let address = SocketAddr::from((ip, 0));
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
    socket.bind(&address.into()).explained(format!("bind({address})"), &socket)?;
    Ok(socket)
}
