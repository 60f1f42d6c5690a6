//! What goes wrong over UDP without an error: an answer that leaves from another address than the
//! one that was asked, a socket that gets nothing beside another one, and a group that cannot reach
//! the socket that has joined it.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};

use advice::{Silent, stands_for_many};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socket2::{Domain, Socket, Type};

use super::calls::{Call, Kind};
use super::memory;
use super::process;
use super::remarks::{Key, Observed, Processes};
use super::sharers::copy;

/// What is known about a socket.
#[derive(Default)]
struct Known {
    local: Option<SocketAddr>,
    /// Whether bind has given it its address.
    bound: bool,
    /// Whether it has also chosen the port, as servers do.
    is_server: bool,
    /// Whether it shares its address and port as SO_REUSEADDR allows, so that one gets everything.
    shares: bool,
    /// Another program's socket that had the same address when this one was bound.
    beside: Option<u64>,
    /// Groups that it has joined.
    groups: Vec<IpAddr>,
    /// Where it has sent to, the first few.
    asked: Vec<SocketAddr>,
    /// How many datagrams it has received.
    received: u64,
    /// How often the kernel's table was read for it.
    looked_up: u32,
}

/// How many of its peers count; a socket that talks to more is no client.
const FEW: usize = 4;

#[derive(Default)]
pub struct Datagrams {
    known: HashMap<Key, Known>,
    /// The answers whose sender's address was right, by the client's and the asked one.
    right: HashSet<(IpAddr, IpAddr)>,
    /// Whether some calls are not seen, so that nobody knows who has received nothing.
    is_blind: bool,
}

impl Datagrams {
    pub fn after(&mut self, seen: &Observed, processes: &mut Processes) -> Option<Silent> {
        if !seen.succeeded() {
            return None;
        }
        let local = seen.look.view().local;
        if let Some(known) = self.known.get_mut(&seen.key()) {
            known.local = local;
        }
        match seen.call.traced.kind {
            Kind::Bind => {
                let known = self.known(seen);
                known.bound = true;
                known.is_server = seen.address().is_some_and(|address| address.port() != 0);
                known.shares = seen.copy.reuse_address().unwrap_or(false)
                    && !seen.copy.reuse_port().unwrap_or(false);
                if known.shares {
                    known.beside = beside(seen);
                }
                bound_elsewhere(known)
            }
            Kind::SetOption => {
                let known = self.known(seen);
                joined(known, seen);
                bound_elsewhere(known)
            }
            Kind::Connect => {
                self.known(seen).asked = seen.address().into_iter().collect();
                None
            }
            Kind::Send => self.sent(seen),
            Kind::SendMessage => {
                // The control data may name the address from which to send (IP_PKTINFO).
                let plain = !memory::message(seen.tid, seen.call.arguments[1]).has_control;
                plain.then(|| self.sent(seen)).flatten()
            }
            Kind::Receive | Kind::ReceiveMessage | Kind::Read | Kind::ReadAreas => {
                self.received(seen, processes)
            }
            Kind::ReceiveMessages => {
                self.known(seen).received += 1;
                None
            }
            _ => None,
        }
    }

    /// A call that is not looked at.
    pub fn left_out(&mut self, call: &Call) {
        self.is_blind |= matches!(
            call.traced.kind,
            Kind::SetOption
                | Kind::Receive
                | Kind::ReceiveMessage
                | Kind::ReceiveMessages
                | Kind::Read
                | Kind::ReadAreas
        );
    }

    fn known(&mut self, seen: &Observed) -> &mut Known {
        let known = self.known.entry(seen.key()).or_default();
        known.local = seen.look.view().local;
        known
    }

    fn sent(&mut self, seen: &Observed) -> Option<Silent> {
        let to = seen.address()?;
        let known = self.known(seen);
        if known.asked.len() <= FEW && !known.asked.contains(&to) {
            known.asked.push(to);
        }
        let local = known.local.filter(|local| known.bound && local.ip().is_unspecified())?;
        let asked = self.asked_by(to, local, seen)?;
        let (client, asked_ip) = (to.ip().to_canonical(), asked.ip().to_canonical());
        if self.right.contains(&(client, asked_ip)) || kernel::is_of_another_network(seen.copy) {
            return None;
        }
        let from = leaves_from(to)?;
        if from == asked_ip {
            self.right.insert((client, asked_ip));
            return None;
        }
        Some(Silent::AnswersFrom { asked, from })
    }

    /// Where the client at `client` has sent its questions for the server at `server`, if it is on
    /// this machine.
    fn asked_by(
        &mut self,
        client: SocketAddr,
        server: SocketAddr,
        seen: &Observed,
    ) -> Option<SocketAddr> {
        let is_one = |address: IpAddr| !address.is_unspecified() && !stands_for_many(address);
        let is_it = |address: SocketAddr| {
            address.port() == client.port()
                && (address.ip().is_unspecified() || same_ip(address, client))
        };
        let own = seen.key();
        let clients =
            self.known.iter().filter(|(key, known)| **key != own && known.local.is_some_and(is_it));
        let asked = clients.flat_map(|(_, known)| &known.asked).copied();
        let mut asked: Vec<SocketAddr> =
            asked.filter(|asked| asked.port() == server.port() && is_one(asked.ip())).collect();
        asked.dedup();
        match asked.as_slice() {
            [one] => return Some(*one),
            [] => {}
            _ => return None,
        }
        // A program that is not followed: only a connected socket's peer is in the table.
        let known = self.known(seen);
        if known.looked_up >= FEW as u32 {
            return None;
        }
        known.looked_up += 1;
        let is_its = |entry: &kernel::Entry| {
            entry.local.port() == client.port()
                && same_ip(entry.local, client)
                && entry.peer.port() == server.port()
        };
        let table = table(seen.process);
        table.into_iter().find(is_its).map(|entry| entry.peer).filter(|peer| is_one(peer.ip()))
    }

    fn received(&mut self, seen: &Observed, processes: &mut Processes) -> Option<Silent> {
        let from = seen.returned.details.iter().find(|(name, _)| *name == "from");
        let from = from.and_then(|(_, from)| from.as_str()?.parse::<SocketAddr>().ok());
        let is_first = self.known(seen).received == 0;
        self.known(seen).received += 1;
        if !is_first {
            return None;
        }
        if let Some(from) = from {
            let known = self.known(seen);
            if let [asked] = known.asked.as_slice() {
                let ip = asked.ip();
                let is_other = asked.port() == from.port() && !same_ip(*asked, from);
                let is_many = ip.is_unspecified()
                    || stands_for_many(ip)
                    || seen.copy.broadcast().unwrap_or(false);
                if is_other && !is_many && !known.is_server {
                    return Some(Silent::AnsweredFrom { asked: *asked, from });
                }
            }
        }
        self.takes_all(seen, processes)
    }

    /// Whether another socket on the same address has got nothing of what this one gets.
    fn takes_all(&mut self, seen: &Observed, processes: &mut Processes) -> Option<Silent> {
        let known = self.known.get(&seen.key())?;
        let is_one_of_two =
            !self.is_blind && known.bound && known.shares && known.groups.is_empty();
        let address = known.local.filter(|local| is_one_of_two && !stands_for_many(local.ip()))?;
        let gets_nothing = |(key, other): &(&Key, &Known)| {
            **key != seen.key()
                && other.bound
                && other.shares
                && other.local == Some(address)
                && other.groups.is_empty()
                && other.received == 0
        };
        if let Some((key, _)) = self.known.iter().find(gets_nothing) {
            // A broadcast reaches both.
            let copy = copy(*key, processes)?;
            if has_something(&copy) {
                return None;
            }
            let other = match key.0 == seen.process {
                true => format!("Descriptor {}", key.1),
                false => format!("Descriptor {} of process {}", key.1, key.0),
            };
            return Some(Silent::TakesAll { address, other });
        }
        let inode = known.beside?;
        let holders = kernel::holders().remove(&inode)?;
        let (name, process) = holders.first()?;
        Some(Silent::TakesAll { address, other: format!("A socket of {name}, process {process},") })
    }

    pub fn forget(&mut self, is_gone: impl Fn(&Key) -> bool) {
        self.known.retain(|key, _| !is_gone(key));
    }
}

/// Whether something waits to be received; asking takes nothing away.
fn has_something(copy: &Socket) -> bool {
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut [PollFd::new(copy, PollFlags::IN)], Some(&at_once)).is_ok_and(|ready| ready > 0)
}

fn same_ip(one: SocketAddr, other: SocketAddr) -> bool {
    one.ip().to_canonical() == other.ip().to_canonical()
}

/// The UDP sockets of the process's network.
fn table(process: i32) -> Vec<kernel::Entry> {
    let files = ["udp", "udp6"].map(|file| format!("/proc/{process}/net/{file}"));
    files.iter().filter_map(|file| kernel::table(file)).flatten().collect()
}

/// A socket with the same address as the one that was just bound.
fn beside(seen: &Observed) -> Option<u64> {
    let local = seen.look.view().local?;
    let own = process::inode(seen.tid, seen.descriptor)?;
    let is_it = |entry: &kernel::Entry| {
        entry.local == local && entry.peer.port() == 0 && ![0, own].contains(&entry.owner)
    };
    table(seen.process).into_iter().find(is_it).map(|entry| entry.owner)
}

/// The address from which a socket that is bound to every one sends to `to`: that which the kernel
/// picks for a socket of our own. Connecting that sends nothing.
fn leaves_from(to: SocketAddr) -> Option<IpAddr> {
    let probe = Socket::new(Domain::for_address(to), Type::DGRAM, None).ok()?;
    probe.connect(&to.into()).ok()?;
    Some(probe.local_addr().ok()?.as_socket()?.ip().to_canonical())
}

/// Takes note of a group that was joined or left; `239.1.1.1 on lo` is the option's value.
fn joined(known: &mut Known, seen: &Observed) {
    let (Some(name), Some(value)) = (seen.call.detail_of("name"), seen.call.detail_of("value"))
    else {
        return;
    };
    let Some(group) = value.split(' ').next().and_then(|group| group.parse().ok()) else { return };
    match name {
        "IP_ADD_MEMBERSHIP"
        | "IPV6_ADD_MEMBERSHIP"
        | "IP_ADD_SOURCE_MEMBERSHIP"
        | "MCAST_JOIN_GROUP"
        | "MCAST_JOIN_SOURCE_GROUP" => known.groups.push(group),
        "IP_DROP_MEMBERSHIP"
        | "IPV6_DROP_MEMBERSHIP"
        | "IP_DROP_SOURCE_MEMBERSHIP"
        | "MCAST_LEAVE_GROUP"
        | "MCAST_LEAVE_SOURCE_GROUP" => known.groups.retain(|joined| *joined != group),
        _ => {}
    }
}

/// A group whose datagrams the socket's address keeps away.
fn bound_elsewhere(known: &Known) -> Option<Silent> {
    let bound = known.local.filter(|_| known.bound)?.ip().to_canonical();
    let group = *known.groups.last()?;
    let is_fine = bound.is_unspecified() || known.groups.contains(&bound);
    (!is_fine).then_some(Silent::BoundElsewhere { group, bound })
}
