//! Printing to stdout and stderr.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use advice::words;

use crate::text::{note_line, visible, wrapped};
use crate::width::width;

/// Prints to stdout. When the reader has gone (`| head -1`), the program ends quietly: nobody is
/// left to read it.
///
/// Where one piece ends with an empty line and the next begins with one, they share it. Control
/// characters are written out.
pub fn print(text: &str) {
    print_as_it_is(&visible(text));
}

/// [`print`], with the sequences that style it.
fn print_as_it_is(text: &str) {
    let written = write_out(text);
    if let Err(error) = written {
        // Windows may say ERROR_PIPE_NOT_CONNECTED, which Rust has no kind for.
        let not_connected = cfg!(windows) && error.raw_os_error() == Some(233);
        if error.kind() == ErrorKind::BrokenPipe || not_connected {
            process::exit(0);
        }
        complain(&format!("error: cannot write to stdout: {}\n", words(&error)));
        process::exit(1);
    }
}

/// Whether the last line that was printed is empty; as if it were, at the start.
static AFTER_EMPTY_LINE: AtomicBool = AtomicBool::new(true);

/// To be called when something else, such as a child process, may have printed lines.
pub fn printed_elsewhere() {
    AFTER_EMPTY_LINE.store(false, Relaxed);
}

fn write_out(text: &str) -> io::Result<()> {
    let shared = AFTER_EMPTY_LINE.swap(text.ends_with("\n\n"), Relaxed);
    let text = if shared { text.trim_start_matches('\n') } else { text };
    let mut stdout = io::stdout();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Prints an error to stderr, set off from the rows before it.
pub fn complain_after_rows(text: &str) {
    let _ = write_out("\n");
    complain(text);
}

/// Prints to stderr, if that is possible. Control characters are written out.
pub fn complain(text: &str) {
    let _ = io::stderr().write_all(visible(text).as_bytes());
}

/// Prints a program's first line.
pub fn heading(text: &str) {
    print_as_it_is(&format!("{}\n\n", paint(BOLD, wrapped(text, width(), "", "").trim_end())));
}

/// The escape sequence (SGR) that starts bold text.
const BOLD: &str = "\x1b[1m";

/// `text` in `style` on a terminal that wants colour; otherwise as it is. <https://no-color.org>
fn paint(style: &str, text: &str) -> String {
    let plain = !io::stdout().is_terminal()
        || cfg!(windows)
        || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    if plain { text.to_string() } else { format!("{style}{text}\x1b[0m") }
}

/// Prints what a call returned, under its row.
pub fn note(text: impl Display) {
    print(&note_line(&text.to_string(), width()));
}

/// Prints a paragraph between the rows. The steps call it by [`say!`](crate::say).
pub fn paragraph(text: &str) {
    print(&format!("\n{}\n", wrapped(text, width().min(80), "  ", "  ")));
}
