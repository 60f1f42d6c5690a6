//! The questions, and the programs that answer them.

/// Reads the list below: each name with the source of its program.
macro_rules! questions {
    ($($step:literal { $($name:ident)* })*) => {
        &[$($(Question {
            step: $step,
            name: stringify!($name),
            source: include_str!(concat!("../../../", $step, "/examples/", stringify!($name), ".rs")),
        },)*)*]
    };
}

/// All questions, step by step, the most asked first: each is an example of that step's crate. The
/// book and others know them by these names, so a name stays.
pub static ALL: &[Question] = questions! {
    "create" {
        port_vs_socket
        family_type_protocol
        family_must_fit
        how_many_sockets
        what_std_does
        byte_order
    }
    "bind" {
        address_in_use_after_restart
        unreachable_from_outside
        reuse_addr_vs_reuse_port
        connection_refused
        client_without_bind
        localhost_is_a_name
        who_holds_the_port
        port_zero
        privileged_port
        not_my_address
        dual_stack
        tcp_and_udp_same_port
        option_too_late
        bind_twice
        reuse_addr_beside_a_listener
        loopback_with_both_families
    }
    "listen" {
        what_is_the_backlog
        queue_full
        std_backlog
        listen_without_bind
        connect_in_progress
        connect_timeout
        listen_twice
        backlog_of_twenty
    }
    "accept" {
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
    "close" {
        close_vs_shutdown
        peer_gone
        who_waits
        broken_pipe
        close_that_resets
        drop_closes
        a_clone_keeps_it_open
        close_the_listener
        no_sigpipe
    }
    "udp-vs-tcp" {
        one_recv_one_message
        when_udp
        partial_write
        largest_datagram
        loss_on_localhost
        connected_udp
        short_buffer
        udp_port_closed
        broadcast
        empty_datagram
        unchecked_conversion
    }
};

/// A question: one program answers it.
#[derive(Debug)]
pub struct Question {
    /// The step that it belongs to.
    pub step: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its source.
    pub source: &'static str,
}

impl Question {
    /// Whether it shows the error that `symbol` names, such as `EADDRINUSE`.
    #[must_use]
    pub fn meets(&self, symbol: &str) -> bool {
        self.source.contains(&format!("\"{symbol}\""))
    }
}
