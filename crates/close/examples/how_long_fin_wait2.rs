//! How long does FIN_WAIT2 last?
//!
//! This side has closed, the other side never does. Some such connections are gone after a minute,
//! others are there for days.
//!
//! Also: FIN_WAIT2, FIN-WAIT-2, tcp_fin_timeout, orphan, the other side does not close.
//!
//! Runs on Linux alone.

use std::process::ExitCode;

use question::answer;

fn main() -> ExitCode {
    question::run(include_str!("how_long_fin_wait2.rs"), how_long_fin_wait2)
}

fn how_long_fin_wait2() -> anyhow::Result<()> {
    #[cfg(target_os = "linux")]
    on_linux::closed_and_shut_down()?;
    answer!(
        "After close, for net.ipv4.tcp_fin_timeout, 60 s unless somebody has changed it: then the \
         kernel forgets the connection, without TIME_WAIT, and answers what the other side still \
         sends with a reset. After shutdown(SHUT_WR), without limit: the program has the \
         descriptor and may still receive. If it should end sooner, close, or set a time limit for \
         receiving."
    );
    Ok(())
}

#[cfg(target_os = "linux")]
mod on_linux {
    use std::io::Write;
    use std::net::Shutdown;

    use lesson::kernel::wait_until;
    use lesson::{Shown, View, address_of, kernel, must_be, say, show, wait_for_state};
    use question::link;
    use question::setup::{close, connection};
    use socket2::Socket;

    pub fn closed_and_shut_down() -> anyhow::Result<()> {
        link::own_network()?;
        link::set("net/ipv4/tcp_fin_timeout", 3)?;
        say!("In a network of its own, with net.ipv4.tcp_fin_timeout = 3:");
        let (mut client, closed) = connection()?;
        let (_other_client, shut_down) = connection()?;

        say!("One server closes, the other one only ends its sending. Neither client closes:");
        let ends = [address_of(&closed)?, address_of(&client)?];
        close(closed);
        wait_for_state("the closed end", ends, "FIN_WAIT2")?;
        shut_down.shutdown(Shutdown::Write).explained("shutdown(SHUT_WR)", &shut_down)?;
        wait_until(|| state(&shut_down) == Some("FIN_WAIT2"));
        show("shutdown(SHUT_WR)", &shut_down);

        let gone = || kernel::connection(ends[0], ends[1]).is_some_and(|row| row.is_none());
        must_be("the kernel has forgotten the closed end", wait_until(gone), true)?;
        say!(
            "Three seconds later the closed end is gone, without TIME_WAIT. The other one is there:"
        );
        show("the one shut down", &shut_down);
        must_be("its state", state(&shut_down), Some("FIN_WAIT2"))?;

        say!("The first client has noticed nothing. Its next send is answered with a reset:");
        show("the first client", &client);
        client.write_all(b"hello").explained("send(5 bytes)", &client)?;
        must_be("reset", wait_until(|| state(&client) == Some("CLOSE")), true)?;
        show("send(5 bytes)", &client);
        client.write_all(b"hello").must_fail("EPIPE", "send(5 bytes)", &client)?;
        Ok(())
    }

    fn state(socket: &Socket) -> Option<&'static str> {
        View::of(socket).state
    }
}
