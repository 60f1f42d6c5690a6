//! A call that failed, in plain words: the system's own, why it happens here, and what to do.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;

use socket2::Socket;

#[cfg(feature = "others")]
use crate::asker::Asker;
use crate::errno::symbol;
use crate::many::{stands_for_many, tcp_connects_two};
use crate::reason::reason;

/// The system's words for an error with its symbol and number, such as
/// `Connection refused (ECONNREFUSED, 111)`.
#[must_use]
pub fn words(error: &io::Error) -> String {
    let text = error.to_string();
    let Some(number) = error.raw_os_error() else {
        return text;
    };
    let text = text.trim_end_matches(&format!(" (os error {number})"));
    format!("{text} ({}, {number})", symbol(error))
}

/// A call that failed: what the system said, why that happens here, and what to do.
#[derive(Debug)]
pub struct Failure {
    /// The call as its row would show it, such as `bind(127.0.0.1:8080)`.
    pub call: String,
    /// The system's own words, with symbol and number.
    pub words: String,
    /// Why it happens here, in plain words; empty where the course has no explanation.
    pub why: String,
    /// What to do about it.
    pub todo: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.call, self.words)
    }
}

impl Error for Failure {}

impl Failure {
    /// Explains why `call` failed on `socket`, or failed to make one. An address in the call's
    /// brackets is taken into account.
    #[must_use]
    pub fn of(call: &str, error: &io::Error, socket: Option<&Socket>) -> Failure {
        let (why, todo) = reason(call, error.raw_os_error().unwrap_or(0), socket, None);
        Failure { call: call.to_string(), words: words(error), why, todo }
    }

    /// As [`of`](Failure::of), for a call that another program has made.
    #[cfg(feature = "others")]
    #[must_use]
    pub fn of_another(
        call: &str,
        error: &io::Error,
        socket: Option<&Socket>,
        asker: &Asker,
    ) -> Failure {
        let (why, todo) = reason(call, error.raw_os_error().unwrap_or(0), socket, Some(asker));
        Failure { call: call.to_string(), words: words(error), why, todo }
    }

    /// As [`of`](Failure::of), where the course has no explanation.
    #[must_use]
    pub fn without_reason(call: &str, error: &io::Error) -> Failure {
        let (why, todo) = (String::new(), String::new());
        Failure { call: call.to_string(), words: words(error), why, todo }
    }

    /// What a server that waits at an address for many machines has to be told: bind and listen let
    /// it wait.
    #[must_use]
    pub fn nobody_comes(server: SocketAddr) -> Option<Failure> {
        let ip = server.ip();
        stands_for_many(ip).then(|| {
            let (why, todo) = tcp_connects_two(ip);
            let (call, words) = ("accept()".to_string(), format!("no client can come to {server}"));
            Failure { call, words, why, todo }
        })
    }

    /// The system did something other than what the program says.
    #[must_use]
    pub fn surprise(call: String, words: String) -> Failure {
        let why = if cfg!(target_os = "linux") {
            "This kernel does not do what Linux 6 does, or a sandbox or a setting of this machine \
             is in the way."
        } else {
            "The program says what Linux does, and this system does something different."
        };
        Failure { call, words, why: why.to_string(), todo: String::new() }
    }
}

/// Makes sure that what a program measured is what it says.
///
/// # Errors
///
/// It is not.
pub fn must_be<T: PartialEq + fmt::Debug>(what: &str, saw: T, expected: T) -> Result<(), Failure> {
    if saw == expected {
        return Ok(());
    }
    Err(Failure::surprise(what.to_string(), format!("expected {expected:?}, saw {saw:?}")))
}
