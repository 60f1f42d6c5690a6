//! What do AF_INET, SOCK_STREAM and the 0 mean?
//!
//! The three arguments of socket decide for good what kind of socket it is; nearly every program
//! passes the same three.
//!
//! Also: domain, AF_INET6, SOCK_DGRAM, IPPROTO_TCP, socket arguments.
//!
//! Runs on Linux and Windows alone.
//!
//! Elsewhere: macOS gives another error for a type and a protocol that do not fit (EPROTOTYPE).

use std::process::ExitCode;

use lesson::{Shown, View, must_be, say};
use question::answer;
use question::setup::{TCP, UDP};
use socket2::{Domain, Protocol, Socket, Type};

fn main() -> ExitCode {
    question::run(include_str!("family_type_protocol.rs"), family_type_protocol)
}

fn family_type_protocol() -> anyhow::Result<()> {
    say!("With 0 (in socket2, None) the family and the type decide the protocol:");
    let by_default = Socket::new(Domain::IPV4, Type::STREAM, None).shown_as(TCP)?;
    let by_name = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))
        .shown_as("socket(…STREAM, IPPROTO_TCP)")?;
    must_be("what both are", View::of(&by_default).kind, View::of(&by_name).kind)?;

    let datagrams = Socket::new(Domain::IPV4, Type::DGRAM, None).shown_as(UDP)?;
    must_be("what datagrams are sent by", View::of(&datagrams).kind, "UDP/IPv4")?;

    Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::UDP)).must_fail(
        "EPROTONOSUPPORT",
        "socket(…STREAM, IPPROTO_UDP)",
        None,
    )?;

    answer!(
        "The family (AF_INET: IPv4 addresses), the type (SOCK_STREAM: a stream of bytes; \
         SOCK_DGRAM: messages) and the protocol. 0 (in Rust, None) means the usual protocol of \
         that family and type: TCP for streams, UDP for datagrams. A combination that does not \
         fit, such as a stream over UDP, is an error."
    );
    Ok(())
}
