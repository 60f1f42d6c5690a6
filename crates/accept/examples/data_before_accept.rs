//! Can a client send before I accept?
//!
//! If accept made the connection, it could not.
//!
//! Also: early data, lost data, handshake.

use std::io::{Read, Write};
use std::process::ExitCode;

use lesson::kernel::wait_until;
use lesson::{Shown, View, must_be, say, show, show_received};
use question::answer;
use question::setup::{client_of, close, listener};

fn main() -> ExitCode {
    question::run(include_str!("data_before_accept.rs"), data_before_accept)
}

fn data_before_accept() -> anyhow::Result<()> {
    let server = listener(1)?;
    let mut client = client_of(&server)?;
    client.write_all(b"hello").shown("send(5 bytes)", &client)?;
    close(client);

    say!("The client has connected, sent, and gone. Only now does the server call accept:");
    let (mut connection, _) = server.accept().explained("accept()", &server)?;
    wait_until(|| View::of(&connection).state != Some("ESTABLISHED"));
    show("accept()", &connection);
    let mut buffer = [0; 64];
    let length = connection.read(&mut buffer).shown("recv(64)", &connection)?;
    show_received(&buffer[..length]);
    must_be("what arrived", &buffer[..length], b"hello")?;
    let length = connection.read(&mut buffer).shown("recv(64)", &connection)?;
    show_received(&buffer[..length]);
    must_be("and then the end", length, 0)?;

    answer!(
        "Yes: once listen has been called, the kernel finishes connections itself while there is \
         room in the queue, and keeps what arrives. accept only hands them over."
    );
    Ok(())
}
