//! Running a program that answers one question.

use std::path::Path;
use std::process::ExitCode;
use std::{fs, io};

use crate::{explain, rows};

/// All questions, step by step, those that are asked most first: each is an example of that step's
/// crate. They are known by these names, in the book and elsewhere: a name stays.
pub const ALL: [(&str, &[&str]); 6] = [
    (
        "create",
        &[
            "port_vs_socket",
            "family_type_protocol",
            "family_must_fit",
            "how_many_sockets",
            "what_std_does",
            "byte_order",
        ],
    ),
    (
        "bind",
        &[
            "address_in_use_after_restart",
            "unreachable_from_outside",
            "reuse_addr_vs_reuse_port",
            "connection_refused",
            "client_without_bind",
            "localhost_is_a_name",
            "who_holds_the_port",
            "port_zero",
            "privileged_port",
            "not_my_address",
            "dual_stack",
            "tcp_and_udp_same_port",
            "option_too_late",
            "bind_twice",
            "reuse_addr_beside_a_listener",
            "loopback_with_both_families",
        ],
    ),
    (
        "listen",
        &[
            "what_is_the_backlog",
            "queue_full",
            "std_backlog",
            "listen_without_bind",
            "connect_in_progress",
            "connect_timeout",
            "listen_twice",
            "backlog_of_twenty",
        ],
    ),
    (
        "accept",
        &[
            "same_port_for_every_client",
            "stop_a_blocked_accept",
            "many_clients",
            "too_many_open_files",
            "receive_timeout",
            "bytes_not_text",
            "data_before_accept",
            "would_block",
            "what_accept_inherits",
            "who_connected",
            "client_gone_before_accept",
            "empty_buffer",
            "nonblocking_before_tokio",
        ],
    ),
    (
        "close",
        &[
            "close_vs_shutdown",
            "peer_gone",
            "who_waits",
            "broken_pipe",
            "close_that_resets",
            "drop_closes",
            "a_clone_keeps_it_open",
            "close_the_listener",
            "no_sigpipe",
        ],
    ),
    (
        "udp-vs-tcp",
        &[
            "one_recv_one_message",
            "when_udp",
            "partial_write",
            "largest_datagram",
            "loss_on_localhost",
            "connected_udp",
            "short_buffer",
            "udp_port_closed",
            "broadcast",
            "empty_datagram",
            "unchecked_conversion",
        ],
    ),
];

/// The program that answers a question.
#[derive(Debug, Clone)]
pub struct Program {
    /// The step to which it belongs.
    pub step: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its source, whose lines end as on Unix.
    pub source: String,
}

impl Program {
    /// Whether it shows the error that `symbol` names, such as `EADDRINUSE`.
    #[must_use]
    pub fn meets(&self, symbol: &str) -> bool {
        self.source.contains(&format!("\"{symbol}\""))
    }
}

/// The programs of [`ALL`], as they stand in the workspace now.
///
/// # Errors
///
/// A source cannot be read.
pub fn programs() -> io::Result<Vec<Program>> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let all = ALL.iter().flat_map(|(step, names)| names.iter().map(move |name| (*step, *name)));
    all.map(|(step, name)| {
        let source = fs::read_to_string(crates.join(format!("{step}/examples/{name}.rs")))?;
        Ok(Program { step, name, source: source.replace("\r\n", "\n") })
    })
    .collect()
}

/// What the comment at the head of such a program says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The question, as learners ask it: the first line.
    pub question: String,
    /// Why it matters.
    pub why: String,
    /// What is different on other systems; empty where nothing is known to be.
    pub elsewhere: String,
}

impl Head {
    /// Reads the comment at the head of a program's `source`: the lines that begin with `//!`.
    #[must_use]
    pub fn of(source: &str) -> Head {
        let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
        let text: String = lines.map(|line| format!("{}\n", line.trim())).collect();
        let paragraph = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut paragraphs = text.split("\n\n").map(paragraph);
        let question = paragraphs.next().unwrap_or_default();
        let (elsewhere, why): (Vec<_>, Vec<_>) =
            paragraphs.partition(|text| text.starts_with("Elsewhere: "));
        Head { question, why: why.join(" "), elsewhere: elsewhere.join(" ") }
    }
}

/// Runs a program that answers one question: prints the question, which is the first line of its
/// `source`, then what `program` shows, and what is different on other systems.
///
/// The exit status is 0 when the answer was proved, 1 when the system behaved otherwise or said no,
/// 2 when the command line was wrong.
pub fn question(source: &str, program: fn() -> anyhow::Result<()>) -> ExitCode {
    let head = Head::of(source);
    let argument = std::env::args_os().nth(1);
    match argument.as_ref().map(|word| word.to_string_lossy()).as_deref() {
        None => {}
        Some("-h" | "--help") => {
            rows::heading(&head.question);
            rows::print(&rows::wrapped(&head.why, rows::width(), "", ""));
            rows::print("\nIt takes no arguments. `just ask` lists all questions.\n");
            return ExitCode::SUCCESS;
        }
        Some(other) => {
            rows::complain(&format!("error: `{other}`: this program takes no arguments\n"));
            return ExitCode::from(2);
        }
    }
    rows::heading(&head.question);
    let done = program();
    if let Err(error) = &done {
        explain::print(error);
    }
    if !head.elsewhere.is_empty() {
        rows::print(&format!(
            "\n{}",
            rows::wrapped(&head.elsewhere, rows::width().min(80), "  ", "  ")
        ));
    }
    ExitCode::from(u8::from(done.is_err()))
}
