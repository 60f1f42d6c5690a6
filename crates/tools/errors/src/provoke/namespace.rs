//! A network of this process's own, in which it may set routes, a queue and a firewall, as root may
//! on a machine (network_namespaces(7), user_namespaces(7)). It ends with the process.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4};

use kernel::check;
use lesson::advice::words;
use lesson::say;
use socket2::{Domain, Protocol, Socket, Type};

use super::not_here;

/// An address for documentation (RFC 5737): in the new network there is no way to it, except for
/// the route that a provocation sets.
pub const ELSEWHERE: SocketAddr =
    SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::new(198, 51, 100, 1), 9));

/// What becomes of packets to [`ELSEWHERE`] (ip-route(8)).
#[derive(Clone, Copy)]
pub enum Route {
    Blackhole = libc::RTN_BLACKHOLE as isize,
    Unreachable = libc::RTN_UNREACHABLE as isize,
    Prohibit = libc::RTN_PROHIBIT as isize,
}

/// What this kernel may be told by its name, as root tells it with sysctl, in this network alone.
pub fn set(name: &str, value: &str) -> anyhow::Result<()> {
    if let Err(error) = std::fs::write(format!("/proc/sys/{name}"), value) {
        return not_here(format!("{name} cannot be set here: {}", words(&error)));
    }
    Ok(())
}

/// Moves this process into a network of its own, with nothing but a loopback interface, and says so.
pub fn enter() -> anyhow::Result<()> {
    enter_quietly()?;
    say!("In a network of its own, with a loopback interface and nothing else:");
    Ok(())
}

/// Says what root would type on a machine for what was set up.
pub(super) fn say_as_by(command: &str) {
    say!("In a network of its own, with a loopback interface, after `{command}`:");
}

pub(super) fn enter_quietly() -> anyhow::Result<()> {
    // SAFETY: unshare takes flags.
    let unshare = |flags| check(unsafe { libc::unshare(flags) });
    // Without user namespaces, root can still have a network.
    let entered = unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNET)
        .or_else(|error| unshare(libc::CLONE_NEWNET).map_err(|_| error))
        .and_then(|()| switch_on("lo"));
    if let Err(error) = entered {
        return not_here(format!(
            "this process may not have a network of its own: {}",
            words(&error)
        ));
    }
    Ok(())
}

/// Enters a network of its own, and sets a route to [`ELSEWHERE`].
pub fn with_route(route: Route) -> anyhow::Result<()> {
    enter_quietly()?;
    let name = match route {
        Route::Blackhole => "blackhole",
        Route::Unreachable => "unreachable",
        Route::Prohibit => "prohibit",
    };
    add_route(ELSEWHERE.ip(), route as u8, &[])?;
    say_as_by(&format!("ip route add {name} {}", ELSEWHERE.ip()));
    Ok(())
}

/// Sets a route through an interface, given by its number.
pub(super) fn add_route_through(interface: u32, to: IpAddr) -> anyhow::Result<()> {
    add_route(to, libc::RTN_UNICAST, &attribute(libc::RTA_OIF, &interface.to_ne_bytes()))
}

fn add_route(to: IpAddr, kind: u8, more: &[u8]) -> anyhow::Result<()> {
    let (family, to) = match to {
        IpAddr::V4(ip) => (libc::AF_INET, ip.octets().to_vec()),
        IpAddr::V6(ip) => (libc::AF_INET6, ip.octets().to_vec()),
    };
    // struct rtmsg of rtnetlink(7): family, bits of the destination that count, …, table, protocol,
    // scope, type, flags.
    let mut body = vec![family as u8, 8 * to.len() as u8, 0, 0];
    let scope =
        if kind == libc::RTN_UNICAST { libc::RT_SCOPE_LINK } else { libc::RT_SCOPE_UNIVERSE };
    body.extend([libc::RT_TABLE_MAIN, libc::RTPROT_STATIC, scope, kind]);
    body.extend([0; 4]);
    body.extend(attribute(libc::RTA_DST, &to));
    body.extend(more);
    set_up(libc::NETLINK_ROUTE, &[message(libc::RTM_NEWROUTE, CREATE, &body)])
}

/// Enters a network of its own, and lets the loopback interface carry `mtu` bytes in one packet.
pub fn with_mtu(mtu: i32) -> anyhow::Result<()> {
    enter_quietly()?;
    let set =
        set_of_interface("lo", libc::SIOCSIFMTU as _, |request| request.ifr_ifru.ifru_mtu = mtu);
    if let Err(error) = set {
        return not_here(format!("this kernel refused what was set up: {}", words(&error)));
    }
    say_as_by(&format!("ip link set lo mtu {mtu}"));
    Ok(())
}

/// Enters a network of its own, and switches IPv6 off there.
pub fn without_ipv6() -> anyhow::Result<()> {
    enter_quietly()?;
    if let Err(error) = std::fs::write("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1") {
        return not_here(format!("IPv6 cannot be switched off: {}", words(&error)));
    }
    say_as_by("sysctl net.ipv6.conf.all.disable_ipv6=1");
    Ok(())
}

/// Enters a network of its own, and gives the loopback interface a queue in which no packet has room.
pub fn with_full_queue() -> anyhow::Result<()> {
    enter_quietly()?;
    const LOOPBACK: i32 = 1;
    const ROOT: u32 = u32::MAX;
    // struct tcmsg of rtnetlink(7): family, interface, handle, parent, info.
    let mut body = vec![0; 4];
    body.extend(LOOPBACK.to_ne_bytes());
    body.extend([0_u32, ROOT, 0].iter().flat_map(|number| number.to_ne_bytes()));
    body.extend(attribute(libc::TCA_KIND, b"pfifo\0"));
    body.extend(attribute(libc::TCA_OPTIONS, &0_u32.to_ne_bytes()));
    set_up(libc::NETLINK_ROUTE, &[message(libc::RTM_NEWQDISC, CREATE, &body)])?;
    say_as_by("tc qdisc add dev lo root pfifo limit 0");
    Ok(())
}

/// Enters a network of its own, and sets a firewall rule: no packet leaves. As `nft` would, in one batch of nftables.
pub fn with_firewall() -> anyhow::Result<()> {
    enter_quietly()?;
    // include/uapi/linux/netfilter/nf_tables.h; numbers in its attributes are big-endian.
    let [table_name, chain_table, chain_name]: [u16; 3] = [1, 1, 3];
    let [chain_hook, chain_policy, chain_type]: [u16; 3] = [4, 5, 7];
    let [hook_number, hook_priority]: [u16; 2] = [1, 2];
    const NESTED: u16 = 1 << 15;

    let number = |kind, value: i32| attribute(kind, &value.to_be_bytes());
    let hook = [number(hook_number, libc::NF_INET_LOCAL_OUT), number(hook_priority, 0)].concat();
    let table = attribute(table_name, b"guide\0");
    let chain = [
        attribute(chain_table, b"guide\0"),
        attribute(chain_name, b"output\0"),
        attribute(chain_hook | NESTED, &hook),
        number(chain_policy, libc::NF_DROP),
        attribute(chain_type, b"filter\0"),
    ];
    // struct nfgenmsg: family, version, and the subsystem that the batch is for.
    let subsystem = libc::NFNL_SUBSYS_NFTABLES as u16;
    let batch =
        |kind: i32| message(kind as u16, 0, &[&[0, 0], &subsystem.to_be_bytes()[..]].concat());
    let nftables = |kind: i32, attributes: &[u8]| {
        let body = [&[libc::NFPROTO_IPV4 as u8, 0, 0, 0], attributes].concat();
        message(subsystem << 8 | kind as u16, CREATE, &body)
    };
    let messages = [
        batch(libc::NFNL_MSG_BATCH_BEGIN),
        nftables(libc::NFT_MSG_NEWTABLE, &table),
        nftables(libc::NFT_MSG_NEWCHAIN, &chain.concat()),
        batch(libc::NFNL_MSG_BATCH_END),
    ];
    set_up(libc::NETLINK_NETFILTER, &messages)?;
    say_as_by("nft add chain ip guide output { type filter hook output priority 0; policy drop; }");
    Ok(())
}

/// Switches an interface of this namespace on (netdevice(7)).
pub(super) fn switch_on(name: &str) -> io::Result<()> {
    set_of_interface(name, libc::SIOCSIFFLAGS as _, |request| {
        request.ifr_ifru.ifru_flags = libc::IFF_UP as libc::c_short;
    })
}

/// Sets what `fill` says of an interface of this namespace, by one of the requests that read an ifreq.
fn set_of_interface(
    name: &str,
    request: libc::Ioctl,
    fill: impl FnOnce(&mut libc::ifreq),
) -> io::Result<()> {
    use std::os::fd::AsRawFd;

    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    // SAFETY: all zeros is a valid ifreq.
    let mut wanted: libc::ifreq = unsafe { std::mem::zeroed() };
    for (place, byte) in wanted.ifr_name.iter_mut().zip(name.bytes()) {
        *place = byte as libc::c_char;
    }
    fill(&mut wanted);
    // SAFETY: these requests read one ifreq.
    check(unsafe { libc::ioctl(socket.as_raw_fd(), request, &wanted) })
}

/// Flags of a message that makes something, and is to be answered (netlink(7)).
pub(super) const CREATE: u16 = (libc::NLM_F_CREATE | libc::NLM_F_EXCL | libc::NLM_F_ACK) as u16;

/// The bytes of a struct nlmsghdr, without its sequence number and port, and what follows it.
pub(super) fn message(kind: u16, flags: u16, body: &[u8]) -> Vec<u8> {
    let mut bytes = (16 + body.len() as u32).to_ne_bytes().to_vec();
    bytes.extend(kind.to_ne_bytes());
    bytes.extend((flags | libc::NLM_F_REQUEST as u16).to_ne_bytes());
    bytes.extend([0; 8]);
    bytes.extend(body);
    bytes
}

/// The bytes of an attribute of such a message, padded to a multiple of four.
pub(super) fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let mut bytes = (4 + value.len() as u16).to_ne_bytes().to_vec();
    bytes.extend(kind.to_ne_bytes());
    bytes.extend(value);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// Sends messages to the kernel, and waits until it has answered those that are to be answered.
pub(super) fn set_up(subsystem: i32, messages: &[Vec<u8>]) -> anyhow::Result<()> {
    if let Err(error) = ask(subsystem, messages) {
        return not_here(format!("this kernel refused what was set up: {}", words(&error)));
    }
    Ok(())
}

fn ask(subsystem: i32, messages: &[Vec<u8>]) -> io::Result<()> {
    let protocol = Some(Protocol::from(subsystem));
    let kernel = Socket::new(Domain::from(libc::AF_NETLINK), Type::from(libc::SOCK_RAW), protocol)?;
    kernel.set_read_timeout(Some(::kernel::SHORTLY))?;
    kernel.send(&messages.concat())?;
    let flags = |message: &[u8]| u16::from_ne_bytes([message[6], message[7]]);
    let mut awaited =
        messages.iter().filter(|bytes| flags(bytes) & libc::NLM_F_ACK as u16 != 0).count();
    while awaited > 0 {
        let mut answers = [0; 8192];
        let length = io::Read::read(&mut &kernel, &mut answers)?;
        let mut answers = &answers[..length];
        // struct nlmsghdr, and in it struct nlmsgerr, whose first member is 0 or a negative errno.
        while let Some((size, _)) = answers.split_first_chunk() {
            let size = u32::from_ne_bytes(*size) as usize;
            if let Some(code) = answers.get(16..20) {
                match i32::from_ne_bytes([code[0], code[1], code[2], code[3]]) {
                    0 => awaited = awaited.saturating_sub(1),
                    code => return Err(io::Error::from_raw_os_error(-code)),
                }
            }
            answers = &answers[size.next_multiple_of(4).min(answers.len())..];
        }
    }
    Ok(())
}
