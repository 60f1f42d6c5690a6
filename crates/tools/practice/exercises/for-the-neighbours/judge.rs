//! A port at all addresses of the machine.

use std::net::{Ipv4Addr, SocketAddr};

use crate::judge::*;

pub fn judge(judge: &mut Judge) -> Judged {
    if cfg!(windows) {
        for id in ["here", "second", "lan", "one", "ends"] {
            let why = "on Windows a program can have a port at one address, although another has it \
                       at all of them";
            judge.untold(id, why);
        }
        return Ok(());
    }
    let address = judge.address();
    let port = address.port();
    let mut program = judge.start(address)?;
    let ready = program.line();
    let here = ready.and_then(|_| taken(&program, address));
    judge.check("here", here)?;
    let at = |ip: [u8; 4]| SocketAddr::from((Ipv4Addr::from(ip), port));
    if cfg!(target_os = "linux") {
        judge.check("second", taken(&program, at([127, 0, 0, 2])))?;
    } else {
        judge.untold("second", "this system has no other loopback address than 127.0.0.1");
    }
    if judge.own_network() {
        judge.check("lan", taken(&program, at([192, 0, 2, 1])))?;
    } else {
        judge.untold("lan", "the judge has no network of its own here");
    }
    judge.check_calls("one", &program, |_| {
        let expected = format!("a socket that is bound to 0.0.0.0:{port} or [::]:{port}");
        let is_all = |local: SocketAddr| local.ip().is_unspecified() && local.port() == port;
        program.wait_for(&expected, |it| it.ok() && it.local.is_some_and(is_all))
    })?;
    program.close_input();
    judge.check("ends", program.ends_well())
}

/// Nobody else can bind to it.
fn taken(program: &Program, address: SocketAddr) -> Result<(), Seen> {
    if is_taken(address) {
        return Ok(());
    }
    let calls = program.calls();
    let bound: Vec<String> =
        calls.done(&["bind"]).filter_map(|it| it.local).map(|it| it.to_string()).collect();
    let but = match bound.as_slice() {
        [] => program.where_it_is(),
        bound => format!("; it is bound to {}", bound.join(" and ")),
    };
    let saw = format!("another program could bind to {address}{but}");
    let expected = format!("bind({address}) fails with EADDRINUSE");
    Err(program.told(seen(expected, saw).with(calls.done(&["bind"]))))
}
