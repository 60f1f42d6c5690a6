//! How many sockets can a process open?
//!
//! A server with many clients meets this limit, and then every new client does. It is often 1024, set
//! by the shell or the service manager.
//!
//! Elsewhere: Windows has no such limit; there, memory is the limit.

use lesson::child::{in_child, limit_descriptors};
use lesson::setup::TCP;
use lesson::{Shown, answer, expect, look, question, say};
use socket2::{Domain, Socket, Type};
use std::process::ExitCode;

/// The limit that the child gets: descriptors 0 to 15.
const LIMIT: u64 = 16;

fn main() -> ExitCode {
    question(include_str!("how_many_sockets.rs"), how_many_sockets)
}

fn how_many_sockets() -> anyhow::Result<()> {
    in_child(|| {
        limit_descriptors(LIMIT).or_explain("setrlimit(RLIMIT_NOFILE)", None)?;
        say!("A child process may have {LIMIT} descriptors, 0 to {}:", LIMIT - 1);
        let first = Socket::new(Domain::IPV4, Type::STREAM, None).opened(TCP)?;
        let mut others = Vec::new();
        while others.len() < LIMIT as usize {
            let Ok(socket) = Socket::new(Domain::IPV4, Type::STREAM, None) else { break };
            others.push(socket);
        }
        let last = others.last().unwrap_or(&first);
        look("the last one", last);
        expect("its descriptor", lesson::descriptor(last), LIMIT - 1)?;
        Socket::new(Domain::IPV4, Type::STREAM, None).must_fail("EMFILE", TCP, None)?;
        Ok(())
    })?;
    answer!(
        "As many as it may have descriptors (`ulimit -n`), less those that are open already: each \
         socket is one. The next call fails with EMFILE."
    );
    Ok(())
}
