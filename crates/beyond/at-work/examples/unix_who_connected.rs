//! Which program, and whose, is at the other end of a Unix socket?
//!
//! accept returns no address that would tell: clients have no name. A server that does what root
//! may do, for instance, has to know who asks.
//!
//! Also: SO_PEERCRED, ucred, peer credentials, peer_cred, pid of the client, uid of the client,
//! getpeereid, LOCAL_PEERCRED, SCM_CREDENTIALS, SO_PASSCRED, SO_PEERPIDFD, who connected to my Unix
//! socket, authenticate local clients, peer authentication.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: macOS and the BSDs have getpeereid, which tells user and group, but no process.

use std::io::Read;
use std::process::{self, ExitCode};

use lesson::{Failure, Shown, must_be, note, say};
use question::answer;
use question::child::{give_up_rights, in_child};
use question::setup::connection;
use socket2::{Domain, SockAddr, Socket, Type};

const UNIX: &str = "socket(AF_UNIX, SOCK_STREAM)";

fn main() -> ExitCode {
    question::run(include_str!("unix_who_connected.rs"), unix_who_connected)
}

fn unix_who_connected() -> anyhow::Result<()> {
    let this = process::id();
    let name = format!("process {:05}", this % 100_000);
    let address = SockAddr::unix(format!("\0{name}"))?;
    let server = Socket::new(Domain::UNIX, Type::STREAM, None).explained(UNIX, None)?;
    server.bind(&address).shown(format!("bind(@{name})"), &server)?;
    server.listen(2).shown("listen(2)", &server)?;
    let connect = || -> Result<Socket, Failure> {
        let client = Socket::new(Domain::UNIX, Type::STREAM, None).explained(UNIX, None)?;
        client.connect(&address).shown(format!("connect(@{name})"), &client)?;
        Ok(client)
    };

    say!("A child process connects, becomes another user if it may, sends its number, and ends:");
    in_child(|| {
        let client = connect()?;
        let _ = give_up_rights();
        client.send(&process::id().to_ne_bytes()).shown("send(4 bytes)", &client)?;
        Ok(())
    })?;
    let (connection_of_child, _) = server.accept().shown_as("accept()")?;
    let peer = peer_of(&connection_of_child)?;
    must_be("its process", peer.process, received_number(&connection_of_child)?)?;
    must_be("its user and group", (peer.user, peer.group), credentials::ours())?;
    note("its number, and user and group as they were when it connected");

    say!("This process connects, and a child, which has inherited the connection, sends:");
    let client = connect()?;
    in_child(|| {
        client.send(&process::id().to_ne_bytes()).shown("send(4 bytes)", &client)?;
        Ok(())
    })?;
    let (inherited, _) = server.accept().shown_as("accept()")?;
    let sender = received_number(&inherited)?;
    let peer = peer_of(&inherited)?;
    must_be("who is told", peer.process, this)?;
    must_be("whether that is who has sent", peer.process == sender, false)?;
    note("the number is that of the process that connected");

    say!("The client may ask as well, and is told who called listen:");
    must_be("the server", peer_of(&client)?.process, this)?;

    say!("TCP brings none of this, not even within one machine:");
    let (_client, connection) = connection()?;
    let peer = peer_of(&connection)?;
    must_be("its peer", (peer.process, peer.user, peer.group), (0, u32::MAX, u32::MAX))?;
    note("number 0, user -1, group -1: nothing is known");

    answer!(
        "Ask for SO_PEERCRED: the kernel says which process, user and group connected. It is as of \
         that call: the process may have ended, given up its rights or handed the connection on. So \
         decide by the user, and take the process's number for the log alone, as it may be another \
         one's by now. For a TCP connection ask for a password, a token or a certificate."
    );
    Ok(())
}

/// Receives the four bytes of a number.
fn received_number(mut connection: &Socket) -> Result<u32, Failure> {
    let mut bytes = [0; 4];
    connection.read_exact(&mut bytes).shown("recv(4)", connection)?;
    Ok(u32::from_ne_bytes(bytes))
}

/// What the kernel says about the other end; 0 and `u32::MAX` where it does not know.
struct Peer {
    process: u32,
    user: u32,
    group: u32,
}

/// Who connected this connection, or called listen for it. One row.
fn peer_of(connection: &Socket) -> Result<Peer, Failure> {
    credentials::of(connection).shown("getsockopt(SO_PEERCRED)", connection)
}

#[cfg(target_os = "linux")]
mod credentials {
    use std::io;
    use std::os::fd::AsRawFd;

    use libc::{SO_PEERCRED, SOL_SOCKET};
    use socket2::Socket;

    use super::Peer;

    /// `SO_PEERCRED`, unix(7).
    pub fn of(socket: &Socket) -> io::Result<Peer> {
        let mut it = libc::ucred { pid: 0, uid: 0, gid: 0 };
        let mut size = size_of_val(&it) as libc::socklen_t;
        let (fd, place) = (socket.as_raw_fd(), (&raw mut it).cast());
        // SAFETY: the kernel writes at most `size` bytes, which are three integers.
        kernel::check(unsafe { libc::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, place, &mut size) })?;
        Ok(Peer { process: it.pid.unsigned_abs(), user: it.uid, group: it.gid })
    }

    /// The user and group of this process.
    pub fn ours() -> (u32, u32) {
        // SAFETY: they return numbers, and cannot fail.
        unsafe { (libc::geteuid(), libc::getegid()) }
    }
}

/// Not shown elsewhere.
#[cfg(not(target_os = "linux"))]
mod credentials {
    use std::io::{self, ErrorKind::Unsupported};

    use socket2::Socket;

    pub fn of(_: &Socket) -> io::Result<super::Peer> {
        Err(Unsupported.into())
    }

    pub fn ours() -> (u32, u32) {
        (0, 0)
    }
}
