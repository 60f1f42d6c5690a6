//! How large should SO_RCVBUF and SO_SNDBUF be?
//!
//! Somebody has set them to 64 KiB to make it faster, and over a long line it is slow since then.
//!
//! Also: buffer size, receive buffer, send buffer size, SO_RCVBUF, SO_SNDBUF, set_recv_buffer_size,
//! set_send_buffer_size, setsockopt buffer doubled, rmem_max, wmem_max, tcp_rmem, tcp_wmem,
//! autotuning, auto-tuning, window scale, window scaling, TCP window, throughput, slow upload, slow
//! download, bandwidth-delay product, socket buffer.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: macOS and Windows give what was asked for, and do not double it.

use std::io::{self, Read};
use std::process::ExitCode;
use std::time::Duration;

use lesson::{Failure, Shown, kernel, must_be, note, say, show, wait_until};
use question::answer;
use question::setup::{ANY_PORT, TCP, client_of, connection, go_deaf};
use socket2::{Domain, Socket, Type};

const RECEIVE: &str = "setsockopt(SO_RCVBUF)";
const SEND: &str = "setsockopt(SO_SNDBUF)";
const SMALL: usize = 10_000;

fn main() -> ExitCode {
    question::run(include_str!("buffer_sizes.rs"), buffer_sizes)
}

fn buffer_sizes() -> anyhow::Result<()> {
    say!("Twice what one asks for, as the kernel's own records go into it as well:");
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
    socket.set_recv_buffer_size(SMALL).shown("setsockopt(SO_RCVBUF, 10000)", &socket)?;
    note(format!("getsockopt(SO_RCVBUF): {}", socket.recv_buffer_size()?));
    must_be("SO_RCVBUF", socket.recv_buffer_size()?, 2 * SMALL)?;
    say!("And not more than twice net.core.rmem_max, without an error:");
    let much = 1 << 30;
    socket.set_recv_buffer_size(much).shown("setsockopt(SO_RCVBUF, 1 GiB)", &socket)?;
    let got = socket.recv_buffer_size()?;
    let most = kernel::setting("net/core/rmem_max").map_or(got, |most| 2 * most as usize);
    must_be("SO_RCVBUF", got, most.min(2 * much))?;
    note("getsockopt(SO_RCVBUF): twice net.core.rmem_max");

    say!("The kernel makes the receive buffer larger where that makes it faster:");
    let (client, server) = connection()?;
    let at_first = server.recv_buffer_size()?;
    let mut rounds = 0;
    wait_until(|| {
        rounds += 1;
        send_and_receive(&client, &server).is_err() || grown(&server, at_first)
    });
    show("send, recv, again and again", &server);
    must_be("SO_RCVBUF has grown", grown(&server, at_first), true)?;
    note("SO_RCVBUF has grown");
    say!("Not so where somebody has set it, be it to the same size:");
    let (client, server) = connection()?;
    server.set_recv_buffer_size(at_first / 2).shown(RECEIVE, &server)?;
    must_be("SO_RCVBUF", server.recv_buffer_size()?, at_first)?;
    for _ in 0..2 * rounds {
        send_and_receive(&client, &server).explained("send, recv", &server)?;
    }
    must_be("SO_RCVBUF has grown", grown(&server, at_first), false)?;
    show("send, recv, again and again", &server);
    note("SO_RCVBUF is what it was");

    say!("Small and before listen (a client: before connect), it also limits the window for good:");
    let usual = scale(&server)?;
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
    listener.set_recv_buffer_size(SMALL).shown(RECEIVE, &listener)?;
    listener.bind(&ANY_PORT.into()).explained("bind()", &listener)?;
    listener.listen(1).shown("listen(1)", &listener)?;
    let _client = client_of(&listener)?;
    let (accepted, _) = listener.accept().shown_as("accept()")?;
    accepted.set_recv_buffer_size(200_000).shown(RECEIVE, &accepted)?;
    must_be("its window's scale", (scale(&accepted)?, usual > 0), (0, true))?;
    note("window scale 0: at most 65,535 bytes are under way, whatever the buffer is now");

    say!("A server that acknowledges nothing. send puts the bytes into the send buffer:");
    let usual = taken(None)?;
    let few = taken(Some(SMALL))?;
    must_be("a small buffer takes less", few < usual, true)?;

    answer!(
        "Leave them alone: Linux starts small and grows both as needed, up to net.ipv4.tcp_rmem and \
         tcp_wmem, and stops that for a buffer that you set. If you must (much memory for many \
         connections, a line with a long delay): what is under way is at most the buffer, so it \
         takes bandwidth x round trip, set before connect or listen, and read back, as \
         net.core.rmem_max and wmem_max cut it without an error. A send that has returned has only \
         filled the send buffer; nobody need have received it."
    );
    Ok(())
}

fn grown(socket: &Socket, at_first: usize) -> bool {
    socket.recv_buffer_size().is_ok_and(|now| now > at_first)
}

/// Sends until the buffers are full, and receives it all.
fn send_and_receive(client: &Socket, mut server: &Socket) -> io::Result<()> {
    client.set_nonblocking(true)?;
    let data = vec![0; 1 << 20];
    let mut length = client.send(&data)?;
    let mut buffer = vec![0; 1 << 16];
    while length > 0 {
        length -= server.read(&mut buffer)?;
    }
    Ok(())
}

/// How much a blocking send takes within 0.1 s, where nothing leaves the send buffer, with this
/// SO_SNDBUF.
fn taken(size: Option<usize>) -> Result<usize, Failure> {
    let listener = question::setup::listener(1)?;
    let client = client_of(&listener)?;
    let (server, _) = listener.accept().explained("accept()", &listener)?;
    go_deaf(&server)?;
    if let Some(size) = size {
        client.set_send_buffer_size(size).shown(SEND, &client)?;
    }
    let patience = Some(Duration::from_millis(100));
    client.set_write_timeout(patience).explained("setsockopt(SO_SNDTIMEO)", &client)?;
    let taken = client.send(&vec![0; 32 << 20]).shown("send(32 MiB)", &client)?;
    note(format!("{taken} bytes taken"));
    Ok(taken)
}

/// The scale of the receive window (`TCP_INFO`, tcp(7)): it is told in units of 2 to the power of that.
#[cfg(target_os = "linux")]
fn scale(socket: &Socket) -> io::Result<u8> {
    use std::os::fd::AsRawFd;

    let mut length = size_of::<libc::tcp_info>() as libc::socklen_t;
    // SAFETY: all zeros is a valid tcp_info, and the kernel writes at most `length` bytes to it.
    let info = unsafe {
        let mut info: libc::tcp_info = std::mem::zeroed();
        let [level, name] = [libc::IPPROTO_TCP, libc::TCP_INFO];
        let place: *mut libc::tcp_info = &mut info;
        let fd = socket.as_raw_fd();
        kernel::check(libc::getsockopt(fd, level, name, place.cast(), &mut length))?;
        info
    };
    // Two numbers of four bits, the sender's first: as the compiler lays out C's bit fields.
    let both = info.tcpi_snd_rcv_wscale;
    Ok(if cfg!(target_endian = "little") { both >> 4 } else { both & 15 })
}

#[cfg(not(target_os = "linux"))]
fn scale(_: &Socket) -> io::Result<u8> {
    Err(io::ErrorKind::Unsupported.into())
}
