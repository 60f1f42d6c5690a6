//! What the programs that each answer one question have in common.
//!
//! - `catalogue`: the questions, and the programs that answer them
//! - `head`: the comment at the head of such a program
//! - `run`: running one
//! - [`setup`]: sockets made ready, for questions about what comes afterwards
//! - [`child`]: a child process that has less than its parent

#![warn(missing_docs)]

mod catalogue;
pub mod child;
mod head;
mod run;
pub mod setup;

pub use catalogue::{ALL, Question};
pub use head::Head;
pub use run::{answered, run};

/// Prints the answer at the end of a program that asks a question; the arguments are those of
/// [`format!`].
#[macro_export]
macro_rules! answer {
    ($($words:tt)*) => { $crate::answered(&format!($($words)*)) };
}
