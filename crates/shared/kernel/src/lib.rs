//! What the kernel says about a socket: everything here reads, nothing prints.
//!
//! - [`View`]: one look at a socket
//! - `answers`: what the kernel may answer
//! - `options`: what socket2 has no safe call for, on Unix and on Windows
//! - `linux` (with `linux_tables`), `windows` (with `windows_tables`), `macos`, `other`: what each
//!   system says in its own way; `untold`: what only Linux says, or only Linux and Windows
//! - `connection`: a connection, whether or not a descriptor belongs to it
//! - `processes`: other processes, and by which numbers they have a socket
//! - [`sock_diag`]: questions about TCP sockets that only Linux answers
//! - `path`: what the path to a peer carries, on Linux
//! - `wait`: waiting until the kernel says that something has happened
//!
//! Where a system does not say, the answer is `None`.

#![warn(missing_docs)]

mod answers;
mod connection;
#[cfg(target_os = "linux")]
mod linux_tables;
mod options;
#[cfg(target_os = "linux")]
mod path;
mod processes;
#[cfg(target_os = "linux")]
pub mod sock_diag;
#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "macos.rs"]
mod system;
#[cfg(windows)]
#[path = "windows.rs"]
mod system;
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
#[path = "other.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
mod untold;
mod view;
mod wait;
#[cfg(windows)]
mod windows_tables;

pub use answers::{Entry, Queue, Transport, Unready};
pub use connection::connection;
#[cfg(target_os = "linux")]
pub use options::option;
pub use options::{check, descriptor, descriptor_is_free, is_listening};
#[cfg(target_os = "linux")]
pub use path::{Whole, must_stay_whole, path_mtu};
pub use processes::{descriptors, parent, unix_sockets, variable};
pub use system::{
    dropped_datagrams, holders, is_broadcast, is_of_another_network, port_table, port_table_of,
    setting, unready,
};
#[cfg(target_os = "linux")]
pub use system::{table, table_text};
pub use view::{View, unix_name};
pub use wait::{SHORTLY, wait_for_blocked_threads, wait_for_bytes, wait_for_queue, wait_until};
