//! A client over IPv6, and one over IPv4; again where the system's setting is the other one.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::judge::*;

/// Whether a socket for IPv6 has IPV6_V6ONLY from the start.
const SETTING: &str = "net/ipv6/bindv6only";

pub fn judge(judge: &mut Judge) -> Judged {
    let port = judge.address().port();
    if hold(SocketAddr::from((Ipv6Addr::LOCALHOST, 0))).is_err() {
        for id in ["ipv6", "ipv4", "setting", "listens", "ends"] {
            judge.untold(id, "this machine has no IPv6");
        }
        return Ok(());
    }
    let ipv4 = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let ipv6 = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
    // What nearly all systems have.
    let can_change = judge.setting(SETTING, "0");
    let mut program = judge.start(ipv4)?;
    // Of two listeners the one for IPv6 is the one that may fail, a moment after the other works.
    let one = judge.check("ipv6", connect(&program, ipv6))?;
    let other = judge.check("ipv4", connect(&program, ipv4))?;
    judge.check_calls("listens", &program, |_| {
        let expected = format!("a socket in the state LISTEN at port {port}");
        let is_it = |local: SocketAddr| local.port() == port;
        program.wait_for(&expected, |it| {
            it.local.is_some_and(is_it) && it.state.as_deref() == Some("LISTEN")
        })
    })?;
    program.close_input();
    judge.check("ends", program.ends_well())?;
    program.finish();
    drop((one, other));

    if !(can_change && judge.setting(SETTING, "1")) {
        judge.untold("setting", "only in a network of its own may the judge change that");
        return Ok(());
    }
    // Another port: a server that was the first to close has left a connection in TIME_WAIT at the
    // first one, and nobody has asked for SO_REUSEADDR.
    let next = |address: SocketAddr| SocketAddr::new(address.ip(), port + 1);
    let program = judge.start(next(ipv4))?;
    let both = connect(&program, next(ipv6));
    let both = both.and_then(|one| Ok((one, connect(&program, next(ipv4))?)));
    let both = both.map_err(|it| {
        let saw = format!("where net.ipv6.bindv6only is 1, {}", it.saw);
        Seen { saw, ..it }
    });
    judge.check("setting", both)?;
    Ok(())
}

/// A client; if there is none, what the program is bound to.
fn connect(program: &Program, address: SocketAddr) -> Result<Peer, Seen> {
    program.connect(address).map_err(|it| {
        let calls = program.calls();
        let concerned: Vec<&Call> = calls
            .tried(&["setsockopt", "bind", "listen"])
            .filter(|it| it.name != "setsockopt" || it.shown.contains("IPV6_V6ONLY"))
            .collect();
        let failed = concerned.iter().find_map(|it| {
            it.error.as_ref().map(|error| format!("; {} had failed with {error}", it.shown))
        });
        let bound: Vec<String> =
            calls.done(&["bind"]).filter_map(|it| it.local).map(|it| it.to_string()).collect();
        let but = match bound.as_slice() {
            [] => String::new(),
            bound => format!("; it is bound to {}", bound.join(" and ")),
        };
        let saw = format!("{}{}", it.saw, failed.unwrap_or(but));
        Seen { saw, rows: Vec::new(), ..it }.with(concerned)
    })
}
