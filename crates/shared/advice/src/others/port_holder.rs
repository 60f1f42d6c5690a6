//! Who has a port, in relation to the program that wants it. Only Linux tells.

use std::net::SocketAddr;

use kernel::View;

use crate::address::{overlap, rivals};
use crate::asker::{Asker, Origin};
use crate::call::{Advice, Call, advise};
use crate::errno::EADDRINUSE;
use crate::others::holder::{Who, by_descriptors};
use crate::others::holding::Holding;

/// Who has the address that the call wants, if that is related to the program that makes the
/// call, or is a connection to somewhere else.
pub(crate) fn known(call: &Call, number: i32) -> Option<Advice> {
    if number != EADDRINUSE {
        return None;
    }
    let (asker, socket) = (call.asker?, call.socket?);
    let address = match call.name {
        "bind" => call.address?,
        "listen" => call.local()?,
        _ => return None,
    };
    if address.port() == 0 {
        return None;
    }
    let entries = rivals(address, socket, Some(asker.process))?;
    let listener = entries.iter().find(|entry| entry.state == "LISTEN");
    if call.name == "listen" && listener.is_none() {
        return None;
    }
    let Some(entry) = listener.or_else(|| entries.iter().find(|entry| entry.owner != 0)) else {
        return bound_only(call, address, asker);
    };
    let who = Who::has(entry.owner, Some(asker));
    let holding = Holding { entry, address, asker, socket, who };
    let (why, todo) = holding.told(call.is_udp())?;
    let families = match (entry.local.is_ipv4(), address.is_ipv4()) {
        (false, true) => " It takes IPv4 as well, because IPV6_V6ONLY is not set on it.",
        (true, false) => " This socket wants IPv4 as well, unless IPV6_V6ONLY is set on it.",
        _ => "",
    };
    Some((why + families, todo))
}

/// A socket of the program's own that has the address without listening: no table has it.
fn bound_only(call: &Call, address: SocketAddr, asker: &Asker) -> Option<Advice> {
    let same_kind =
        |view: &&View| call.view().is_some_and(|this| this.kind.get(..3) == view.kind.get(..3));
    let has_it = |view: &&View| {
        view.local.is_some_and(|local| {
            local.port() == address.port() && overlap(local.ip(), address.ip())
        })
    };
    // listen is asked of a socket that has the address itself.
    let mut own = asker.sockets.iter().filter(same_kind).filter(has_it);
    let view = own.next().filter(|_| call.name == "bind")?;
    Some(advise(
        format!(
            "This very program, by its descriptor {}, has bound a socket to {} already. (It \
             does not listen, so the kernel's tables leave it out.)",
            view.descriptor, view.local?
        ),
        TWICE,
    ))
}

const TWICE: &str = "Bind once, or close that descriptor first. A start that runs twice does \
                     this: a reloader, or a second call of the same function.";

impl Holding<'_> {
    fn told(&self, is_udp: bool) -> Option<Advice> {
        if !self.listens() && self.entry.peer.port() != 0 {
            match self.is_outgoing() {
                true => return Some(self.outgoing()),
                false if !is_udp => return Some(self.accepted()),
                false => {}
            }
        }
        if self.who.is_asker {
            return Some(self.the_program_itself());
        }
        self.relative().or_else(|| self.systemd())
    }

    fn the_program_itself(&self) -> Advice {
        let (process, local) = (self.asker.process, self.entry.local);
        let numbers = self.descriptors(process);
        let made_here = self.origin() == Some(Origin::Bound(process));
        let count = if made_here { None } else { kernel::variable(process, "LISTEN_FDS") };
        let count = count.and_then(|count| count.parse::<i32>().ok());
        let handed = numbers.iter().find(|number| (3..3 + count.unwrap_or(0)).contains(number));
        if let (Some(number), Some(count)) = (handed, count) {
            return self.handed_over(*number, count);
        }
        let others = match self.who.processes.iter().find(|other| **other != process) {
            Some(other) => format!(" So has {}.", self.name_of(*other)),
            None => String::new(),
        };
        let inherited = match self.origin() {
            Some(Origin::Bound(other)) if other != process => {
                " It has inherited that from the process that made it."
            }
            Some(Origin::BeforeExec) => " The program that ran before it (exec) has left that.",
            _ => "",
        };
        advise(
            format!("{} {} on {local} already.{inherited}{others}", self.who.name, self.does()),
            match inherited {
                "" => TWICE,
                _ => {
                    "Use that descriptor instead of a new socket, or close it before the bind, \
                     in every process that has it."
                }
            },
        )
    }

    /// A child that has it, or a process from which this one descends.
    fn relative(&self) -> Option<Advice> {
        let (asker, local) = (self.asker.process, self.entry.local);
        let child = self.who.processes.iter().find(|process| descends(**process, asker));
        if let Some(child) = child {
            let (name, number) = (self.name_of(*child), by_descriptors(&self.descriptors(*child)));
            let cure = format!(
                "End it (`kill {child}`). So that it does not happen again: let the {} be \
                 closed at exec (SOCK_CLOEXEC, FD_CLOEXEC; Rust and Python set it unless they \
                 are told not to), or close it in the child.",
                self.what()
            );
            return Some(match self.origin() {
                Some(Origin::Bound(maker)) if maker == asker => advise(
                    format!(
                        "{name}, a child of this program, has inherited the {} on \
                         {local}{number} and keeps it open: that this program has closed its \
                         own copy does not end it.",
                        self.what()
                    ),
                    cure,
                ),
                Some(Origin::Bound(maker)) if maker == *child => advise(
                    format!("{name}, a child of this program, {} on {local}.", self.does()),
                    "Bind in one of the two.",
                ),
                _ => advise(
                    format!(
                        "{name}, a child of this program, {} on {local}{number} perhaps with \
                         what it has inherited.",
                        self.does()
                    ),
                    cure,
                ),
            });
        }
        let ancestor = self.who.processes.iter().find(|process| descends(asker, **process))?;
        if *ancestor == 1 {
            return None;
        }
        Some(advise(
            format!(
                "{}, which has started this program, {} on {local}.",
                self.name_of(*ancestor),
                self.does()
            ),
            "Bind in one of the two; or let the child use the listener that it inherits.",
        ))
    }

    fn systemd(&self) -> Option<Advice> {
        let process = *self.who.processes.first()?;
        let is_systemd = self.name_of(process).starts_with("systemd, ");
        is_systemd.then(|| {
            advise(
                format!(
                    "{} {} on {}, for a unit of type socket: it starts a program when a client \
                     comes.",
                    self.who.name,
                    self.does(),
                    self.entry.local
                ),
                "`systemctl list-sockets` names the unit. Let that start the program, which \
                 accepts on the descriptor that it is handed (LISTEN_FDS); or stop the unit.",
            )
        })
    }
}

/// Whether a process has the other one as its parent, or above that.
fn descends(process: u32, from: u32) -> bool {
    let above = std::iter::successors(kernel::parent(process), |above| kernel::parent(*above));
    above.take(64).take_while(|above| *above != 0).any(|above| above == from)
}
