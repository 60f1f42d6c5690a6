//! A server: one thread sends back what comes, to all clients at once.   [IP PORT]
use std::io::{self, ErrorKind, Read, Write};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};
use std::{collections::HashMap, env::args, error::Error, net::SocketAddr, process, thread};

use polling::{Event, Events, PollMode::Level, Poller};
use socket2::{Domain, Socket, Type};

const PATIENCE: Duration = Duration::from_secs(5);
const TICK: Duration = Duration::from_millis(100);
static ENDING: AtomicBool = AtomicBool::new(false);

fn main() -> Result<(), Box<dyn Error>> {
    let word = |number, otherwise: &str| args().nth(number).unwrap_or(otherwise.to_string());
    let address = SocketAddr::new(word(1, "127.0.0.1").parse()?, word(2, "8080").parse()?);
    let listener = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    listener.set_reuse_address(!cfg!(windows))?; // there it lets others in
    listener.bind(&address.into())?;
    listener.listen(1024)?;
    listener.set_nonblocking(true)?;
    let bound = listener.local_addr()?.as_socket().ok_or("not IP")?;
    ctrlc::set_handler(|| {
        ENDING.store(true, Relaxed);
        thread::sleep(2 * PATIENCE); // for clients that are here already
        process::exit(0)
    })?;
    writeln!(io::stdout(), "listening on {bound}; Ctrl-C ends it")?;
    let poller = Poller::new()?;
    watch(&poller, &listener, 0)?; // the clients' keys begin with 1
    let (mut clients, mut next) = (HashMap::<usize, Client>::new(), 1);
    let (mut events, mut looked, mut accepting) = (Events::new(), Instant::now(), true);
    let mut buffer = [0; 16 * 1024];
    while accepting || !clients.is_empty() {
        events.clear();
        poller.wait(&mut events, Some(TICK))?;
        for event in events.iter() {
            let Some(client) = clients.get_mut(&event.key) else { continue }; // the listener
            match client.echo(event.key, &mut buffer) {
                Ok(true) => continue,
                Ok(false) => {} // the client's end
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(error) => _ = writeln!(io::stdout(), "client {}: {error}", event.key),
            }
            clients.remove(&event.key);
        }
        let (ending, is_time) = (ENDING.load(Relaxed), looked.elapsed() >= TICK);
        if accepting && (ending && is_time || events.iter().any(|event| event.key == 0)) {
            match listener.accept().and_then(|(it, _)| Client::new(it, &poller, next)) {
                Ok(client) => {
                    clients.insert(next, client);
                    next += 1;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => accepting = !ending,
                Err(error) => {
                    let _ = writeln!(io::stdout(), "accept: {error}");
                    poller.modify_with_mode(&listener, Event::none(0), Level)?; // it may pass
                }
            }
        }
        if is_time {
            looked = Instant::now();
            clients.retain(|_, client| client.active.elapsed() < PATIENCE);
            poller.modify_with_mode(&listener, Event::new(0, accepting, false), Level)?;
        }
    }
    Ok(())
}

/// Asks for an event as long as there is something to receive (Level), and not once for each.
fn watch(poller: &Poller, socket: &Socket, key: usize) -> io::Result<()> {
    // SAFETY: a client is deleted before it is closed, and the listener stays open.
    unsafe { poller.add_with_mode(socket, Event::readable(key), Level) }
}

struct Client<'a> {
    connection: Socket,
    poller: &'a Poller,
    active: Instant,
    unsent: Vec<u8>, // what it has not taken: never more than one buffer
}

impl<'a> Client<'a> {
    fn new(connection: Socket, poller: &'a Poller, key: usize) -> io::Result<Client<'a>> {
        connection.set_nonblocking(true)?;
        watch(poller, &connection, key)?;
        Ok(Client { connection, poller, active: Instant::now(), unsent: Vec::new() })
    }

    /// Does what needs no waiting; `false` at the client's end.
    fn echo(&mut self, key: usize, buffer: &mut [u8]) -> io::Result<bool> {
        let receives = self.unsent.is_empty();
        if receives {
            let length = self.connection.read(buffer)?;
            self.unsent.extend_from_slice(&buffer[..length]);
        }
        if self.unsent.is_empty() {
            return Ok(false);
        }
        self.active = Instant::now();
        match self.connection.write(&self.unsent) {
            Ok(length) => _ = self.unsent.drain(..length),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        if receives != self.unsent.is_empty() {
            // As long as it takes nothing, nothing more is received from it.
            let interest = Event::new(key, !receives, receives);
            self.poller.modify_with_mode(&self.connection, interest, Level)?;
        }
        Ok(true)
    }
}

impl Drop for Client<'_> {
    fn drop(&mut self) {
        let _ = self.poller.delete(&self.connection);
    }
}
