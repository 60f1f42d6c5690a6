//! The provocations. Each runs in a process of its own, whose limits, rights and namespaces it may
//! change: none of that outlives the process.

use std::fmt::{self, Display};
use std::io;

use advice::Failure;
use lesson::Shown;
use socket2::Socket;

pub mod accept;
pub mod bind;
pub mod close_and_shutdown;
pub mod connect;
pub mod getpeername;
pub mod groups;
pub mod interface;
pub mod listen;
mod namespace;
mod preparations;
pub mod raw;
pub mod recv;
pub mod router;
pub mod send;
pub mod setsockopt;
pub mod socket;
pub mod unix;

/// What a provocation hands back: the symbol of the error that it has shown.
pub type Provoked = anyhow::Result<&'static str>;

/// The call that must fail, at the end of each provocation.
pub trait Fails {
    /// Prints the row of `call`, its error, why it happens and what to do about it.
    ///
    /// # Errors
    ///
    /// The call succeeded, or failed in another way than `symbol` says.
    fn fails_with<'s>(
        self,
        symbol: &'static str,
        call: impl Display,
        socket: impl Into<Option<&'s Socket>>,
    ) -> Provoked;
}

impl<T> Fails for io::Result<T> {
    fn fails_with<'s>(
        self,
        symbol: &'static str,
        call: impl Display,
        socket: impl Into<Option<&'s Socket>>,
    ) -> Provoked {
        let socket = socket.into();
        let explained =
            self.as_ref().err().map(|error| Failure::of(&call.to_string(), error, socket));
        self.must_fail(symbol, call, socket)?;
        if let Some(failure) = explained {
            output::print(&output::reasons(&failure));
        }
        Ok(symbol)
    }
}

/// This machine does not let the error be provoked, and why; that is no fault of the course.
#[derive(Debug)]
pub struct NotHere(pub String);

impl Display for NotHere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NotHere {}

/// The end of a provocation that this machine does not allow.
pub fn not_here<T>(reason: impl Into<String>) -> anyhow::Result<T> {
    Err(NotHere(reason.into()).into())
}
