//! What was seen of a program's sockets and the kernel does not tell afterwards: where a connect
//! goes that goes on in the background, and how a socket came to its port.

use std::collections::{BTreeMap, HashMap};

use advice::Origin;

use super::calls::{Call, Kind};
use super::look::Look;
use super::process;
use super::report::Speaker;

#[derive(Debug, Default)]
pub struct Seen {
    /// By process and descriptor: the socket's inode, and the address.
    connects: HashMap<(i32, i32), (u64, String)>,
    /// By the socket's inode; the oldest have the lowest numbers.
    origins: BTreeMap<u64, Origin>,
}

/// How many sockets are remembered.
const MANY: usize = 50_000;

impl Seen {
    /// Takes notice of a call that has returned `result`, with what is now said about its socket.
    pub fn after(&mut self, who: Speaker, call: &Call, result: Option<i64>, look: Option<&Look>) {
        let (Some(descriptor), Some(result)) = (call.descriptor, result) else { return };
        let key = (who.process, descriptor);
        let goes_on = [libc::EINPROGRESS, libc::EINTR].contains(&(-result as i32));
        let inode = || process::inode(who.thread, descriptor);
        let is_ip = look.is_some_and(|look| !look.is_hidden());
        match call.traced.kind {
            Kind::Connect | Kind::Send if goes_on && is_ip => {
                if let (Some(inode), Some(address)) = (inode(), call.detail_of("address")) {
                    self.connects.insert(key, (inode, address.to_string()));
                    self.came(inode, Origin::Connected);
                }
            }
            Kind::Connect if result == 0 && is_ip => {
                self.connects.remove(&key);
                if let Some(inode) = inode() {
                    self.came(inode, Origin::Connected);
                }
            }
            Kind::Accept if result >= 0 && is_ip => {
                if let Some(inode) = process::inode(who.thread, result as i32) {
                    self.came(inode, Origin::Accepted);
                }
            }
            Kind::Bind | Kind::Listen if result == 0 && is_ip => {
                if let Some(inode) = inode() {
                    self.came(inode, Origin::Bound(who.process as u32));
                }
            }
            _ if self.connects.is_empty() => {}
            _ if call.asks_for_the_error() || look.is_some_and(|look| !may_connect(look)) => {
                self.connects.remove(&key);
            }
            _ => {}
        }
    }

    /// The first that happens to a socket tells.
    fn came(&mut self, inode: u64, origin: Origin) {
        self.origins.entry(inode).or_insert(origin);
        if self.origins.len() > MANY {
            self.origins.pop_first();
        }
    }

    /// How the socket of this inode came to its port.
    pub fn origin(&self, inode: u64) -> Option<Origin> {
        self.origins.get(&inode).copied()
    }

    /// The connect that has ended with error `number`, which this call has told, as the advice knows
    /// it.
    pub fn later(&self, who: Speaker, call: &Call, number: i32) -> Option<String> {
        const ENDS: [i32; 5] = [
            libc::ECONNREFUSED,
            libc::ECONNRESET,
            libc::EHOSTUNREACH,
            libc::ENETUNREACH,
            libc::ETIMEDOUT,
        ];
        let descriptor = call.descriptor?;
        if self.connects.is_empty()
            || !ENDS.contains(&number)
            || call.detail_of("address").is_some()
        {
            return None;
        }
        let inode = process::inode(who.thread, descriptor)?;
        // Or under another number, or in another process, which has inherited it.
        let of_it = self.connects.values().find(|(connecting, _)| *connecting == inode);
        of_it.map(|(_, address)| format!("connect({address})"))
    }

    /// The process runs another program from now on.
    pub fn exec(&mut self, process: i32) {
        for origin in self.origins.values_mut() {
            if *origin == Origin::Bound(process as u32) {
                *origin = Origin::BeforeExec;
            }
        }
    }

    /// The process has ended.
    pub fn forget(&mut self, process: i32) {
        self.connects.retain(|(of, _), _| *of != process);
    }
}

/// Whether the connect may not have ended, or has failed.
fn may_connect(look: &Look) -> bool {
    matches!(look.view().state, None | Some("SYN_SENT" | "CLOSE"))
}
