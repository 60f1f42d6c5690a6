//! Errors in plain words: the one source of this advice in the workspace.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};

use socket2::{Socket, Type};

use crate::host::stands_for_many;
use crate::kernel::{self, Entry, Transport};
use crate::rows;

#[cfg(unix)]
use libc::{
    EACCES, EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EAGAIN, EALREADY, EBADF, ECONNABORTED,
    ECONNREFUSED, ECONNRESET, EDESTADDRREQ, EFAULT, EHOSTUNREACH, EINPROGRESS, EINTR, EINVAL, EIO,
    EISCONN, EMFILE, EMSGSIZE, ENETUNREACH, ENFILE, ENOBUFS, ENODEV, ENOMEM, ENOPROTOOPT, ENOTCONN,
    ENOTSOCK, EOPNOTSUPP, EPERM, EPIPE, EPROTO, EPROTONOSUPPORT, ESOCKTNOSUPPORT, ETIMEDOUT,
};
#[cfg(windows)]
use windows_sys::Win32::Networking::WinSock::{
    WSAEACCES as EACCES, WSAEADDRINUSE as EADDRINUSE, WSAEADDRNOTAVAIL as EADDRNOTAVAIL,
    WSAEAFNOSUPPORT as EAFNOSUPPORT, WSAEALREADY as EALREADY, WSAEBADF as EBADF,
    WSAECONNABORTED as ECONNABORTED, WSAECONNREFUSED as ECONNREFUSED, WSAECONNRESET as ECONNRESET,
    WSAEDESTADDRREQ as EDESTADDRREQ, WSAEFAULT as EFAULT, WSAEHOSTUNREACH as EHOSTUNREACH,
    WSAEINPROGRESS as EINPROGRESS, WSAEINTR as EINTR, WSAEINVAL as EINVAL, WSAEISCONN as EISCONN,
    WSAEMFILE as EMFILE, WSAEMSGSIZE as EMSGSIZE, WSAENETUNREACH as ENETUNREACH,
    WSAENOBUFS as ENOBUFS, WSAENOPROTOOPT as ENOPROTOOPT, WSAENOTCONN as ENOTCONN,
    WSAENOTSOCK as ENOTSOCK, WSAEOPNOTSUPP as EOPNOTSUPP, WSAEPROTONOSUPPORT as EPROTONOSUPPORT,
    WSAESHUTDOWN as EPIPE, WSAESOCKTNOSUPPORT as ESOCKTNOSUPPORT, WSAETIMEDOUT as ETIMEDOUT,
    WSAEWOULDBLOCK as EAGAIN,
};

/// Names beside their values.
macro_rules! named {
    ($($name:ident)*) => { &[$(($name, stringify!($name))),*] };
}

/// The errors of socket calls, by the names that people search for.
const SYMBOLS: &[(i32, &str)] = named!(
    EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF ECONNABORTED ECONNREFUSED
    ECONNRESET EDESTADDRREQ EFAULT EHOSTUNREACH EINPROGRESS EINTR EINVAL EISCONN EMFILE EMSGSIZE
    ENETUNREACH ENOBUFS ENOPROTOOPT ENOTCONN ENOTSOCK EOPNOTSUPP EPIPE EPROTONOSUPPORT
    ESOCKTNOSUPPORT ETIMEDOUT
);

/// Those that Windows does not have.
#[cfg(unix)]
const UNIX_SYMBOLS: &[(i32, &str)] = named!(EIO ENFILE ENODEV ENOMEM EPERM EPROTO);
#[cfg(windows)]
const UNIX_SYMBOLS: &[(i32, &str)] = &[];

/// The system's words for an error with its symbol and number, such as
/// `Connection refused (ECONNREFUSED, 111)`.
#[must_use]
pub fn words(error: &io::Error) -> String {
    let text = error.to_string();
    let Some(number) = error.raw_os_error() else {
        return text;
    };
    let text = text.trim_end_matches(&format!(" (os error {number})"));
    format!("{text} ({}, {number})", symbol(error))
}

/// The symbol of an error, such as `ECONNREFUSED`; a word for it where it has none.
#[must_use]
pub fn symbol(error: &io::Error) -> String {
    let number = error.raw_os_error();
    let known = SYMBOLS.iter().chain(UNIX_SYMBOLS).find(|(known, _)| Some(*known) == number);
    match (known, number) {
        (Some((EAGAIN, _)), _) if cfg!(windows) => "WSAEWOULDBLOCK".to_string(),
        (Some((EPIPE, _)), _) if cfg!(windows) => "WSAESHUTDOWN".to_string(),
        (Some((_, symbol)), _) if cfg!(windows) => format!("WSA{symbol}"),
        (Some((_, symbol)), _) => symbol.to_string(),
        (None, Some(_)) => "os error".to_string(),
        (None, None) => error.to_string(),
    }
}

/// The number of the error that `symbol` names, such as `ECONNREFUSED`; `None` where this system
/// has no such error.
#[must_use]
pub fn number(symbol: &str) -> Option<i32> {
    let known = SYMBOLS.iter().chain(UNIX_SYMBOLS).find(|(_, known)| *known == symbol);
    known.map(|(number, _)| *number)
}

/// A call that failed: what the system said, why that happens here, and what to do.
#[derive(Debug)]
pub struct Failure {
    /// The call as its row would show it, such as `bind(127.0.0.1:8080)`.
    pub call: String,
    /// The system's own words, with symbol and number.
    pub words: String,
    /// Why it happens here, in plain words; empty where the course has no explanation.
    pub why: String,
    /// What to do about it.
    pub todo: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.call, self.words)
    }
}

impl Error for Failure {}

impl Failure {
    /// Explains why `call` failed on `socket`, or failed to make one. An address in the call's
    /// brackets is taken into account.
    #[must_use]
    pub fn of(call: &str, error: &io::Error, socket: Option<&Socket>) -> Failure {
        let (name, arguments) = call.split_once('(').unwrap_or((call, ""));
        let address = arguments.trim_end_matches(')').parse().ok();
        let (why, todo) = match (error.raw_os_error(), address, socket) {
            (Some(EADDRINUSE), Some(address), Some(socket)) => address_in_use(address, socket),
            (Some(EACCES), Some(address), _) if name == "bind" => port_not_permitted(address),
            (number, ..) => advice(name, address, number.unwrap_or(0)),
        };
        Failure { call: call.to_string(), words: words(error), why, todo }
    }

    /// The system did something else than the program says about it.
    #[must_use]
    pub fn surprise(call: String, words: String) -> Failure {
        let why = if cfg!(target_os = "linux") {
            "This kernel does something else than Linux 6 does, or a sandbox or a setting of this \
             machine is in the way."
        } else {
            "The program says what Linux does, and this system does something else."
        };
        Failure { call, words, why: why.to_string(), todo: String::new() }
    }
}

/// Makes sure that what a program measured is what it says about it.
///
/// # Errors
///
/// It is not.
pub fn expect<T: PartialEq + fmt::Debug>(what: &str, saw: T, expected: T) -> Result<(), Failure> {
    if saw == expected {
        return Ok(());
    }
    Err(Failure::surprise(what.to_string(), format!("expected {expected:?}, and saw {saw:?}")))
}

/// Prints an error to stderr: the call and the system's words, then why and what to do.
pub fn print(error: &anyhow::Error) {
    rows::complain_after_rows(&format!("error: {error:#}\n"));
    if let Some(failure) = error.downcast_ref() {
        rows::complain(&reasons(failure));
    }
}

/// Why a call failed and what to do, as lines to be printed.
#[must_use]
pub fn reasons(Failure { why, todo, .. }: &Failure) -> String {
    let parts = [("  Why: ", why), ("  Do:  ", todo)];
    let parts = parts.into_iter().filter(|(_, text)| !text.is_empty());
    parts.map(|(head, text)| rows::wrapped(text, 80, head, "       ")).collect()
}

/// Why `call` fails with error `number` here, and what to do.
fn advice(call: &str, address: Option<SocketAddr>, number: i32) -> (String, String) {
    let (why, todo) = match (number, address) {
        (ENETUNREACH, Some(address)) if stands_for_many(address.ip()) => (
            format!("{} stands for many machines, and TCP connects to one.", address.ip()),
            "Take the address of one machine; 127.0.0.1 is this one.".to_string(),
        ),
        (EADDRNOTAVAIL, Some(address)) if call == "connect" => (
            format!(
                "The kernel finds no free port on this side for a connection to {address}: all \
                 that it gives away are taken (on Linux, net.ipv4.ip_local_port_range)."
            ),
            "Close connections that are not needed, or wait until TIME_WAIT of others is over."
                .to_string(),
        ),
        (EADDRNOTAVAIL | ENETUNREACH, Some(address)) if address.ip().is_loopback() => (
            format!(
                "{} is not there: this system's loopback interface is down or has no such \
                 address, as in a container without network or IPv6.",
                address.ip()
            ),
            if address.is_ipv6() {
                "Take 127.0.0.1; or see whether `sysctl net.ipv6.conf.lo.disable_ipv6` is 1 and \
                 `ip address show lo` shows the interface UP."
            } else {
                "`ip address show lo` shows what it has; root switches it on by `ip link set lo \
                 up`."
            }
            .to_string(),
        ),
        (EADDRNOTAVAIL, Some(address)) => (
            format!("{} is not an address of this machine.", address.ip()),
            format!(
                "Take 127.0.0.1, or '' for every interface, or one that `{SHOW_ADDRESSES}` lists."
            ),
        ),
        (EINVAL, Some(SocketAddr::V6(v6))) if v6.ip().is_unicast_link_local() => (
            "A link-local address is only complete with the interface that it belongs to."
                .to_string(),
            format!("Name the interface: {}%eth0, for instance.", v6.ip()),
        ),
        (EAFNOSUPPORT, _) => (
            "This system has no such address family: its kernel was built or started without it."
                .to_string(),
            "For want of IPv6, take IPv4: leave out --ipv6, and give an address such as 127.0.0.1."
                .to_string(),
        ),
        (ECONNREFUSED, Some(address)) => (
            format!("Nobody listens at {address}. A port that is only bound refuses, too."),
            "Start the server first (`just step-4 --wait` in another terminal), and see that host \
             and port are the same on both sides."
                .to_string(),
        ),
        (EMFILE, _) => (
            "This process has as many descriptors open as its limit allows; each socket is one."
                .to_string(),
            "`ulimit -n` shows the limit, `ulimit -n 1024` raises it for this shell.".to_string(),
        ),
        (ENETUNREACH | EHOSTUNREACH, Some(address)) => (
            format!(
                "This system knows no way to {}: its network is down, or has no route.",
                address.ip()
            ),
            "Look at its routes; to stay on this machine, take 127.0.0.1.".to_string(),
        ),
        (ETIMEDOUT, Some(address)) => (
            format!("Nothing at {address} answered: no such machine, or a firewall drops packets."),
            "Check the address, and the firewall between.".to_string(),
        ),
        (ECONNRESET, _) => (
            "The other side ended the connection by a reset: it closed before it had read \
             everything that was sent to it, or asked for a reset (SO_LINGER with 0)."
                .to_string(),
            "A client should read the answer to its end before it closes.".to_string(),
        ),
        #[cfg(unix)]
        (EPIPE, _) => (
            "The connection is closed or reset: nobody is left to read what is sent.".to_string(),
            "See why the other side closed; it should read everything first.".to_string(),
        ),
        #[cfg(unix)]
        (EPERM, _) => return not_permitted(),
        (EACCES, _) => return not_permitted(),
        _ if cfg!(unix) => {
            (String::new(), format!("`man 2 {call}` lists under ERRORS when this happens."))
        }
        _ => (String::new(), String::new()),
    };
    (why, todo)
}

/// The command that lists this machine's addresses.
const SHOW_ADDRESSES: &str = if cfg!(windows) {
    "ipconfig"
} else if cfg!(target_os = "linux") {
    "ip address"
} else {
    "ifconfig"
};

fn not_permitted() -> (String, String) {
    (
        "This system's rules forbid it to this process: a sandbox, a container or a firewall."
            .to_string(),
        "Try outside the sandbox, or ask whoever set it up.".to_string(),
    )
}

fn port_not_permitted(address: SocketAddr) -> (String, String) {
    let port = address.port();
    match kernel::setting("net/ipv4/ip_unprivileged_port_start") {
        Some(start) if u32::from(port) < start => (
            format!(
                "Ports below {start} are for privileged programs, and this one is not: it lacks \
                 CAP_NET_BIND_SERVICE (sysctl net.ipv4.ip_unprivileged_port_start = {start})."
            ),
            format!("Take a port from {start} up, such as 8080, or 0 to let the kernel pick."),
        ),
        _ => not_permitted(),
    }
}

fn address_in_use(address: SocketAddr, socket: &Socket) -> (String, String) {
    if address.port() == 0 {
        return (
            "No port is free of those that the kernel gives away (on Linux, \
             net.ipv4.ip_local_port_range)."
                .to_string(),
            "Choose a port yourself, outside that range.".to_string(),
        );
    }
    let other = match address.port().checked_add(1) {
        Some(next) => format!("another port, such as {next}, or 0 to let the kernel pick"),
        None => "another port, or 0 to let the kernel pick".to_string(),
    };
    let Some(entries) = rivals(address, socket) else {
        return (format!("Another socket has {address}."), format!("Take {other}."));
    };
    let live = |entry: &&Entry| entry.inode != 0;
    let left_over = entries.iter().filter(|entry| entry.inode == 0);
    if let Some(entry) = entries.iter().find(live) {
        let holder = match kernel::process_of(entry.inode) {
            Some((name, process)) => format!("{name}, process {process},"),
            None => {
                format!("A program of user {} (which one, the system does not say)", entry.user)
            }
        };
        let port = address.port();
        let why = match entry.state {
            "LISTEN" => format!("{holder} listens on {}.", entry.local),
            _ => format!("{holder} has a socket on {}.", entry.local),
        };
        (why, format!("Stop it (`ss -tuanp 'sport = :{port}'` shows it), or take {other}."))
    } else if let Some(entry) = left_over.max_by_key(|entry| entry.seconds_left) {
        let how_long = match entry.state {
            "TIME_WAIT" => format!(", for {} s more", entry.seconds_left),
            _ => String::new(),
        };
        let why = format!(
            "A connection of {} that no program has any more is in {}{how_long}. That keeps the \
             port, unless SO_REUSEADDR was set on its socket and is set on this one. (A socket \
             that is bound and does not listen would keep it, too, and is not in that table.)",
            entry.local, entry.state
        );
        (why, format!("Wait until that is over, or take {other}."))
    } else {
        let why = format!(
            "Another socket has {address}. The system's tables do not show whose it is, as for a \
             socket that is bound and does not listen."
        );
        (why, format!("Take {other}."))
    }
}

/// The rows of the kernel's table that may stand in the way of binding `socket` to `address`.
fn rivals(address: SocketAddr, socket: &Socket) -> Option<Vec<Entry>> {
    let transport = match socket.r#type() {
        Ok(Type::DGRAM) => Transport::Udp,
        _ => Transport::Tcp,
    };
    let mut entries = kernel::port_table(transport, address.port())?;
    entries.retain(|entry| overlap(entry.local.ip(), address.ip()));
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
