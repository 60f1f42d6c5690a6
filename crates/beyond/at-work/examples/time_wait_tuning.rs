//! Which setting gets rid of TIME_WAIT?
//!
//! ss shows thousands of them, and the web is full of settings that are said to help.
//!
//! Also: TIME_WAIT tuning, too many TIME_WAIT, reduce TIME_WAIT, FIN_WAIT2, FIN_WAIT_2,
//! tcp_fin_timeout, tcp_tw_reuse, tcp_tw_recycle, SO_LINGER, linger 0, TCP_LINGER2, sysctl.
//!
//! Runs on Linux alone.

use std::io::Read;
use std::process::ExitCode;
use std::time::Duration;

use lesson::{Shown, address_of, kernel, must_be, note, say, show, wait_for_state, wait_until};
use question::answer;
use question::namespace::{change, in_network_of_own};
use question::setup::{TCP, client_of, close, connection, listener};
use socket2::{Domain, Socket, Type};

const RANGE: &str = "net/ipv4/ip_local_port_range";
const REUSE: &str = "net/ipv4/tcp_tw_reuse";

fn main() -> ExitCode {
    question::run(include_str!("time_wait_tuning.rs"), time_wait_tuning)
}

fn time_wait_tuning() -> anyhow::Result<()> {
    in_network_of_own(&[("net/ipv4/tcp_fin_timeout", "3"), (REUSE, "0")], with_settings)?;
    answer!(
        "None makes it shorter: it lasts 60 s on Linux, and tcp_fin_timeout is about FIN_WAIT2 after \
         close. A server that starts again needs SO_REUSEADDR (address_in_use_after_restart). A \
         client that closes first and runs out of ports needs connections that last, more addresses \
         (ports_for_clients_run_out), or net.ipv4.tcp_tw_reuse=1, which lets connect have a port \
         back after a second, if both sides use TCP timestamps. Whoever closes first has it \
         (who_waits), so a protocol can leave that to the clients. A small tcp_max_tw_buckets takes \
         away its protection from late packets, and SO_LINGER with 0 s what is still to be sent."
    );
    Ok(())
}

fn with_settings() -> anyhow::Result<()> {
    say!("net.ipv4.tcp_fin_timeout is 3 s in this network, tcp_tw_reuse is off. A client closes:");
    let server = listener(2)?;
    change(RANGE, "20000 20000")?;
    let client = client_of(&server)?;
    let ends = [address_of(&client)?, address_of(&server)?];
    let (accepted, _) = server.accept().explained("accept()", &server)?;
    close(client);
    (&accepted).read(&mut [0]).explained("recv(1)", &accepted)?; // the end
    drop(accepted);
    wait_for_state("the client's end", ends, "TIME_WAIT")?;
    let left = kernel::connection(ends[0], ends[1]).flatten().and_then(|row| row.seconds_left);
    must_be("more than 50 s left", left.is_some_and(|seconds| seconds > 50), true)?;
    note("60 s all the same");

    say!("The server closes, and the client does not (another client, with another port):");
    change(RANGE, "20001 20001")?;
    let client = client_of(&server)?;
    let orphan = [address_of(&server)?, address_of(&client)?];
    let (accepted, _) = server.accept().explained("accept()", &server)?;
    close(accepted);
    wait_for_state("the server's end", orphan, "FIN_WAIT2")?;
    let is_gone = || kernel::connection(orphan[0], orphan[1]) == Some(None);
    must_be("it is gone in the end", wait_until(is_gone), true)?;
    note("and three seconds later (tcp_fin_timeout) it is gone, with no TIME_WAIT");
    show("the client's end", &client);

    say!("The first client's end has waited for longer than that. Its port, the only one again:");
    change(RANGE, "20000 20000")?;
    let target = address_of(&server)?;
    let next = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
    let refused = next.connect(&target.into());
    refused.must_fail("EADDRNOTAVAIL", format!("connect({target})"), &next)?;
    say!("With tcp_tw_reuse=1:");
    change(REUSE, "1")?;
    wait_until(|| next.connect(&target.into()).is_ok());
    show(format!("connect({target})"), &next);
    let found = (address_of(&next)?.port(), next.peer_addr().is_ok());
    must_be("its port, and whether it is connected", found, (20000, true))?;
    must_be("tcp_tw_recycle", kernel::setting("net/ipv4/tcp_tw_recycle"), None)?;

    say!(
        "That is for connect alone. The server closes first, and starts again without SO_REUSEADDR:"
    );
    let (accepted, _) = server.accept().explained("accept()", &server)?;
    close(accepted);
    (&next).read(&mut [0]).explained("recv(1)", &next)?; // the end
    drop((next, server));
    wait_for_state("the server's end", [target, ends[0]], "TIME_WAIT")?;
    let again = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
    again.bind(&target.into()).must_fail("EADDRINUSE", format!("bind({target})"), &again)?;

    say!("The same end where net.ipv4.tcp_max_tw_buckets allows none of them, 0:");
    change(RANGE, "32768 60999")?;
    change("net/ipv4/tcp_max_tw_buckets", "0")?;
    let (client, server) = connection()?;
    let ends = [address_of(&server)?, address_of(&client)?];
    close(server);
    (&client).read(&mut [0]).explained("recv(1)", &client)?; // the end
    close(client);
    let is_gone = || kernel::connection(ends[0], ends[1]) == Some(None);
    must_be("there is no TIME_WAIT", wait_until(is_gone), true)?;
    note("nothing is left that would catch late packets of this connection");

    say!("SO_LINGER with 0 s, after an answer that is on its way:");
    change("net/ipv4/tcp_max_tw_buckets", "4096")?;
    let (client, server) = connection()?;
    let ends = [address_of(&server)?, address_of(&client)?];
    server.set_nonblocking(true).explained("fcntl(O_NONBLOCK)", &server)?;
    let sent = server.send(&vec![0; 32 << 20]).shown("send(32 MiB)", &server)?;
    note(format!("{sent} bytes taken"));
    server.set_linger(Some(Duration::ZERO)).shown("setsockopt(SO_LINGER, 0 s)", &server)?;
    close(server);
    let mut came = Vec::new();
    let end = (&client).read_to_end(&mut came);
    end.must_fail("ECONNRESET", "recv, until the end", &client)?;
    must_be("not all came", came.len() < sent, true)?;
    must_be("the server's end", kernel::connection(ends[0], ends[1]), Some(None))?;
    note("not all of it came; and there is no TIME_WAIT");
    Ok(())
}
