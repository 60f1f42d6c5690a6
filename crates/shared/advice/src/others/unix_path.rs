//! The file of a Unix socket, which outlives it: who has it now, or that nobody has.

use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use crate::call::{Advice, Call, advise};
use crate::others::holder::Who;

fn is_abstract(call: &Call) -> bool {
    call.arguments.starts_with('@')
}

/// Where this process finds the file.
fn file(call: &Call) -> PathBuf {
    match call.asker {
        Some(asker) => asker.file.map(Path::to_path_buf).unwrap_or_default(),
        None => PathBuf::from(call.arguments),
    }
}

/// Whether the file is there, and is no socket's.
fn is_another_file(call: &Call) -> bool {
    let metadata = if is_abstract(call) { None } else { fs::metadata(file(call)).ok() };
    metadata.is_some_and(|metadata| !metadata.file_type().is_socket())
}

/// Who has the name now, and whether that listens, as far as the system tells.
fn holder(call: &Call) -> Option<(Who, bool)> {
    let asker = call.asker.map_or(std::process::id(), |asker| asker.process);
    let sockets = kernel::unix_sockets(asker, call.arguments);
    let (inode, listens) = *sockets.iter().max_by_key(|(_, listens)| *listens)?;
    let who = Who::has(inode, call.asker);
    // The same words may name another file, where they are another process's current folder.
    let certain = call.arguments.starts_with(['/', '@'])
        || who.processes.iter().any(|process| {
            let theirs = Path::new(&format!("/proc/{process}/cwd")).join(call.arguments);
            fs::canonicalize(theirs)
                .ok()
                .is_some_and(|path| fs::canonicalize(file(call)).ok() == Some(path))
        });
    certain.then_some((who, listens))
}

pub(crate) fn taken(call: &Call) -> Advice {
    let path = call.arguments;
    if is_another_file(call) {
        return advise(
            format!("{path} exists already, and is not a socket: bind makes a new file."),
            "Use another path.",
        );
    }
    match holder(call) {
        Some((who, listens)) => advise(
            format!(
                "{} {} {path}.",
                who.name,
                if listens { "is listening at" } else { "has a socket that is bound to" }
            ),
            match (who.is_asker, is_abstract(call)) {
                (true, _) => {
                    "Bind once: close the other descriptor first, or use it instead of a new one."
                }
                (false, true) => "Stop it, or use another name.",
                (false, false) => {
                    "Stop it, or use another path. Unlinking the file while it runs would only take \
                     it away from its clients."
                }
            },
        ),
        None if is_abstract(call) => advise(
            format!(
                "Another socket has the abstract name {path} now. It is free when that is closed."
            ),
            "`ss -xp` shows whose it is; stop that program, or use another name.",
        ),
        None => advise(
            format!(
                "There is a file {path} already, as a socket leaves one behind: it stays when the \
                 socket is closed, and bind never takes a name that exists."
            ),
            "Try to connect to it: if that is refused (ECONNREFUSED), no program listens there any \
             more, so unlink the file and bind again. Servers do so when they start.",
        ),
    }
}

pub(crate) fn refused(call: &Call) -> Advice {
    let path = call.arguments;
    if call.sends() && call.name != "sendto" {
        return advise(
            "The socket that this one is connected to is closed.",
            "Connect again, once the receiver has made its socket anew.",
        );
    }
    if is_another_file(call) {
        return advise(format!("{path} is not a socket."), "Name the path of the server's socket.");
    }
    match holder(call) {
        Some((who, false)) => advise(
            format!("{} has a socket that is bound to {path}, and does not listen.", who.name),
            "The server has to call listen; try again when it has.",
        ),
        Some((who, true)) if is_abstract(call) => advise(
            format!(
                "{} is listening at {path}, and this socket is of another type: only sockets of \
                 one type meet at an abstract name.",
                who.name
            ),
            "Use the same type on both sides: SOCK_STREAM or SOCK_SEQPACKET. `ss -xlp` shows that of \
             a listener (u_str, u_seq).",
        ),
        _ if is_abstract(call) => advise(
            format!(
                "No socket in this network namespace has the abstract name {path}. (A path begins \
                 with a slash or a letter, an abstract name with a zero byte, shown as @.)"
            ),
            "Start the server first, and check that the name is the same, with its length.",
        ),
        _ => advise(
            format!(
                "The file {path} is there, and no program listens at it any more: the socket that \
                 made it was closed, and its file is left over."
            ),
            "Start the server. It has to unlink the file before its bind, which would fail with \
             EADDRINUSE.",
        ),
    }
}

pub(crate) fn missing(call: &Call) -> Advice {
    let path = call.arguments;
    if call.name == "bind" {
        return advise(
            format!("The folder in which {path} would be made does not exist, or takes no files."),
            "Make the folder first (`mkdir -p`), or name another.",
        );
    }
    let relative = match path.starts_with('/') {
        true => "",
        false => " The path begins at the program's current folder.",
    };
    advise(
        format!(
            "There is no file {path}: a Unix socket's file is made by the server's bind.{relative}"
        ),
        "Start the server first, and check that both sides name the same path; `ss -xl` lists those \
         at which somebody listens.",
    )
}
