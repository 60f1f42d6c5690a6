//! How wide the output may be.

use std::io::{self, IsTerminal};

/// The widest that a line may be.
pub const WIDEST: usize = 100;

/// The environment variable in which a program that passes on another one's output tells it how
/// many columns there are.
pub const WIDTH: &str = "LESSON_WIDTH";

/// How many columns there are: the terminal's, at most [`WIDEST`]; [`WIDEST`] in a pipe.
#[must_use]
pub fn width() -> usize {
    width_of(Stream::Stdout)
}

/// A stream that may be a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Descriptor 1.
    Stdout = 1,
    /// Descriptor 2.
    Stderr = 2,
}

/// [`width`], of one of the two streams.
#[must_use]
pub fn width_of(stream: Stream) -> usize {
    let told = || std::env::var(WIDTH).ok()?.parse().ok();
    let is_terminal = match stream {
        Stream::Stdout => io::stdout().is_terminal(),
        Stream::Stderr => io::stderr().is_terminal(),
    };
    let columns = if is_terminal { terminal_columns(stream) } else { told() };
    columns.unwrap_or(WIDEST).clamp(40, WIDEST)
}

/// The width of the terminal on stdout or stderr (`TIOCGWINSZ`).
#[cfg(unix)]
fn terminal_columns(stream: Stream) -> Option<usize> {
    // SAFETY: a winsize is four numbers, for which zero is valid.
    let mut size: libc::winsize = unsafe { std::mem::zeroed() };
    // SAFETY: TIOCGWINSZ writes one winsize, and `size` is one.
    let result = unsafe { libc::ioctl(stream as i32, libc::TIOCGWINSZ, &mut size) };
    (result == 0 && size.ws_col > 0).then_some(usize::from(size.ws_col))
}

/// Not asked on Windows.
#[cfg(windows)]
fn terminal_columns(_: Stream) -> Option<usize> {
    None
}
