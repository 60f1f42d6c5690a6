//! The address is not available: to bind it, or to connect from one.

use std::net::{IpAddr, SocketAddr};

use kernel::Unready;

use crate::call::{Advice, Call, advise, see_the_page};
use crate::commands::SHOW_ADDRESSES;
use crate::connection::port_of_nobody;

pub(crate) fn not_available(call: &Call) -> Advice {
    let Some(address) = call.address else { return see_the_page(call) };
    match (call.name, call.local()) {
        // Windows' error for it.
        ("connect", _) if address.port() == 0 => port_of_nobody(),
        ("connect", Some(local)) => connected_already(call, local, address),
        ("connect", None) => no_port_left(address),
        ("bind", None) if address.ip().is_loopback() => no_loopback(address),
        _ => match unready(call, address) {
            Some(Unready::Tentative) => still_tentative(address.ip()),
            Some(Unready::Duplicate) => of_another_machine(address.ip()),
            None => not_of_this_machine(address.ip()),
        },
    }
}

/// Two sockets that were bound to one port by hand, with SO_REUSEADDR, connect to the same place.
fn connected_already(call: &Call, local: SocketAddr, peer: SocketAddr) -> Advice {
    let is_elsewhere = call.socket.is_some_and(kernel::is_of_another_network);
    let other = kernel::connection(local, peer).flatten().filter(|_| !is_elsewhere);
    let state = match &other {
        Some(entry) => format!(" It is in {}.", entry.state),
        None => String::new(),
    };
    let time_wait = match other {
        Some(entry) if entry.state != "TIME_WAIT" => "",
        _ if cfg!(target_os = "linux") => {
            " Linux replaces one in TIME_WAIT at once, but not without TCP's timestamps \
             (net.ipv4.tcp_timestamps, which are on unless somebody switches them off)."
        }
        _ => " One in TIME_WAIT may count as well.",
    };
    advise(
        format!(
            "There is already a connection from {local} to {peer}, and no two connections may have \
             the same addresses and ports at both ends.{state}{time_wait}"
        ),
        "Leave out the bind before connect, and the kernel picks another port.",
    )
}

fn no_port_left(peer: SocketAddr) -> Advice {
    let (no_ipv6, todo) = match peer.is_ipv6() {
        true => (
            " Or this machine has no IPv6 address to send from, perhaps because IPv6 is switched \
             off (net.ipv6.conf.all.disable_ipv6).",
            "Try 127.0.0.1, over IPv4. If it is ports that have run out, close connections that are \
             not needed, or wait until others have left TIME_WAIT.",
        ),
        false => {
            ("", "Close connections that are not needed, or wait until others have left TIME_WAIT.")
        }
    };
    advise(
        format!(
            "The kernel finds no free port on this side for a connection to {peer}: all those that \
             it may pick are taken (on Linux, net.ipv4.ip_local_port_range).{no_ipv6}"
        ),
        todo,
    )
}

pub(crate) fn no_loopback(address: SocketAddr) -> Advice {
    advise(
        format!(
            "{} does not exist here: this system's loopback interface is down or has no such \
             address, as in a container without a network or without IPv6.",
            address.ip()
        ),
        match address.is_ipv6() {
            true => {
                "Use 127.0.0.1; or check whether `sysctl net.ipv6.conf.lo.disable_ipv6` is 1 and \
                 `ip address show lo` shows the interface UP."
            }
            false => {
                "`ip address show lo` shows its addresses; root can bring it up with `ip link set \
                 lo up`."
            }
        },
    )
}

/// Why an address that an interface has cannot be bound.
fn unready(call: &Call, address: SocketAddr) -> Option<Unready> {
    let SocketAddr::V6(address) = address else { return None };
    if call.socket.is_some_and(kernel::is_of_another_network) {
        return None;
    }
    kernel::unready(*address.ip(), address.scope_id())
}

fn still_tentative(ip: IpAddr) -> Advice {
    advise(
        format!(
            "{ip} is an address of this machine, but still a tentative one: the kernel asks the \
             network whether another machine has it (duplicate address detection). That takes a \
             second or two once the interface is up, as at boot; without a carrier (a cable), it \
             does not even begin."
        ),
        format!(
            "Wait until `ip address` no longer says tentative, and bind again. Or set IPV6_FREEBIND \
             before bind (set_freebind_v6 in socket2), which takes an address that is not there \
             yet. Or root adds the address without that check: `ip address add {ip}/64 dev eth0 \
             nodad`."
        ),
    )
}

fn of_another_machine(ip: IpAddr) -> Advice {
    advise(
        format!(
            "An interface of this machine was given {ip}, but another machine on that network has \
             the address (`ip address` says dadfailed), so it cannot be used here."
        ),
        "Give one of the two machines another address; waiting does not help.",
    )
}

fn not_of_this_machine(ip: IpAddr) -> Advice {
    let reserved = match ip {
        IpAddr::V4(ip) if ip.octets()[0] >= 240 => {
            " (240.0.0.0 to 255.255.255.254 are reserved, and networks do not use them.)"
        }
        IpAddr::V4(ip) if ip.octets()[0] == 0 => {
            " (Of those that begin with 0, only 0.0.0.0 has a meaning: every interface.)"
        }
        _ => "",
    };
    advise(
        format!("{ip} is not an address of this machine.{reserved}"),
        format!(
            "Use {}, or '' for every interface, or an address that `{SHOW_ADDRESSES}` lists.",
            if ip.is_ipv6() { "::1" } else { "127.0.0.1" }
        ),
    )
}
