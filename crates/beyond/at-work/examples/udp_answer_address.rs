//! Why does the UDP client never get the server's answer?
//!
//! The server sends it without an error. But it comes from another address than the client has
//! asked, and the client is connected, or a firewall stands between.
//!
//! Also: UDP reply from wrong address, source address, multihomed, several IP addresses, secondary
//! IP, virtual IP, IP_PKTINFO, IPV6_RECVPKTINFO, recvmsg, sendmsg, ipi_spec_dst, DNS server replies
//! from unexpected source, reply from unexpected source, bind 0.0.0.0 UDP, asked 127.0.0.2 answer
//! from 127.0.0.1, UDP server with two addresses.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: macOS has no 127.0.0.2 unless somebody adds it; it has IP_PKTINFO, too, and the BSDs
//! have IP_RECVDSTADDR.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use lesson::{Failure, Shown, address_of, must_be, note, say, wait_for_datagram};
use question::answer;
use question::setup::{UDP, close, receive_datagram, udp};
use socket2::{Domain, Socket, Type};

/// The server's second address: the first is 127.0.0.1.
const SECOND: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

fn main() -> ExitCode {
    question::run(include_str!("udp_answer_address.rs"), udp_answer_address)
}

fn udp_answer_address() -> anyhow::Result<()> {
    say!("A server on 0.0.0.0. A client asks it at its second address, {SECOND}:");
    let server = server_at(Ipv4Addr::UNSPECIFIED)?;
    let asked = SocketAddr::from((SECOND, address_of(&server)?.port()));
    let client = udp()?;
    let call = format!("sendto({asked})");
    client.send_to(b"hello?", &asked.into()).shown(call, &client)?;
    receive_datagram(&server, 64)?;
    answer_with_sendto(&server, &client)?;
    let mut room = Vec::with_capacity(64);
    wait_for_datagram(&client)?;
    let (_, from) = client.recv_from(room.spare_capacity_mut()).shown("recvfrom(64)", &client)?;
    let from = from.as_socket().map(|from| from.ip());
    note(format!("it comes from {}", from.map_or("nowhere".into(), |from| from.to_string())));
    must_be("where the answer comes from", from, Some(Ipv4Addr::LOCALHOST.into()))?;

    say!("The same with a client that is connected, and so hears nobody but {asked}:");
    let client = client_of(asked)?;
    receive_datagram(&server, 64)?;
    answer_with_sendto(&server, &client)?;
    client.set_nonblocking(true).explained("fcntl(O_NONBLOCK)", &client)?;
    client.recv(room.spare_capacity_mut()).must_fail("EAGAIN", "recv(64)", &client)?;
    client.set_nonblocking(false).explained("fcntl(O_NONBLOCK)", &client)?;

    say!("First cure: ask the kernel where each datagram went, and answer from there:");
    pktinfo::switch_on(&server).shown("setsockopt(IP_PKTINFO, 1)", &server)?;
    client.send(b"hello?").shown("send(6 bytes)", &client)?;
    wait_for_datagram(&server)?;
    let (went_to, sender) = pktinfo::receive(&server).shown("recvmsg(64)", &server)?;
    note(format!("it went to {went_to}"));
    must_be("where it went", went_to, SECOND)?;
    let call = format!("sendmsg({}, from {went_to})", address_of(&client)?);
    pktinfo::send(&server, b"from pktinfo", went_to, &sender).shown(call, &server)?;
    must_be("the first that the client hears", heard(&client)?, b"from pktinfo".to_vec())?;

    say!("Second cure: a socket for each address. (How many there are, `ip address` shows.)");
    close(server);
    let server = server_at(SECOND)?;
    let client = client_of(address_of(&server)?)?;
    receive_datagram(&server, 64)?;
    answer_with_sendto(&server, &client)?;
    must_be("what the client hears", heard(&client)?, b"here I am".to_vec())?;

    answer!(
        "A socket on 0.0.0.0 has no address of its own, so the kernel picks one for each datagram \
         by the way to the client. Where the machine has several, that need not be the one that \
         was asked, and neither a connected client nor a firewall lets such an answer in. Bind one \
         socket to each address, or set IP_PKTINFO (IPV6_RECVPKTINFO), take the address from \
         recvmsg, and hand it to sendmsg."
    );
    Ok(())
}

fn server_at(address: Ipv4Addr) -> Result<Socket, Failure> {
    let address = SocketAddr::from((address, 0));
    let server = Socket::new(Domain::IPV4, Type::DGRAM, None).explained(UDP, None)?;
    server.bind(&address.into()).shown(format!("bind({address})"), &server)?;
    Ok(server)
}

/// A connected client that has sent its question.
fn client_of(server: SocketAddr) -> Result<Socket, Failure> {
    let client = Socket::new(Domain::IPV4, Type::DGRAM, None).explained(UDP, None)?;
    client.connect(&server.into()).shown(format!("connect({server})"), &client)?;
    client.send(b"hello?").shown("send(6 bytes)", &client)?;
    Ok(client)
}

fn answer_with_sendto(server: &Socket, client: &Socket) -> Result<(), Failure> {
    let client = address_of(client)?;
    let call = format!("sendto({client})");
    server.send_to(b"here I am", &client.into()).shown(call, server)?;
    Ok(())
}

fn heard(client: &Socket) -> Result<Vec<u8>, Failure> {
    receive_datagram(client, 64)
}

/// Where a datagram went, and where an answer comes from (ip(7)).
#[cfg(target_os = "linux")]
mod pktinfo {
    use std::io::{self, Error, IoSlice};
    use std::mem::MaybeUninit;
    use std::net::Ipv4Addr;
    use std::os::fd::AsRawFd;
    use std::slice;

    use libc::{IP_PKTINFO, IPPROTO_IP, cmsghdr, in_addr, in_pktinfo};
    use socket2::{MaybeUninitSlice, MsgHdr, MsgHdrMut, SockAddr, Socket};

    /// A control message as cmsg(3) lays it out.
    #[repr(C)]
    struct Control {
        header: cmsghdr,
        info: in_pktinfo,
    }

    pub fn switch_on(socket: &Socket) -> io::Result<()> {
        let (fd, on) = (socket.as_raw_fd(), 1_i32);
        let size = size_of_val(&on) as libc::socklen_t;
        // SAFETY: the kernel reads one int, and `on` is one.
        kernel::check(unsafe {
            libc::setsockopt(fd, IPPROTO_IP, IP_PKTINFO, (&raw const on).cast(), size)
        })
    }

    /// The local address that the next datagram went to, and who sent it.
    pub fn receive(socket: &Socket) -> io::Result<(Ipv4Addr, SockAddr)> {
        let mut control = MaybeUninit::<Control>::zeroed();
        let mut bytes = [MaybeUninit::uninit(); 64];
        let mut sender = SockAddr::from(question::setup::ANY_PORT);
        // SAFETY: these are the bytes of `control`, which any bytes may be written to.
        let room =
            unsafe { slice::from_raw_parts_mut(control.as_mut_ptr().cast(), size_of::<Control>()) };
        let mut buffers = [MaybeUninitSlice::new(&mut bytes)];
        let message = MsgHdrMut::new().with_addr(&mut sender).with_buffers(&mut buffers);
        let mut message = message.with_control(room);
        socket.recvmsg(&mut message, 0)?;
        // SAFETY: it was all zeros, or the kernel has filled it; it is made of integers.
        let control = unsafe { control.assume_init() };
        if (control.header.cmsg_level, control.header.cmsg_type) != (IPPROTO_IP, IP_PKTINFO) {
            return Err(Error::other("recvmsg did not say where the datagram went"));
        }
        Ok((u32::from_be(control.info.ipi_spec_dst.s_addr).into(), sender))
    }

    /// Sends a datagram from this one of the machine's addresses.
    pub fn send(socket: &Socket, bytes: &[u8], from: Ipv4Addr, to: &SockAddr) -> io::Result<usize> {
        // SAFETY: all zeros are a valid cmsghdr (on some systems it has padding, which is private).
        let mut header: cmsghdr = unsafe { std::mem::zeroed() };
        header.cmsg_len = (size_of::<cmsghdr>() + size_of::<in_pktinfo>()) as _;
        (header.cmsg_level, header.cmsg_type) = (IPPROTO_IP, IP_PKTINFO);
        let address = |address: Ipv4Addr| in_addr { s_addr: u32::from(address).to_be() };
        let nothing = address(Ipv4Addr::UNSPECIFIED);
        // With 0, the way to the client picks the interface, as it does for sendto.
        let info = in_pktinfo { ipi_ifindex: 0, ipi_spec_dst: address(from), ipi_addr: nothing };
        let mut control = MaybeUninit::<Control>::zeroed();
        control.write(Control { header, info });
        // SAFETY: these are the bytes of `control`.
        let control =
            unsafe { slice::from_raw_parts(control.as_ptr().cast(), size_of::<Control>()) };
        let buffers = [IoSlice::new(bytes)];
        let message = MsgHdr::new().with_addr(to).with_buffers(&buffers).with_control(control);
        socket.sendmsg(&message, 0)
    }
}

/// Not shown elsewhere.
#[cfg(not(target_os = "linux"))]
mod pktinfo {
    use std::io::{self, ErrorKind::Unsupported};
    use std::net::Ipv4Addr;

    use socket2::{SockAddr, Socket};

    pub fn switch_on(_: &Socket) -> io::Result<()> {
        Err(Unsupported.into())
    }

    pub fn receive(_: &Socket) -> io::Result<(Ipv4Addr, SockAddr)> {
        Err(Unsupported.into())
    }

    pub fn send(_: &Socket, _: &[u8], _: Ipv4Addr, _: &SockAddr) -> io::Result<usize> {
        Err(Unsupported.into())
    }
}
