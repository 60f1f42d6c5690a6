//! Step 1: what `create` prints is what the kernel says.

use predicates::prelude::PredicateBooleanExt;
use predicates::str::{contains, ends_with, starts_with};
#[cfg(unix)]
use support::rows_of;
use support::workspace::{own_program, root};
use support::{fails, has_ipv6, output, printed, program, rows, says, succeeds};

fn create() -> assert_cmd::Command {
    program(own_program("create"))
}

#[test]
fn a_new_socket_has_a_family_and_a_type_and_no_address() {
    let run = succeeds(&mut create());
    let row = &rows(printed(&run))[0];
    assert_eq!(row.call, "socket(AF_INET, SOCK_STREAM)");
    assert_eq!((row.kind.as_str(), row.local.as_str()), ("TCP/IPv4", "not bound"));
    assert_eq!(row.peer, "—");
    run.stdout(says(format!("descriptor {} is how this program refers to it", row.fd)));
}

#[test]
#[cfg(any(target_os = "linux", windows))]
fn a_new_tcp_socket_is_in_state_close() {
    let run = succeeds(&mut create());
    assert_eq!(rows(printed(&run))[0].state, "CLOSE");
    run.stdout(says("Its state, CLOSE, means: not connected."));
}

#[test]
fn a_udp_socket_has_no_state() {
    let run = succeeds(create().arg("--udp")).stdout(contains("state,").not());
    let row = &rows(printed(&run))[0];
    assert_eq!(row.call, "socket(AF_INET, SOCK_DGRAM)");
    assert_eq!((row.kind.as_str(), row.state.as_str()), ("UDP/IPv4", ""));
}

#[test]
fn the_family_can_be_ipv6() {
    if !has_ipv6() {
        return;
    }
    let output = output(create().args(["--udp", "--ipv6"]));
    let row = &rows(&output)[0];
    assert_eq!(
        (row.call.as_str(), row.kind.as_str()),
        ("socket(AF_INET6, SOCK_DGRAM)", "UDP/IPv6")
    );
}

#[test]
#[cfg(unix)]
fn closing_frees_the_descriptor_and_the_next_socket_gets_it() {
    let run = succeeds(&mut create());
    let output = printed(&run);
    let sockets = rows_of(output, "socket(");
    let closed = &rows_of(output, "close(")[0];
    assert_eq!(closed.call, format!("close({})", sockets[0].fd));
    assert_eq!((closed.fd.as_str(), closed.kind.as_str()), (sockets[0].fd.as_str(), "free"));
    assert_eq!(sockets[0].fd, sockets[1].fd);
    run.stdout(says(format!("got the same number: {}.", sockets[1].fd)));
}

#[test]
fn it_names_the_next_step() {
    succeeds(&mut create())
        .stdout(ends_with("Next: just step-2   (without just: cargo run -p bind)\n"));
}

#[test]
fn it_takes_no_address() {
    fails(create().arg("localhost"), 2)
        .stderr(starts_with("error: `localhost` is not expected"))
        .stderr(contains("just step-1 --help"));
}

#[test]
fn a_misspelt_option_is_corrected() {
    fails(create().arg("--ipv"), 2).stderr(contains("did you mean `--ipv6`?"));
}

#[test]
fn the_help_shows_examples() {
    let mut help = succeeds(create().arg("--help")).stdout(contains("HOST").not());
    for words in ["Usage: just step-1", "--udp", "--ipv6", "Examples:", "just step-1 --udp"] {
        help = help.stdout(contains(words));
    }
}

#[test]
fn the_python_twin_gets_the_same_number_twice() {
    let Some(python) = support::python() else { return };
    let mut twin = program(python);
    let output = output(twin.current_dir(root()).arg("crates/create/create.py"));
    let lines: Vec<&str> = output.lines().collect();
    assert!(lines[0].ends_with("AF_INET SOCK_STREAM"));
    assert!(lines[0].starts_with(lines[1]));
}

#[cfg(target_os = "linux")]
mod on_linux {
    use std::process::Command;

    use predicates::prelude::PredicateBooleanExt;
    use predicates::str::{contains, starts_with};

    use support::linux::{on_terminal, refusing};
    use support::workspace::own_program;
    use support::{fails, from_std, printed, says, succeeds};

    fn create() -> Command {
        Command::new(own_program("create"))
    }

    /// As on a kernel that was built without IPv6.
    #[test]
    fn a_system_without_ipv6_is_explained() {
        let mut command = create();
        let ipv6 = Some(libc::AF_INET6 as u64);
        refusing(command.arg("--ipv6"), libc::SYS_socket, ipv6, libc::EAFNOSUPPORT);
        let error = "error: socket(AF_INET6, SOCK_STREAM): Address family not supported by \
                     protocol (EAFNOSUPPORT, 97)\n";
        fails(&mut from_std(command), 1)
            .stderr(starts_with(error))
            .stderr(contains("Why: This system has no such address family"))
            .stderr(contains("leave out --ipv6"));
    }

    /// As in a sandbox.
    #[test]
    fn a_missing_permission_is_explained() {
        let mut command = create();
        refusing(&mut command, libc::SYS_socket, None, libc::EPERM);
        let error = "error: socket(AF_INET, SOCK_STREAM): Operation not permitted (EPERM, 1)\n";
        fails(&mut from_std(command), 1)
            .stderr(starts_with(error))
            .stderr(says("a sandbox, a container or a firewall"));
    }

    #[test]
    fn there_is_bold_text_on_a_terminal_only_and_never_with_no_color() {
        let run = succeeds(&mut from_std(create())).stdout(contains('\x1b').not());
        let in_a_pipe = printed(&run);

        let coloured = on_terminal(create().env_remove("NO_COLOR").env("TERM", "xterm"), 100);
        assert!(coloured.starts_with("\x1b[1mStep 1 of 6"), "{coloured}");

        let plain = on_terminal(create().env("NO_COLOR", "1").env("TERM", "xterm"), 100);
        assert_eq!(plain, in_a_pipe);
        let plain = on_terminal(create().env_remove("NO_COLOR").env("TERM", "dumb"), 100);
        assert_eq!(plain, in_a_pipe);
    }
}
