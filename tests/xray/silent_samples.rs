//! Programs for xray's remarks: each fault as it happens, and beside it what looks like it and is
//! none, or the cure.

use std::io::{self, Read, Write};
use std::mem::MaybeUninit;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsRawFd;
use std::thread;
use std::time::Duration;

use kernel::{View, check};
use socket2::{Domain, MsgHdr, SockAddr, Socket, Type};

const HERE: Ipv4Addr = Ipv4Addr::LOCALHOST;
/// Another address of this machine (127/8 is its own).
const ALSO_HERE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
const GROUP: Ipv4Addr = Ipv4Addr::new(239, 1, 1, 1);
const DEADLINE: Duration = Duration::from_secs(30);

pub fn main(words: &[&str]) -> io::Result<()> {
    match words {
        ["pieces", how] => pieces(how),
        ["queue", how] => queue(how),
        ["itself", how] => itself(how),
        ["answers", how] => answers(how),
        ["receivers", how] => receivers(how),
        ["group", how] => group(how),
        ["receiver-beside", port] => receiver_beside(port.parse().expect("a port")),
        ["answers-somebody"] => answers_somebody(),
        ["sharers", how] => sharers(how),
        ["memberships"] => memberships(),
        ["no-route"] => no_route(),
        ["no-interface"] => no_interface(),
        ["too-long"] => too_long(),
        ["told-later", how] => told_later(how),
        ["device"] => device(),
        _ => panic!("no such program: {words:?}"),
    }
}

fn at(ip: impl Into<std::net::IpAddr>, port: u16) -> SockAddr {
    SocketAddr::new(ip.into(), port).into()
}

fn tcp() -> io::Result<Socket> {
    Socket::new(Domain::IPV4, Type::STREAM, None)
}

fn udp() -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.set_read_timeout(Some(DEADLINE))?;
    Ok(socket)
}

fn port(socket: &Socket) -> io::Result<u16> {
    Ok(socket.local_addr()?.as_socket().expect("IP").port())
}

fn receive(socket: &Socket) -> io::Result<SockAddr> {
    let mut bytes = [MaybeUninit::uninit(); 64];
    socket.recv_from(&mut bytes).map(|(_, sender)| sender)
}

/// A client that sends head and body; the server answers to both.
fn pieces(how: &str) -> io::Result<()> {
    const ROUNDS: usize = 20;
    let listener = tcp()?;
    listener.bind(&at(HERE, 0))?;
    listener.listen(1)?;
    let mut client = tcp()?;
    client.connect(&listener.local_addr()?)?;
    let (mut server, _) = listener.accept()?;
    if how == "nodelay" {
        client.set_tcp_nodelay(true)?;
    }
    let answers = how != "waits-for-nothing";
    let serving = thread::spawn(move || -> io::Result<()> {
        let mut message = [0; 8];
        for _ in 0..ROUNDS {
            server.read_exact(&mut message)?;
            if answers {
                server.write_all(b"ok")?;
            }
        }
        // The client ends first.
        server.read(&mut message).map(drop)
    });
    for _ in 0..ROUNDS {
        if how == "one-send" {
            client.write_all(b"headbody")?;
        } else {
            client.write_all(b"head")?;
            client.write_all(b"body")?;
        }
        if answers {
            client.read_exact(&mut [0; 2])?;
        }
    }
    client.shutdown(std::net::Shutdown::Write)?;
    let _ = client.read(&mut [0; 2])?;
    serving.join().expect("the server does its part")
}

/// Three clients of a listener that does not accept.
fn queue(how: &str) -> io::Result<()> {
    let listener = tcp()?;
    listener.bind(&at(HERE, 0))?;
    listener.listen(if how == "long" { 5 } else { 1 })?;
    let address = listener.local_addr()?;
    let queued = [tcp()?, tcp()?];
    queued.iter().try_for_each(|client| client.connect(&address))?;
    let third = tcp()?;
    if how == "nonblocking" {
        third.set_nonblocking(true)?;
    } else {
        third.set_write_timeout(Some(Duration::from_millis(200)))?;
    }
    assert_eq!(third.connect(&address).is_ok(), how == "long");
    Ok(())
}

fn itself(how: &str) -> io::Result<()> {
    let kind = if how == "udp" { Type::DGRAM } else { Type::STREAM };
    let socket = Socket::new(Domain::IPV4, kind, None)?;
    socket.bind(&at(HERE, 0))?;
    if how == "listener" {
        socket.listen(1)?;
        return tcp()?.connect(&socket.local_addr()?);
    }
    socket.connect(&socket.local_addr()?)?;
    socket.send(b"x")?;
    receive(&socket).map(drop)
}

/// A client asks at one of this machine's addresses, and a server answers.
fn answers(how: &str) -> io::Result<()> {
    let server = udp()?;
    server.bind(&at(if how == "one-address" { ALSO_HERE } else { Ipv4Addr::UNSPECIFIED }, 0))?;
    let asked = at(if how == "same" { HERE } else { ALSO_HERE }, port(&server)?);
    let client = udp()?;
    match how {
        "unconnected" => client.send_to(b"?", &asked).map(drop)?,
        _ => client.connect(&asked).and_then(|()| client.send(b"?")).map(drop)?,
    }
    let sender = receive(&server)?;
    if how == "pktinfo" {
        answer_from(&server, &sender)?;
    } else {
        server.send_to(b"!", &sender)?;
    }
    match how {
        // Nothing comes, and nothing will.
        "every-address" => Ok(()),
        _ => receive(&client).map(drop),
    }
}

/// Answers from the address that the client asks (IP_PKTINFO, ip(7)).
fn answer_from(server: &Socket, client: &SockAddr) -> io::Result<()> {
    // struct cmsghdr: length, level, type; and struct in_pktinfo: interface, local, destination.
    let length = 16 + 12_u64;
    let mut control = length.to_ne_bytes().to_vec();
    control.extend([libc::IPPROTO_IP, libc::IP_PKTINFO, 0].iter().flat_map(|n| n.to_ne_bytes()));
    control.extend(ALSO_HERE.octets());
    control.resize(32, 0);
    let bytes = [io::IoSlice::new(b"!")];
    let message = MsgHdr::new().with_addr(client).with_buffers(&bytes).with_control(&control);
    server.sendmsg(&message, 0).map(drop)
}

/// Two sockets on one port, and a datagram for it.
fn receivers(how: &str) -> io::Result<()> {
    let [first, second] = [udp()?, udp()?];
    for socket in [&first, &second] {
        match how {
            "reuse-port" => socket.set_reuse_port(true)?,
            _ => socket.set_reuse_address(true)?,
        }
    }
    let ip = match how {
        "broadcast" => Ipv4Addr::new(127, 255, 255, 255),
        "broadcast-to-any" | "groups" => Ipv4Addr::UNSPECIFIED,
        _ => HERE,
    };
    first.bind(&at(ip, 0))?;
    let port = port(&first)?;
    second.bind(&at(ip, port))?;
    if how == "groups" {
        for socket in [&first, &second] {
            socket.join_multicast_v4(&GROUP, &HERE)?;
        }
    }
    let sender = udp()?;
    sender.set_broadcast(true)?;
    sender.set_multicast_if_v4(&HERE)?;
    let to = match how {
        "groups" => GROUP,
        "broadcast" | "broadcast-to-any" => Ipv4Addr::new(127, 255, 255, 255),
        _ => HERE,
    };
    sender.send_to(b"x", &at(to, port))?;
    if how == "reuse-port" {
        // The kernel picks one of them.
        let mut ready = [&first, &second].map(|socket| libc::pollfd {
            fd: socket.as_raw_fd(),
            events: libc::POLLIN,
            revents: 0,
        });
        // SAFETY: poll reads and writes an array of two.
        check(unsafe { libc::poll(ready.as_mut_ptr(), 2, 30_000) })?;
        return receive(if ready[0].revents != 0 { &first } else { &second }).map(drop);
    }
    receive(&second).map(drop)
}

/// A socket on a port that another program has as well, and a datagram for it.
fn receiver_beside(port: u16) -> io::Result<()> {
    let socket = udp()?;
    socket.set_reuse_address(true)?;
    socket.bind(&at(HERE, port))?;
    udp()?.send_to(b"x", &at(HERE, port))?;
    receive(&socket).map(drop)
}

/// A server on every address, which answers another program.
fn answers_somebody() -> io::Result<()> {
    let server = udp()?;
    server.bind(&at(Ipv4Addr::UNSPECIFIED, 0))?;
    writeln!(io::stdout(), "{}", port(&server)?)?;
    let client = receive(&server)?;
    server.send_to(b"!", &client).map(drop)
}

/// A socket that joins a group, and gets what is sent to it, or not.
fn group(how: &str) -> io::Result<()> {
    let socket = udp()?;
    let ip = match how {
        "elsewhere" | "joins-first" => HERE,
        "group" => GROUP,
        _ => Ipv4Addr::UNSPECIFIED,
    };
    if how == "joins-first" {
        socket.join_multicast_v4(&GROUP, &HERE)?;
        return socket.bind(&at(ip, 0));
    }
    socket.bind(&at(ip, 0))?;
    socket.join_multicast_v4(&GROUP, &HERE)
}

/// Two listeners share a port, and clients come until both have one.
fn sharers(how: &str) -> io::Result<()> {
    let [first, second] = [tcp()?, tcp()?];
    first.set_reuse_port(true)?;
    first.bind(&at(HERE, 0))?;
    second.set_reuse_port(true)?;
    second.bind(&first.local_addr()?)?;
    first.listen(128)?;
    second.listen(128)?;
    let queued = |listener: &Socket| View::of(listener).queue.map_or(0, |queue| queue.length);
    let mut clients = Vec::new();
    let mut come = || -> io::Result<()> {
        while queued(&first) == 0 || queued(&second) == 0 {
            assert!(clients.len() < 100, "the kernel gives all clients to one listener");
            let client = tcp()?;
            client.connect(&first.local_addr()?)?;
            clients.push(client);
        }
        Ok(())
    };
    come()?;
    let accept_all = |listener: &Socket| -> io::Result<()> {
        while queued(listener) > 0 {
            listener.accept()?;
        }
        Ok(())
    };
    accept_all(&first)?;
    match how {
        // It has served some, and the next ones have come when the program ends.
        "slow-at-first" => {
            accept_all(&second)?;
            come()?;
        }
        "closes" => drop(second),
        // Until it is ended.
        "waits" => first.accept().map(drop)?,
        _ => {}
    }
    Ok(())
}

/// Groups joined and left, in every form, and what goes wrong with them.
fn memberships() -> io::Result<()> {
    let socket = udp()?;
    let nobody = Ipv4Addr::new(203, 0, 113, 9);
    socket.join_multicast_v4(&GROUP, &HERE)?;
    socket.join_multicast_v4(&GROUP, &HERE).expect_err("it has joined");
    socket.leave_multicast_v4(&GROUP, &HERE)?;
    socket.leave_multicast_v4(&GROUP, &HERE).expect_err("it has left");
    socket.join_multicast_v4_n(&GROUP, &socket2::InterfaceIndexOrAddress::Index(1))?;
    socket.join_multicast_v4(&GROUP, &nobody).expect_err("no such interface");
    socket.join_multicast_v4(&nobody, &HERE).expect_err("no group");
    let source = Ipv4Addr::new(10, 0, 0, 1);
    let other = Ipv4Addr::new(239, 1, 1, 2);
    socket.join_ssm_v4(&source, &other, &HERE)?;
    socket.join_ssm_v4(&source, &other, &HERE).expect_err("it has joined");
    socket.set_multicast_if_v4(&HERE)?;
    socket.set_multicast_if_v4(&nobody).expect_err("no such interface");
    socket.set_multicast_ttl_v4(3)?;
    socket.set_multicast_loop_v4(false)?;
    tcp()?.join_multicast_v4(&GROUP, &HERE).expect_err("it is TCP");
    // struct group_req: the interface's number, and the group's address.
    let mut request = [0_u8; 136];
    request[0] = 1;
    request[8] = libc::AF_INET as u8;
    request[12..16].copy_from_slice(&GROUP.octets());
    const MCAST_LEAVE_GROUP: i32 = 45;
    // SAFETY: the kernel reads 136 bytes.
    check(unsafe {
        let value = request.as_ptr().cast();
        libc::setsockopt(socket.as_raw_fd(), libc::IPPROTO_IP, MCAST_LEAVE_GROUP, value, 136)
    })?;
    let Ok(ipv6) = Socket::new(Domain::IPV6, Type::DGRAM, None) else { return Ok(()) };
    let group = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 1, 3);
    if ipv6.join_multicast_v6(&group, 1).is_ok() {
        ipv6.join_multicast_v6(&group, 1).expect_err("it has joined");
        ipv6.join_multicast_v6(&group, 4321).expect_err("no such interface");
        ipv6.connect(&at(group, 9)).expect_err("no interface is named");
    }
    Ok(())
}

/// Where no route leads to a group.
fn no_route() -> io::Result<()> {
    let socket = udp()?;
    socket.join_multicast_v4(&GROUP, &Ipv4Addr::UNSPECIFIED).expect_err("no interface");
    socket.send_to(b"x", &at(GROUP, 9)).expect_err("no route");
    Ok(())
}

/// Addresses that are complete only with an interface, and a packet without one.
fn no_interface() -> io::Result<()> {
    let link_local = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
    if let Ok(ipv6) = Socket::new(Domain::IPV6, Type::STREAM, None) {
        ipv6.connect(&at(link_local, 9)).expect_err("no interface is named");
    }
    Ok(())
}

/// Moves this process into a network of its own, whose loopback interface carries 1500 bytes.
fn own_network() -> io::Result<()> {
    // SAFETY: it takes flags, and this process has one thread.
    check(unsafe { libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNET) })?;
    let socket = udp()?;
    // SAFETY: all zeros is a valid ifreq, which the kernel reads.
    unsafe {
        let mut request: libc::ifreq = std::mem::zeroed();
        request.ifr_name[..2].copy_from_slice(&[b'l' as libc::c_char, b'o' as libc::c_char]);
        request.ifr_ifru.ifru_mtu = 1500;
        check(libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFMTU as _, &request))?;
        request.ifr_ifru.ifru_flags = libc::IFF_UP as libc::c_short;
        check(libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS as _, &request))
    }
}

/// A router says that a datagram was too long for the path, and the next call is told.
fn told_later(how: &str) -> io::Result<()> {
    own_network()?;
    let socket = udp()?;
    socket.connect(&at(HERE, 9))?;
    // An ICMP message (type 3, code 4: the next link carries 1300 bytes), and in it the beginning of
    // the datagram that it is about: 20 bytes of IP, 8 of UDP.
    let mut datagram = [0_u8; 28];
    datagram[0] = 0x45;
    datagram[2..4].copy_from_slice(&1400_u16.to_be_bytes());
    datagram[8] = 64;
    datagram[9] = libc::IPPROTO_UDP as u8;
    datagram[12..16].copy_from_slice(&HERE.octets());
    datagram[16..20].copy_from_slice(&HERE.octets());
    datagram[20..22].copy_from_slice(&port(&socket)?.to_be_bytes());
    datagram[22..24].copy_from_slice(&9_u16.to_be_bytes());
    datagram[24..26].copy_from_slice(&1380_u16.to_be_bytes());
    let mut message = [&[3, 4, 0, 0, 0, 0][..], &1300_u16.to_be_bytes(), &datagram].concat();
    let words = message.chunks(2).map(|word| u32::from(u16::from_be_bytes([word[0], word[1]])));
    let sum = words.sum::<u32>();
    let sum = (sum & 0xffff) + (sum >> 16);
    message[2..4].copy_from_slice(&(!(sum as u16)).to_be_bytes());
    let router = Socket::new(Domain::IPV4, Type::RAW, Some(socket2::Protocol::ICMPV4))?;
    router.send_to(&message, &at(HERE, 0))?;
    let mut ready = libc::pollfd { fd: socket.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: poll reads and writes one pollfd.
    check(unsafe { libc::poll(&mut ready, 1, 30_000) })?;
    let told = match how {
        "recv" => receive(&socket).map(drop),
        _ => socket.send(b"x").map(drop),
    };
    assert_eq!(told.expect_err("it is told").raw_os_error(), Some(libc::EMSGSIZE));
    Ok(())
}

/// A datagram that must not be cut into pieces, for a path that carries less.
fn too_long() -> io::Result<()> {
    own_network()?;
    let socket = udp()?;
    let nobody = at(HERE, 9);
    // In pieces.
    socket.send_to(&[0; 1473], &nobody)?;
    // SAFETY: the kernel reads an int.
    check(unsafe {
        let value: *const i32 = &libc::IP_PMTUDISC_DO;
        let fd = socket.as_raw_fd();
        libc::setsockopt(fd, libc::IPPROTO_IP, libc::IP_MTU_DISCOVER, value.cast(), 4)
    })?;
    socket.send_to(&[0; 1472], &nobody)?;
    socket.send_to(&[0; 1473], &nobody).expect_err("it does not fit into one packet");
    let peer = udp()?;
    peer.bind(&at(HERE, 0))?;
    socket.connect(&peer.local_addr()?)?;
    socket.send(&[0; 1473]).expect_err("it does not fit into one packet");
    Ok(())
}

/// Without rights, a socket is bound to an interface once.
fn device() -> io::Result<()> {
    // struct __user_cap_header_struct of version 3, and the empty sets.
    let header = [0x2008_0522_u32, 0];
    // SAFETY: capset(2) reads two numbers and six.
    check(unsafe { libc::syscall(libc::SYS_capset, header.as_ptr(), [0_u32; 6].as_ptr()) as i32 })?;
    let socket = udp()?;
    if socket.bind_device(Some(b"lo")).is_ok() {
        socket.bind_device(None).expect_err("it takes CAP_NET_RAW");
    }
    Ok(())
}
