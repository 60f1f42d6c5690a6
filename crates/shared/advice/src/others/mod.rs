//! What no step of the course meets, and whoever explains other programs does: the feature `others`.
//!
//! - `other_family`: sockets that are not IP's, with `unix`, `unix_path` and `packet`
//! - `port_holder`: who has a port, as seen from the program that wants it, with `holding`,
//!   `port_connection` and `handed_over`; `holder` also for a path
//! - [`Silent`]: a fault that no call reports

#[cfg(target_os = "linux")]
mod handed_over;
#[cfg(unix)]
mod holder;
#[cfg(target_os = "linux")]
mod holding;
mod other_family;
#[cfg(target_os = "linux")]
mod packet;
#[cfg(target_os = "linux")]
mod port_connection;
#[cfg(target_os = "linux")]
mod port_holder;
mod silent;
#[cfg(unix)]
mod unix;
#[cfg(unix)]
mod unix_path;

pub(crate) use other_family::reason as of_another_family;
#[cfg(target_os = "linux")]
pub(crate) use port_holder::known as of_a_port;
pub use silent::Silent;
