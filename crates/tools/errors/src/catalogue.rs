//! The table: which call gives which error and when, and what provokes it here.

use std::sync::LazyLock;

/// Who can provoke an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Anybody, anywhere.
    Anyone,
    /// A process without privileges; it gives them up first, where it has any.
    WithoutRights,
    /// A process in a network of its own.
    OwnNetwork,
    /// Nobody here: the kernel would have to be out of memory, or another kernel.
    Never,
}

/// One way in which a call fails.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The call, and its option where it has one.
    pub call: &'static str,
    /// The error, by the name that people search for.
    pub symbol: &'static str,
    /// Who can provoke it.
    pub class: Class,
    /// The manual page that describes it.
    pub source: &'static str,
    /// When it happens; or, if it is never seen, why not.
    pub when: &'static str,
    /// What provokes it: `None` where nothing can.
    #[cfg(target_os = "linux")]
    pub provoke: Option<fn() -> crate::provoke::Provoked>,
}

impl Row {
    /// The call without its option.
    pub fn bare_call(&self) -> &'static str {
        self.call.split(' ').next().unwrap_or(self.call)
    }

    /// Whether nothing can provoke it here.
    pub fn is_never(&self) -> bool {
        self.class == Class::Never
    }

    /// Whether a server has to be ready for it all the same: on another system, or once this one
    /// has run out of something.
    pub fn is_for_servers(&self) -> bool {
        let symbols = ["ECONNABORTED", "ENFILE", "ENOBUFS", "ENOMEM"];
        self.is_never() && self.call == "accept" && symbols.contains(&self.symbol)
    }
}

/// Reads the table below.
macro_rules! table {
    ($($call:literal {
        $($class:ident $symbol:ident $source:literal $when:literal $(=> $provoke:expr)?;)*
    })*) => {
        &[$($(Row {
            call: $call,
            symbol: stringify!($symbol),
            class: Class::$class,
            source: $source,
            when: $when,
            #[cfg(target_os = "linux")]
            provoke: table!(@provoke $($provoke)?),
        },)*)*]
    };
    (@provoke) => { None };
    (@provoke $provoke:expr) => { Some($provoke) };
}

#[cfg(target_os = "linux")]
use crate::provoke::{
    accept, bind, close_and_shutdown as close, connect, getpeername, groups, interface, listen,
    recv, router, send, setsockopt, socket, unix,
};
#[cfg(target_os = "linux")]
use setsockopt::{REUSE_ADDRESS, REUSE_PORT};
/// Elsewhere nothing is provoked, and so neither option has to have its number.
#[cfg(not(target_os = "linux"))]
const REUSE_ADDRESS: i32 = 0;
#[cfg(not(target_os = "linux"))]
const REUSE_PORT: i32 = 1;

/// Every way in which socket calls fail, as far as their manual pages or experiments show. The
/// calls are in the order of a program.
pub static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let of_address = rows_of_option::<REUSE_ADDRESS>("setsockopt SO_REUSEADDR");
    let of_port = rows_of_option::<REUSE_PORT>("setsockopt SO_REUSEPORT");
    let others = CALLS.iter().copied();
    let more = [ONE_ROW_MORE, GROUPS].concat();
    others.chain(of_address).chain(of_port).chain(more).collect()
});

/// The rows but for those of setsockopt.
const CALLS: &[Row] = table! {
    "socket" {
        OwnNetwork EACCES "socket(2)"
            "a ping socket, and the group is not in net.ipv4.ping_group_range"
            => socket::ping_not_permitted;
        Anyone EAFNOSUPPORT "socket(2)"
            "the kernel has no such address family" => socket::unknown_family;
        Anyone EINVAL "socket(2)" "the type has a flag that does not exist" => socket::unknown_flag;
        Anyone EINVAL "socket(2)"
            "the number of the protocol is out of range" => socket::protocol_out_of_range;
        Anyone EMFILE "socket(2)"
            "the process has as many descriptors as it may have" => socket::too_many_descriptors;
        Never ENFILE "socket(2)" "the whole system would have to run out of files (fs.file-max)";
        Never ENOBUFS "socket(2)" "the kernel would have to run out of memory";
        Never ENOMEM "socket(2)" "the kernel would have to run out of memory";
        Anyone EPROTONOSUPPORT "socket(2)"
            "the family has the protocol, but for another type" => socket::protocol_of_another_type;
        Anyone ESOCKTNOSUPPORT "ip(7)"
            "the family has no sockets of this type" => socket::type_of_another_family;
        WithoutRights EPERM "raw(7)"
            "a raw socket, without the right to one (CAP_NET_RAW)" => socket::raw_without_rights;
    }
    "bind" {
        WithoutRights EACCES "bind(2)"
            "a low port, without the right to it (CAP_NET_BIND_SERVICE)"
            => bind::low_port_without_rights;
        Anyone EADDRINUSE "bind(2)" "another socket has this address and port" => bind::taken_port;
        Anyone EADDRINUSE "ip(7)"
            "a connection of the previous server is still in TIME_WAIT" => bind::left_in_time_wait;
        Anyone EADDRINUSE "bind(2)"
            "port 0, and every port that the kernel may pick is taken" => bind::no_port_left;
        Anyone EBADF "bind(2)" "the descriptor is closed" => bind::closed_descriptor;
        Anyone EINVAL "bind(2)" "the socket already has an address" => bind::twice;
        Anyone EINVAL "bind(2)" "the length is wrong for an address" => bind::wrong_length;
        Anyone EINVAL "seen, not documented"
            "an IPv4 address, and the socket is IPv6" => bind::too_short_for_ipv6;
        Anyone EINVAL "seen, not documented"
            "a link-local IPv6 address, and no interface is named"
            => bind::link_local_without_interface;
        Anyone EINVAL "seen, not documented"
            "over TCP, a multicast address of IPv6" => bind::group_over_tcp;
        Anyone EAFNOSUPPORT "tcp(7)"
            "an IPv6 address, and the socket is IPv4" => bind::ipv6_address_on_ipv4_socket;
        Anyone EAFNOSUPPORT "tcp(7)"
            "an address as long as an IPv6 one that says IPv4, and the socket is IPv6"
            => bind::ipv4_address_on_ipv6_socket;
        Anyone ENOTSOCK "bind(2)" "the descriptor is a file, not a socket" => bind::no_socket;
        Anyone EADDRNOTAVAIL "bind(2)"
            "the address is not this machine's" => bind::address_of_nobody;
        OwnNetwork EADDRNOTAVAIL "seen, not documented"
            "an IPv6 address of this machine that is not ready yet (tentative)"
            => interface::tentative_address;
        Anyone EFAULT "bind(2)"
            "the pointer to the address does not lead to memory of the process"
            => bind::bad_pointer;
        Anyone ENODEV "ipv6(7)"
            "a link-local IPv6 address, and its interface does not exist"
            => bind::no_such_interface;
        Never ENOMEM "bind(2)" "the kernel would have to run out of memory";
    }
    "listen" {
        Anyone EADDRINUSE "listen(2)"
            "another socket is already listening on this address and port" => listen::other_listens;
        Anyone EADDRINUSE "seen, not documented"
            "nobody listens, but another socket has the port, and SO_REUSEADDR no more"
            => listen::taken_back;
        Anyone EADDRINUSE "listen(2)"
            "there was no bind before it, and every port that the kernel may pick is taken"
            => listen::no_port_left;
        Anyone EBADF "listen(2)" "the descriptor is closed" => listen::closed_descriptor;
        Anyone ENOTSOCK "listen(2)" "the descriptor is a file, not a socket" => listen::no_socket;
        Anyone EOPNOTSUPP "listen(2)"
            "the socket is UDP, which has no connections" => listen::over_udp;
        Anyone EINVAL "seen, not documented" "the socket is connected" => listen::connected;
    }
    "accept" {
        Anyone EAGAIN "accept(2)" "non-blocking, and the queue is empty" => accept::nobody_queues;
        Anyone EAGAIN "socket(7)"
            "no client came before SO_RCVTIMEO was over" => accept::nobody_in_time;
        Anyone EBADF "accept(2)" "the descriptor is closed" => accept::closed_descriptor;
        Never ECONNABORTED "accept(2)"
            "Linux hands out a connection that was reset in the queue; the next recv reports it";
        Anyone EFAULT "accept(2)"
            "the pointer for the peer's address does not lead to memory of the process"
            => accept::bad_pointer;
        Anyone EINTR "accept(2)" "a signal arrived while it waited" => accept::signal;
        Anyone EINVAL "accept(2)"
            "the socket is not listening: listen was never called" => accept::not_listening;
        Anyone EINVAL "accept(2)"
            "the length for the peer's address is negative" => accept::wrong_length;
        Anyone EINVAL "seen, not documented" "the listener was shut down" => accept::shut_down;
    }
    "accept4" {
        Anyone EINVAL "accept(2)" "a flag that does not exist" => accept::unknown_flag;
    }
    "accept" {
        Anyone EMFILE "accept(2)"
            "the process has as many descriptors as it may have" => accept::too_many_descriptors;
        Never ENFILE "accept(2)" "the whole system would have to run out of files (fs.file-max)";
        Never ENOBUFS "accept(2)" "the kernel would have to run out of memory";
        Never ENOMEM "accept(2)" "the kernel would have to run out of memory";
        Anyone ENOTSOCK "accept(2)" "the descriptor is a file, not a socket" => accept::no_socket;
        Anyone EOPNOTSUPP "accept(2)"
            "the socket is UDP, which has no connections" => accept::over_udp;
        Never EPERM "accept(2)"
            "a security module would have to forbid it; a firewall stops packets, not this call";
        Never EPROTO "accept(2)" "other protocols have it; TCP does not";
    }
    "connect" {
        Anyone EACCES "connect(2)"
            "a broadcast address over UDP, without SO_BROADCAST"
            => connect::broadcast_without_option;
        OwnNetwork EACCES "ip(7)" "a route of type prohibit" => connect::prohibited;
        OwnNetwork EACCES "seen, not documented"
            "over IPv6, a router or a firewall forbids it (ICMPv6, code 1)"
            => router::code_of_ipv6::<1>;
        Never EPERM "connect(2)"
            "a security module would have to forbid it; a firewall that drops TCP's packets leaves \
             it waiting"
           ;
        Never EADDRINUSE "connect(2)" "over IP, a connection that already exists gives \
                                       EADDRNOTAVAIL";
        Anyone EADDRNOTAVAIL "seen, not documented"
            "the same two addresses and ports are already connected"
            => connect::same_connection_twice;
        OwnNetwork EADDRNOTAVAIL "seen, not documented"
            "the same connection is in TIME_WAIT, and TCP has no timestamps"
            => connect::same_connection_in_time_wait;
        Anyone EADDRNOTAVAIL "connect(2)"
            "every port that the kernel may pick has a connection to this peer"
            => connect::no_port_left;
        Anyone EAFNOSUPPORT "connect(2)"
            "an IPv6 address, and the socket is IPv4" => connect::ipv6_address_on_ipv4_socket;
        Anyone EAGAIN "connect(2)"
            "over UDP, every port that the kernel may pick is taken"
            => connect::no_port_left_over_udp;
        Anyone EALREADY "connect(2)"
            "non-blocking, and an earlier connect is still going on"
            => connect::again_while_it_goes_on;
        Anyone EBADF "connect(2)" "the descriptor is closed" => connect::closed_descriptor;
        Anyone ECONNREFUSED "connect(2)" "nobody listens there" => connect::nobody_listens;
        Anyone EFAULT "connect(2)"
            "the pointer to the address does not lead to memory of the process"
            => connect::bad_pointer;
        Anyone EINVAL "seen, not documented"
            "the length is wrong for an address" => connect::wrong_length;
        Anyone EINVAL "seen, not documented"
            "a link-local IPv6 address, and no interface is named"
            => connect::link_local_without_interface;
        OwnNetwork EINVAL "seen, not documented"
            "the socket is bound to a loopback address, and the peer is another machine"
            => interface::loopback_to_another_machine;
        Anyone EINPROGRESS "connect(2)"
            "non-blocking: it goes on in the background" => connect::without_waiting;
        Anyone EINPROGRESS "socket(7)"
            "nobody answered before SO_SNDTIMEO was over" => connect::not_answered_in_time;
        Anyone EINTR "connect(2)" "a signal arrived while it waited" => connect::signal;
        Anyone EISCONN "connect(2)" "the socket is connected" => connect::twice;
        Anyone EISCONN "seen, not documented" "the socket is listening" => connect::listening;
        Anyone ENETUNREACH "connect(2)"
            "over TCP, an address that stands for many machines" => connect::many_machines;
        OwnNetwork ENETUNREACH "connect(2)" "no route leads there" => connect::no_route;
        OwnNetwork ENETUNREACH "icmp(7)"
            "a router on the way has no route (ICMP, code 0)" => router::code::<0>;
        OwnNetwork EHOSTUNREACH "ip(7)" "a route of type unreachable" => connect::unreachable;
        OwnNetwork EHOSTUNREACH "icmp(7)"
            "a router on the way does not reach the machine (ICMP, code 1)" => router::code::<1>;
        OwnNetwork ENOPROTOOPT "icmp(7)"
            "the peer does not speak TCP (ICMP, code 2)" => router::code::<2>;
        OwnNetwork EOPNOTSUPP "icmp(7)"
            "a router cannot go the way that the packet names (ICMP, code 5)" => router::code::<5>;
        OwnNetwork EHOSTDOWN "icmp(7)"
            "a router knows no such machine (ICMP, code 7)" => router::code::<7>;
        OwnNetwork ENONET "icmp(7)"
            "a router says that this machine is cut off (ICMP, code 8)" => router::code::<8>;
        OwnNetwork EPROTO "icmp(7)"
            "over IPv6, a router cannot go the way that the packet names (ICMPv6, code 7)"
            => router::code_of_ipv6::<7>;
        OwnNetwork ENODEV "seen, not documented"
            "the interface that the socket is bound to is gone" => interface::interface_gone;
        OwnNetwork EINVAL "ip(7)" "a route of type blackhole" => connect::black_hole;
        Anyone ENOTSOCK "connect(2)" "the descriptor is a file, not a socket" => connect::no_socket;
        Anyone ETIMEDOUT "connect(2)"
            "nobody answered before TCP gave up" => connect::never_answered;
    }
    "close" {
        Anyone EBADF "close(2)" "the descriptor is already closed" => close::twice;
        Never EINTR "close(2)"
            "a signal ends the wait of SO_LINGER, and close still succeeds";
        Never EIO "close(2)" "it is for files, whose bytes may fail to be written; sockets do not \
                              have it";
    }
    "shutdown" {
        Anyone EBADF "shutdown(2)" "the descriptor is closed" => close::closed_descriptor;
        Anyone EINVAL "shutdown(2)" "a direction that does not exist" => close::unknown_direction;
        Anyone ENOTCONN "shutdown(2)" "the socket was never connected" => close::not_connected;
        Anyone ENOTCONN "seen, not documented"
            "over UDP, not connected: it takes effect even so" => close::not_connected_udp;
        Anyone ENOTCONN "seen, not documented"
            "the peer has reset the connection" => close::after_a_reset;
        Anyone ENOTSOCK "shutdown(2)" "the descriptor is a file, not a socket" => close::no_socket;
    }
    "sendto" {
        Anyone EACCES "send(2)"
            "a broadcast address over UDP, without SO_BROADCAST" => send::broadcast_without_option;
    }
    "send" {
        Anyone EAGAIN "send(2)"
            "non-blocking, and the buffers of both sides are full"
            => send::full_buffers_without_waiting;
        Anyone EAGAIN "socket(7)"
            "the buffers were full until SO_SNDTIMEO was over" => send::no_room_in_time;
    }
    "sendto" {
        Anyone EAGAIN "send(2)"
            "over UDP, every port that the kernel may pick is taken" => send::no_port_left;
        Anyone EINPROGRESS "tcp(7)"
            "Fast Open, non-blocking, and the connect is not finished yet"
            => send::fast_open_without_waiting;
        Anyone EALREADY "send(2)"
            "Fast Open, non-blocking, and the connect of an earlier one is still going on"
            => send::again_while_it_connects;
    }
    "send" {
        Anyone EBADF "send(2)" "the descriptor is closed" => send::closed_descriptor;
        Anyone ECONNRESET "send(2)" "the peer has reset the connection" => send::after_a_reset;
        Anyone ECONNREFUSED "udp(7)"
            "over UDP, an earlier datagram found nobody at the peer's port"
            => send::nobody_receives;
        Anyone EDESTADDRREQ "send(2)"
            "over UDP, not connected, and the call names no receiver"
            => send::to_nobody_in_particular;
        Anyone EFAULT "send(2)"
            "the pointer to the bytes does not lead to memory of the process" => send::bad_pointer;
        Anyone EINTR "send(2)" "a signal arrived while it waited for room" => send::signal;
    }
    "sendto" {
        Anyone EINVAL "send(2)"
            "the length is wrong for an address" => send::wrong_address;
        Anyone EINVAL "seen, not documented" "over UDP, to port 0" => send::to_port_0;
        Anyone EISCONN "send(2)"
            "Fast Open, and the socket is connected" => send::fast_open_when_connected;
        Anyone EMSGSIZE "send(2)" "more bytes than one datagram can hold" => send::too_long;
    }
    "sendmsg" {
        Anyone ENOBUFS "send(2)"
            "more control data than net.core.optmem_max" => send::too_much_control;
        Anyone ENODEV "ip(7)"
            "the control data names an interface that does not exist (IP_PKTINFO)"
            => interface::no_interface_in_control_data;
    }
    "sendto" {
        OwnNetwork ENOBUFS "send(2)"
            "the interface's queue is full, and IP_RECVERR is on"
            => send::queue_of_the_interface_full;
    }
    "send" {
        Never ENOMEM "send(2)" "the kernel would have to run out of memory";
        Never ENOTCONN "send(2)" "Linux gives EPIPE for a TCP socket that is not connected";
        Anyone EPIPE "ip(7)"
            "the peer has closed, and an earlier send found that out"
            => send::after_the_peers_end;
        Anyone ENOTSOCK "send(2)" "the descriptor is a file, not a socket" => send::no_socket;
        Anyone EOPNOTSUPP "send(2)"
            "urgent data (MSG_OOB) over UDP, which has none" => send::urgent_over_udp;
        Anyone EPIPE "send(2)" "this side has ended its sending" => send::after_own_end;
        Anyone EPIPE "seen, not documented"
            "a TCP socket that was never connected" => send::never_connected;
        Anyone ETIMEDOUT "tcp(7)"
            "the peer acknowledged nothing (or, with TCP_USER_TIMEOUT, took no data) before TCP gave up" => send::never_acknowledged;
    }
    "sendto" {
        OwnNetwork EPERM "ip(7)" "a firewall drops what is sent" => send::dropped_by_firewall;
        OwnNetwork ENETUNREACH "ip(7)" "no route leads there" => send::no_route;
        OwnNetwork EHOSTUNREACH "ip(7)" "a route of type unreachable" => send::unreachable;
        Anyone EAFNOSUPPORT "ip(7)"
            "an IPv6 address, and the socket is IPv4" => send::ipv6_address_on_ipv4_socket;
        OwnNetwork EMSGSIZE "ip(7)"
            "more than the path carries, and IP_MTU_DISCOVER forbids pieces"
            => send::too_long_for_the_path;
        OwnNetwork EADDRNOTAVAIL "seen, not documented"
            "over IPv6, and the machine has no IPv6 address to send from" => send::no_ipv6_address;
    }
    "send" {
        OwnNetwork ENXIO "packet(7)"
            "over a packet socket, and no interface is named" => send::packet_without_interface;
    }
    "recv" {
        Anyone EAGAIN "recv(2)" "non-blocking, and nothing has arrived" => recv::nothing_there;
        Anyone EAGAIN "recv(2)"
            "nothing has arrived, and MSG_DONTWAIT was asked for"
            => recv::nothing_there_for_this_call;
        Anyone EAGAIN "recv(2)" "nothing came before SO_RCVTIMEO was over" => recv::nothing_in_time;
        Anyone EBADF "recv(2)" "the descriptor is closed" => recv::closed_descriptor;
        Anyone ECONNREFUSED "recv(2)"
            "over UDP, an earlier datagram found nobody at the peer's port"
            => recv::nobody_receives;
        Anyone ECONNRESET "seen, not documented"
            "the peer has reset the connection" => recv::after_a_reset;
        Anyone EFAULT "recv(2)"
            "the pointer to the buffer does not lead to memory of the process" => recv::bad_pointer;
        Anyone EINTR "recv(2)" "a signal arrived while it waited" => recv::signal;
        Anyone EINVAL "recv(2)"
            "urgent data was asked for (MSG_OOB), and there is none" => recv::nothing_urgent;
    }
    "recvfrom" {
        Anyone EINVAL "recv(2)"
            "the length for the sender's address is negative" => recv::wrong_length;
    }
    "recvmsg" {
        Never ENOMEM "recv(2)" "the kernel would have to run out of memory";
    }
    "recv" {
        Anyone ENOTCONN "recv(2)"
            "a TCP socket that was never connected" => recv::not_connected;
        Anyone ENOTCONN "seen, not documented" "a TCP socket that is listening" => recv::on_a_listener;
        Anyone ENOTSOCK "recv(2)" "the descriptor is a file, not a socket" => recv::no_socket;
        Anyone ETIMEDOUT "tcp(7)"
            "the peer acknowledged nothing (or, with TCP_USER_TIMEOUT, took no data) before TCP gave up" => recv::never_acknowledged;
    }
    "getpeername" {
        Anyone ENOTCONN "getpeername(2)"
            "the socket was never connected" => getpeername::not_connected;
        Anyone ENOTCONN "seen, not documented"
            "the connection was reset" => getpeername::after_a_reset;
        Anyone ENOTSOCK "getpeername(2)"
            "the descriptor is a file, not a socket" => getpeername::no_socket;
    }
    "bind" {
        Anyone EADDRINUSE "unix(7)"
            "a Unix socket, and the file of an earlier one is left over" => unix::left_over;
    }
    "connect" {
        Anyone ECONNREFUSED "unix(7)"
            "a Unix socket, and the file's own socket is closed" => unix::nobody_has_the_file;
        Anyone EAGAIN "connect(2)"
            "a Unix socket, non-blocking, and the listener's queue is full" => unix::queue_full;
        Anyone ENOENT "unix(7)" "a Unix socket, and there is no such file" => unix::no_file;
        Anyone EPROTOTYPE "connect(2)"
            "a Unix socket, and the file's own is of another type" => unix::of_another_type;
    }
};

/// In which ways `setsockopt` fails, whichever of the two options it sets.
fn rows_of_option<const OPTION: i32>(call: &'static str) -> Vec<Row> {
    let rows: &[Row] = table! {
        "setsockopt" {
            Anyone EBADF "setsockopt(2)"
                "the descriptor is closed" => setsockopt::closed_descriptor::<OPTION>;
            Anyone EFAULT "setsockopt(2)"
                "the pointer to the value does not lead to memory of the process"
                => setsockopt::bad_pointer::<OPTION>;
            Anyone EINVAL "setsockopt(2)"
                "the length is wrong for an int" => setsockopt::wrong_length::<OPTION>;
            Anyone ENOPROTOOPT "setsockopt(2)"
                "there is no such option, or not at this level"
                => setsockopt::unknown_option::<OPTION>;
            Anyone ENOTSOCK "setsockopt(2)"
                "the descriptor is a file, not a socket" => setsockopt::no_socket::<OPTION>;
        }
    };
    rows.iter().map(|row| Row { call, ..*row }).collect()
}

const ONE_ROW_MORE: &[Row] = table! {
    "setsockopt SO_REUSEPORT" {
        Anyone EOPNOTSUPP "seen, not documented"
            "the socket is not an IP socket; since Linux 6.13" => setsockopt::port_of_a_unix_socket;
    }
};

/// Groups and interfaces.
const GROUPS: &[Row] = table! {
    "setsockopt IP_ADD_MEMBERSHIP" {
        Anyone EADDRINUSE "seen, not documented"
            "the socket has joined the group already, on this interface" => groups::twice;
        Anyone EINVAL "seen, not documented" "it is no group's address" => groups::no_group;
        OwnNetwork ENODEV "seen, not documented"
            "no interface is named, and no route leads to the group" => groups::no_route;
        Anyone EPROTO "seen, not documented" "the socket is TCP" => groups::over_tcp;
    }
    "setsockopt IP_DROP_MEMBERSHIP" {
        Anyone EADDRNOTAVAIL "seen, not documented"
            "the socket has not joined the group on this interface" => groups::never_joined;
    }
    "setsockopt SO_BINDTODEVICE" {
        Anyone ENODEV "seen, not documented"
            "there is no interface of that name" => groups::no_interface;
        WithoutRights EPERM "seen, not documented"
            "the socket is bound to an interface already; since Linux 5.7 the first time is free"
            => groups::another_interface;
    }
};
