//! Why does the client say that it is connected, and the server never saw it?
//!
//! connect has succeeded and send has succeeded, and accept has never returned this client. It
//! happens when many come at the same moment, over a network, and hardly ever in a test on one
//! machine.
//!
//! Also: client connected but server does not accept, connected but no answer, burst of clients,
//! at the same time, ListenOverflows, ListenDrops, tcp_abort_on_overflow, SYN cookies, syncookies,
//! accept queue overflow, nstat, lost connections, thundering herd.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: not tried on macOS; Windows refuses clients for whom there is no room.

use std::process::ExitCode;

use question::answer;

fn main() -> ExitCode {
    question::run(include_str!("queue_full_at_once.rs"), queue_full_at_once)
}

fn queue_full_at_once() -> anyhow::Result<()> {
    #[cfg(target_os = "linux")]
    {
        let connected = on_linux::without_a_word()?;
        on_linux::only_who_speaks_gets_in(connected)?;
        on_linux::with_a_reset()?;
    }
    answer!(
        "The kernel looks at the queue twice: when the SYN comes, and when the client's last ACK \
         does. Clients that come together, over a link that takes time, all find room at the \
         first look and are answered, and their connect returns. At the second look the queue is \
         full: their ACK is dropped, and nobody tells them. Who sends gets in once there is room, \
         since TCP sends again; who waits for the server to speak may wait for ever. `nstat -az \
         TcpExtListenOverflows` counts them. Accept sooner, and ask for a longer queue. \
         tcp_abort_on_overflow makes it a reset, except where the answer was a SYN cookie."
    );
    Ok(())
}

#[cfg(target_os = "linux")]
mod on_linux {
    use std::io::Read;
    use std::net::SocketAddr;
    use std::time::Duration;

    use anyhow::Context;
    use lesson::kernel::{Transport, port_table, wait_until};
    use lesson::{
        Shown, View, address_of, kernel, must_be, note, say, show, wait_for_bytes, wait_for_queue,
    };
    use question::link::{self, HERE, THERE};
    use question::setup::TCP;
    use socket2::{Domain, Socket, Type};

    const DELAY: Duration = Duration::from_millis(100);

    /// A listener, and six clients, of which two are in its queue.
    type Connected = (Socket, Vec<Socket>);

    pub fn without_a_word() -> anyhow::Result<Connected> {
        link::with_delay(DELAY, |_| false)?;
        say!(
            "In a network of its own, with a link on which each packet takes 0.1 s ({THERE}, at \
             its other end, is this machine again):"
        );
        let server = listener(8080, 1)?;
        say!("Six clients start to connect at the same moment. Nobody accepts:");
        let clients = clients(6, 8080)?;
        let connected = || clients.iter().filter(|client| client.peer_addr().is_ok()).count();
        must_be(
            "connected",
            {
                wait_until(|| connected() == 6);
                connected()
            },
            6,
        )?;
        show_all(&clients);

        say!("So they see it. The server's kernel sees two of them:");
        wait_until(|| link::count("ListenOverflows") >= 4);
        show("the listener", &server);
        let entries = port_table(Transport::Tcp, 8080).unwrap_or_default();
        let theirs = entries.iter().filter(|entry| entry.state == "ESTABLISHED").count();
        must_be("connections on the server's side", theirs, 2)?;
        let counts = ["ListenOverflows", "ListenDrops"].map(link::count);
        note(format!("ListenOverflows {}, ListenDrops {}", counts[0], counts[1]));
        must_be("each client too many is counted", counts.iter().all(|it| *it >= 4), true)?;
        Ok((server, clients))
    }

    pub fn only_who_speaks_gets_in((server, clients): Connected) -> anyhow::Result<()> {
        let (last, others) = clients.split_last().expect("six clients");
        say!("All but the last of the six send, and nobody is told of any trouble:");
        for client in others {
            client.send(b"hello").shown("send(5 bytes)", client)?;
        }
        say!("The server accepts. Those for whom there was no room get in when they send again:");
        let patience = Some(Duration::from_secs(10));
        server.set_read_timeout(patience).explained("setsockopt(SO_RCVTIMEO)", &server)?;
        let mut connections = Vec::new();
        for _ in others {
            let (connection, peer) = server.accept().explained("accept()", &server)?;
            wait_for_bytes(&connection, 5);
            show("accept()", &connection);
            let port = peer.as_socket().map(|peer| peer.port());
            let sent = others.iter().any(|it| address_of(it).ok().map(|it| it.port()) == port);
            must_be("it is one of those that have sent", sent, true)?;
            connections.push(connection);
        }
        say!("The last one waits for the server to speak first:");
        show("the last client", last);
        must_be("its state", View::of(last).state, Some("ESTABLISHED"))?;
        show("the listener", &server);
        let ends = [(HERE, 8080).into(), (THERE, address_of(last)?.port()).into()];
        let there = kernel::connection(ends[0], ends[1]).flatten();
        must_be("the server's end of it", there, None)?;
        note("the server's kernel has no connection with it");
        Ok(())
    }

    pub fn with_a_reset() -> anyhow::Result<()> {
        link::set("net/ipv4/tcp_abort_on_overflow", 1)?;
        say!("The same with net.ipv4.tcp_abort_on_overflow = 1. There is room for one more:");
        let server = listener(8081, 4)?;
        let _queued = clients(4, 8081)?;
        must_be("in the queue", wait_for_queue(&server, 4), true)?;
        show("the listener", &server);
        say!("Six come together. When their last ACK has been looked at:");
        let [overflows, cookies] = ["ListenOverflows", "SyncookiesSent"].map(link::count);
        let clients = clients(6, 8081)?;
        must_be(
            "five are too many",
            wait_until(|| link::count("ListenOverflows") >= overflows + 5),
            true,
        )?;
        let cookies = link::count("SyncookiesSent") - cookies;
        let reset =
            || clients.iter().filter(|it| View::of(it).state == Some("CLOSE")).count() as u64;
        must_be("reset", wait_until(|| reset() == 5 - cookies), true)?;
        show_all(&clients);
        note(format!("reset: {}. Answered with a SYN cookie, and not told: {cookies}", reset()));
        let one = clients.iter().find(|it| View::of(it).state == Some("CLOSE"));
        let mut one = one.context("nobody was reset")?;
        one.read(&mut [0; 64]).must_fail("ECONNRESET", "recv(64)", one)?;
        Ok(())
    }

    fn listener(port: u16, backlog: i32) -> anyhow::Result<Socket> {
        let address = SocketAddr::from((HERE, port));
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
        listener.bind(&address.into()).explained(format!("bind({address})"), &listener)?;
        listener.listen(backlog).shown(format!("listen({backlog})"), &listener)?;
        Ok(listener)
    }

    /// Clients that have asked for a connection, and do not wait for the answer.
    fn clients(count: usize, port: u16) -> anyhow::Result<Vec<Socket>> {
        let target = SocketAddr::from((THERE, port));
        let mut clients = Vec::new();
        for _ in 0..count {
            let client = Socket::new(Domain::IPV4, Type::STREAM, None).explained(TCP, None)?;
            client.set_nonblocking(true).explained("fcntl(O_NONBLOCK)", &client)?;
            clients.push(client);
        }
        for client in &clients {
            let _ = client.connect(&target.into()); // EINPROGRESS: it goes on by itself
        }
        Ok(clients)
    }

    fn show_all(clients: &[Socket]) {
        for (number, client) in (1..).zip(clients) {
            show(format!("client {number}"), client);
        }
    }
}
