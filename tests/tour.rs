//! The course as a whole: any order on one port, and the recipes that a learner types.

use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::process::Command;
use std::thread;

use predicates::str::contains;
use socket2::{Domain, Socket, Type};
use support::workspace::{may_build, path_of, root};
use support::{BUILDING, complained, fails, output, printed, program, skip, succeeds, words};

const STEPS: [&str; 6] = ["create", "bind", "listen", "accept", "close", "udp-vs-tcp"];

/// An address that is free for TCP and UDP and stays so. The port is outside the range from which
/// the kernel gives ports away. On Linux the IP address is this process's own with this number, and
/// a socket that is bound with SO_REUSEADDR and never listens holds the port for TCP; other systems
/// allow no second bind, and there only the range keeps others away.
fn quiet_address(number: u8) -> (SocketAddr, Option<Socket>) {
    let [.., high, low] = std::process::id().to_be_bytes();
    let own = cfg!(target_os = "linux");
    let ip = if own { [127, high | 0x80, low, number] } else { [127, 0, 0, 1] };
    let free = |port: u16| {
        let everywhere = SocketAddr::from(([0, 0, 0, 0], port));
        TcpListener::bind(everywhere).is_ok() && UdpSocket::bind(everywhere).is_ok()
    };
    let hold = |port: u16| {
        let address = SocketAddr::from((ip, port));
        if !own {
            return Some((address, None));
        }
        let holder = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        holder.set_reuse_address(true).expect("SO_REUSEADDR");
        // It may fail right after the probe: a child that another thread is starting has a copy of
        // the probe's socket until its exec. Then the next port will do.
        holder.bind(&address.into()).ok().map(|()| (address, Some(holder)))
    };
    let first = 10_000 + 100 * u16::from(number);
    (first..20_000).find_map(|port| if free(port) { hold(port) } else { None }).expect("a port")
}

/// A sequence in which each step comes right after each step, itself included.
fn every_step_after_every_step() -> Vec<usize> {
    let mut left: Vec<(usize, usize)> =
        (0..STEPS.len()).flat_map(|a| (0..STEPS.len()).map(move |b| (a, b))).collect();
    let mut sequence = vec![0];
    // Always going on to the last step that is left visits every pair once.
    while let Some(next) = {
        let here = sequence[sequence.len() - 1];
        left.iter().rposition(|(from, _)| *from == here)
    } {
        sequence.push(left.remove(next).1);
    }
    assert_eq!(left, []);
    sequence
}

#[test]
fn steps_run_in_any_order_on_one_port() {
    let sequence = every_step_after_every_step();
    // Some parts side by side, each on a port of its own; a part ends where the next begins.
    const PARTS: usize = 6;
    let length = sequence.len() / PARTS;
    thread::scope(|scope| {
        for part in 0..PARTS {
            let end = if part == PARTS - 1 { sequence.len() } else { (part + 1) * length + 1 };
            let steps = &sequence[part * length..end];
            scope.spawn(move || {
                let (address, _holder) = quiet_address(part as u8 + 1);
                for step in steps {
                    let mut command = program(path_of(STEPS[*step]));
                    if STEPS[*step] != "create" {
                        command.args(words(address));
                    }
                    let shown = output(&mut command);
                    let widest = shown.lines().map(|line| line.chars().count()).max();
                    assert!(widest <= Some(100));
                }
            });
        }
    });
}

/// `just`, where it is there and may build.
fn just(arguments: &[&str]) -> Option<assert_cmd::Command> {
    if !Command::new("just").arg("--version").output().is_ok_and(|run| run.status.success()) {
        skip("there is no just");
        return None;
    }
    if !may_build(path_of("create").parent().expect("a folder")) {
        skip("this user may not build here, and just calls cargo");
        return None;
    }
    let mut just = program("just");
    just.current_dir(root()).args(arguments).timeout(BUILDING);
    Some(just)
}

#[test]
fn just_alone_lists_the_recipes_in_groups() {
    let Some(mut just) = just(&[]) else { return };
    let mut run = succeeds(&mut just);
    for words in ["[steps]", "step-1", "step-6", "client", "tour", "[work on it]", "test", "check"]
    {
        run = run.stdout(contains(words));
    }
    let recipes = printed(&run).lines().filter(|line| !line.contains('[') && !line.contains(':'));
    assert!(recipes.filter(|line| !line.trim().is_empty()).all(|line| line.contains("# ")));
}

#[test]
fn the_tour_takes_host_and_port() {
    let Some(mut just) = just(&["tour", "127.0.0.1", "0"]) else { return };
    let shown = output(&mut just);
    assert!(shown.contains("\nStep 6 of 6 · "), "{shown}");
    assert!(shown.contains("bind(127.0.0.1:0)") && !shown.contains(":8080"), "{shown}");
}

#[test]
fn an_empty_argument_survives_just() {
    let Some(mut just) = just(&["step-2", "", "0"]) else { return };
    succeeds(&mut just).stdout(contains("bind(0.0.0.0:0)"));
}

/// `cut -f 1-6` would take all of them.
#[test]
fn a_step_that_is_none_is_told_so() {
    for number in ["1-6", "1,2", "0", "7", "12", "", "x"] {
        let Some(mut just) = just(&["xray-step", number]) else { return };
        fails(&mut just, 2).stderr("error: NUMBER is a step's, from 1 to 6\n");
    }
}

#[test]
fn help_passes_through_just() {
    for (number, options) in
        ["--udp", "HOST", "--backlog", "--wait", "HOST", "HOST"].iter().enumerate()
    {
        let recipe = format!("step-{}", number + 1);
        let Some(mut just) = just(&[&recipe, "--help"]) else { return };
        succeeds(&mut just)
            .stdout(contains(format!("Usage: just {recipe}")))
            .stdout(contains(*options));
    }
}

#[test]
fn just_adds_nothing_to_a_steps_own_error() {
    let Some(mut wrong) = just(&["step-2", "9000"]) else { return };
    assert_eq!(complained(&fails(&mut wrong, 2)).lines().count(), 3);
    if kernel::setting("net/ipv4/ip_nonlocal_bind") == Some(1) {
        return skip("this system lets programs bind addresses of other machines");
    }
    let Some(mut refused) = just(&["step-2", "203.0.113.1", "0"]) else { return };
    let run = fails(&mut refused, 1);
    let last = complained(&run).lines().last();
    assert!(last.is_some_and(|line| line.starts_with("       ")), "{last:?}");
}

#[test]
fn a_pipe_that_closes_early_ends_a_step_quietly() {
    if just(&[]).is_none() {
        return;
    }
    let mut shell = program("sh");
    shell.current_dir(root()).timeout(BUILDING);
    shell.args(["-c", "just step-3 127.0.0.1 0 | head -1"]);
    succeeds(&mut shell).stdout("Step 3 of 6 · listen · let clients queue\n");
}

/// This test program without just: the tests that need it are counted in one line.
#[test]
#[cfg(unix)]
fn what_is_skipped_is_counted_and_named_on_request() {
    let said = |show: &str| {
        let mut tests = program(std::env::current_exe().expect("this program"));
        tests.args([
            "--exact",
            "just_alone_lists_the_recipes_in_groups",
            "help_passes_through_just",
        ]);
        tests.env("PATH", "").env("SHOW_SKIPPED", show).env_remove("REQUIRE_ALL");
        complained(&tests.assert().success()).to_string()
    };
    assert_eq!(said("0"), "skipped: 2 checks (SHOW_SKIPPED=1 says which, and why)\n");
    assert_eq!(said("1"), "skipped: there is no just\n".repeat(2));
}
