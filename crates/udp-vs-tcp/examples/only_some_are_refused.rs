//! Why are only some of my UDP datagrams refused?
//!
//! Nobody receives at the other end, so each datagram should be refused. On one machine each is.
//!
//! Also: ICMP rate limit, icmp_ratelimit, port unreachable is missing, UDP port scan, some sends
//! fail.
//!
//! Runs on Linux alone.

use std::process::ExitCode;

use question::answer;

fn main() -> ExitCode {
    question::run(include_str!("only_some_are_refused.rs"), only_some_are_refused)
}

fn only_some_are_refused() -> anyhow::Result<()> {
    #[cfg(target_os = "linux")]
    on_linux::twenty_datagrams()?;
    answer!(
        "The machine that has no such port answers with ICMP messages, and limits them: after a \
         few at once, Linux sends one a second to each address (net.ipv4.icmp_ratelimit), and \
         there is a limit for all together. Loopback is exempt, so no test on one machine shows \
         it. Routers and firewalls limit or drop them as well. A refusal says that nobody is \
         there; silence says nothing."
    );
    Ok(())
}

#[cfg(target_os = "linux")]
mod on_linux {
    use std::net::{Ipv4Addr, SocketAddr};
    use std::ops::RangeInclusive;
    use std::time::Duration;

    use lesson::kernel::wait_until;
    use lesson::{Shown, must_be, note, say, show};
    use question::link::{self, THERE};
    use question::setup::UDP;
    use socket2::{Domain, Socket, Type};

    const COUNT: u64 = 20;

    pub fn twenty_datagrams() -> anyhow::Result<()> {
        link::with_delay(Duration::from_millis(1), |_| false)?;
        say!("In a network of its own, {COUNT} datagrams over loopback, to a port of nobody:");
        answers_from(Ipv4Addr::LOCALHOST, COUNT..=COUNT)?;
        say!("The same over a link ({THERE}, at its other end, is this machine again):");
        answers_from(THERE, 1..=COUNT - 1)
    }

    /// Sends to a port at which nobody receives, and counts the ICMP messages that answer: so many.
    fn answers_from(ip: Ipv4Addr, expected: RangeInclusive<u64>) -> anyhow::Result<()> {
        const DESTINATION_UNREACHABLE: &str = "OutType3";
        let target = SocketAddr::from((ip, 9));
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, None).explained(UDP, None)?;
        let before = ["NoPorts", DESTINATION_UNREACHABLE].map(link::count);
        for _ in 0..COUNT {
            socket.send_to(b"hello", &target.into()).explained("sendto()", &socket)?;
        }
        show(format!("sendto({target}) x {COUNT}"), &socket);
        let arrived = || link::count("NoPorts") - before[0];
        must_be("datagrams that arrived", wait_until(|| arrived() == COUNT), true)?;
        let answers = || link::count(DESTINATION_UNREACHABLE) - before[1];
        // The kernel counts that one has arrived before it answers.
        let right = wait_until(|| expected.contains(&answers()));
        note(format!("{} arrived, {} were answered", arrived(), answers()));
        must_be(&format!("{expected:?} answered"), right, true)?;
        Ok(())
    }
}
