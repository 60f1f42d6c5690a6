//! What the six steps share, so that each can show its socket calls and nothing else.
//!
//! - [`program`]: what each program is called, what it takes and which one is next
//! - [`args`]: the command line
//! - [`host`]: from HOST and PORT to an address, and who can reach that address
//! - [`view`]: what the kernel says about a socket now
//! - [`kernel`]: how to ask it, and what only Linux tells
//! - [`rows`]: printing, one row a call
//! - [`explain`]: errors in plain words; `errno` has their names, `advice` why and what to do
//! - [`question`]: running a program that answers one question
//! - [`setup`]: sockets made ready, for questions that are about what comes afterwards
//! - [`child`]: a child process that may have less
//!
//! But for `setup`, no function here creates, binds, connects or closes a socket: the steps do that
//! in the open.

#![warn(missing_docs)]

use std::process::ExitCode;

mod advice;
pub mod args;
pub mod child;
mod errno;
pub mod explain;
pub mod host;
pub mod kernel;
pub mod program;
pub mod question;
pub mod rows;
pub mod setup;
pub mod view;

pub use args::Args;
pub use explain::expect;
pub use host::address_of;
pub use program::{Program, Takes};
pub use question::question;
pub use rows::{Shown, closed, look, note, received, received_from, wait_for_state};
pub use view::{View, descriptor, wait_for_bytes, wait_for_datagram, wait_for_queue};

/// Runs one program of the course: reads the command line, prints the title, runs `step`, and
/// names the next step.
///
/// The exit status is 0 when it is done, 1 when the operating system said no (the explained error
/// goes to stderr), 2 when the command line was wrong.
pub fn run(program: &'static Program, step: fn(&Args) -> anyhow::Result<()>) -> ExitCode {
    let args = match args::parse(program) {
        Ok(args) => args,
        Err(status) => return status,
    };
    let address = match program.takes.contains(&Takes::Address) {
        true => host::resolve(&args),
        false => Ok(args.address),
    };
    let done = address.map_err(anyhow::Error::from).and_then(|address| {
        let args = Args { address, ..args };
        rows::title(program, &args);
        step(&args)
    });
    match done {
        Ok(()) => {
            rows::next(program);
            ExitCode::SUCCESS
        }
        Err(error) => {
            explain::print(&error);
            ExitCode::from(1)
        }
    }
}
