//! A network of its own for a child process: nobody else's sockets and ports are in it, and its
//! settings are its own (network_namespaces(7)). All of it ends with the child.

use std::io;

use anyhow::Result;

use crate::child::in_child;

/// Runs `work` in a child process that has a network of its own, with its loopback interface up and
/// with these `settings`, such as `("net/ipv4/tcp_fin_timeout", "3")`. It needs no rights: where the
/// program is not root, the network stands in a user namespace of its own. Where this machine allows
/// none of it, or the system has no such thing, it says so, and does not run `work`.
///
/// # Errors
///
/// No child can be made (fork(2)).
pub fn in_network_of_own(
    settings: &[(&str, &str)],
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    in_child(|| match enter(settings) {
        Ok(()) => work(),
        Err(error) => {
            output::paragraph(&format!(
                "Not shown here: it takes a network of the program's own, and this system does not \
                 allow one ({}). A run stands in docs/src/questions.md, under this question.",
                lesson::words(&error)
            ));
            Ok(())
        }
    })
}

/// Changes a setting of the network that this process is in, as [`in_network_of_own`] does first.
///
/// # Errors
///
/// There is no such setting, it cannot have this value, or it may not be written here.
pub fn change(name: &str, value: &str) -> io::Result<()> {
    std::fs::write(format!("/proc/sys/{name}"), value)
}

/// Moves this process, which must have one thread, into a network of its own.
#[cfg(target_os = "linux")]
pub(crate) fn enter(settings: &[(&str, &str)]) -> io::Result<()> {
    // SAFETY: unshare takes flags and touches no memory.
    let unshare = |flags| kernel::check(unsafe { libc::unshare(flags) });
    // Root needs no user namespace, and some systems allow none.
    unshare(libc::CLONE_NEWNET).or_else(|_| unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNET))?;
    crate::interface::switch_on("lo")?;
    settings.iter().try_for_each(|(name, value)| change(name, value))
}

#[cfg(not(target_os = "linux"))]
fn enter(_: &[(&str, &str)]) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
