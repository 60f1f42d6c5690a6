//! What the steps share, so that each can show its socket calls and nothing else.
//!
//! - `run`: running a program of the course
//! - [`program`]: what each program is called, what it takes and which one is next
//! - `args`: the command line
//! - `calls`: how rows name the calls that many steps make
//! - `resolve`: from HOST and PORT to an address
//! - `reach`: who can reach an address, and which address a client uses
//! - `shown`: what a step adds to a call: its row, or the reason why it failed
//! - `rows`: rows, and notes below them
//! - `waits`: waiting for the kernel
//!
//! No function here makes a socket, or binds, connects or closes one: the steps do that in the
//! open. (`kernel` makes one out of sight, when a bind has failed: it shows whether the socket
//! belongs to this process's network namespace.)

#![warn(missing_docs)]

mod args;
mod calls;
pub mod program;
mod reach;
mod resolve;
mod rows;
mod run;
mod shown;
mod waits;

pub use {advice, kernel, output};

pub use advice::{Failure, must_be, symbol, words};
pub use args::Args;
pub use calls::{REUSE, tcp_call, udp_call};
pub use kernel::{View, descriptor, wait_for_bytes, wait_for_queue, wait_until};
pub use output::note;
pub use program::{Program, Takes};
pub use reach::{
    address_for_clients, address_of, for_clients, invite, must_be_client, who_can_reach,
};
pub use rows::{call_count, calls_since, show, show_close, show_received, show_received_from};
pub use run::run;
pub use shown::{NewSocket, Shown};
pub use waits::{wait_for_datagram, wait_for_state};

/// Prints a sentence or two between the rows; the arguments are those of [`format!`].
#[macro_export]
macro_rules! say {
    ($($words:tt)*) => { $crate::output::paragraph(&format!($($words)*)) };
}
