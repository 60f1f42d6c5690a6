//! What is a socket whose name begins with @ and that no directory has?
//!
//! `ss -xl` shows @names, and there is no such file. Linux has a second kind of name for Unix
//! sockets, which is in no file system.
//!
//! Also: abstract socket, abstract namespace, abstract name, NUL byte, null byte, sun_path[0],
//! @/tmp/.X11-unix, D-Bus, Unix socket without a file, autobind, from_abstract_name, "\0name",
//! container abstract socket, network namespace.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: only Linux has such names.

use std::process::ExitCode;

use lesson::kernel::unix_name;
use lesson::{Shown, must_be, say};
use question::answer;
use question::namespace::in_network_of_own;
use question::setup::close;
use socket2::{Domain, SockAddr, Socket, Type};

const UNIX: &str = "socket(AF_UNIX, SOCK_STREAM)";

fn main() -> ExitCode {
    question::run(include_str!("unix_abstract_names.rs"), unix_abstract_names)
}

fn unix_abstract_names() -> anyhow::Result<()> {
    // A name for each run: every program of this network could take the same.
    let name = format!("process {:05}", std::process::id() % 100_000);
    let address = SockAddr::unix(format!("\0{name}"))?;
    let (bind, connect) = (format!("bind(@{name})"), format!("connect(@{name})"));

    say!("A name that begins with a zero byte, which rows (and ss) show as @:");
    let server = Socket::new(Domain::UNIX, Type::STREAM, None).explained(UNIX, None)?;
    server.bind(&address).shown(&bind, &server)?;
    server.listen(1).shown("listen(1)", &server)?;
    must_be("whether there is a file", std::fs::exists(&name)?, false)?;
    let client = Socket::new(Domain::UNIX, Type::STREAM, None).explained(UNIX, None)?;
    client.connect(&address).shown(&connect, &client)?;
    let second = Socket::new(Domain::UNIX, Type::STREAM, None).explained(UNIX, None)?;
    second.bind(&address).must_fail("EADDRINUSE", &bind, &second)?;

    say!("All its bytes count, also zeros at its end, as C programs send them by mistake:");
    let padded = SockAddr::unix(format!("\0{name}\0"))?;
    let lost = Socket::new(Domain::UNIX, Type::STREAM, None).explained(UNIX, None)?;
    let call = format!("connect(@{name}\\0)");
    lost.connect(&padded).must_fail("ECONNREFUSED", call, &lost)?;

    say!("It belongs to a network namespace, as a port does. In another one:");
    in_network_of_own(&[], || {
        let outside = Socket::new(Domain::UNIX, Type::STREAM, None).explained(UNIX, None)?;
        outside.connect(&address).must_fail("ECONNREFUSED", &connect, &outside)?;
        outside.bind(&address).shown(&bind, &outside)?;
        Ok(())
    })?;

    say!("No file has to be unlinked: when the last descriptor is closed, the name is free.");
    close(server);
    second.bind(&address).shown(&bind, &second)?;

    let third = Socket::new(Domain::UNIX, Type::STREAM, None).explained(UNIX, None)?;
    third.bind(&SockAddr::unix("")?).explained("bind(\"\")", &third)?;
    let given = unix_name(&third.local_addr()?).unwrap_or_default();
    let digits = given.strip_prefix('@').unwrap_or_default();
    must_be("how many digits", digits.len(), 5)?;
    must_be("hexadecimal", digits.chars().all(|digit| digit.is_ascii_hexdigit()), true)?;
    say!(
        "Who binds to an empty path gets a name that the kernel picks: @ and five hexadecimal \
         digits."
    );

    answer!(
        "An abstract name: the path begins with a zero byte, and no file is made, so none is left \
         over. But no file's mode protects it: every program in the same network namespace may \
         connect, or take the name before you do, so look at who it is (just ask \
         unix_who_connected). A container with a network of its own does not reach it; a path in a \
         directory that both have, it does (just ask unix_sockets)."
    );
    Ok(())
}
