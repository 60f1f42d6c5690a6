//! All exercises, in the order in which a learner meets them.

use std::sync::LazyLock;

use crate::exercise::{Exercise, Files, Pair};

/// Reads the list below: the file of each exercise's judge, the module that it becomes, and the
/// exercise's folder.
macro_rules! exercises {
    ($($path:tt $module:ident $folder:literal)*) => {
        $(#[path = $path] mod $module;)*

        static FILES: &[Files] = &[$(Files {
            name: $folder,
            data: include_str!(concat!("../exercises/", $folder, "/exercise.toml")),
            starter: Pair {
                rust: include_str!(concat!("../exercises/", $folder, "/starter.rs")),
                python: include_str!(concat!("../exercises/", $folder, "/starter.py")),
            },
            solution: Pair {
                rust: include_str!(concat!("../exercises/", $folder, "/solution.rs")),
                python: include_str!(concat!("../exercises/", $folder, "/solution.py")),
            },
            judge: $module::judge,
        },)*];
    };
}

exercises! {
    "../exercises/two-sockets/judge.rs" two_sockets "two-sockets"
    "../exercises/one-at-a-time/judge.rs" one_at_a_time "one-at-a-time"
    "../exercises/bind-any-port/judge.rs" bind_any_port "bind-any-port"
    "../exercises/for-the-neighbours/judge.rs" for_the_neighbours "for-the-neighbours"
    "../exercises/next-free-port/judge.rs" next_free_port "next-free-port"
    "../exercises/queue-of-five/judge.rs" queue_of_five "queue-of-five"
    "../exercises/both-families/judge.rs" both_families "both-families"
    "../exercises/connect-with-a-limit/judge.rs" connect_with_a_limit "connect-with-a-limit"
    "../exercises/greet-by-address/judge.rs" greet_by_address "greet-by-address"
    "../exercises/byte-by-byte/judge.rs" byte_by_byte "byte-by-byte"
    "../exercises/silent-client/judge.rs" silent_client "silent-client"
    "../exercises/slow-reader/judge.rs" slow_reader "slow-reader"
    "../exercises/half-close/judge.rs" half_close "half-close"
    "../exercises/restart-at-once/judge.rs" restart_at_once "restart-at-once"
    "../exercises/outlive-a-reset/judge.rs" outlive_a_reset "outlive-a-reset"
    "../exercises/end-not-reset/judge.rs" end_not_reset "end-not-reset"
    "../exercises/udp-echo/judge.rs" udp_echo "udp-echo"
    "../exercises/whose-answer/judge.rs" whose_answer "whose-answer"
    "../exercises/ask-again/judge.rs" ask_again "ask-again"
    "../exercises/lines/judge.rs" lines "lines"
    "../exercises/lengths/judge.rs" lengths "lengths"
    "../exercises/three-at-once/judge.rs" three_at_once "three-at-once"
    "../exercises/stop-in-order/judge.rs" stop_in_order "stop-in-order"
}

/// All of them.
pub static ALL: LazyLock<Vec<Exercise>> =
    LazyLock::new(|| FILES.iter().map(Exercise::of).collect());

/// The exercise of this name.
pub fn named(name: &str) -> Option<&'static Exercise> {
    ALL.iter().find(|it| it.name == name)
}
