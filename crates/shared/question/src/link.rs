//! A network of this process's own, with a link on which packets take their time: what loopback,
//! where everything arrives at once, cannot show. It ends with the process, and nobody else sees it
//! (network_namespaces(7), user_namespaces(7)).
//!
//! The link is a TUN device, whose packets a program reads and writes (the kernel's
//! Documentation/networking/tuntap.rst). A thread here keeps each for a while and hands it back with
//! sender and receiver exchanged, so that [`THERE`], at the other end, is this machine again: who
//! connects to its port 8080 reaches the listener on port 8080 of [`HERE`].

use std::fmt::{self, Display};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::Ipv4Addr;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use kernel::check;
use lesson::words;

use crate::interface;
use crate::namespace::{change, enter};

/// This side's address on the link. It is one for documentation (RFC 5737).
pub const HERE: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);

/// The other side's.
pub const THERE: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);

/// What this process is not allowed to do, and why: the question is not shown then, which is no
/// fault of the program.
#[derive(Debug)]
pub struct NotHere(String);

impl NotHere {
    fn because(what: &str) -> impl FnOnce(io::Error) -> NotHere {
        move |error| NotHere(format!("this process may not {what}: {}", words(&error)))
    }
}

impl Display for NotHere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotHere {}

/// Moves this process, which has one thread, into a network of its own, with nothing but a loopback
/// interface.
///
/// # Errors
///
/// The system does not allow it.
pub fn own_network() -> Result<(), NotHere> {
    enter(&[]).map_err(NotHere::because("have a network of its own"))
}

/// Moves this process, which has one thread, into a network of its own, and makes the link in it, on
/// which each packet takes `delay`; those that `lost` picks never arrive.
///
/// # Errors
///
/// The system does not allow it.
pub fn with_delay(delay: Duration, lost: fn(&[u8]) -> bool) -> Result<(), NotHere> {
    own_network()?;
    let device = tun("link").map_err(NotHere::because("make a link (/dev/net/tun)"))?;
    let device = Arc::new(device);
    let same = Arc::clone(&device);
    let (departures, arrivals) = channel();
    // Both threads end with the process.
    thread::spawn(move || {
        let mut buffer = [0; 65536];
        while let Ok(length) = (&*same).read(&mut buffer) {
            let arrival = Instant::now() + delay;
            let packet = buffer[..length].to_vec();
            if is_ipv4(&packet) && !lost(&packet) && departures.send((arrival, packet)).is_err() {
                break;
            }
        }
    });
    thread::spawn(move || deliver(&device, &arrivals));
    Ok(())
}

fn deliver(mut device: &File, arrivals: &Receiver<(Instant, Vec<u8>)>) {
    for (arrival, mut packet) in arrivals {
        thread::sleep(arrival.saturating_duration_since(Instant::now()));
        exchange(&mut packet);
        let _ = device.write(&packet); // the kernel takes it or, as on any link, drops it
    }
}

fn is_ipv4(packet: &[u8]) -> bool {
    packet.len() >= 20 && packet[0] >> 4 == 4
}

/// Exchanges the addresses of sender and receiver; also those in the packet that an ICMP error
/// quotes. Checksums stay right: they are sums.
fn exchange(packet: &mut [u8]) {
    const DESTINATION_UNREACHABLE: u8 = 3;
    let is_icmp = packet[9] == libc::IPPROTO_ICMP as u8;
    let (header, body) = packet.split_at_mut(usize::from(packet[0] & 15) * 4);
    let (sender, receiver) = header[12..20].split_at_mut(4);
    sender.swap_with_slice(receiver);
    if is_icmp && body[0] == DESTINATION_UNREACHABLE {
        exchange(&mut body[8..]);
    }
}

/// A new device of this network, from [`HERE`] to [`THERE`]: a program reads and writes its packets.
fn tun(name: &str) -> io::Result<File> {
    let device = File::options().read(true).write(true).open("/dev/net/tun")?;
    let mut request = interface::request(name);
    request.ifr_ifru.ifru_flags = (libc::IFF_TUN | libc::IFF_NO_PI) as libc::c_short;
    // SAFETY: TUNSETIFF reads and writes one ifreq.
    check(unsafe { libc::ioctl(device.as_raw_fd(), libc::TUNSETIFF as _, &mut request) })?;

    interface::set_address(name, libc::SIOCSIFADDR as _, HERE)?;
    interface::set_address(name, libc::SIOCSIFDSTADDR as _, THERE)?;
    interface::switch_on(name)?;
    Ok(device)
}

/// Changes a setting of this network, such as `net/ipv4/tcp_fin_timeout`.
///
/// # Errors
///
/// The system does not allow it.
pub fn set(name: &str, value: u32) -> Result<(), NotHere> {
    change(name, &value.to_string()).map_err(NotHere::because(&format!("change {name}")))
}

/// How often something has happened in this network so far, by the name that nstat(8) gives it, such
/// as `ListenOverflows` or `FragCreates` (`/proc/net/netstat`, `/proc/net/snmp`).
#[must_use]
pub fn count(name: &str) -> u64 {
    let read = |file| fs::read_to_string(format!("/proc/self/net/{file}")).unwrap_or_default();
    let text = read("netstat") + &read("snmp");
    // A line of names, and below it a line of their values.
    let lines: Vec<&str> = text.lines().collect();
    let mut pairs = lines.chunks_exact(2).flat_map(|two| {
        two[0].split_whitespace().zip(two[1].split_whitespace()).collect::<Vec<_>>()
    });
    let value = pairs.find_map(|(its, value)| (its == name).then_some(value));
    value.and_then(|value| value.parse().ok()).unwrap_or(0)
}
