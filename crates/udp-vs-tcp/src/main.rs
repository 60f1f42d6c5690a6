//! Step 6: the same work over TCP and over UDP.
//!
//! Python: `SOCK_STREAM` with `send` and `recv`, `SOCK_DGRAM` with `sendto` and `recvfrom`
//!
//! The socket calls are in four files beside this one, an experiment each.

mod boundaries;
mod conversation;
mod nobody;
mod receive;
mod slow_reader;
mod table;

use std::process::ExitCode;

use lesson::{Args, say};

fn main() -> ExitCode {
    lesson::run(&lesson::program::UDP_VS_TCP, udp_vs_tcp)
}

fn udp_vs_tcp(args: &Args) -> anyhow::Result<()> {
    say!("1. A question and an answer. Over TCP the two sides connect first:");
    let (tcp, tcp_calls) = conversation::over_tcp(args)?;
    say!("Over UDP nobody listens, connects or accepts. Its ports are separate from TCP's:");
    let (udp, udp_calls) = conversation::over_udp(args)?;

    say!("2. Two sends, and then the other side receives. TCP is a stream of bytes:");
    let tcp_received = boundaries::over_tcp(&tcp)?;
    say!("UDP keeps every datagram apart:");
    let udp_received = boundaries::over_udp(&udp)?;

    say!("3. Nobody at the other end. A TCP client learns it from connect:");
    let tcp_alone = nobody::over_tcp(args)?;
    say!("Over UDP, first without connect, then with it. (The server hears nobody but itself.)");
    let [udp_alone, connected_udp_alone] = nobody::over_udp(args)?;

    say!("4. A reader that does not read. TCP makes the sender wait, and loses nothing:");
    let [tcp_sender, tcp_lost] = slow_reader::over_tcp(&tcp)?;
    say!("UDP lets the sender send, and throws away what finds no room:");
    let [udp_sender, udp_lost] = slow_reader::over_udp(&udp)?;

    say!("Measured in this run:");
    table::print_table(&[
        ["", "TCP", "UDP"],
        ["a question and its answer", &tcp_calls, &udp_calls],
        ["\"one\" and \"two\" arrive as", &tcp_received, &udp_received],
        ["nobody at the other end", &tcp_alone, &udp_alone],
        ["the same, UDP connected", "—", &connected_udp_alone],
        ["nobody reads: the sender", &tcp_sender, &udp_sender],
        ["nobody reads: lost", &tcp_lost, &udp_lost],
    ]);
    say!("That was the last step; `just tour` runs all six.");
    Ok(())
}
