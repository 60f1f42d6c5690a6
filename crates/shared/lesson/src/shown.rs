//! What a step adds to a call: its row, or the reason why it failed.

use std::fmt::Display;
use std::io::{self, ErrorKind};

use advice::{Failure, number, words};
use output::note;
use socket2::{SockAddr, SockRef, Socket};

use crate::rows::{count_call, count_socket, row, show};

/// What a step adds to a call: print its row, or explain why it failed.
pub trait Shown<T> {
    /// Prints the row of `call` with what the kernel says about `socket` now.
    ///
    /// # Errors
    ///
    /// The call failed: the [`Failure`] explains it.
    fn shown<'s>(self, call: impl Display, socket: impl Into<SockRef<'s>>) -> Result<T, Failure>;

    /// [`shown`](Shown::shown) for a call that makes a socket: the row is about the new one.
    ///
    /// # Errors
    ///
    /// The call failed: the [`Failure`] explains it.
    fn shown_as(self, call: impl Display) -> Result<T, Failure>
    where
        T: NewSocket;

    /// Explains a call that failed, and prints nothing: for one of many calls in a loop, which has
    /// one row as a whole.
    ///
    /// # Errors
    ///
    /// The call failed: the [`Failure`] explains it.
    fn explained<'s>(
        self,
        call: impl Display,
        socket: impl Into<Option<&'s Socket>>,
    ) -> Result<T, Failure>;

    /// Prints the row of a call that may fail here, in one of the ways named, and hands back its
    /// error if it did.
    ///
    /// # Errors
    ///
    /// The call failed in another way: the [`Failure`] explains it.
    fn may_fail<'s>(
        self,
        ways: &[ErrorKind],
        call: impl Display,
        socket: impl Into<SockRef<'s>>,
    ) -> Result<Option<io::Error>, Failure>;

    /// Prints the row of a call that must fail here with the error that `symbol` names, such as
    /// `EADDRINUSE`, and the error.
    ///
    /// # Errors
    ///
    /// The call succeeded, or failed in another way.
    fn must_fail<'s>(
        self,
        symbol: &str,
        call: impl Display,
        socket: impl Into<Option<&'s Socket>>,
    ) -> Result<(), Failure>;
}

impl<T> Shown<T> for io::Result<T> {
    fn shown<'s>(self, call: impl Display, socket: impl Into<SockRef<'s>>) -> Result<T, Failure> {
        let socket = socket.into();
        let value = self.explained(&call, &*socket)?;
        count_call();
        show(call, &*socket);
        Ok(value)
    }

    fn shown_as(self, call: impl Display) -> Result<T, Failure>
    where
        T: NewSocket,
    {
        let value = self.map_err(|error| Failure::of(&call.to_string(), &error, None))?;
        count_call();
        count_socket();
        show(call, value.socket());
        Ok(value)
    }

    fn explained<'s>(
        self,
        call: impl Display,
        socket: impl Into<Option<&'s Socket>>,
    ) -> Result<T, Failure> {
        self.map_err(|error| Failure::of(&call.to_string(), &error, socket.into()))
    }

    fn may_fail<'s>(
        self,
        ways: &[ErrorKind],
        call: impl Display,
        socket: impl Into<SockRef<'s>>,
    ) -> Result<Option<io::Error>, Failure> {
        let socket = socket.into();
        count_call();
        show(&call, &*socket);
        match self {
            Err(error) if ways.contains(&error.kind()) => {
                note(words(&error));
                Ok(Some(error))
            }
            result => {
                result.explained(call, &*socket)?;
                Ok(None)
            }
        }
    }

    fn must_fail<'s>(
        self,
        symbol: &str,
        call: impl Display,
        socket: impl Into<Option<&'s Socket>>,
    ) -> Result<(), Failure> {
        let socket = socket.into();
        count_call();
        match socket {
            Some(socket) => show(&call, socket),
            None => row([&call.to_string(), "—", "", "", "", ""]),
        }
        let call = call.to_string();
        match self {
            Err(error) if error.raw_os_error().is_some_and(|it| number(symbol) == Some(it)) => {
                note(words(&error));
                Ok(())
            }
            Err(error) => {
                let words = format!("{}, not {symbol}", words(&error));
                let explained = Failure::of(&call, &error, socket);
                match explained.why.is_empty() {
                    true => Err(Failure::surprise(call, words)),
                    false => Err(Failure { words, ..explained }),
                }
            }
            Ok(_) => {
                Err(Failure::surprise(call, format!("it succeeded, but {symbol} was expected")))
            }
        }
    }
}

/// What `Socket::new` and `accept` return.
pub trait NewSocket {
    /// The new socket.
    fn socket(&self) -> &Socket;
}

impl NewSocket for Socket {
    fn socket(&self) -> &Socket {
        self
    }
}

impl NewSocket for (Socket, SockAddr) {
    fn socket(&self) -> &Socket {
        &self.0
    }
}
