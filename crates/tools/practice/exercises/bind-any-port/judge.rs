//! A port that the kernel picks, held until the program's input ends.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};

use crate::judge::*;

pub fn judge(judge: &mut Judge) -> Judged {
    let address = judge.address();
    let mut program = judge.start(address)?;
    let printed = port(&mut program).and_then(|port| {
        if is_taken(SocketAddr::new(address.ip(), port)) {
            return Ok(port);
        }
        let saw = format!("another program could bind to port {port}: nobody holds it");
        let saw = saw + &program.where_it_is();
        Err(program.told(seen("bind to that port fails with EADDRINUSE", saw)))
    });
    let port = judge.check("held", printed)?;
    if cfg!(target_os = "linux") {
        judge.check("host", at_host_alone(&program, port))?;
    } else {
        judge.untold("host", "this machine has no other address that is known beforehand");
    }
    program.close_input();
    judge.check("ends", program.ends_well())?;
    judge.check("free", is_free(address.ip(), port))?;
    program.finish();
    judge.check_calls("any-port", &program, |calls| any_port(&program, calls, port))
}

/// On Linux all of 127/8 is this machine's.
fn at_host_alone(program: &Program, port: u16) -> Result<(), Seen> {
    let other = SocketAddr::from((Ipv4Addr::new(127, 0, 0, 2), port));
    if !is_taken(other) {
        return Ok(());
    }
    let saw = format!("the port is taken at {other} as well: it is bound to every address");
    let expected = format!("another program can bind to {other}, which is not HOST");
    let calls = program.calls();
    Err(program.told(seen(expected, saw).with(calls.done(&["bind", "listen"]))))
}

/// The socket that has the port now got it from the kernel.
fn any_port(program: &Program, calls: &Calls, port: u16) -> Result<(), Seen> {
    let expected = "bind asks for port 0";
    let is_it = |it: &&Call| it.local.is_some_and(|it| it.port() == port);
    let asked_for_any = |it: &Call| it.shown.ends_with(":0)");
    let bound: Vec<&Call> = calls.done(&["bind"]).filter(is_it).collect();
    let Some((last, before)) = bound.split_last() else {
        // listen gives a port to a socket without one, as connect does.
        let saw = "the socket that has this port got it without bind";
        return Err(program.told(seen(expected, saw)));
    };
    if asked_for_any(last) {
        return Ok(());
    }
    let saw = match before.iter().any(|it| asked_for_any(it)) {
        true => format!(
            "{} asked for a number that the kernel had picked for another socket, which was closed: \
             in between, anybody could have taken it",
            last.shown
        ),
        false => format!("it asked for one itself: {}", last.shown),
    };
    Err(seen(expected, saw).with(bound))
}

/// The port in the line that it prints.
fn port(program: &mut Program) -> Result<u16, Seen> {
    let line = program.line()?;
    let port = line.trim().strip_prefix("port ").and_then(|it| it.parse().ok());
    port.ok_or_else(|| {
        let saw = format!("it printed {line:?}");
        program.told(seen("a line such as \"port 40123\"", saw))
    })
}

fn is_free(ip: IpAddr, port: u16) -> Result<(), Seen> {
    TcpListener::bind((ip, port)).map(drop).map_err(|error| {
        seen("another program can bind to it", format!("port {port} is still taken ({error})"))
    })
}
