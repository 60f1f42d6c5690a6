//! Why a call fails and what to do: the one source of this advice in the workspace.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use socket2::{Socket, Type};

use crate::errno::*;
use crate::host::stands_for_many;
use crate::kernel::{self, Entry, Transport};
use crate::view::View;

/// Why something failed, and what to do about it.
type Advice = (String, String);

fn advise(why: impl Into<String>, todo: impl Into<String>) -> Advice {
    (why.into(), todo.into())
}

/// What is known of the call that failed.
struct Call<'a> {
    name: &'a str,
    /// What stands in its brackets.
    arguments: &'a str,
    /// The address, where that is one.
    address: Option<SocketAddr>,
    socket: Option<&'a Socket>,
}

impl Call<'_> {
    fn view(&self) -> Option<View> {
        self.socket.map(View::of)
    }

    /// The address that the socket has.
    fn local(&self) -> Option<SocketAddr> {
        self.view()?.local
    }

    fn state(&self) -> &'static str {
        self.view().and_then(|view| view.state).unwrap_or_default()
    }

    fn is_udp(&self) -> bool {
        self.socket.is_some_and(|socket| matches!(socket.r#type(), Ok(Type::DGRAM)))
    }

    fn receives(&self) -> bool {
        ["accept", "accept4", "recv", "recvfrom", "recvmsg"].contains(&self.name)
    }

    fn sends(&self) -> bool {
        ["send", "sendto", "sendmsg"].contains(&self.name)
    }

    fn read_timeout(&self) -> Option<Duration> {
        self.socket?.read_timeout().ok()?
    }

    /// Whether O_NONBLOCK is set; false where the system does not tell.
    fn is_nonblocking(&self) -> bool {
        #[cfg(unix)]
        return self.socket.is_some_and(|socket| socket.nonblocking().unwrap_or(false));
        #[cfg(not(unix))]
        false
    }

    fn write_timeout(&self) -> Option<Duration> {
        self.socket?.write_timeout().ok()?
    }

    fn has(&self, words: &str) -> bool {
        self.arguments.contains(words)
    }
}

/// Why `call` failed with error `number` on `socket`, and what to do. The call is written as its row
/// shows it, such as `bind(127.0.0.1:8080)`.
pub(crate) fn advice(call: &str, number: i32, socket: Option<&Socket>) -> Advice {
    let (name, arguments) = call.split_once('(').unwrap_or((call, ""));
    let arguments = arguments.trim_end_matches(')');
    let call = Call { name, arguments, address: arguments.parse().ok(), socket };
    of_this_system(&call, number).unwrap_or_else(|| match number {
        EACCES => not_allowed(&call),
        EADDRINUSE => in_use(&call),
        EADDRNOTAVAIL => not_available(&call),
        EAFNOSUPPORT => other_family(&call),
        EAGAIN => nothing_for_now(&call),
        EALREADY | EINPROGRESS => goes_on(&call, number),
        EBADF => advise(
            "The number is no descriptor of this process: it was closed, or never open.",
            "Close once, and use the number no more: soon it is another's. Rust's types see to both.",
        ),
        ECONNREFUSED => refused(&call),
        ECONNRESET => advise(
            "The other side ended the connection by a reset: it closed before it had read \
             everything that was sent to it, for instance, or its listener was closed while this \
             connection was in the queue, or it asked for a reset (SO_LINGER with 0).",
            "Whoever closes should first read to the end. After a reset, connect again.",
        ),
        EDESTADDRREQ => advise(
            "The socket is UDP and not connected, so nobody is named to send to.",
            "Name the receiver by sendto, or once for all by connect.",
        ),
        EFAULT => bad_pointer(&call),
        EHOSTUNREACH | ENETUNREACH => no_way(&call, number),
        EINTR => interrupted(&call),
        EINVAL => invalid(&call),
        EISCONN => connected(&call),
        EMFILE => too_many_descriptors(&call),
        EMSGSIZE => advise(
            "It is more than one datagram can have: 65507 bytes over IPv4 (65535 without the 20 of \
             IP and the 8 of UDP), 65527 over IPv6; or more than the path to the peer takes.",
            "Send less in each datagram, or use TCP, which has no such limit.",
        ),
        ENOBUFS => no_room(&call),
        ENOPROTOOPT if is_ipv6_for_ipv4(&call) => advise(
            "It is an option of IPv6, and the socket is of IPv4.",
            "Set it on sockets of IPv6 alone; those of IPv4 need none of the kind.",
        ),
        ENOPROTOOPT => advise(
            "This socket has no such option at this level: it is for sockets of another kind, or the \
             number is another level's. Each level (SOL_SOCKET, IPPROTO_IP, IPPROTO_TCP and so on) \
             has numbers of its own for its options.",
            "Take level and option from one manual page: socket(7), ip(7), ipv6(7), tcp(7) or \
             udp(7).",
        ),
        ENOTCONN => not_connected(&call),
        ENOTSOCK => advise(
            "The descriptor is that of a file, a pipe or another thing that is no socket.",
            "See where the number comes from. Often a socket had it, which was closed, and \
             something else has it now.",
        ),
        EOPNOTSUPP => not_supported(&call),
        EPIPE if cfg!(unix) => nobody_reads(&call),
        EPROTONOSUPPORT => advise(
            "The protocol does not go with this type: TCP goes with SOCK_STREAM, UDP with \
             SOCK_DGRAM.",
            "Give 0 as the protocol (None in socket2): then it is the usual one of the type.",
        ),
        ESOCKTNOSUPPORT => advise(
            "This address family has no sockets of this type, or not with this protocol.",
            "For TCP take SOCK_STREAM, for UDP SOCK_DGRAM.",
        ),
        ETIMEDOUT => nobody_answered(&call),
        _ => see_the_page(&call),
    })
}

/// The errors that Windows has no names for.
#[cfg(unix)]
fn of_this_system(call: &Call, number: i32) -> Option<Advice> {
    match number {
        ENODEV if call.name == "setsockopt" => Some(advise(
            "There is no network interface of that name, number or address.",
            "Name one that is there: `ip link` lists them, `ip address` with their addresses.",
        )),
        EPERM if call.name == "setsockopt" => Some(advise(
            "The option, or this value of it, is for privileged programs (CAP_NET_ADMIN, mostly), and \
             this one is not.",
            "Leave it out, or run the program as root, or with that right alone.",
        )),
        ENODEV => Some(advise(
            "No interface has the number that the address names (its scope, sin6_scope_id).",
            "Name one that is there: fe80::1%eth0, for instance.",
        )),
        EPERM if call.name == "socket" && (call.has("SOCK_RAW") || call.has("SOCK_PACKET")) => {
            Some(advise(
                "Raw sockets are for privileged programs, and this one is not: it lacks \
                 CAP_NET_RAW.",
                "Run it as root, or with that right alone; a ping needs no raw socket \
                 (icmp(7), IPPROTO_ICMP with SOCK_DGRAM).",
            ))
        }
        EPERM if call.sends() => Some(advise(
            format!(
                "A rule of this machine forbids to send{}: a firewall's, or a sandbox's.",
                call.address.map_or(String::new(), |address| format!(" to {}", address.ip()))
            ),
            "Look at the firewall's rules for output: root sees them by `nft list ruleset` or `iptables -S \
             OUTPUT`.",
        )),
        EPERM => Some(not_permitted()),
        _ => None,
    }
}

#[cfg(not(unix))]
fn of_this_system(_: &Call, _: i32) -> Option<Advice> {
    None
}

fn see_the_page(call: &Call) -> Advice {
    // Two calls in one row have no page.
    match cfg!(unix) && call.name.chars().all(char::is_alphanumeric) {
        true => advise("", format!("`man 2 {}` lists under ERRORS when this happens.", call.name)),
        false => advise("", ""),
    }
}

fn not_permitted() -> Advice {
    advise(
        "This system's rules forbid it to this process: a sandbox, a container or a firewall.",
        "Try outside the sandbox, or ask whoever set it up.",
    )
}

fn not_allowed(call: &Call) -> Advice {
    match (call.name, call.address) {
        ("bind", Some(address)) => port_not_permitted(address, call.socket),
        ("socket", _) if call.has("IPPROTO_ICMP") => advise(
            "A ping socket is only for the groups in net.ipv4.ping_group_range, and this process \
             is in none of them.",
            "`sysctl net.ipv4.ping_group_range` shows them; root may widen it (icmp(7)).",
        ),
        ("connect" | "sendto", Some(address)) if call.is_udp() && is_broadcast(address) => advise(
            format!(
                "{} is a broadcast address, for every machine of a network: the kernel sends \
                     there only for a socket that says that it means it.",
                address.ip()
            ),
            "If it does, set SO_BROADCAST first (set_broadcast(true) in socket2).",
        ),
        ("connect" | "sendto", Some(address)) if cfg!(target_os = "linux") => advise(
            format!(
                "This machine forbids packets to {}: by a route of type prohibit, or a sandbox.{}",
                address.ip(),
                match call.is_udp() {
                    true => " (Or it is a network's broadcast address, which needs SO_BROADCAST.)",
                    false => "",
                }
            ),
            format!("`ip route get {}` shows what the routes say.", address.ip()),
        ),
        _ => not_permitted(),
    }
}

fn is_broadcast(address: SocketAddr) -> bool {
    stands_for_many(address.ip()) && !address.ip().is_multicast()
}

fn port_not_permitted(address: SocketAddr, socket: Option<&Socket>) -> Advice {
    let port = address.port();
    if socket.is_some_and(kernel::is_of_another_network) {
        return advise(
            "The low ports are for privileged programs, and those of the socket's own network \
             namespace are not told here; or a rule of that system forbids it.",
            "See net.ipv4.ip_unprivileged_port_start there, or take port 0 to let the kernel pick.",
        );
    }
    match kernel::setting("net/ipv4/ip_unprivileged_port_start") {
        Some(start) if port > 0 && u32::from(port) < start => advise(
            format!(
                "Ports below {start} are for privileged programs, and this one is not: it lacks \
                 CAP_NET_BIND_SERVICE (sysctl net.ipv4.ip_unprivileged_port_start = {start})."
            ),
            format!("Take a port from {start} up, such as 8080, or 0 to let the kernel pick."),
        ),
        _ => not_permitted(),
    }
}

fn in_use(call: &Call) -> Advice {
    match (call.name, call.address, call.socket) {
        ("bind", Some(address), Some(socket)) => address_in_use(address, socket),
        ("listen", None, Some(_)) => match call.local() {
            Some(local) => advise(
                format!(
                    "Another socket listens on {local}. SO_REUSEADDR lets several sockets bind \
                     it while none listens; only one may listen."
                ),
                format!(
                    "Stop the other ({}), or bind another port.",
                    show_port("-tlnp", local.port())
                ),
            ),
            None => advise(
                format!("The socket is not bound, so that listen looks for a port. {NO_PORT_FREE}"),
                "Bind a port of your own choice before, outside that range.",
            ),
        },
        _ => see_the_page(call),
    }
}

const NO_PORT_FREE: &str = "No port is free of those that the kernel gives away (on Linux, \
                            net.ipv4.ip_local_port_range, or the socket's own \
                            IP_LOCAL_PORT_RANGE).";

fn address_in_use(address: SocketAddr, socket: &Socket) -> Advice {
    if address.port() == 0 {
        return advise(NO_PORT_FREE, "Choose a port yourself, outside that range.");
    }
    let other = match address.port().checked_add(1) {
        Some(next) => format!("another port, such as {next}, or 0 to let the kernel pick"),
        None => "another port, or 0 to let the kernel pick".to_string(),
    };
    let Some(entries) = rivals(address, socket) else {
        return (format!("Another socket has {address}."), format!("Take {other}."));
    };
    let is_live = |entry: &&Entry| entry.owner != 0 || entry.state == "LISTEN";
    // On Windows TIME_WAIT keeps no port.
    let left_over = entries.iter().filter(|entry| !is_live(entry) && cfg!(target_os = "linux"));
    if let Some(entry) = entries.iter().find(is_live) {
        let holders = kernel::holders().remove(&entry.owner).unwrap_or_default();
        let holder = match holders.as_slice() {
            [(name, process)] => format!("{name}, process {process},"),
            [(name, process), more @ ..] => {
                format!("{name}, process {process}, together with {} more,", more.len())
            }
            [] => match entry.user {
                Some(user) => {
                    format!("A program of user {user} (which one, the system does not say)")
                }
                None => "A program (which one, the system does not say)".to_string(),
            },
        };
        let does = if entry.state == "LISTEN" { "listens" } else { "has a socket" };
        let perhaps = match entry.local.is_ipv4() == address.is_ipv4() {
            true => "",
            false => " It takes IPv4, too, unless IPV6_V6ONLY is set on it.",
        };
        let why = format!("{holder} {does} on {}.{perhaps}", entry.local);
        (why, format!("Stop it ({}), or take {other}.", show_port("-tuanp", address.port())))
    } else if let Some(entry) = left_over.max_by_key(|entry| entry.seconds_left) {
        let how_long = match (entry.state, entry.seconds_left) {
            ("TIME_WAIT", Some(seconds)) => format!(", for {seconds} s more"),
            _ => String::new(),
        };
        let why = format!(
            "A connection of {} that no program has any more is in {}{how_long}. That keeps the \
             port, unless SO_REUSEADDR was set on its socket and is set on this one. (A socket \
             that is bound and does not listen would keep it, too, and is not in that table.)",
            entry.local, entry.state
        );
        (
            why,
            format!(
                "Wait until that is over, or take {other}. A server that sets SO_REUSEADDR before \
                 bind, each time, does not meet this."
            ),
        )
    } else {
        let why = format!(
            "Another socket has {address}. The system's tables do not show whose it is, as for a \
             socket that is bound and does not listen."
        );
        (why, format!("Take {other}."))
    }
}

/// The command that shows who has `port`, in a sentence; `ss` are the options for Linux.
fn show_port(ss: &str, port: u16) -> String {
    if cfg!(windows) {
        format!("`netstat -ano | findstr :{port}` shows it")
    } else if cfg!(target_os = "linux") {
        format!("`ss {ss} 'sport = :{port}'` shows it")
    } else {
        format!("`lsof -nP -i :{port}` shows it")
    }
}

/// The rows of the kernel's table that may stand in the way of binding `socket` to `address`.
fn rivals(address: SocketAddr, socket: &Socket) -> Option<Vec<Entry>> {
    if kernel::is_of_another_network(socket) {
        return None;
    }
    let transport = match socket.r#type() {
        Ok(Type::DGRAM) => Transport::Udp,
        _ => Transport::Tcp,
    };
    let mut entries = kernel::port_table(transport, address.port())?;
    entries.retain(|entry| overlap(entry.local.ip(), address.ip()));
    // Those first that are in the way for certain.
    entries.sort_by_key(|entry| entry.local.is_ipv4() != address.is_ipv4());
    Some(entries)
}

/// Whether two sockets with these addresses want the same packets. `::` stands for IPv4, too,
/// unless `IPV6_V6ONLY` is set, which the table does not show.
fn overlap(one: IpAddr, other: IpAddr) -> bool {
    let (one, other) = (one.to_canonical(), other.to_canonical());
    let every = |ip: IpAddr| ip.is_unspecified();
    one == other
        || (every(one) || every(other)) && one.is_ipv4() == other.is_ipv4()
        || every(one) && one.is_ipv6()
        || every(other) && other.is_ipv6()
}

/// The command that lists this machine's addresses.
const SHOW_ADDRESSES: &str = if cfg!(windows) {
    "ipconfig"
} else if cfg!(target_os = "linux") {
    "ip address"
} else {
    "ifconfig"
};

fn not_available(call: &Call) -> Advice {
    let Some(address) = call.address else { return see_the_page(call) };
    match (call.name, call.local()) {
        ("bind", None) if address.ip().is_loopback() => no_loopback(address),
        ("connect", Some(local)) => advise(
            format!(
                "A connection of {local} with {address} exists already, in TIME_WAIT perhaps, and \
                 two that agree in all four numbers would be one."
            ),
            "Leave bind out before connect, so that the kernel picks another port.",
        ),
        ("connect", None) => advise(
            format!(
                "The kernel finds no free port on this side for a connection to {address}: all \
                 that it gives away are taken (on Linux, net.ipv4.ip_local_port_range).{}",
                match address.is_ipv6() {
                    true => {
                        " Or this machine has no IPv6 address to send from, as where IPv6 is \
                         switched off (net.ipv6.conf.all.disable_ipv6)."
                    }
                    false => "",
                }
            ),
            match address.is_ipv6() {
                true => {
                    "Try 127.0.0.1, over IPv4. If ports are missing, close connections that are not \
                     needed, or wait until TIME_WAIT of others is over."
                }
                false => {
                    "Close connections that are not needed, or wait until TIME_WAIT of others is over."
                }
            },
        ),
        _ => advise(
            format!("{} is not an address of this machine.", address.ip()),
            format!(
                "Take {}, or '' for every interface, or one that `{SHOW_ADDRESSES}` lists.",
                if address.is_ipv6() { "::1" } else { "127.0.0.1" }
            ),
        ),
    }
}

fn no_loopback(address: SocketAddr) -> Advice {
    advise(
        format!(
            "{} is not there: this system's loopback interface is down or has no such address, as \
             in a container without network or IPv6.",
            address.ip()
        ),
        match address.is_ipv6() {
            true => {
                "Take 127.0.0.1; or see whether `sysctl net.ipv6.conf.lo.disable_ipv6` is 1 and \
                 `ip address show lo` shows the interface UP."
            }
            false => {
                "`ip address show lo` shows what it has; root switches it on by `ip link set lo up`."
            }
        },
    )
}

fn no_way(call: &Call, number: i32) -> Advice {
    let Some(address) = call.address else { return see_the_page(call) };
    let ip = address.ip();
    if is_ipv4_without_ipv4(call, address) {
        return ipv4_without_ipv4();
    }
    if number == ENETUNREACH && stands_for_many(ip) && !call.is_udp() {
        return advise(
            format!("{ip} stands for many machines, and TCP connects to one."),
            "Take the address of one machine; 127.0.0.1 is this one.",
        );
    }
    if number == ENETUNREACH && ip.is_loopback() {
        return no_loopback(address);
    }
    if number == EHOSTUNREACH {
        return advise(
            format!(
                "A route of this machine says that {ip} cannot be reached (its type is \
                 unreachable), or nobody with that address answers in the local network, or a \
                 router or a firewall on the way refuses (by ICMP)."
            ),
            format!("`ip route get {ip}` shows what this machine's routes say."),
        );
    }
    advise(
        format!("This system knows no way to {ip}: its network is down, or has no route."),
        format!(
            "Look at its routes; to stay on this machine, take {}.",
            if ip.is_ipv6() { "::1" } else { "127.0.0.1" }
        ),
    )
}

/// Whether an address of IPv4 was given to a socket of IPv6.
fn is_ipv4_for_ipv6(call: &Call) -> bool {
    let kind = call.view().map(|view| view.kind).unwrap_or_default();
    call.address.is_some_and(|address| address.is_ipv4()) && kind.ends_with("/IPv6")
}

/// Whether an address of IPv4 written as one of IPv6 (`::ffff:127.0.0.1`) was given to a socket that
/// takes IPv6 alone.
fn is_ipv4_without_ipv4(call: &Call, address: SocketAddr) -> bool {
    let is_mapped = matches!(address, SocketAddr::V6(v6) if v6.ip().to_ipv4_mapped().is_some());
    is_mapped && call.socket.is_some_and(|socket| socket.only_v6().unwrap_or(false))
}

fn ipv4_without_ipv4() -> Advice {
    advise(
        "The address is one of IPv4, inside IPv6, and IPV6_V6ONLY is set: the socket takes IPv6 \
         alone.",
        "Make a socket of IPv4 for it, or clear IPV6_V6ONLY before bind and connect.",
    )
}

/// Whether an option of IPv6 was meant for a socket of IPv4.
fn is_ipv6_for_ipv4(call: &Call) -> bool {
    let kind = call.view().map(|view| view.kind).unwrap_or_default();
    call.arguments.starts_with("IPV6_") && kind.ends_with("/IPv4")
}

fn other_family(call: &Call) -> Advice {
    if call.name == "socket" {
        return advise(
            "This system has no such address family: its kernel was built or started without it.",
            "For want of IPv6, take IPv4: leave out --ipv6, and give an address such as 127.0.0.1.",
        );
    }
    let kind = call.view().map(|view| view.kind).unwrap_or_default();
    let family = match kind.split_once('/') {
        Some((_, family)) => format!(", which is {family}"),
        None => String::new(),
    };
    advise(
        format!("The address is of another family than the socket{family}."),
        "Make the socket for its address: Domain::for_address(address) in socket2.",
    )
}

/// What a call may wait for has not come, and the call does not wait (any longer).
fn nothing_for_now(call: &Call) -> Advice {
    if (call.name == "connect" || call.is_udp() && call.sends()) && call.local().is_none() {
        let why =
            format!("The socket is not bound, so that the kernel looks for a port. {NO_PORT_FREE}");
        return advise(
            why,
            "Close sockets that are not needed, or bind a port outside that range.",
        );
    }
    let (missing, timeout, option, event) = if call.name.starts_with("accept") {
        ("No client is in the queue", call.read_timeout(), "SO_RCVTIMEO", "readable")
    } else if call.receives() {
        ("Nothing is there to be received", call.read_timeout(), "SO_RCVTIMEO", "readable")
    } else if call.sends() {
        let missing = match call.is_udp() {
            true => "The socket's send buffer is full",
            false => "The socket's send buffer is full, as the other side takes no more for now",
        };
        (missing, call.write_timeout(), "SO_SNDTIMEO", "writable")
    } else {
        return see_the_page(call);
    };
    // Without O_NONBLOCK and without a timeout, a flag of the call is the only reason.
    let is_accept = call.name.starts_with("accept");
    let (reason, todo) = match timeout {
        _ if call.is_nonblocking() => ("the socket is non-blocking (O_NONBLOCK)", BLOCKING),
        Some(_) if is_accept => (option, "let it wait longer"),
        Some(_) => (option, "let it wait longer (MSG_DONTWAIT would not wait at all)"),
        None => ("the call was told not to wait (MSG_DONTWAIT)", "leave MSG_DONTWAIT out"),
    };
    let why = match reason == option {
        true => format!(
            "{missing}, and the socket's timeout ({option}) is over. Linux says EAGAIN then, not \
             ETIMEDOUT."
        ),
        false => format!("{missing}, and {reason}. That is no failure: later it may work."),
    };
    let event = format!("the socket is {event} (poll(2) says so, or an async runtime)");
    advise(why, format!("Wait until {event}, and call again; or {todo}."))
}

const BLOCKING: &str = "make the socket blocking (set_nonblocking(false))";

fn goes_on(call: &Call, number: i32) -> Advice {
    let why = match call.write_timeout() {
        _ if number == EALREADY => {
            "An earlier connect of this socket still goes on, in the background."
        }
        Some(_) => {
            "Nobody answered before the socket's timeout (SO_SNDTIMEO) was over, or the socket is \
             non-blocking. The connect goes on, in the background."
        }
        // So fast is this machine itself.
        None if call.state() == "CLOSE" => {
            "The socket is non-blocking, and so connect waits for no answer. One came all the same, \
             and was no: the socket is closed."
        }
        None => {
            "The connect goes on, in the background: the socket is non-blocking, and so it never \
             waits, not even for this machine itself. (That may have answered by now: then the state \
             is ESTABLISHED.)"
        }
    };
    advise(why, HOW_IT_ENDS)
}

const HOW_IT_ENDS: &str = "Wait until poll(2) says that the socket is writable; then SO_ERROR tells \
                           how it ended (take_error in socket2).";

fn refused(call: &Call) -> Advice {
    match call.address {
        Some(address) => advise(
            format!(
                "Nobody listens at {address}. (A port that is only bound refuses, too, and so do \
                 some firewalls.)"
            ),
            "Start the server first (`just step-4 --wait` in another terminal), and see that host \
             and port are the same on both sides.",
        ),
        None if call.is_udp() => advise(
            "An earlier datagram of this socket found nobody at the peer's port. Its kernel said so \
             (by ICMP), and the next call of a connected socket reports it.",
            "Start the receiver first, and see that host and port are the same on both sides.",
        ),
        None => see_the_page(call),
    }
}

fn bad_pointer(call: &Call) -> Advice {
    let lost = match call.name {
        "accept" | "accept4" => CONNECTION_LOST,
        _ if call.receives() && call.is_udp() => DATAGRAM_LOST,
        _ => "",
    };
    advise(
        format!(
            "A pointer leads to memory that the process does not have, or may not use so.{lost}"
        ),
        "Look for the bad pointer: it was freed, or never set. Safe Rust never passes one.",
    )
}

const DATAGRAM_LOST: &str = match cfg!(target_os = "linux") {
    true => " The datagram is lost.",
    false => "",
};

const CONNECTION_LOST: &str = match cfg!(target_os = "linux") {
    true => " The connection is lost: the kernel had taken it out of the queue.",
    false => "",
};

fn interrupted(call: &Call) -> Advice {
    let why = "A signal arrived while the call waited, and its handler was set without SA_RESTART, \
               or the socket has a timeout: then the kernel does not start the call again.";
    match call.name {
        "connect" => advise(format!("{why} The connect goes on, in the background."), HOW_IT_ENDS),
        _ => advise(why, "Call again, as read_exact, write_all and std's accept do by themselves."),
    }
}

fn invalid(call: &Call) -> Advice {
    const LENGTH: &str = "The length is not that of an address: an IPv4 address (sockaddr_in) has \
                          16 bytes, an IPv6 address (sockaddr_in6) 28.";
    const SIZE: &str = "Give the size of the structure, as socket2 does.";
    match (call.name, call.address) {
        (_, Some(SocketAddr::V6(v6))) if v6.ip().is_unicast_link_local() => advise(
            "A link-local address is only complete with the interface that it belongs to.",
            format!("Name the interface: {}%eth0, for instance.", v6.ip()),
        ),
        _ if is_ipv4_for_ipv6(call) => other_family(call),
        ("socket", _) => advise(
            "The type has a flag that the kernel does not know, or the protocol a number out of \
             range.",
            "Take the names: SOCK_STREAM, SOCK_DGRAM, SOCK_CLOEXEC, SOCK_NONBLOCK; and 0 for the \
             protocol.",
        ),
        ("bind" | "connect" | "sendto", Some(address)) if is_ipv4_without_ipv4(call, address) => {
            ipv4_without_ipv4()
        }
        ("bind", _) => match call.local() {
            Some(local) => advise(
                format!(
                    "The socket has an address already, {local}: bind works once, and listen, \
                     connect and sendto bind a socket that has none."
                ),
                "Call bind first, or make a new socket.",
            ),
            None => advise(LENGTH, SIZE),
        },
        ("listen", _) => advise(
            "The socket is connected, or about to be: it cannot listen as well.",
            "Make a socket of its own to listen.",
        ),
        ("accept", _) if call.state() != "LISTEN" => advise(
            "The socket does not listen: listen was not called, or shutdown has ended it.",
            "Call listen first; after shutdown, once more, with a bind to the same port before it, if \
             the kernel had picked the port.",
        ),
        ("recv" | "recvfrom", _) if call.name == "recv" || call.has("MSG_OOB") => advise(
            "There is no urgent data: none was sent, or it was received, or it stands among the \
             rest (SO_OOBINLINE).",
            "Ask for it (MSG_OOB) once poll(2) reports POLLPRI.",
        ),
        ("accept" | "recvfrom", _) => advise(
            format!(
                "The length for the peer's address is negative.{}",
                if call.name == "accept" { CONNECTION_LOST } else { DATAGRAM_LOST }
            ),
            "Set it to the size of the room that there is for the address, before each call.",
        ),
        ("accept4", _) => advise(
            "A flag is neither SOCK_NONBLOCK nor SOCK_CLOEXEC, and there are no others.",
            "Leave it out.",
        ),
        ("sendto", Some(address)) if address.port() == 0 => {
            advise("Port 0 is nobody's: nothing can be sent to it.", "Name the receiver's port.")
        }
        ("connect" | "sendto", Some(address))
            if call.local().is_some_and(|local| local.ip().is_loopback())
                && !address.ip().is_loopback() =>
        {
            advise(
                "The socket is bound to a loopback address, and what comes from there goes to this \
                 machine alone.",
                "Bind it to an address that others can answer to, or not at all.",
            )
        }
        ("connect" | "sendto", Some(address)) if cfg!(target_os = "linux") => advise(
            format!(
                "This machine throws away what is for {}: a route of type blackhole. For others, \
                 such an address has no interface or no sense.",
                address.ip()
            ),
            format!("`ip route get {}` shows what the routes say.", address.ip()),
        ),
        ("connect" | "sendto", None) => advise(LENGTH, SIZE),
        ("shutdown", _) => advise(
            "There are three directions: SHUT_RD, SHUT_WR and SHUT_RDWR (0, 1 and 2).",
            "Take one of them.",
        ),
        ("setsockopt", _) => advise(
            "The kernel does not take the value: its length is not that of the option (an int has \
             4 bytes), or it is out of range, or comes too late for this socket.",
            "Give a value of the option's own type, as its manual page says.",
        ),
        _ => see_the_page(call),
    }
}

fn connected(call: &Call) -> Advice {
    if call.state() == "LISTEN" {
        return advise(
            "The socket listens, and a socket that listens does not connect.",
            "Make a socket of its own to connect.",
        );
    }
    let peer = call.view().and_then(|view| view.peer);
    let peer = peer.map_or(String::new(), |peer| format!(", to {peer}"));
    match call.sends() {
        true => advise(
            format!("MSG_FASTOPEN connects, and the socket is connected{peer}."),
            "Leave the flag out: send is enough.",
        ),
        false => advise(
            format!("The socket is connected{peer}; TCP connects a socket once."),
            "Make a new socket for each connection.",
        ),
    }
}

fn too_many_descriptors(call: &Call) -> Advice {
    let queued = match call.name {
        "accept" | "accept4" => " The client stays in the queue.",
        _ => "",
    };
    advise(
        format!(
            "This process has as many descriptors open as its limit allows; each socket is \
             one.{queued}"
        ),
        "`ulimit -n` shows the limit, and `ulimit -Sn $(ulimit -Hn)` raises it as far as you may. \
         First see whether descriptors are never closed.",
    )
}

fn no_room(call: &Call) -> Advice {
    match call.name {
        "sendmsg" => advise(
            "The control data (cmsg(3)) is longer than the kernel allows, net.core.optmem_max; or \
             the queue of the network interface is full.",
            "Send less of it in each call.",
        ),
        _ if call.sends() => advise(
            "The queue of the network interface is full, or drops all. Linux says so only to \
             sockets with IP_RECVERR; to others, the datagram seems sent.",
            "Send more slowly; `tc -s qdisc` shows the queues and what they dropped.",
        ),
        _ => see_the_page(call),
    }
}

fn not_connected(call: &Call) -> Advice {
    if call.is_udp() && call.name == "shutdown" {
        return advise(
            "The socket is not connected. On Linux, shutdown works all the same: what waits to \
             receive on it ends.",
            "UDP has no end to be told of: close it.",
        );
    }
    match (call.state(), call.name) {
        ("LISTEN", _) => advise(
            "The socket listens: it has no connection of its own.",
            "Use the socket that accept returns.",
        ),
        (_, "shutdown") => advise(
            "The socket was never connected, or the connection is over, by a reset for instance.",
            "After a reset there is nothing left to end: close it. Otherwise make a new socket and \
             connect that: on Linux the shutdown has taken effect all the same.",
        ),
        _ => advise("The socket is not connected.", "Call connect first."),
    }
}

fn not_supported(call: &Call) -> Advice {
    match call.name {
        "listen" | "accept" | "accept4" => advise(
            "The socket is of a type without connections, such as UDP (SOCK_DGRAM).",
            "Receive at once, by recvfrom; or make a TCP socket (SOCK_STREAM).",
        ),
        _ if call.sends() => advise(
            "The socket's type does not know a flag of this call: urgent data (MSG_OOB) is TCP's.",
            "Leave the flag out.",
        ),
        "setsockopt" => advise(
            "This option is not for sockets of this family: newer Linux takes SO_REUSEPORT for \
             those of IP alone.",
            "Leave it out.",
        ),
        _ => see_the_page(call),
    }
}

fn nobody_reads(call: &Call) -> Advice {
    match (call.state(), call.local()) {
        ("LISTEN", _) => advise(
            "The socket listens: it takes connections, and has none itself.",
            "Send by the socket that accept has returned.",
        ),
        _ if call.is_udp() => advise(
            "This side has ended its sending, by shutdown.",
            "Send everything before shutdown(SHUT_WR).",
        ),
        ("CLOSE", None) => advise(
            "The socket was never connected. POSIX says ENOTCONN for it, Linux EPIPE.",
            "Call connect first.",
        ),
        ("FIN_WAIT1" | "FIN_WAIT2" | "CLOSING" | "LAST_ACK" | "TIME_WAIT", _) => advise(
            "This side has ended its sending, by shutdown.",
            "Send everything before shutdown(SHUT_WR).",
        ),
        ("CLOSE", Some(_)) => advise(
            "The connection is closed or reset: nobody is left to read what is sent. (Or the socket \
             is bound and was never connected.)",
            "Drop the connection and go on: clients come and go. If it should not have gone, see why the \
             other side closed.",
        ),
        _ => advise(
            "The connection is closed or reset: nobody is left to read what is sent.",
            "Drop the connection and go on: clients come and go. If it should not have gone, see why the \
             other side closed.",
        ),
    }
}

fn nobody_answered(call: &Call) -> Advice {
    match call.address {
        Some(address) => advise(
            format!(
                "Nothing at {address} answered: no such machine, or a firewall drops packets, or \
                 its queue of connections is full."
            ),
            "Check the address, and the firewall between.",
        ),
        None => advise(
            "The other side acknowledged nothing before TCP gave up: after many minutes \
             (net.ipv4.tcp_retries2), or when keepalive (SO_KEEPALIVE) or TCP_USER_TIMEOUT said \
             so; the latter counts as well when the other side takes nothing.",
            "The connection is over: close it, and connect again.",
        ),
    }
}
