//! Commands that show more, as this system calls them.

use std::net::IpAddr;

/// The command that lists this machine's addresses.
pub(crate) const SHOW_ADDRESSES: &str = if cfg!(windows) {
    "ipconfig"
} else if cfg!(target_os = "linux") {
    "ip address"
} else {
    "ifconfig"
};

/// The command that shows who has `port`, in a sentence; `ss` are the options for Linux.
pub(crate) fn show_port(ss: &str, port: u16) -> String {
    if cfg!(windows) {
        format!("`netstat -ano | findstr :{port}` shows it")
    } else if cfg!(target_os = "linux") {
        format!("`ss {ss} 'sport = :{port}'` shows it")
    } else {
        format!("`lsof -nP -i :{port}` shows it")
    }
}

/// The command that lists this machine's network interfaces.
pub(crate) const SHOW_INTERFACES: &str = if cfg!(windows) {
    "netsh interface show interface"
} else if cfg!(target_os = "linux") {
    "ip link"
} else {
    "ifconfig"
};

/// The command that shows which way packets to `ip` take.
pub(crate) fn show_route(ip: IpAddr) -> String {
    if cfg!(windows) {
        format!("`Find-NetRoute -RemoteIPAddress {ip}` (PowerShell)")
    } else if cfg!(target_os = "linux") {
        format!("`ip route get {ip}`")
    } else {
        format!("`route -n get {ip}`")
    }
}
