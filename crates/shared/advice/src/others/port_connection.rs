//! A connection that has a port which a server wants: one that was made from here, or one that a
//! listener has accepted.

use kernel::Entry;

use crate::asker::Origin;
use crate::call::{Advice, advise};
use crate::commands::show_port;
use crate::others::holding::Holding;

impl Holding<'_> {
    /// Whether it is a connection that was made from here, and not one that a listener has
    /// accepted, as far as can be told.
    pub(crate) fn is_outgoing(&self) -> bool {
        match self.origin() {
            Some(Origin::Connected) => true,
            Some(Origin::Bound(_) | Origin::BeforeExec | Origin::Accepted) => false,
            None => self.range().is_some_and(|(from, to)| (from..=to).contains(&self.port())),
        }
    }

    /// The ports that the kernel may pick; unknown in another network namespace than this.
    pub(crate) fn range(&self) -> Option<(u16, u16)> {
        if kernel::is_of_another_network(self.socket) {
            return None;
        }
        let text = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok()?;
        let mut ends = text.split_whitespace().map(str::parse);
        Some((ends.next()?.ok()?, ends.next()?.ok()?))
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn outgoing(&self) -> Advice {
        let (port, peer, who) = (self.port(), self.entry.peer, &self.who.name);
        let range = match self.range() {
            Some((from, to)) => format!("net.ipv4.ip_local_port_range, {from} to {to}"),
            None => "net.ipv4.ip_local_port_range".to_string(),
        };
        let why = match self.origin() {
            Some(Origin::Connected) => format!(
                "{who} has an outgoing connection to {peer} from port {port}: the kernel picks \
                 the ports of clients from a range ({range}), and has picked this one."
            ),
            _ => format!(
                "{who} has a connection from port {port} to {peer}. The port is in the range \
                 from which the kernel picks the ports of clients ({range}), so it may well be \
                 an outgoing one that was given this port."
            ),
        };
        advise(
            why,
            format!(
                "Give the server a port outside that range; or keep the kernel from picking it, \
                 as root: `sysctl net.ipv4.ip_local_reserved_ports={port}` (it replaces what is \
                 reserved already). Now: wait until the connection is over ({}).",
                show_port("-tanp", port)
            ),
        )
    }

    pub(crate) fn accepted(&self) -> Advice {
        let Entry { local, peer, .. } = self.entry;
        advise(
            format!(
                "{} still has a connection on {local}, with {peer}, that a listener has accepted \
                 or that was bound by hand; it keeps the port after the listener is closed.",
                self.who.name
            ),
            "Set SO_REUSEADDR before every bind: where the old listener and the new one have it, \
             the new one starts beside the old one's connections. Or end those first.",
        )
    }
}
