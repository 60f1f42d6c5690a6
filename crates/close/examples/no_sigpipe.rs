//! Why does my C program die of SIGPIPE where the Rust one gets EPIPE?
//!
//! A send on a closed connection ends a C program without a word, unless it has asked for an error
//! instead.
//!
//! Also: MSG_NOSIGNAL, killed by a signal, exit code 141, program exits silently when the client
//! disconnects.
//!
//! Elsewhere: macOS has SO_NOSIGPIPE, which socket2 sets; Windows has no signals.

use std::io::Write;
use std::net::Shutdown;
use std::process::ExitCode;

use lesson::kernel::wait_until;
use lesson::{Shown, View, say, show};
use question::answer;
use question::setup::connection;

fn main() -> ExitCode {
    question::run(include_str!("no_sigpipe.rs"), no_sigpipe)
}

fn no_sigpipe() -> anyhow::Result<()> {
    let (mut client, _server) = connection()?;
    client.shutdown(Shutdown::Write).explained("shutdown(SHUT_WR)", &client)?;
    wait_until(|| View::of(&client).state != Some("FIN_WAIT1"));
    show("shutdown(SHUT_WR)", &client);
    client.write_all(b"hello").must_fail("EPIPE", "send(5 bytes)", &client)?;

    #[cfg(target_os = "linux")]
    {
        use std::os::unix::process::ExitStatusExt;

        say!("The same send in a child process, with SIGPIPE as C programs have it:");
        let status = question::child::status_of(|| {
            // SAFETY: SIG_DFL is not a function of ours.
            unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
            Ok(client.write_all(b"hello")?)
        })?;
        show("the child's send(5 bytes)", &client);
        lesson::note(format!("it ended by {status}"));
        lesson::must_be("its signal", status.signal(), Some(libc::SIGPIPE))?;
    }
    #[cfg(not(target_os = "linux"))]
    say!("What SIGPIPE does is shown on Linux only.");

    answer!(
        "Rust programs ignore SIGPIPE from the start, so send returns EPIPE. The kernel still \
         sends the signal unless told not to (MSG_NOSIGNAL), and socket2's send does not tell it: \
         a program that sets SIGPIPE back to its default dies of it."
    );
    Ok(())
}
