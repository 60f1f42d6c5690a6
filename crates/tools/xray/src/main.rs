//! Any program's sockets, call by call, with what the kernel says after each.

#[cfg_attr(
    not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))),
    allow(dead_code, reason = "elsewhere the command line is understood, but not followed")
)]
mod command_line;
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
#[path = "elsewhere.rs"]
mod system;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[path = "linux/mod.rs"]
mod system;

use std::process::ExitCode;

fn main() -> ExitCode {
    match command_line::parse() {
        Ok(asked) => system::run(asked),
        Err(status) => status,
    }
}
