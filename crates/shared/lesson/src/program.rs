//! The programs of the course: their names, what they take, and which one comes next.

/// What a program of the course is called and what its command line may contain.
#[derive(Debug)]
pub struct Program {
    /// Its place, name and subject: the first line that it prints and the first of its help.
    pub title: &'static str,
    /// How a learner with `just` starts it.
    pub just: &'static str,
    /// How a learner with nothing but Rust starts it.
    pub cargo: &'static str,
    /// What it takes on the command line.
    pub takes: &'static [Takes],
    /// Whether its title says who can reach the address, unless only this machine can.
    pub is_server: bool,
    /// Examples for the help: what to add to the command, and what that shows.
    pub examples: &'static [(&'static str, &'static str)],
    /// The step that comes next, if there is one.
    pub next: Option<&'static Program>,
}

/// One thing that a program may take on its command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// `[HOST] [PORT]`
    Address,
    /// `--ipv6`
    Ipv6,
    /// `--udp`
    Udp,
    /// `--backlog N`, with this default
    Backlog(u32),
    /// `--wait`
    Wait,
}

use Takes::{Address, Backlog, Ipv6, Udp, Wait};

/// Step 1.
pub const CREATE: Program = Program {
    title: "Step 1 of 6 · create · a socket is a descriptor",
    just: "just step-1",
    cargo: "cargo run -p create",
    takes: &[Udp, Ipv6],
    is_server: false,
    examples: &[
        ("", "a TCP socket over IPv4"),
        ("--udp", "the other type: datagrams"),
        ("--ipv6", "the other family"),
    ],
    next: Some(&BIND),
};

/// Step 2.
pub const BIND: Program = Program {
    title: "Step 2 of 6 · bind · give a socket its address",
    just: "just step-2",
    cargo: "cargo run -p bind",
    takes: &[Address, Ipv6],
    is_server: false, // it says so once it is bound
    examples: &[
        ("", "localhost, port 8080"),
        ("localhost 0", "let the kernel pick a port"),
        ("'' 8080", "every interface of this machine"),
        ("::1 8080", "an IPv6 address"),
    ],
    next: Some(&LISTEN),
};

/// Step 3.
pub const LISTEN: Program = Program {
    title: "Step 3 of 6 · listen · let clients queue",
    just: "just step-3",
    cargo: "cargo run -p listen",
    takes: &[Address, Ipv6, Backlog(1)],
    is_server: true,
    examples: &[
        ("", "localhost, port 8080, a backlog of 1"),
        ("--backlog 0", "the shortest queue there is"),
        ("--backlog 100000", "more than the kernel allows"),
    ],
    next: Some(&ACCEPT),
};

/// Step 4.
pub const ACCEPT: Program = Program {
    title: "Step 4 of 6 · accept · take the next client out of the queue",
    just: "just step-4",
    cargo: "cargo run -p accept",
    takes: &[Address, Ipv6, Wait],
    is_server: true,
    examples: &[
        ("", "a client inside the program connects"),
        ("--wait", "wait for a client from a second terminal"),
        ("'' 9000 --wait", "a client on another machine will do as well"),
        ("::1 8080", "over IPv6"),
    ],
    next: Some(&CLOSE),
};

/// The client for `step 4 --wait`.
pub const CLIENT: Program = Program {
    title: "A client · connect, send a line, read the answer",
    just: "just client",
    cargo: "cargo run -p accept --bin client",
    takes: &[Address, Ipv6],
    is_server: false,
    examples: &[
        ("", "connect to localhost, port 8080"),
        ("127.0.0.1 9000", "connect to another port"),
    ],
    next: None,
};

/// Step 5.
pub const CLOSE: Program = Program {
    title: "Step 5 of 6 · close · a connection and a listener end separately",
    just: "just step-5",
    cargo: "cargo run -p close",
    takes: &[Address, Ipv6],
    is_server: true,
    examples: &[("", "localhost, port 8080"), ("localhost 0", "on a port that the kernel picks")],
    next: Some(&UDP_VS_TCP),
};

/// Step 6.
pub const UDP_VS_TCP: Program = Program {
    title: "Step 6 of 6 · udp-vs-tcp · the same work over both",
    just: "just step-6",
    cargo: "cargo run -p udp-vs-tcp",
    takes: &[Address, Ipv6],
    is_server: true,
    examples: &[("", "localhost, port 8080"), ("::1 8080", "the same over IPv6")],
    next: None,
};
