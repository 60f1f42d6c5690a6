//! Experiments 2 to 4, and the table of what all of them measured.

use std::net::UdpSocket;

use lesson::output::{WIDEST, print, width};
use lesson::{Args, say};

use crate::tcp::Tcp;
use crate::{boundaries, nobody, slow_reader};

/// The sockets of a UDP conversation.
pub struct Udp {
    pub client: UdpSocket,
    pub server: UdpSocket,
    /// The calls that it took, in words.
    pub calls: String,
}

pub fn compare(args: &Args, tcp: &Tcp, udp: &Udp) -> anyhow::Result<()> {
    say!("2. Two sends, and then the other side receives. TCP is a stream of bytes:");
    let tcp_received = boundaries::over_tcp(tcp)?;
    say!("UDP keeps every datagram apart:");
    let udp_received = boundaries::over_udp(udp)?;

    say!("3. Nobody at the other end. A TCP client learns of it from connect:");
    let tcp_alone = nobody::over_tcp(args)?;
    say!("Over UDP, first without connect, then with it. (The server receives only from itself.)");
    let [udp_alone, connected_udp_alone] = nobody::over_udp(args)?;

    say!("4. A reader that does not read. TCP makes the sender wait, and loses nothing:");
    let [tcp_sender, tcp_lost] = slow_reader::over_tcp(tcp)?;
    say!("UDP lets the sender send, and throws away what finds no room:");
    let [udp_sender, udp_lost] = slow_reader::over_udp(udp)?;

    say!("Measured in this run:");
    print_table(&[
        ["", "TCP", "UDP"],
        ["a question and its answer", &tcp.calls, &udp.calls],
        ["\"one\" and \"two\" arrive as", &tcp_received, &udp_received],
        ["nobody at the other end", &tcp_alone, &udp_alone],
        ["the same, UDP connected", "—", &connected_udp_alone],
        ["nobody reads: the sender", &tcp_sender, &udp_sender],
        ["nobody reads: lost", &tcp_lost, &udp_lost],
    ]);
    say!("That was the last step; `just tour` runs all six.");
    Ok(())
}

/// Prints a heading and then a line for each question; on a narrow terminal, a paragraph for each.
fn print_table(lines: &[[&str; 3]]) {
    let widest = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
    let (first, second) = (widest(0).unwrap_or(0), widest(1).unwrap_or(0));
    for [question, tcp, udp] in lines {
        if width() == WIDEST {
            print(&format!("  {question:<first$}  {tcp:<second$}  {udp}\n"));
        } else if !question.is_empty() {
            print(&format!("  {question}\n    TCP  {tcp}\n    UDP  {udp}\n"));
        }
    }
}
