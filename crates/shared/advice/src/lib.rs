//! Why a call failed and what to do: the one source of this advice in the course. It asks the kernel
//! about the socket, and prints nothing.
//!
//! - [`Failure`]: a call that failed, with its reason and what to do
//! - `errno`: the errors' names and numbers
//! - `reason`: from the error to its reason, in a module for each thing that can go wrong:
//!   `address`, `no_address`, `many`, `listener`, `ports` for those that have run out, `route`,
//!   `icmp`, `permission`, `waiting`, `connection`, `arguments` and `limits`; `asking` for calls
//!   that only ask; on Linux also `multicast` and `path`
//! - `host`: a host that is no address, and was looked up in vain
//! - `asker`: the program that made the call, where that is another one than this
//! - `others`: what the steps never meet
//! - `call`: what is known about the call
//! - `commands`: commands that show more, as this system calls them

#![warn(missing_docs)]

mod address;
mod arguments;
mod asker;
mod asking;
mod call;
mod commands;
mod connection;
mod errno;
mod failure;
mod host;
mod icmp;
mod limits;
mod listener;
mod many;
#[cfg(target_os = "linux")]
mod multicast;
mod no_address;
#[cfg(feature = "others")]
mod others;
#[cfg(target_os = "linux")]
mod path;
mod permission;
mod ports;
mod reason;
mod route;
mod waiting;

pub use asker::{Asker, Origin};
pub use errno::{number, symbol};
pub use failure::{Failure, must_be, words};
pub use host::unknown_host;
pub use many::stands_for_many;
#[cfg(feature = "others")]
pub use others::Silent;
