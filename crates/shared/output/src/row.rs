//! What a row looks like: a call, and what the kernel says about the socket now.
//!
//! What makes a row is `#[inline]`: xray, which prints very many, is optimised in every build, and
//! so are these functions with it.

use std::borrow::Cow;
use std::net::SocketAddr;

use kernel::{Entry, View};

use crate::text::{visible, wrapped};
use crate::width::WIDEST;

/// The cells of the row that shows `view` beside `call`.
#[must_use]
#[inline]
pub fn cells<'a>(call: &'a str, view: &View) -> [Cow<'a, str>; 6] {
    // What is not a socket (any more) has no address, and is not unbound either. A Unix socket's name
    // is not told everywhere.
    let without_address = match view.kind {
        "?" => "—",
        "Unix" => "unknown",
        _ => "not bound",
    };
    let name_or = |address: &Option<SocketAddr>, name: &Option<String>, other: &'static str| {
        let address = address.map(|address| address.to_string());
        address.or_else(|| name.clone()).map_or(other.into(), Cow::from)
    };
    [
        call.into(),
        view.descriptor.to_string().into(),
        view.kind.into(),
        name_or(&view.local, &view.name, without_address),
        name_or(&view.peer, &view.peer_name, "—"),
        state(view),
    ]
}

#[inline]
fn state(view: &View) -> Cow<'static, str> {
    let name = match view.state {
        Some(name) => name,
        None if view.has_states => "unknown",
        None => "",
    };
    match (view.queue, view.unread) {
        (Some(queue), _) => format!("{name}  queue {} of {}", queue.length, queue.limit).into(),
        (None, Some(unread)) if unread > 0 => format!("{name}  {unread} unread").into(),
        _ => name.into(),
    }
}

/// The state of a row of the kernel's table, and how long TIME_WAIT stays where the table says.
#[must_use]
pub fn state_of_entry(entry: &Entry) -> String {
    match (entry.state, entry.seconds_left) {
        ("TIME_WAIT", Some(seconds)) => format!("TIME_WAIT  {seconds} s left"),
        (state, _) => state.to_string(),
    }
}

/// The heads of the columns.
pub const HEAD: [&str; 6] = ["call", "fd", "kind", "local", "peer", "state"];

/// How wide the column of the calls is.
const CALL: usize = 29;

/// What a row looks like on `width` columns. Control characters of the call are written out.
#[must_use]
#[inline]
pub fn row_line([call, fd, kind, local, peer, state]: [&str; 6], width: usize) -> String {
    let call = &*visible(call);
    // A long call has a line of its own, so that the columns stay where they are; words instead of
    // a descriptor take their room from the call's column. A space at least parts the two.
    let fd_width = fd.chars().count();
    let call_width = CALL.saturating_sub(fd_width.saturating_sub(3));
    let room = call_width.min((CALL + 2).saturating_sub(fd_width));
    let (before, short) = match call.chars().count() > room && !kind.is_empty() {
        true => (format!("  {call}\n"), ""),
        false => (String::new(), call),
    };
    let line_with = |peer_width: usize| {
        let mut line = format!(
            "  {short:<call_width$}{fd:>3}  {kind:<8}  {local:<15} {peer:<peer_width$}  {state}"
        );
        line.truncate(line.trim_end().len());
        line
    };
    let mut line = line_with(15);
    let too_long = line.chars().count().saturating_sub(WIDEST);
    if too_long > 0 {
        // A long state may begin a little further left, where the peer leaves room.
        line = line_with(15_usize.saturating_sub(too_long));
    }
    if width == WIDEST && line.chars().count() <= WIDEST {
        line.push('\n');
        return before + &line;
    }
    let seen = format!("{fd:>3}  {kind:<8}  {local:<15}  {peer:<15}  {state}");
    format!("  {call}\n{}", wrapped(seen.trim_end(), width, "    ", "        "))
}
