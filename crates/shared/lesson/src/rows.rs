//! Rows, and notes below them.

use std::borrow::Cow;
use std::fmt::Display;
use std::net::SocketAddr;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use kernel::View;
use output::{
    HEAD, cells, note, print, row_line, what_was_received, what_was_received_from, width,
};
use socket2::SockRef;

/// Prints what the kernel says about `socket` now, beside a call or any other words.
pub fn show<'s>(call: impl Display, socket: impl Into<SockRef<'s>>) {
    row(cells(&call.to_string(), &View::of(&socket.into())).each_ref().map(Cow::as_ref));
}

/// Prints the row of a close: `descriptor` was the socket's number, and the system is asked whether
/// that number is free now.
pub fn show_close(descriptor: u64) {
    let now = match kernel::descriptor_is_free(descriptor) {
        Some(true) => "free",
        Some(false) => "in use",
        None => "unknown",
    };
    count_call();
    row([&format!("close({descriptor})"), &descriptor.to_string(), now, "", "", ""]);
}

/// Prints what a call that receives from a stream returned: how many bytes, and the first of them
/// as text. 0 bytes mean the end: the other side sends nothing more (recv(2)).
pub fn show_received(bytes: &[u8]) {
    note(what_was_received(bytes.len(), bytes));
}

/// Prints what a call that receives a datagram returned: its length, its sender, and its beginning
/// as text. A datagram may be empty, which ends nothing (udp(7)).
pub fn show_received_from(bytes: &[u8], sender: SocketAddr) {
    note(what_was_received_from(bytes.len(), bytes, &sender.to_string()));
}

/// A row of the table: call, descriptor, kind, local address, peer, state. Where it is too wide for
/// the terminal, the call gets a line of its own and the rest goes below it.
pub(crate) fn row(cells: [&str; 6]) {
    static HEAD_SHOWN: Once = Once::new();
    HEAD_SHOWN.call_once(|| print(&row_line(HEAD, width())));
    print(&row_line(cells, width()));
}

static CALLS: AtomicUsize = AtomicUsize::new(0);
static SOCKETS: AtomicUsize = AtomicUsize::new(0);

/// One more call has been shown.
pub(crate) fn count_call() {
    CALLS.fetch_add(1, Relaxed);
}

/// One more socket has been made.
pub(crate) fn count_socket() {
    SOCKETS.fetch_add(1, Relaxed);
}

/// How many calls the program has shown so far, failed ones and closes included, and how many
/// sockets they made.
#[must_use]
pub fn call_count() -> [usize; 2] {
    [CALLS.load(Relaxed), SOCKETS.load(Relaxed)]
}

/// What was shown since an earlier [`call_count`], in words.
#[must_use]
pub fn calls_since([calls, sockets]: [usize; 2]) -> String {
    let [calls_now, sockets_now] = call_count();
    format!("{} calls, {} sockets", calls_now - calls, sockets_now - sockets)
}
