//! How do I use a Unix socket?
//!
//! Databases and web servers listen on a path such as /run/app.sock instead of an address and a
//! port. bind makes a file there, and no close takes it away, so the next server may not start.
//!
//! Also: unix socket, AF_UNIX, Unix domain socket, UDS, domain socket, local socket, IPC, socket
//! file, sock file, .sock, left-over socket file, stale socket, unlink, remove the socket file, unix
//! path in use, mysqld.sock, php-fpm.sock, sun_path, ENOENT, no such file or directory, path too long,
//! chmod, permissions of a socket, umask.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: macOS and Windows have Unix sockets as well. Not every system looks at the file's
//! mode; at that of the directories above it every Unix does.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use lesson::{Shown, must_be, note, say, show};
use question::answer;
use question::child::{give_up_rights, in_child};
use question::setup::close;
use socket2::{Domain, SockAddr, Socket, Type};

/// The path of the server's socket, in the directory in which this program is.
const PATH: &str = "app.sock";

/// How long a path may be (`sun_path` is one longer, for the 0 at its end).
const ROOM: usize = 107;

const UNIX: &str = "socket(AF_UNIX, SOCK_STREAM)";

fn main() -> ExitCode {
    question::run(include_str!("unix_sockets.rs"), unix_sockets)
}

fn unix_sockets() -> anyhow::Result<()> {
    let directory = directory_of_own()?;
    let shown = in_child(|| {
        std::env::set_current_dir(&directory)?;
        in_directory_of_own()
    });
    fs::remove_dir_all(&directory)?;
    shown?;

    say!("A path may have {ROOM} bytes. One more is refused before any call.");
    SockAddr::unix("x".repeat(ROOM))?;
    let refused = SockAddr::unix("x".repeat(ROOM + 1)).map(|_| ()).map_err(|error| error.kind());
    must_be("a longer path", refused, Err(ErrorKind::InvalidInput))?;
    answer!(
        "Bind to a path, and go on as over TCP. The file stays when the server has gone, and \
         SO_REUSEADDR changes nothing. So if bind says EADDRINUSE, connect: only where that says \
         ECONNREFUSED does nobody listen (or not yet: a lock file keeps two that start at the same \
         time apart), and you may unlink the file and bind again. Whoever connects needs the right \
         to write to the file: on Linux set its mode before bind, and everywhere put it into a \
         directory that is closed to others. Who is at the other end: just ask unix_who_connected."
    );
    Ok(())
}

fn in_directory_of_own() -> anyhow::Result<()> {
    let path = SockAddr::unix(PATH)?;
    let (bind, connect) = (format!("bind({PATH})"), format!("connect({PATH})"));
    say!("A server on a path. Without a file there, there is nobody to connect to:");
    let server = Socket::new(Domain::UNIX, Type::STREAM, None).shown_as(UNIX)?;
    let client = Socket::new(Domain::UNIX, Type::STREAM, None).explained(UNIX, None)?;
    client.connect(&path).must_fail("ENOENT", &connect, &client)?;
    mode::set_before_bind(&server, 0o600).shown("fchmod(0600)", &server)?;
    server.bind(&path).shown(&bind, &server)?;
    let mode = mode::of(PATH)?;
    note(format!("the file's mode is {mode:04o}"));
    must_be("the file's mode", mode, 0o600)?;
    server.listen(1).shown("listen(1)", &server)?;
    client.connect(&path).shown(&connect, &client)?;
    let (connection, _) = server.accept().shown_as("accept()")?;
    client.send(b"hello").shown("send(5 bytes)", &client)?;
    let mut bytes = Vec::with_capacity(64);
    let length = connection.recv(bytes.spare_capacity_mut()).shown("recv(64)", &connection)?;
    note(format!("{length} bytes"));
    must_be("what came", length, 5)?;

    say!("The server ends, or is killed. The file stays, and the next server cannot have it:");
    for socket in [connection, client, server] {
        close(socket);
    }
    must_be("whether the file is there", fs::exists(PATH)?, true)?;
    let next = Socket::new(Domain::UNIX, Type::STREAM, None).shown_as(UNIX)?;
    next.set_reuse_address(true).shown("setsockopt(SO_REUSEADDR, 1)", &next)?;
    next.bind(&path).must_fail("EADDRINUSE", &bind, &next)?;

    say!("Does a server use it? Connect, and see:");
    let probe = Socket::new(Domain::UNIX, Type::STREAM, None).explained(UNIX, None)?;
    probe.connect(&path).must_fail("ECONNREFUSED", &connect, &probe)?;
    say!("Nobody listens there, so the file may go:");
    fs::remove_file(PATH)?;
    show(format!("unlink({PATH})"), &next);
    next.bind(&path).shown(&bind, &next)?;
    next.listen(1).shown("listen(1)", &next)?;
    probe.connect(&path).shown(&connect, &probe)?;

    say!("Whoever has no right to write to the file cannot connect (root always has it):");
    mode::set(PATH, 0o000)?;
    show(format!("chmod({PATH}, 0000)"), &next);
    in_child(|| {
        let client = Socket::new(Domain::UNIX, Type::STREAM, None).explained(UNIX, None)?;
        match give_up_rights() {
            Ok(()) => client.connect(&path).must_fail("EACCES", &connect, &client)?,
            Err(error) => note(format!("not shown: root may not become another user, {error}")),
        }
        Ok(())
    })?;

    say!("But whoever unlinks the path of a server that runs takes its clients away:");
    fs::remove_file(PATH)?;
    show(format!("unlink({PATH})"), &next);
    let last = Socket::new(Domain::UNIX, Type::STREAM, None).explained(UNIX, None)?;
    last.connect(&path).must_fail("ENOENT", &connect, &last)?;
    note("the server still listens, at a path that leads nowhere");
    Ok(())
}

/// A new directory whose files nobody else may list.
fn directory_of_own() -> anyhow::Result<PathBuf> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos();
    let directory = std::env::temp_dir().join(format!("sockets-{}-{now}", std::process::id()));
    mode::make_directory(&directory, 0o711)?;
    Ok(directory)
}

/// What is done with modes, which other systems than Unix do not have.
#[cfg(unix)]
mod mode {
    use std::fs::{self, DirBuilder, File, Permissions};
    use std::io;
    use std::os::fd::OwnedFd;
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    use std::path::Path;

    use socket2::Socket;

    pub fn make_directory(path: &Path, mode: u32) -> io::Result<()> {
        DirBuilder::new().mode(mode).create(path)
    }

    /// Sets the mode that the file will have (fchmod(2)), less what the umask takes away.
    pub fn set_before_bind(socket: &Socket, mode: u32) -> io::Result<()> {
        File::from(OwnedFd::from(socket.try_clone()?)).set_permissions(Permissions::from_mode(mode))
    }

    pub fn set(path: &str, mode: u32) -> io::Result<()> {
        fs::set_permissions(path, Permissions::from_mode(mode))
    }

    pub fn of(path: &str) -> io::Result<u32> {
        Ok(fs::symlink_metadata(path)?.permissions().mode() & 0o7777)
    }
}

#[cfg(not(unix))]
mod mode {
    use std::io::{self, ErrorKind::Unsupported};
    use std::path::Path;

    use socket2::Socket;

    pub fn make_directory(_: &Path, _: u32) -> io::Result<()> {
        Err(Unsupported.into())
    }

    pub fn set_before_bind(_: &Socket, _: u32) -> io::Result<()> {
        Err(Unsupported.into())
    }

    pub fn set(_: &str, _: u32) -> io::Result<()> {
        Err(Unsupported.into())
    }

    pub fn of(_: &str) -> io::Result<u32> {
        Err(Unsupported.into())
    }
}
