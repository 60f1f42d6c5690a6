//! Programs whose calls fail, or tell of the failure of an earlier one.

use std::fs::{self, Permissions};
use std::io::{self, Read};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, exit};

use socket2::{Domain, SockAddr, Socket, Type};

/// Runs one of these programs; `None` if there is none of that name.
pub fn run(words: &[&str]) -> Option<io::Result<()>> {
    Some(match words {
        ["later"] => later(),
        ["peers"] => peers(),
        ["unix"] => unix(),
        ["unix-rights"] => unix_rights(),
        ["unix-tried"] => unix_tried(),
        ["holder", "itself"] => itself(),
        ["holder", "datagrams"] => datagrams(),
        ["holder", "both-families"] => both_families(),
        ["holder", "bound"] => bound_only(),
        ["holder", "child"] => child_has(),
        ["holder", "parent"] => parent_has(),
        ["holder", "client"] => client_has(),
        ["holder", "accepted"] => accepted_has(),
        ["handed-over", process] => handed_over(process),
        ["was-handed-over"] => was_handed_over(),
        ["bind-to", address] => bind_to(address),
        ["no-listener"] => no_listener(),
        _ => return None,
    })
}

fn tcp() -> io::Result<Socket> {
    Socket::new(Domain::IPV4, Type::STREAM, None)
}

fn listener() -> io::Result<Socket> {
    let listener = tcp()?;
    listener.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    listener.listen(8)?;
    Ok(listener)
}

/// An address at which nobody listens: the socket is only bound.
fn nobody() -> io::Result<(Socket, SockAddr)> {
    let bound = tcp()?;
    bound.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    let address = bound.local_addr()?;
    Ok((bound, address))
}

#[track_caller]
fn fails<T: std::fmt::Debug>(result: io::Result<T>, number: i32) {
    assert_eq!(result.expect_err("it fails").raw_os_error(), Some(number));
}

fn wait_for(socket: &Socket, events: i16) {
    let mut asked = libc::pollfd { fd: socket.as_raw_fd(), events, revents: 0 };
    // SAFETY: it reads and writes one pollfd.
    assert_eq!(unsafe { libc::poll(&mut asked, 1, 30_000) }, 1);
}

/// Three errors that come later: of a connect by SO_ERROR on a copy of its descriptor, and by recv;
/// of a datagram by SO_ERROR.
fn later() -> io::Result<()> {
    let (_bound, address) = nobody()?;
    let client = || {
        let client = tcp()?;
        client.set_nonblocking(true)?;
        fails(client.connect(&address), libc::EINPROGRESS);
        wait_for(&client, libc::POLLOUT);
        io::Result::Ok(client)
    };
    let copy = client()?.try_clone()?;
    assert_eq!(copy.take_error()?.and_then(|e| e.raw_os_error()), Some(libc::ECONNREFUSED));
    fails(client()?.read(&mut [0; 8]), libc::ECONNREFUSED);
    let udp = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    udp.connect(&address)?;
    udp.send(b"x")?;
    wait_for(&udp, 0); // POLLERR comes unasked
    assert_eq!(udp.take_error()?.and_then(|e| e.raw_os_error()), Some(libc::ECONNREFUSED));
    Ok(())
}

/// Asks sockets without a peer for it: one that was never connected, a listener, one after a reset;
/// then as Python does before it closes what was left open.
fn peers() -> io::Result<()> {
    let listener = listener()?;
    let client = tcp()?;
    // As a shell asks when it starts; it is not shown.
    fails(socket2::SockRef::from(&io::stdin()).peer_addr(), libc::ENOTSOCK);
    fails(client.peer_addr(), libc::ENOTCONN);
    fails(listener.peer_addr(), libc::ENOTCONN);
    client.connect(&listener.local_addr()?)?;
    client.peer_addr()?;
    let (connection, _) = listener.accept()?;
    connection.set_linger(Some(std::time::Duration::ZERO))?;
    drop(connection);
    wait_for(&client, libc::POLLIN);
    fails(client.peer_addr(), libc::ENOTCONN);
    listener.local_addr()?;
    fails(listener.peer_addr(), libc::ENOTCONN);
    drop(listener);
    Ok(())
}

fn unix_socket(kind: Type) -> io::Result<Socket> {
    Socket::new(Domain::UNIX, kind, None)
}

/// What goes wrong with Unix sockets, in the current folder, which is empty.
fn unix() -> io::Result<()> {
    let stream = || unix_socket(Type::STREAM);
    // A file that is left over.
    let left_over = SockAddr::unix("left-over")?;
    stream()?.bind(&left_over)?;
    fails(stream()?.connect(&left_over), libc::ECONNREFUSED);
    fails(stream()?.bind(&left_over), libc::EADDRINUSE);
    fails(stream()?.connect(&SockAddr::unix("missing")?), libc::ENOENT);
    fails(stream()?.bind(&SockAddr::unix("no-folder/socket")?), libc::ENOENT);
    // What is no socket.
    fs::write("text", "")?;
    fails(stream()?.connect(&SockAddr::unix("text")?), libc::ECONNREFUSED);
    fails(stream()?.bind(&SockAddr::unix("text")?), libc::EADDRINUSE);
    // A listener, and its queue.
    let (server, at) = (stream()?, SockAddr::unix("server")?);
    server.bind(&at)?;
    fails(stream()?.connect(&at), libc::ECONNREFUSED);
    server.listen(0)?;
    fails(stream()?.bind(&at), libc::EADDRINUSE);
    fails(server.bind(&SockAddr::unix("again")?), libc::EINVAL);
    fails(unix_socket(Type::DGRAM)?.connect(&at), libc::EPROTOTYPE);
    let clients = (0..2).map(|_| stream()).collect::<io::Result<Vec<_>>>()?;
    clients.iter().try_for_each(|client| client.set_nonblocking(true))?;
    clients[0].connect(&at)?;
    fails(clients[1].connect(&at), libc::EAGAIN);
    // A receiver's queue.
    let (receiver, at) = (unix_socket(Type::DGRAM)?, SockAddr::unix("receiver")?);
    receiver.bind(&at)?;
    let sender = unix_socket(Type::DGRAM)?;
    sender.set_nonblocking(true)?;
    while sender.send_to(b"x", &at).is_ok() {}
    fails(sender.send(b"x"), libc::ENOTCONN);
    // Abstract names.
    let name = format!("\0xray-{}", std::process::id());
    let name = SockAddr::unix(name)?;
    fails(stream()?.connect(&name), libc::ECONNREFUSED);
    let name = SockAddr::unix(format!("\0other-{}", std::process::id()))?;
    let packets = unix_socket(Type::SEQPACKET)?;
    packets.bind(&name)?;
    packets.listen(1)?;
    fails(stream()?.connect(&name), libc::ECONNREFUSED);
    too_long()?;
    // Nothing to receive is no failure.
    let (left, _right) = Socket::pair(Domain::UNIX, Type::STREAM, None)?;
    left.set_nonblocking(true)?;
    fails((&left).read(&mut [0; 8]), libc::EAGAIN);
    Ok(())
}

/// A path of more than 108 bytes, which socket2 does not pass on.
fn too_long() -> io::Result<()> {
    let socket = unix_socket(Type::STREAM)?;
    let mut address = [b'a'; 2 + 120];
    address[..2].copy_from_slice(&(libc::AF_UNIX as u16).to_ne_bytes());
    // SAFETY: the kernel reads no more than so many bytes.
    let result = unsafe {
        libc::bind(socket.as_raw_fd(), address.as_ptr().cast(), address.len() as libc::socklen_t)
    };
    assert_eq!(result, -1);
    fails(Err::<(), _>(io::Error::last_os_error()), libc::EINVAL);
    Ok(())
}

/// A socket's file and a folder that may not be written.
fn unix_rights() -> io::Result<()> {
    let (server, at) = (unix_socket(Type::STREAM)?, SockAddr::unix("server")?);
    server.bind(&at)?;
    server.listen(1)?;
    fs::set_permissions("server", Permissions::from_mode(0o444))?;
    fs::set_permissions(".", Permissions::from_mode(0o555))?;
    // SAFETY: these take numbers; root gives up its rights, and others have none of these.
    unsafe {
        if libc::geteuid() == 0 {
            assert_eq!(libc::setuid(65534), 0);
        }
    }
    fails(unix_socket(Type::STREAM)?.connect(&at), libc::EACCES);
    fails(unix_socket(Type::STREAM)?.bind(&SockAddr::unix("mine")?), libc::EACCES);
    let packets = Socket::new(Domain::from(libc::AF_PACKET), Type::DGRAM, None);
    fails(packets, libc::EPERM);
    Ok(())
}

/// A service that the C library tries, and most machines do not have.
fn unix_tried() -> io::Result<()> {
    let nobody = SockAddr::unix("/var/run/nscd/no-such-socket")?;
    unix_socket(Type::STREAM)?.connect(&nobody).expect_err("it is not there");
    Ok(())
}

/// Binds to what it has itself.
fn itself() -> io::Result<()> {
    let listener = listener()?;
    fails(tcp()?.bind(&listener.local_addr()?), libc::EADDRINUSE);
    Ok(())
}

/// A child has inherited a UDP socket.
fn datagrams() -> io::Result<()> {
    let udp = || Socket::new(Domain::IPV4, Type::DGRAM, None);
    let socket = udp()?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    let address = socket.local_addr()?;
    beside_a_child(|| {
        drop(socket);
        fails(udp()?.bind(&address), libc::EADDRINUSE);
        Ok(())
    })
}

/// Binds over IPv4 to what a socket for both families has.
fn both_families() -> io::Result<()> {
    let listener = Socket::new(Domain::IPV6, Type::STREAM, None)?;
    listener.set_only_v6(false)?;
    listener.bind(&SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)).into())?;
    listener.listen(1)?;
    let port = listener.local_addr()?.as_socket().expect("IP").port();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    fails(tcp()?.bind(&address.into()), libc::EADDRINUSE);
    Ok(())
}

/// Does it while a child waits, which has what this process has now.
fn beside_a_child(what: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    let (ours, mut theirs) = std::os::unix::net::UnixStream::pair()?;
    // SAFETY: this process has one thread.
    match unsafe { libc::fork() } {
        -1 => return Err(io::Error::last_os_error()),
        0 => {
            drop(ours);
            let _ = theirs.read(&mut [0; 1]); // until the parent has had enough, or has ended
            exit(0);
        }
        _ => drop(theirs),
    }
    what()?;
    drop(ours);
    // SAFETY: it is given no place for the status.
    unsafe { libc::wait(std::ptr::null_mut()) };
    Ok(())
}

fn bind_to(address: &str) -> io::Result<()> {
    let address: SocketAddr = address.parse().expect("an address");
    fails(tcp()?.bind(&address.into()), libc::EADDRINUSE);
    Ok(())
}

fn bound_only() -> io::Result<()> {
    let (_bound, address) = nobody()?;
    fails(tcp()?.bind(&address), libc::EADDRINUSE);
    Ok(())
}

/// A child has inherited the listener, which its parent has closed.
fn child_has() -> io::Result<()> {
    let listener = listener()?;
    let address = listener.local_addr()?;
    beside_a_child(|| {
        drop(listener);
        fails(tcp()?.bind(&address), libc::EADDRINUSE);
        Ok(())
    })
}

/// A child binds to what its parent has, and it has not.
fn parent_has() -> io::Result<()> {
    let listener = listener()?;
    let address = listener.local_addr()?;
    // SAFETY: this process has one thread.
    match unsafe { libc::fork() } {
        -1 => return Err(io::Error::last_os_error()),
        0 => {
            drop(listener);
            fails(tcp()?.bind(&address), libc::EADDRINUSE);
            exit(0);
        }
        _ => {}
    }
    // SAFETY: it is given no place for the status.
    unsafe { libc::wait(std::ptr::null_mut()) };
    Ok(())
}

/// Binds to the port of a client.
fn client_has() -> io::Result<()> {
    let listener = listener()?;
    let client = tcp()?;
    client.connect(&listener.local_addr()?)?;
    fails(tcp()?.bind(&client.local_addr()?), libc::EADDRINUSE);
    Ok(())
}

/// Binds to the port of a connection that a listener has accepted before it was closed.
fn accepted_has() -> io::Result<()> {
    let listener = listener()?;
    let address = listener.local_addr()?;
    let client = tcp()?;
    client.connect(&address)?;
    let _connection = listener.accept()?;
    drop(listener);
    fails(tcp()?.bind(&address), libc::EADDRINUSE);
    Ok(())
}

/// Hands its listener over as socket activation does, to itself: descriptor 3, and two variables.
fn handed_over(process: &str) -> io::Result<()> {
    let listener = listener()?;
    assert_eq!(listener.as_raw_fd(), 3, "it is the first socket");
    listener.set_cloexec(false)?;
    let own = std::process::id().to_string();
    let process = if process == "own" { &own } else { process };
    let mut again = Command::new(std::env::current_exe()?);
    again.arg("was-handed-over").env("LISTEN_FDS", "1").env("LISTEN_PID", process);
    Err(again.exec())
}

fn was_handed_over() -> io::Result<()> {
    // SAFETY: it was handed over, and nobody else here knows of it.
    let listener = unsafe { Socket::from_raw_fd(3) };
    fails(tcp()?.bind(&listener.local_addr()?), libc::EADDRINUSE);
    Ok(())
}

/// Takes what is no listener for one: a file, a connection; and binds what is one already.
fn no_listener() -> io::Result<()> {
    let file = fs::File::open("/dev/null")?;
    // SAFETY: accept is given a number, and nowhere to write.
    let result =
        unsafe { libc::accept(file.as_raw_fd(), std::ptr::null_mut(), std::ptr::null_mut()) };
    assert_eq!(result, -1);
    let listener = listener()?;
    let client = tcp()?;
    client.connect(&listener.local_addr()?)?;
    let (connection, _) = listener.accept()?;
    fails(connection.accept(), libc::EINVAL);
    fails(listener.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()), libc::EINVAL);
    Ok(())
}
