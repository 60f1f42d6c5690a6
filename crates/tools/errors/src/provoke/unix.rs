//! What goes wrong with Unix sockets, whose address is a file (unix(7)).

use std::env;
use std::fs;
use std::io;
use std::path::PathBuf;

use lesson::Shown;
use socket2::{Domain, SockAddr, Socket, Type};

use super::{Fails, Provoked};

/// An empty folder, in which this process now is: so that the paths are short, and always the same.
struct Folder(PathBuf);

impl Folder {
    fn enter() -> io::Result<Folder> {
        let path = env::temp_dir().join(format!("just-error-{}", std::process::id()));
        fs::create_dir(&path)?;
        env::set_current_dir(&path)?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The path of every socket here.
const PATH: &str = "server.sock";

fn stream() -> anyhow::Result<Socket> {
    Ok(Socket::new(Domain::UNIX, Type::STREAM, None).shown_as("socket(AF_UNIX, SOCK_STREAM)")?)
}

/// A socket that has the path. Two rows.
fn bound() -> anyhow::Result<Socket> {
    let socket = stream()?;
    socket.bind(&SockAddr::unix(PATH)?).shown(format!("bind({PATH})"), &socket)?;
    Ok(socket)
}

/// What stays when that is closed. Three rows.
fn leave_a_file() -> anyhow::Result<()> {
    let number = lesson::descriptor(&bound()?);
    lesson::show_close(number);
    Ok(())
}

fn connect_fails(symbol: &'static str, client: &Socket) -> Provoked {
    let address = SockAddr::unix(PATH)?;
    client.connect(&address).fails_with(symbol, format!("connect({PATH})"), client)
}

pub fn left_over() -> Provoked {
    let _folder = Folder::enter()?;
    leave_a_file()?;
    let socket = stream()?;
    let address = SockAddr::unix(PATH)?;
    socket.bind(&address).fails_with("EADDRINUSE", format!("bind({PATH})"), &socket)
}

pub fn nobody_has_the_file() -> Provoked {
    let _folder = Folder::enter()?;
    leave_a_file()?;
    connect_fails("ECONNREFUSED", &stream()?)
}

pub fn no_file() -> Provoked {
    let _folder = Folder::enter()?;
    connect_fails("ENOENT", &stream()?)
}

pub fn of_another_type() -> Provoked {
    let _folder = Folder::enter()?;
    let _server = bound()?;
    let client = Socket::new(Domain::UNIX, Type::DGRAM, None);
    connect_fails("EPROTOTYPE", &client.shown_as("socket(AF_UNIX, SOCK_DGRAM)")?)
}

/// A backlog of 0 is a queue of one.
pub fn queue_full() -> Provoked {
    let _folder = Folder::enter()?;
    let (server, address) = (bound()?, SockAddr::unix(PATH)?);
    server.listen(0).shown("listen(0)", &server)?;
    let first = stream()?;
    first.connect(&address).shown(format!("connect({PATH})"), &first)?;
    let second = stream()?;
    second.set_nonblocking(true).shown("fcntl(O_NONBLOCK)", &second)?;
    connect_fails("EAGAIN", &second)
}
