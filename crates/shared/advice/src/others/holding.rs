//! A socket that has a port which another one wants, and the program that wants it.

use std::net::SocketAddr;

use kernel::Entry;
use socket2::Socket;

use crate::asker::{Asker, Origin};
use crate::others::holder::Who;

/// A socket that has the address, and the program that wants it.
pub(crate) struct Holding<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) address: SocketAddr,
    pub(crate) asker: &'a Asker<'a>,
    pub(crate) socket: &'a Socket,
    pub(crate) who: Who,
}

impl Holding<'_> {
    pub(crate) fn listens(&self) -> bool {
        self.entry.state == "LISTEN"
    }

    pub(crate) fn what(&self) -> &'static str {
        if self.listens() { "listener" } else { "socket" }
    }

    pub(crate) fn does(&self) -> &'static str {
        if self.listens() { "is listening" } else { "has a socket" }
    }

    /// The descriptors of a process that are this socket.
    pub(crate) fn descriptors(&self, process: u32) -> Vec<i32> {
        kernel::descriptors(process, self.entry.owner)
    }

    pub(crate) fn origin(&self) -> Option<Origin> {
        (self.asker.origin)(self.entry.owner)
    }

    pub(crate) fn name_of(&self, process: u32) -> String {
        let name = std::fs::read_to_string(format!("/proc/{process}/comm"));
        format!("{}, process {process}", name.unwrap_or_default().trim())
    }
}
