//! What the programs that each answer one question have in common.
//!
//! - `catalogue`: the questions, and the programs that answer them
//! - `head`: the comment at the head of such a program
//! - `run`: running one
//! - [`setup`]: sockets made ready, for questions about what comes afterwards
//! - [`child`]: a child process that has less than its parent
//! - `link`: a network of the program's own, with a link that has delay (Linux)
//! - [`namespace`]: a child process that has a network of its own
//! - [`interface`]: the interfaces there

#![warn(missing_docs)]

mod catalogue;
pub mod child;
mod head;
pub mod interface;
#[cfg(target_os = "linux")]
pub mod link;
pub mod namespace;
mod run;
pub mod setup;

pub use catalogue::{AFTER_CHAPTER, ALL, Question};
pub use head::Head;
pub use run::{answered, run};

/// Prints the answer at the end of a program that asks a question; the arguments are those of
/// [`format!`].
#[macro_export]
macro_rules! answer {
    ($($words:tt)*) => { $crate::answered(&format!($($words)*)) };
}
