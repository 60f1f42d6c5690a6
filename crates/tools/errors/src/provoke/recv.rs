//! What keeps `recv` and `recvfrom` from receiving.

use std::io::{self, Read};
use std::mem::MaybeUninit;

use lesson::{Shown, address_of, wait_for_bytes};
use question::setup;
use socket2::Socket;

use super::preparations::{
    self, SHORT, connected_to_nobody, non_blocking, reset_connection, tcp, timed_out_connection,
};
use super::{Fails, Provoked, raw};

/// The call that fails: `socket` receives.
fn recv(socket: &Socket, symbol: &'static str) -> Provoked {
    receive(socket).fails_with(symbol, "recv(1024)", socket)
}

fn receive(mut socket: &Socket) -> io::Result<usize> {
    socket.read(&mut [0; 1024])
}

pub fn nothing_there() -> Provoked {
    let (client, _server) = setup::connection()?;
    non_blocking(&client)?;
    recv(&client, "EAGAIN")
}

pub fn nothing_there_for_this_call() -> Provoked {
    let (client, _server) = setup::connection()?;
    let received = client.recv_with_flags(&mut [MaybeUninit::uninit()], libc::MSG_DONTWAIT);
    received.fails_with("EAGAIN", "recv(MSG_DONTWAIT)", &client)
}

pub fn nothing_in_time() -> Provoked {
    let (client, _server) = setup::connection()?;
    client.set_read_timeout(Some(SHORT)).shown("setsockopt(SO_RCVTIMEO)", &client)?;
    recv(&client, "EAGAIN")
}

pub fn closed_descriptor() -> Provoked {
    recv(&*preparations::closed_descriptor()?, "EBADF")
}

pub fn nobody_receives() -> Provoked {
    let (client, _nobody) = connected_to_nobody()?;
    client.send(b"x").shown("send(1 byte)", &client)?;
    client.set_read_timeout(Some(kernel::SHORTLY))?;
    recv(&client, "ECONNREFUSED")
}

pub fn after_a_reset() -> Provoked {
    recv(&reset_connection()?, "ECONNRESET")
}

/// The bytes are not lost: they wait for a call with a good pointer.
pub fn bad_pointer() -> Provoked {
    let (client, server) = setup::connection()?;
    server.send(b"x").shown("send(1 byte)", &server)?;
    wait_for_bytes(&client, 1);
    raw::receive_to_nowhere(&client).fails_with("EFAULT", "recv(a bad pointer)", &client)
}

pub fn signal() -> Provoked {
    let (client, _server) = setup::connection()?;
    raw::interrupt_every(SHORT)?;
    recv(&client, "EINTR")
}

pub fn nothing_urgent() -> Provoked {
    let (client, _server) = setup::connection()?;
    let received = client.recv_out_of_band(&mut [MaybeUninit::uninit()]);
    received.fails_with("EINVAL", "recv(MSG_OOB)", &client)
}

pub fn wrong_length() -> Provoked {
    let receiver = setup::udp()?;
    let sender = setup::udp()?;
    let address = address_of(&receiver)?;
    sender.send_to(b"x", &address.into()).shown(format!("sendto({address})"), &sender)?;
    lesson::wait_for_datagram(&receiver)?;
    raw::receive_from(&receiver, -1).fails_with("EINVAL", "recvfrom(-1 bytes)", &receiver)
}

pub fn not_connected() -> Provoked {
    recv(&tcp()?, "ENOTCONN")
}

pub fn on_a_listener() -> Provoked {
    recv(&setup::listener(1)?, "ENOTCONN")
}

pub fn no_socket() -> Provoked {
    recv(&preparations::dev_null()?, "ENOTSOCK")
}

pub fn never_acknowledged() -> Provoked {
    let (client, _server) = timed_out_connection()?;
    recv(&client, "ETIMEDOUT")
}
