//! The questions, and the programs that answer them.

/// Reads the list below: each name with the source of its program, which is an example of the
/// package in that folder.
macro_rules! questions {
    ($($step:literal in $folder:literal { $($name:ident)* })*) => {
        &[$($(Question {
            step: $step,
            name: stringify!($name),
            source: include_str!(concat!("../../../../", $folder, "/examples/", stringify!($name),
                                         ".rs")),
            path: concat!($folder, "/examples/", stringify!($name), ".rs"),
        },)*)*]
    };
}

/// All questions, step by step, the most asked first: each is an example of that step's crate. The
/// book and others know them by these names, so a name stays.
pub static ALL: &[Question] = questions! {
    "create" in "crates/create" {
        port_vs_socket
        family_type_protocol
        family_must_fit
        how_many_sockets
        what_std_does
        byte_order
    }
    "bind" in "crates/bind" {
        address_in_use_after_restart
        unreachable_from_outside
        reuse_addr_vs_reuse_port
        connection_refused
        client_without_bind
        localhost_is_a_name
        who_holds_the_port
        port_zero
        make_an_address
        privileged_port
        not_my_address
        dual_stack
        tcp_and_udp_same_port
        option_too_late
        bind_twice
        reuse_addr_beside_a_listener
        loopback_with_both_families
    }
    "listen" in "crates/listen" {
        what_is_the_backlog
        queue_full
        queue_full_at_once
        which_backlog
        std_backlog
        listen_without_bind
        connect_in_progress
        connect_timeout
        listen_twice
        backlog_of_twenty
    }
    "accept" in "crates/accept" {
        same_port_for_every_client
        stop_a_blocked_accept
        many_clients
        too_many_open_files
        receive_timeout
        bytes_not_text
        data_before_accept
        would_block
        what_accept_inherits
        who_connected
        client_gone_before_accept
        empty_buffer
        nonblocking_before_tokio
    }
    "close" in "crates/close" {
        close_vs_shutdown
        peer_gone
        who_waits
        how_long_fin_wait2
        broken_pipe
        close_that_resets
        drop_closes
        a_clone_keeps_it_open
        close_the_listener
        no_sigpipe
    }
    "udp-vs-tcp" in "crates/udp-vs-tcp" {
        one_recv_one_message
        when_udp
        partial_write
        largest_datagram
        datagram_in_pieces
        loss_on_localhost
        connected_udp
        short_buffer
        udp_port_closed
        only_some_are_refused
        broadcast
        empty_datagram
        ask_again_over_udp
        late_answer
        unchecked_conversion
    }
    "server" in "crates/beyond/server" {
        reset_ends_the_server
        read_a_line
        length_in_front
        stop_a_server_well
    }
    "at-work" in "crates/beyond/at-work" {
        nagle_and_delayed_ack
        keepalive
        deadline_or_timeout
        many_addresses
        ports_for_clients_run_out
        connected_to_itself
        time_wait_tuning
        buffer_sizes
        client_behind_a_proxy
        udp_answer_address
        multicast
        peek_and_truncate
        unix_sockets
        unix_abstract_names
        unix_who_connected
        bind_to_device
        child_holds_the_port
        socket_activation
    }
};

/// The questions to which a step's chapter leads at its end: what readers of just this chapter ask,
/// and can follow with what they have learnt.
pub static AFTER_CHAPTER: &[(&str, &[&str])] = &[
    ("create", &["family_type_protocol", "port_vs_socket", "how_many_sockets"]),
    (
        "bind",
        &[
            "make_an_address",
            "unreachable_from_outside",
            "who_holds_the_port",
            "privileged_port",
            "client_without_bind",
        ],
    ),
    ("listen", &["what_is_the_backlog", "which_backlog", "connection_refused", "connect_timeout"]),
    (
        "accept",
        &[
            "many_clients",
            "who_connected",
            "bytes_not_text",
            "receive_timeout",
            "stop_a_blocked_accept",
        ],
    ),
    (
        "close",
        &[
            "address_in_use_after_restart",
            "drop_closes",
            "close_vs_shutdown",
            "peer_gone",
            "close_that_resets",
        ],
    ),
    (
        "udp-vs-tcp",
        &["when_udp", "connected_udp", "partial_write", "largest_datagram", "ask_again_over_udp"],
    ),
    (
        "server",
        &[
            "many_clients",
            "read_a_line",
            "length_in_front",
            "close_that_resets",
            "stop_a_server_well",
        ],
    ),
    (
        "many-clients",
        &[
            "many_clients",
            "would_block",
            "nonblocking_before_tokio",
            "reuse_addr_vs_reuse_port",
            "too_many_open_files",
        ],
    ),
];

/// A question: one program answers it.
#[derive(Debug)]
pub struct Question {
    /// The step that it belongs to, by the name of its package.
    pub step: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its source.
    pub source: &'static str,
    /// Where that lies, from the root of the workspace.
    pub path: &'static str,
}

impl Question {
    /// Whether it shows the error that `symbol` names, such as `EADDRINUSE`.
    #[must_use]
    pub fn meets(&self, symbol: &str) -> bool {
        self.source.contains(&format!("\"{symbol}\""))
    }
}
