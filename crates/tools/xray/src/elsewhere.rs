//! Systems other than Linux, and machines whose calls xray does not know.

use std::process::ExitCode;

use advice::Failure;

use crate::command_line::Asked;

/// Says that it does not work here, and what to do.
pub fn run(_: Asked) -> ExitCode {
    let failure = Failure {
        call: "xray".to_string(),
        words: "works only on Linux, on x86-64 and aarch64".to_string(),
        why: "It needs Linux's ptrace(2) and pidfd_getfd(2), and knows the system calls of these \
              two machines."
            .to_string(),
        todo: "The rest of the course does not need it. Here, `dtruss` (macOS) or Process Monitor \
               (Windows) show a program's calls, without the kernel's view."
            .to_string(),
    };
    output::complain_of(&failure.into());
    ExitCode::from(1)
}

/// No call is shown.
pub fn calls_shown() -> impl Iterator<Item = &'static str> {
    std::iter::empty()
}
