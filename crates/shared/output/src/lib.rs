//! What the programs print: rows, notes, paragraphs and errors, the same on a terminal and in a pipe.
//!
//! - `print`: printing to stdout and stderr
//! - `complaint`: printing an error with its reason
//! - `row`: what a row looks like
//! - `text`: text broken into lines, numbers in it, and the words for what was received
//! - `width`: how wide it may be

#![warn(missing_docs)]

mod complaint;
mod print;
mod row;
mod text;
mod width;

pub use complaint::{complain_of, reasons};
pub use print::{
    complain, complain_after_rows, heading, note, paragraph, print, printed_elsewhere,
};
pub use row::{HEAD, cells, row_line, state_of_entry};
pub use text::{
    bytes, note_line, visible, what_was_received, what_was_received_from, whole_number, wrapped,
};
pub use width::{Stream, WIDEST, WIDTH, width, width_of};
