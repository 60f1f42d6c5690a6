//! How do I stop a blocked accept?
//!
//! A server's thread waits in accept, and the program wants to end. On Linux, closing the
//! listener from another thread does not wake it.
//!
//! Also: wake accept, shut down a listener, interrupt, break out of the accept loop, close the
//! listener from another thread, accept blocks forever.
//!
//! Elsewhere: shutdown of a listener fails on macOS (ENOTCONN); a connection to yourself works
//! there as well.

use std::net::Shutdown;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use lesson::kernel::wait_for_blocked_threads;
use lesson::{Shown, address_of, must_be, say};
use question::answer;
use question::setup::{TCP, listener};
use socket2::{Domain, Socket, Type};

/// The longest that accept waits if nothing wakes it.
const PATIENCE: Duration = Duration::from_secs(10);

fn main() -> ExitCode {
    question::run(include_str!("stop_a_blocked_accept.rs"), stop_a_blocked_accept)
}

fn stop_a_blocked_accept() -> anyhow::Result<()> {
    say!("Everywhere: set a flag, and connect to yourself.");
    let server = listener(1)?;
    let target = address_of(&server)?;
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    server.set_read_timeout(Some(PATIENCE)).explained("setsockopt(SO_RCVTIMEO)", &server)?;
    let stop = AtomicBool::new(false);
    let (connected, accepted) = thread::scope(|scope| {
        let waiting = scope.spawn(|| (server.accept(), stop.load(Relaxed)));
        wait_for_blocked_threads();
        stop.store(true, Relaxed);
        (client.connect(&target.into()), waiting.join().expect("no panic"))
    });
    connected.shown(format!("connect({target})"), &client)?;
    accepted.0.explained("accept()", &server)?;
    must_be("the thread saw the flag", accepted.1, true)?;
    say!("In the other thread accept has returned, and the flag is set.");

    if cfg!(target_os = "linux") {
        say!("On Linux: shut the listener down.");
        let (done, accepted) = thread::scope(|scope| {
            let waiting = scope.spawn(|| server.accept());
            wait_for_blocked_threads();
            (server.shutdown(Shutdown::Read), waiting.join().expect("no panic"))
        });
        done.shown("shutdown(SHUT_RD)", &server)?;
        accepted.must_fail("EINVAL", "accept(), which had waited", &server)?;
    }
    #[cfg(target_os = "linux")]
    close_wakes_nobody()?;

    answer!(
        "Set a flag and make a connection to the listener yourself: accept returns, the thread \
         looks at the flag and ends. Or use poll to wait for the listener and a pipe at once, and \
         write to the pipe to stop it. On Linux, shutdown(listener, SHUT_RD) makes accept fail \
         with EINVAL; close wakes nobody."
    );
    Ok(())
}

/// Closes the listener's descriptor under a thread that waits in accept.
#[cfg(target_os = "linux")]
fn close_wakes_nobody() -> anyhow::Result<()> {
    use lesson::{descriptor, note, show_close};
    use std::os::fd::{AsRawFd, IntoRawFd};

    say!("Close does not wake it. The listener even lives on, as long as accept waits:");
    let server = listener(1)?;
    let target = address_of(&server)?;
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    server.set_read_timeout(Some(PATIENCE)).explained("setsockopt(SO_RCVTIMEO)", &server)?;
    let (connected, accepted) = thread::scope(|scope| {
        let waiting = scope.spawn(|| server.accept());
        wait_for_blocked_threads();
        // SAFETY: the descriptor is open, nothing here opens another one while `server` still has
        // its number, and `server` gives that up without closing it again.
        unsafe { libc::close(server.as_raw_fd()) };
        show_close(descriptor(&server));
        (client.connect(&target.into()), waiting.join().expect("no panic"))
    });
    let _ = server.into_raw_fd();
    connected.shown(format!("connect({target})"), &client)?;
    // No row: accept has taken its number before it waited, whichever was free just then.
    let (_, from) = accepted.explained("accept()", None)?;
    must_be("the client", from.as_socket(), Some(address_of(&client)?))?;
    note("accept, which had waited, has returned with this client");
    Ok(())
}
