//! What the tests cannot check on this machine.

use std::env;
use std::io::{self, Write};

/// Says that a test cannot check something here: on Unix at the end of the test program, with all
/// others in one line; with `SHOW_SKIPPED=1`, and on other systems, each as it comes. With
/// `REQUIRE_ALL=1`, which CI sets, it fails the test.
pub fn skip(reason: &str) {
    let is_set = |name| env::var_os(name).is_some_and(|value| value == "1");
    assert!(!is_set("REQUIRE_ALL"), "REQUIRE_ALL=1, and yet: {reason}");
    if cfg!(unix) && !is_set("SHOW_SKIPPED") {
        #[cfg(unix)]
        at_the_end::count();
        return;
    }
    // The harness swallows `eprintln!`.
    let _ = writeln!(io::stderr(), "skipped: {reason}");
}

#[cfg(unix)]
mod at_the_end {
    use std::io::{self, Write};
    use std::sync::Once;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    static SKIPPED: AtomicUsize = AtomicUsize::new(0);
    static FIRST: Once = Once::new();

    pub fn count() {
        SKIPPED.fetch_add(1, Relaxed);
        FIRST.call_once(|| {
            // SAFETY: `tell` needs nothing but what lives as long as the process, and does not panic.
            unsafe { libc::atexit(tell) };
        });
    }

    extern "C" fn tell() {
        let skipped = SKIPPED.load(Relaxed);
        let checks = if skipped == 1 { "check" } else { "checks" };
        let text = format!("skipped: {skipped} {checks} (SHOW_SKIPPED=1 says which, and why)\n");
        let _ = io::stderr().write_all(text.as_bytes());
    }
}
