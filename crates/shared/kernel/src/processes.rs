//! Other processes, as far as the system tells of them (proc(5)); Linux only.

#[cfg(target_os = "linux")]
mod told {
    use std::collections::HashSet;
    use std::fs;

    use crate::linux_tables::table_text;

    /// The process that has started this one, or has taken it over.
    #[must_use]
    pub fn parent(process: u32) -> Option<u32> {
        let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
    }

    /// By which numbers a process has the socket of this inode, in order.
    #[must_use]
    pub fn descriptors(process: u32, inode: u64) -> Vec<i32> {
        let folder = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
        let is_it = |entry: &fs::DirEntry| {
            let target = fs::read_link(entry.path());
            target.is_ok_and(|target| target.as_os_str() == format!("socket:[{inode}]").as_str())
        };
        let its = folder.filter(is_it);
        let mut numbers: Vec<i32> =
            its.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
        numbers.sort_unstable();
        numbers
    }

    /// A variable of the environment that a process was started with.
    #[must_use]
    pub fn variable(process: u32, name: &str) -> Option<String> {
        let variables = fs::read(format!("/proc/{process}/environ")).ok()?;
        let value = |variable: &[u8]| {
            let value = variable.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
            Some(String::from_utf8_lossy(value).into_owned())
        };
        variables.split(|byte| *byte == 0).find_map(value)
    }

    /// The sockets that are bound to `path`, as `process` sees them, each with its inode and whether it
    /// listens; without the connections that a listener has accepted, which have its path as well.
    #[must_use]
    pub fn unix_sockets(process: u32, path: &str) -> Vec<(u64, bool)> {
        let table = table_text(&format!("/proc/{process}/net/unix")).unwrap_or_default();
        let mut sockets: Vec<(u64, bool)> =
            table.lines().filter_map(|line| unix_socket(line, path)).collect();
        let mut seen = HashSet::new();
        sockets.retain(|(inode, _)| seen.insert(*inode));
        sockets
    }

    /// One line: number, references, protocol, flags, type, state, inode, path.
    fn unix_socket(line: &str, path: &str) -> Option<(u64, bool)> {
        let mut words = [""; 7];
        let mut rest = line;
        for word in &mut words {
            (*word, rest) = rest.trim_start().split_once(' ')?;
        }
        let [_, _, _, flags, kind, state, inode] = words;
        // SO_ACCEPTCON, SOCK_DGRAM and SS_UNCONNECTED (include/linux/net.h).
        let listens = u32::from_str_radix(flags, 16).ok()? & 1 << 16 != 0;
        let is_of_its_own = listens || kind == "0002" || state == "01";
        (rest == path && is_of_its_own).then_some((inode.parse().ok()?, listens))
    }
}

#[cfg(not(target_os = "linux"))]
mod told {
    /// Linux only.
    #[must_use]
    pub fn parent(_: u32) -> Option<u32> {
        None
    }

    /// Linux only.
    #[must_use]
    pub fn descriptors(_: u32, _: u64) -> Vec<i32> {
        Vec::new()
    }

    /// Linux only.
    #[must_use]
    pub fn variable(_: u32, _: &str) -> Option<String> {
        None
    }

    /// Linux only.
    #[must_use]
    pub fn unix_sockets(_: u32, _: &str) -> Vec<(u64, bool)> {
        Vec::new()
    }
}

pub use told::{descriptors, parent, unix_sockets, variable};
