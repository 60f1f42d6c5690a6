//! Socket activation: a program that is started with its listener (sd_listen_fds(3)).

use crate::call::{Advice, advise};
use crate::others::holding::Holding;

impl Holding<'_> {
    /// By systemd, or by a program that does as it does.
    pub(crate) fn handed_over(&self, number: i32, count: i32) -> Advice {
        let (process, local) = (self.asker.process, self.entry.local);
        let meant = kernel::variable(process, "LISTEN_PID");
        let meant = meant.and_then(|number| number.parse::<u32>().ok());
        let what = self.what();
        let why = format!(
            "This program was started with the {what} on {local} as its descriptor {number} \
             (socket activation: LISTEN_FDS={count}), so the port is taken already."
        );
        let use_it = if self.listens() { "Accept" } else { "Receive" };
        match meant {
            Some(meant) if meant != process => advise(
                format!(
                    "{why} LISTEN_PID names process {meant}, and this is process {process}: a \
                     program in between has started it, and a library will not take the \
                     {what}."
                ),
                format!(
                    "Start it by exec in a script in between, so that the number stays the same. \
                     {use_it} on descriptor {number} then, and leave out socket, bind and listen."
                ),
            ),
            _ => advise(
                why,
                format!(
                    "{use_it} on descriptor {number}, and leave out socket, bind and listen, \
                     whenever LISTEN_PID is the process's own number (sd_listen_fds(3)). \
                     Otherwise start it without socket activation."
                ),
            ),
        }
    }
}
