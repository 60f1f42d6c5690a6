//! Short pieces of a TCP stream that were kept back (Nagle, tcp(7)): a send, another one right after
//! it, and then the program waits for an answer to both.

use std::collections::HashMap;
use std::mem::offset_of;
use std::time::{Duration, Instant};

use advice::Silent;
use kernel::option;
use libc::{IPPROTO_TCP, TCP_CORK, TCP_INFO, TCP_NODELAY};
use socket2::Socket;

use super::calls::Kind;
use super::remarks::{Key, Observed};

/// Less than this may be the network's or this machine's own time.
const DELAYED: Duration = Duration::from_millis(15);

/// An answer that comes so much later than what was kept back was not delayed by that alone.
const SOON: Duration = Duration::from_millis(500);

/// What one side has sent since it last received something.
#[derive(Default)]
struct Sent {
    sends: u32,
    kept_back: Option<(u32, Instant)>,
}

#[derive(Default)]
pub struct Pieces {
    sent: HashMap<Key, Sent>,
    /// Whether it has been seen; it is not looked for any more.
    seen: bool,
}

impl Pieces {
    pub fn after(&mut self, seen: &Observed) -> Option<Silent> {
        if self.seen {
            return None;
        }
        match seen.call.traced.kind {
            Kind::Send | Kind::SendMessage | Kind::Write | Kind::WriteAreas => self.sent(seen),
            Kind::Receive | Kind::ReceiveMessage | Kind::Read | Kind::ReadAreas => {
                return self.received(seen);
            }
            _ => {}
        }
        None
    }

    fn sent(&mut self, seen: &Observed) {
        if !seen.succeeded() {
            return;
        }
        let sent = self.sent.entry(seen.key()).or_default();
        sent.sends += 1;
        // The first one is never kept back.
        if sent.sends > 1 {
            let bytes = kept_back(seen.copy);
            sent.kept_back = bytes.map(|bytes| (bytes, Instant::now()));
        }
    }

    fn received(&mut self, seen: &Observed) -> Option<Silent> {
        let sent = self.sent.get_mut(&seen.key())?;
        let Some((bytes, since)) = sent.kept_back else {
            sent.sends = 0;
            return None;
        };
        let info = Info::of(seen.copy)?;
        if info.not_sent > 0 {
            return None;
        }
        *sent = Sent::default();
        let time = since.elapsed().saturating_sub(info.since_sent);
        let is_it = seen.result > 0 && time >= DELAYED && info.since_sent <= SOON;
        is_it.then(|| {
            self.seen = true;
            Silent::KeptBack { bytes, time }
        })
    }

    pub fn forget(&mut self, is_gone: impl Fn(&Key) -> bool) {
        self.sent.retain(|key, _| !is_gone(key));
    }
}

/// How many bytes wait for nothing but the acknowledgement of an earlier short piece.
fn kept_back(socket: &Socket) -> Option<u32> {
    let info = Info::of(socket)?;
    let is_short = info.not_sent > 0 && info.not_sent < info.segment;
    let has_room = info.unacknowledged > 0
        && info.unacknowledged < info.congestion_window
        && info.not_sent <= info.window;
    let set = |name| {
        let mut value = [0; 4];
        option(socket, IPPROTO_TCP, name, &mut value).is_some() && value != [0; 4]
    };
    (is_short && has_room && !set(TCP_NODELAY) && !set(TCP_CORK)).then_some(info.not_sent)
}

/// What TCP_INFO says about what was sent.
struct Info {
    /// Segments that are on their way.
    unacknowledged: u32,
    congestion_window: u32,
    /// The longest segment, in bytes.
    segment: u32,
    /// Bytes that have not been sent for the first time.
    not_sent: u32,
    /// Bytes that the other side has room for.
    window: u32,
    /// How long ago data was sent.
    since_sent: Duration,
}

/// struct tcp_info of linux/tcp.h, beyond what libc has of it (Linux 4.6 and 5.4).
const NOT_SENT: usize = 144;
const WINDOW: usize = 228;

impl Info {
    fn of(socket: &Socket) -> Option<Info> {
        let mut bytes = [0; 256];
        let filled = option(socket, IPPROTO_TCP, TCP_INFO, &mut bytes)?;
        let number = |at: usize| {
            let bytes = bytes[..filled].get(at..at + 4)?;
            Some(u32::from_ne_bytes(bytes.try_into().ok()?))
        };
        let milliseconds = number(offset_of!(libc::tcp_info, tcpi_last_data_sent))?;
        Some(Info {
            unacknowledged: number(offset_of!(libc::tcp_info, tcpi_unacked))?,
            congestion_window: number(offset_of!(libc::tcp_info, tcpi_snd_cwnd))?,
            segment: number(offset_of!(libc::tcp_info, tcpi_snd_mss))?,
            not_sent: number(NOT_SENT)?,
            window: number(WINDOW).unwrap_or(u32::MAX),
            since_sent: Duration::from_millis(u64::from(milliseconds)),
        })
    }
}
