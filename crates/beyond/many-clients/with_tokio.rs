//! A server: it sends back what comes, with a task of tokio's for each client.   [IP PORT]
use std::future::poll_fn;
use std::io::{self, Write};
use std::task::{Context, Poll::Pending, Poll::Ready};
use std::{env::args, error::Error, net::SocketAddr, process, thread, time::Duration};

use socket2::{Domain, Socket, Type};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::mpsc::{Sender, channel};
use tokio::task::spawn;
use tokio::time::{sleep, timeout};

const PATIENCE: Duration = Duration::from_secs(5);
const TICK: Duration = Duration::from_millis(100);

fn main() -> Result<(), Box<dyn Error>> {
    let word = |number, otherwise: &str| args().nth(number).unwrap_or(otherwise.to_string());
    let address = SocketAddr::new(word(1, "127.0.0.1").parse()?, word(2, "8080").parse()?);
    let listener = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    listener.set_reuse_address(!cfg!(windows))?; // there it lets others in
    listener.bind(&address.into())?;
    listener.listen(1024)?;
    listener.set_nonblocking(true)?; // from_std wants it so
    let runtime = Builder::new_current_thread().enable_all().build()?; // one thread
    runtime.block_on(serve_all(listener))
}

async fn serve_all(listener: Socket) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::from_std(listener.into())?;
    let (end, mut ended) = channel(1);
    ctrlc::set_handler(move || {
        let _ = end.blocking_send(());
        thread::sleep(2 * PATIENCE); // for clients that are here already
        process::exit(0)
    })?;
    writeln!(io::stdout(), "listening on {}; Ctrl-C ends it", listener.local_addr()?)?;
    let (here, mut all_gone) = channel::<()>(1); // closed when no task has a `here` any more
    let mut ending = false;
    loop {
        let next = if ending {
            timeout(TICK, listener.accept()).await.ok()
        } else {
            // Whichever comes first: the next client, or Ctrl-C.
            let either = |context: &mut Context| match listener.poll_accept(context) {
                Ready(accepted) => Ready(Some(accepted)),
                Pending => ended.poll_recv(context).map(|_| None),
            };
            poll_fn(either).await
        };
        match next {
            Some(Ok((connection, peer))) => _ = spawn(serve(connection, peer, here.clone())),
            Some(Err(error)) => {
                let _ = writeln!(io::stdout(), "accept: {error}");
                sleep(TICK).await; // it may pass
            }
            None if ending => break, // nobody is in the queue any more
            None => ending = true,
        }
    }
    drop(here);
    all_gone.recv().await;
    Ok(())
}

/// What goes wrong here ends this client's connection, and nothing else.
async fn serve(connection: TcpStream, peer: SocketAddr, _here: Sender<()>) {
    if let Err(error) = echo(connection).await {
        let _ = writeln!(io::stdout(), "{peer}: {error}");
    }
}

async fn echo(mut connection: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let length = timeout(PATIENCE, connection.read(&mut buffer)).await??;
        if length == 0 {
            return Ok(()); // the client's end
        }
        timeout(PATIENCE, connection.write_all(&buffer[..length])).await??;
    }
}
