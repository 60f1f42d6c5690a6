//! Programs that trace others: a debugger, strace, another xray. A process can have only one tracer.

use super::process;
use super::ptrace::Tid;

/// What to say when ptrace(2) has refused (`EPERM`) to `caller`, a thread and its process, what its
/// `arguments` ask for; `None` where that has another reason than that xray has `traced` the thread.
pub fn remark(
    (caller, own): (Tid, i32),
    arguments: &[u64; 6],
    mut traced: impl Iterator<Item = (Tid, i32)>,
) -> Option<String> {
    let name = process::name(own);
    const SO: &str = "xray traces what it starts and follows, and a process can have only one \
                      tracer, for root as well. Run the one without the other: xray with the \
                      program alone, or the debugger without xray.";
    if arguments[0] as i32 == libc::PTRACE_TRACEME as i32 {
        return Some(format!(
            "{name}, process {own}, should be traced by its parent, and cannot: {SO}"
        ));
    }
    // A number is what it is in the namespace of its reader, and the last of its own (pid_namespaces(7)).
    let level = process::numbers(caller).len().checked_sub(1)?;
    let wanted = arguments[1] as Tid;
    let meant = |thread: Tid| process::numbers(thread).get(level) == Some(&wanted);
    // Nobody may trace its own threads, with or without xray.
    let (thread, process) = traced.find(|(thread, process)| *process != own && meant(*thread))?;
    let other = process::name(process);
    let whom = match thread == process {
        true => format!("{other}, process {process}"),
        false => format!("{other}, process {process}, thread {thread}"),
    };
    Some(format!("{name}, process {own}, cannot trace {whom}: {SO}"))
}
