//! The time of day, for `--time`.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since the beginning of 1970 (UTC).
pub fn seconds(at: SystemTime) -> f64 {
    at.duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

/// The local time of day, with milliseconds: `14:03:07.123`.
pub fn time_of_day(at: SystemTime) -> String {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = since.as_secs() as libc::time_t;
    // SAFETY: a tm is numbers and a pointer, for which zero is valid; localtime_r(3) reads the one
    // and writes the other.
    let local = unsafe {
        let mut local: libc::tm = std::mem::zeroed();
        libc::localtime_r(&seconds, &mut local);
        local
    };
    let milliseconds = since.subsec_millis();
    format!("{:02}:{:02}:{:02}.{milliseconds:03}", local.tm_hour, local.tm_min, local.tm_sec)
}
