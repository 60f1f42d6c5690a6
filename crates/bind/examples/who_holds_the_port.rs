//! Who holds the port?
//!
//! "Address already in use" does not say which program has taken the port. The kernel knows, and
//! tells those who may know.
//!
//! Also: which process, ss, netstat, lsof, kill, pid, port in use, what is using my port, port is
//! taken, process on a port, fuser, which program listens, process that blocks the port, pid that
//! listens.
//!
//! Runs on Linux and Windows alone.
//!
//! Elsewhere: `lsof -nP -i :8080` on macOS, `netstat -ano` on Windows.

use std::process::ExitCode;

use anyhow::Context;
use lesson::kernel::{self, Transport};
use lesson::{address_of, must_be, note, say, show};
use question::answer;
use question::setup::listener;

fn main() -> ExitCode {
    question::run(include_str!("who_holds_the_port.rs"), who_holds_the_port)
}

fn who_holds_the_port() -> anyhow::Result<()> {
    let server = listener(1)?;
    let port = address_of(&server)?.port();

    say!("The kernel's table, and the descriptors of the processes:");
    let table = kernel::port_table(Transport::Tcp, port).context("this system shows no table")?;
    let row =
        table.iter().find(|row| row.state == "LISTEN").context("nobody is listening there")?;
    let holders = kernel::holders().remove(&row.owner);
    let (name, process) = holders.context("no process of ours has that socket")?.remove(0);
    show("the listener", &server);
    note(format!("{} {}: {name}, process {process}", row.local, row.state));
    must_be("the process", process, std::process::id())?;

    answer!(
        "`ss -tlnp` lists who is listening, and `ss -ulnp` does the same for UDP; a filter picks \
         one port: `ss -tlnp 'sport = :8080'`. Only root sees the names of other users' processes. \
         A connection in TIME_WAIT (`ss -tan`) no longer belongs to anybody."
    );
    Ok(())
}
