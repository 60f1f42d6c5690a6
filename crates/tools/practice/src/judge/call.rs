//! A call that the program made, with what the kernel said about the socket right after it.

use std::net::SocketAddr;
use std::ops::Deref;

use serde_json::Value;

use crate::verdict::Row;

/// A line of `xray --json`.
#[derive(Debug, Clone)]
pub struct Call {
    /// Its name in C: `accept`, `send`.
    pub name: String,
    /// As xray's rows show it: `bind(127.0.0.1:8080)`.
    pub shown: String,
    /// The socket's descriptor; for a call that makes one, the new number.
    pub descriptor: Option<i64>,
    /// The number that it returned; none after an error, or as long as it waits.
    pub result: Option<i64>,
    /// The symbol of the error.
    pub error: Option<String>,
    /// `TCP/IPv4`; empty where there is no socket to ask.
    pub kind: String,
    /// The socket's own address, after the call.
    pub local: Option<SocketAddr>,
    /// Its peer's, after the call.
    pub peer: Option<SocketAddr>,
    /// TCP's state, after the call.
    pub state: Option<String>,
    /// A listener's queue, after the call: its length and its limit.
    pub queue: Option<(u64, u64)>,
    /// Bytes that nobody has read, after the call.
    pub unread: Option<u64>,
    /// The call has begun to wait; when it returns, it comes once more.
    pub waits: bool,
}

impl Call {
    /// Reads a line of `xray --json`; other events than calls are none.
    pub fn read(line: &Value) -> Option<Call> {
        let event = line["event"].as_str()?;
        if !["call", "waits"].contains(&event) {
            return None;
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let socket = &line["socket"];
        let address = |name: &str| socket[name].as_str().and_then(|it| it.parse().ok());
        Some(Call {
            name: text(&line["call"]),
            shown: text(&line["shown"]),
            descriptor: line["descriptor"].as_i64(),
            result: line["result"].as_i64(),
            error: line["error"]["symbol"].as_str().map(str::to_string),
            kind: text(&socket["kind"]),
            local: address("local"),
            peer: address("peer"),
            state: socket["state"].as_str().map(str::to_string),
            queue: socket["queue"]["length"].as_u64().zip(socket["queue"]["limit"].as_u64()),
            unread: socket["unread"].as_u64(),
            waits: event == "waits",
        })
    }

    /// Whether it returned without an error.
    pub fn ok(&self) -> bool {
        !self.waits && self.error.is_none()
    }

    /// The row that xray shows for it.
    pub fn row(&self) -> Row {
        let or = |address: Option<SocketAddr>, other: &str| {
            address.map_or(other.to_string(), |address| address.to_string())
        };
        let mut state = self.state.clone().unwrap_or_default();
        if let Some((length, limit)) = self.queue {
            state += &format!("  queue {length} of {limit}");
        } else if let Some(unread @ 1..) = self.unread {
            state += &format!("  {unread} unread");
        }
        if let Some(error) = &self.error {
            state += &format!("  {error}");
        }
        let descriptor = self.descriptor.map_or("—".to_string(), |number| number.to_string());
        let kind = if self.kind.is_empty() { "—" } else { &self.kind };
        Row([
            self.shown.clone(),
            descriptor,
            kind.to_string(),
            or(self.local, "not bound"),
            or(self.peer, "—"),
            state.trim().to_string(),
        ])
    }
}

/// All calls of a program, in their order.
#[derive(Debug, Clone, Default)]
pub struct Calls(pub Vec<Call>);

impl Deref for Calls {
    type Target = [Call];

    fn deref(&self) -> &[Call] {
        &self.0
    }
}

impl Calls {
    /// Those of one of these names that returned without an error.
    pub fn done<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = &'a Call> {
        self.iter().filter(move |it| it.ok() && names.contains(&it.name.as_str()))
    }

    /// Those of one of these names, whether or not they failed, without those that wait.
    pub fn tried<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = &'a Call> {
        self.iter().filter(move |it| !it.waits && names.contains(&it.name.as_str()))
    }
}
