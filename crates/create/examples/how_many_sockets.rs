//! How many sockets can a process open?
//!
//! A server with many clients runs into this limit, and then every new client does. It is often
//! 1024, set by the shell or the service manager.
//!
//! Also: ulimit, C10k, maximum number of clients, max connections, descriptor limit, file
//! descriptors, how many connections.
//!
//! Runs on Linux and macOS alone.
//!
//! Elsewhere: Windows has no such limit, only its memory.

use std::process::ExitCode;

use lesson::{Shown, descriptor, must_be, say, show};
use question::answer;
use question::child::{in_child, limit_descriptors};
use question::setup::TCP;
use socket2::{Domain, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("how_many_sockets.rs"), how_many_sockets)
}

fn how_many_sockets() -> anyhow::Result<()> {
    in_child(|| {
        let first = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
        let limit = descriptor(&first) + 10;
        limit_descriptors(limit).explained("setrlimit(RLIMIT_NOFILE)", None)?;
        say!("From now on this process, a child, may have only descriptors 0 to {}:", limit - 1);
        let mut others = Vec::new();
        while others.len() < 10 {
            let Ok(socket) = Socket::new(Domain::IPV4, Type::STREAM, None) else { break };
            others.push(socket);
        }
        let last = others.last().unwrap_or(&first);
        show("the last one", last);
        must_be("it is within the limit", descriptor(last) < limit, true)?;
        Socket::new(Domain::IPV4, Type::STREAM, None).must_fail("EMFILE", TCP, None)?;
        Ok(())
    })?;
    answer!(
        "As many as its limit of descriptors (`ulimit -n`), less those that are open already: each \
         socket takes one. The next call fails with EMFILE."
    );
    Ok(())
}
