//! Any program's sockets, call by call, with what the kernel says after each.

use std::process::ExitCode;

fn main() -> ExitCode {
    xray::run(std::env::args_os().skip(1).collect())
}
