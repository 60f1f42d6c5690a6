//! The program that made a call, where that is another one than this.

use std::path::Path;

use kernel::View;

/// What is known of the program that made a call.
pub struct Asker<'a> {
    /// The number of its process.
    pub process: u32,
    /// The sockets that it has, as far as they matter for the call.
    pub sockets: &'a [View],
    /// How the socket of an inode came to its port, as far as that was seen.
    pub origin: &'a dyn Fn(u64) -> Option<Origin>,
    /// Where this process finds the file that the call names, for a Unix socket's path.
    pub file: Option<&'a Path>,
}

/// How a socket came to its port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// This process has bound it.
    Bound(u32),
    /// A process bound it, and runs another program since (exec).
    BeforeExec,
    /// A listener has accepted it.
    Accepted,
    /// It was connected without a bind, and the kernel picked the port.
    Connected,
}
