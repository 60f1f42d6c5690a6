//! What a terminal shows while something takes its time; nothing elsewhere.

use std::io::{self, IsTerminal};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

fn target() -> ProgressDrawTarget {
    match io::stderr().is_terminal() {
        true => ProgressDrawTarget::stderr(),
        false => ProgressDrawTarget::hidden(),
    }
}

/// A bar for so many steps.
pub fn bar(number: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(number as u64), target());
    let style = ProgressStyle::with_template("  {wide_bar} {pos} of {len}, {elapsed}");
    bar.set_style(style.expect("a template").progress_chars("=> "));
    bar.tick();
    bar
}

/// How long something has taken so far, of which nobody knows how much is left.
pub fn seconds(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, target());
    bar.set_style(ProgressStyle::with_template("  {msg} {elapsed}").expect("a template"));
    bar.set_message(what);
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}
