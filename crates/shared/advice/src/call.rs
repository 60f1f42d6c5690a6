//! The call that failed, and what is known about it.

use std::net::SocketAddr;
use std::time::Duration;

use kernel::View;
use socket2::{Socket, Type};

use crate::asker::Asker;

/// Why something failed, and what to do about it.
pub(crate) type Advice = (String, String);

pub(crate) fn advise(why: impl Into<String>, todo: impl Into<String>) -> Advice {
    (why.into(), todo.into())
}

/// What is known about the call that failed.
pub(crate) struct Call<'a> {
    pub(crate) name: &'a str,
    /// What is between its brackets.
    pub(crate) arguments: &'a str,
    /// The same as an address, if it is one.
    pub(crate) address: Option<SocketAddr>,
    pub(crate) socket: Option<&'a Socket>,
    /// The program that made it, where that is another one than this.
    pub(crate) asker: Option<&'a Asker<'a>>,
}

impl Call<'_> {
    pub(crate) fn view(&self) -> Option<View> {
        self.socket.map(View::of)
    }

    /// The address that the socket has.
    pub(crate) fn local(&self) -> Option<SocketAddr> {
        self.view()?.local
    }

    pub(crate) fn state(&self) -> &'static str {
        self.view().and_then(|view| view.state).unwrap_or_default()
    }

    pub(crate) fn is_udp(&self) -> bool {
        self.socket.is_some_and(|socket| matches!(socket.r#type(), Ok(Type::DGRAM)))
    }

    pub(crate) fn is_accept(&self) -> bool {
        self.name.starts_with("accept")
    }

    pub(crate) fn receives(&self) -> bool {
        ["accept", "accept4", "recv", "recvfrom", "recvmsg"].contains(&self.name)
    }

    pub(crate) fn sends(&self) -> bool {
        ["send", "sendto", "sendmsg"].contains(&self.name)
    }

    pub(crate) fn read_timeout(&self) -> Option<Duration> {
        self.socket?.read_timeout().ok()?
    }

    /// Whether O_NONBLOCK is set; false where the system does not say.
    pub(crate) fn is_nonblocking(&self) -> bool {
        #[cfg(unix)]
        return self.socket.is_some_and(|socket| socket.nonblocking().unwrap_or(false));
        #[cfg(not(unix))]
        false
    }

    pub(crate) fn write_timeout(&self) -> Option<Duration> {
        self.socket?.write_timeout().ok()?
    }

    pub(crate) fn has(&self, words: &str) -> bool {
        self.arguments.contains(words)
    }
}

pub(crate) fn see_the_page(call: &Call) -> Advice {
    // Two calls in one row have no page.
    match cfg!(unix) && call.name.chars().all(char::is_alphanumeric) {
        true => advise("", format!("`man 2 {}` lists under ERRORS when this happens.", call.name)),
        false => advise("", ""),
    }
}
