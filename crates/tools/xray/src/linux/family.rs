//! The processes below others: their children, and theirs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::process;

/// The running processes below `above`, in the order of the generations, without xray itself and
/// what reads xray's rows from a pipe: that would wait for xray, and xray for it.
pub fn below(above: &[i32]) -> Vec<i32> {
    let children = by_parent();
    let pipes = own_pipes();
    let this = std::process::id() as i32;
    let mut seen: BTreeSet<i32> = above.iter().copied().chain([this]).collect();
    let mut all = Vec::new();
    let mut generation = above.to_vec();
    while !generation.is_empty() {
        let next = generation.iter().filter_map(|parent| children.get(parent)).flatten();
        generation = next.copied().filter(|child| seen.insert(*child)).collect();
        all.extend(generation.iter().filter(|child| !reads_from(**child, &pipes)));
    }
    all
}

/// All processes that run, by the number of their parent; without zombies, whose sockets are closed.
fn by_parent() -> BTreeMap<i32, Vec<i32>> {
    let mut children = BTreeMap::<i32, Vec<i32>>::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let number = entry.file_name().to_str().and_then(|name| name.parse().ok());
        let Some(number) = number else { continue };
        // Without one, it has ended.
        let Some(parent) = process::parent(number) else { continue };
        if process::thread_to_ask(number).is_some() {
            children.entry(parent).or_default().push(number);
        }
    }
    children.values_mut().for_each(|numbers| numbers.sort_unstable());
    children
}

/// The pipes that xray writes to.
fn own_pipes() -> Vec<String> {
    let target = |number: i32| fs::read_link(format!("/proc/self/fd/{number}")).ok();
    let names =
        [1, 2].into_iter().filter_map(|number| target(number)?.into_os_string().into_string().ok());
    names.filter(|name| name.starts_with("pipe:")).collect()
}

/// Whether a process can read from one of these pipes.
fn reads_from(number: i32, pipes: &[String]) -> bool {
    if pipes.is_empty() {
        return false;
    }
    let entries = fs::read_dir(format!("/proc/{number}/fd")).into_iter().flatten().flatten();
    let of_pipe = entries.filter(|entry| {
        let target = fs::read_link(entry.path()).unwrap_or_default();
        target.to_str().is_some_and(|target| pipes.iter().any(|pipe| pipe == target))
    });
    of_pipe.into_iter().any(|entry| {
        let descriptor = entry.file_name();
        let info = format!("/proc/{number}/fdinfo/{}", descriptor.to_string_lossy());
        let info = fs::read_to_string(info).unwrap_or_default();
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
        let flags = flags.and_then(|flags| i32::from_str_radix(flags.trim(), 8).ok());
        flags.is_some_and(|flags| flags & libc::O_ACCMODE != libc::O_WRONLY)
    })
}

/// The names and numbers of processes in words, of at most eight of them.
pub fn named(numbers: &[i32]) -> String {
    const SHOWN: usize = 8;
    let name = |number: &i32| format!("{}, process {number}", process::name(*number));
    let names: Vec<String> = numbers.iter().take(SHOWN).map(name).collect();
    match numbers.len().saturating_sub(SHOWN) {
        0 => names.join("; "),
        more => format!("{}; and {more} more", names.join("; ")),
    }
}
