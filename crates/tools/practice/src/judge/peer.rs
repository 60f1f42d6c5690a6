//! A client or a server that the program talks to over TCP. Nothing that it does takes longer than
//! [`PATIENCE`].

use std::fmt::{self, Display};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, SockAddr, SockRef, Socket, Type};

use super::{PATIENCE, Program, Seen, seen};

/// One end of a connection to the program.
#[derive(Debug)]
pub struct Peer {
    /// For what else is needed.
    pub socket: Socket,
    /// What was received behind a line.
    rest: Vec<u8>,
    role: &'static str,
    patience: Duration,
}

/// What a peer has received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What came after them.
    pub how: How,
    role: &'static str,
    patience: Duration,
}

/// What came after the bytes that a peer has received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// As many as were asked for have come.
    Enough,
    /// The end of the stream: recv returned 0.
    End,
    /// A reset: ECONNRESET.
    Reset,
    /// Nothing more, for as long as the peer waits: 5 s, unless it was told otherwise.
    Silence,
}

/// Bytes in quotation marks, as both Rust and Python write them: text as text, and everything else
/// as `\x05`.
pub fn quoted(bytes: &[u8]) -> String {
    let is_plain = |it: char| !it.is_control() || "\n\r\t".contains(it);
    match std::str::from_utf8(bytes) {
        Ok(text) if text.chars().all(is_plain) => format!("{text:?}"),
        _ => format!("\"{}\"", bytes.escape_ascii()),
    }
}

impl Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.bytes.len() {
            0 => "nothing".to_string(),
            length @ ..=60 => format!("{} ({})", output::bytes(length), quoted(&self.bytes)),
            length => output::bytes(length),
        };
        let how = match self.how {
            How::Enough => String::new(),
            How::End => ", then the end of the stream".to_string(),
            How::Reset => ", then a reset (ECONNRESET)".to_string(),
            How::Silence if self.bytes.is_empty() => {
                format!(" for {} s", self.patience.as_secs_f32())
            }
            How::Silence => {
                format!(", and then nothing more for {} s", self.patience.as_secs_f32())
            }
        };
        write!(f, "the {} got {what}{how}", self.role)
    }
}

impl Peer {
    /// A client that asks once, and waits at most so long for an answer.
    ///
    /// # Errors
    ///
    /// None came, or a refusal.
    pub fn try_to_connect(address: SocketAddr, patience: Duration) -> io::Result<Peer> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        socket.connect_timeout(&address.into(), patience)?;
        Ok(Peer::client(socket))
    }

    pub(super) fn client(socket: Socket) -> Peer {
        Peer::new(socket, "client")
    }

    fn new(socket: Socket, role: &'static str) -> Peer {
        let set = || -> io::Result<()> {
            socket.set_nonblocking(false)?;
            socket.set_tcp_nodelay(true)?;
            socket.set_write_timeout(Some(PATIENCE))?;
            socket.set_read_timeout(Some(PATIENCE))
        };
        // A connection that is gone already refuses some of these on some systems.
        let _ = set();
        Peer { socket, rest: Vec::new(), role, patience: PATIENCE }
    }

    /// From now on it waits at most so long for anything to come.
    pub fn waits_at_most(&mut self, time: Duration) {
        self.patience = time;
        let _ = self.socket.set_read_timeout(Some(time));
    }

    /// Waits until the other side's kernel has the whole connection too, and so in the listener's
    /// queue, which may be a moment after connect has returned.
    pub fn is_queued(&self) {
        let address = |of: io::Result<SockAddr>| of.ok().and_then(|it| it.as_socket());
        let (local, peer) = (address(self.socket.local_addr()), address(self.socket.peer_addr()));
        let Some((local, peer)) = local.zip(peer) else { return };
        kernel::wait_until(|| match kernel::connection(peer, local) {
            Some(entry) => entry.is_some_and(|it| it.state == "ESTABLISHED"),
            None => true, // this system does not tell
        });
    }

    /// Its own address.
    pub fn address(&self) -> SocketAddr {
        self.socket.local_addr().ok().and_then(|it| it.as_socket()).expect("an IP address")
    }

    /// Sends all of it.
    ///
    /// # Errors
    ///
    /// The program does not take it within 5 s, or the connection is gone.
    pub fn send(&mut self, bytes: &[u8]) -> Result<(), Seen> {
        (&self.socket).write_all(bytes).map_err(|error| {
            let saw = match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => {
                    "nobody received it for 5 s, and the buffers are full".to_string()
                }
                ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => format!(
                    "the program has closed the connection ({})",
                    if error.kind() == ErrorKind::BrokenPipe { "EPIPE" } else { "ECONNRESET" }
                ),
                _ => error.to_string(),
            };
            seen(format!("the {} can send {}", self.role, output::bytes(bytes.len())), saw)
        })
    }

    /// Says that nothing more will come: the program receives the end.
    pub fn half_close(&self) {
        let _ = self.socket.shutdown(Shutdown::Write);
    }

    /// Ends the connection with a reset (SO_LINGER with 0 seconds, then close).
    pub fn reset(self) {
        let _ = SockRef::from(&self.socket).set_linger(Some(Duration::ZERO));
    }

    /// The next line, without its end.
    ///
    /// # Errors
    ///
    /// What came instead.
    pub fn line(&mut self) -> Result<String, Heard> {
        let heard =
            self.until(|bytes| bytes.iter().position(|byte| *byte == b'\n').map(|at| at + 1));
        match heard.how {
            How::Enough => {
                let line = String::from_utf8_lossy(&heard.bytes);
                Ok(line.trim_end_matches('\n').to_string())
            }
            _ => Err(heard),
        }
    }

    /// The next line has to be this one.
    ///
    /// # Errors
    ///
    /// It is not.
    pub fn hears_line(&mut self, expected: &str) -> Result<(), Seen> {
        let wanted = format!("the {} gets the line {expected:?}", self.role);
        match self.line() {
            Ok(line) if line == expected => Ok(()),
            Ok(line) => Err(seen(wanted, format!("the {} got the line {line:?}", self.role))),
            Err(heard) => Err(seen(wanted, heard.to_string())),
        }
    }

    /// The next `number` bytes, or what came instead.
    pub fn exactly(&mut self, number: usize) -> Heard {
        self.until(|bytes| (bytes.len() >= number).then_some(number))
    }

    /// Everything up to the end, or what came instead of an end.
    pub fn until_the_end(&mut self) -> Heard {
        self.until(|_| None)
    }

    /// The same in pieces of at most `size` bytes, with a pause before each.
    pub fn slowly_until_the_end(&mut self, size: usize, pause: Duration) -> Heard {
        let mut bytes = std::mem::take(&mut self.rest);
        let how = loop {
            thread::sleep(pause);
            if let Some(how) = self.more(&mut bytes, size) {
                break how;
            }
        };
        Heard { bytes, how, role: self.role, patience: self.patience }
    }

    /// What comes within this time: where nothing should, it is [`How::Silence`] without a byte. At
    /// the first bytes it returns.
    pub fn within(&mut self, time: Duration) -> Heard {
        let mut bytes = std::mem::take(&mut self.rest);
        let mut how = None;
        if bytes.is_empty() {
            let _ = self.socket.set_read_timeout(Some(time));
            how = self.more(&mut bytes, 65_536);
            let _ = self.socket.set_read_timeout(Some(self.patience));
        }
        Heard { bytes, how: how.unwrap_or(How::Enough), role: self.role, patience: time }
    }

    /// Whether nothing comes for this time, not even an end.
    pub fn quiet_for(&mut self, time: Duration) -> bool {
        let _ = self.socket.set_read_timeout(Some(time));
        let mut bytes = Vec::new();
        let how = self.more(&mut bytes, 4096);
        let _ = self.socket.set_read_timeout(Some(self.patience));
        self.rest.extend_from_slice(&bytes);
        bytes.is_empty() && how == Some(How::Silence)
    }

    /// Receives until `enough` says how many of the bytes were meant; what is behind them stays for
    /// the next time.
    fn until(&mut self, enough: impl Fn(&[u8]) -> Option<usize>) -> Heard {
        let mut bytes = std::mem::take(&mut self.rest);
        let give_up = Instant::now() + PATIENCE;
        let how = loop {
            if let Some(length) = enough(&bytes) {
                self.rest = bytes.split_off(length);
                break How::Enough;
            }
            if let Some(how) = self.more(&mut bytes, 65_536) {
                break how;
            }
            if Instant::now() > give_up && bytes.len() > 1 << 26 {
                break How::Silence; // a flood without an end
            }
        };
        Heard { bytes, how, role: self.role, patience: self.patience }
    }

    /// One recv; what it says instead of bytes.
    fn more(&mut self, bytes: &mut Vec<u8>, size: usize) -> Option<How> {
        let mut buffer = vec![0; size];
        match (&self.socket).read(&mut buffer) {
            Ok(0) => Some(How::End),
            Ok(length) => {
                bytes.extend_from_slice(&buffer[..length]);
                None
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => None,
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => Some(How::Silence),
                _ => Some(How::Reset),
            },
        }
    }
}

/// A server of the judge's own.
#[derive(Debug)]
pub struct Listener {
    /// For what else is needed.
    pub socket: Socket,
}

impl Listener {
    pub(super) fn new(address: SocketAddr, backlog: i32) -> Listener {
        let socket =
            Socket::new(Domain::for_address(address), Type::STREAM, None).expect("a socket");
        if cfg!(unix) {
            socket.set_reuse_address(true).expect("SO_REUSEADDR");
        }
        socket.bind(&address.into()).expect("the judge's port is free");
        socket.listen(backlog).expect("listen");
        Listener { socket }
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        self.socket.local_addr().ok().and_then(|it| it.as_socket()).expect("an IP address")
    }

    /// The program's connection, when it comes within 5 s.
    ///
    /// # Errors
    ///
    /// The program does not connect.
    pub fn accept(&self, program: &Program) -> Result<Peer, Seen> {
        let address = self.address();
        self.socket.set_nonblocking(true).expect("non-blocking");
        let began = Instant::now();
        loop {
            // Whether it has ended is asked first: it may connect, and end at once.
            let over = program.has_ended() || began.elapsed() > PATIENCE;
            match self.socket.accept() {
                Ok((socket, _)) => return Ok(Peer::new(socket, "server")),
                Err(error) if error.kind() == ErrorKind::WouldBlock && !over => {
                    thread::sleep(Duration::from_millis(2));
                }
                Err(_) => break,
            }
        }
        let saw = format!("no connection came{}", program.where_it_is());
        Err(program.told(seen(format!("the program connects to {address}"), saw)))
    }
}
