//! Why a call failed and what to do: the one source of this advice in the course. It asks the kernel
//! about the socket, and prints nothing.
//!
//! - [`Failure`]: a call that failed, with its reason and what to do
//! - `errno`: the errors' names and numbers
//! - `reason`: from the error to its reason, in a module for each thing that can go wrong:
//!   `address`, `route`, `permission`, `waiting`, `connection`, `arguments` and `limits`
//! - `call`: what is known about the call
//! - `commands`: commands that show more, as this system calls them

#![warn(missing_docs)]

mod address;
mod arguments;
mod call;
mod commands;
mod connection;
mod errno;
mod failure;
mod limits;
mod permission;
mod reason;
mod route;
mod waiting;

pub use address::stands_for_many;
pub use errno::{number, symbol};
pub use failure::{Failure, must_be, words};
