//! How long is the datagram that has arrived, before I receive it?
//!
//! A buffer that is too short loses the rest, and one for the worst case is 65,535 bytes.
//!
//! Also: MSG_PEEK, MSG_TRUNC, peek, look without receiving, size of the next datagram, message
//! length, recvmsg flags, ioctl FIONREAD, peek_from, detect truncation, peek at TCP.
//!
//! Runs on Linux alone.
//!
//! Elsewhere: MSG_PEEK is there as well. That MSG_TRUNC asks for the whole length is Linux's own.

use std::io;
use std::mem::MaybeUninit;
use std::process::ExitCode;

use lesson::{
    Failure, Shown, address_of, must_be, note, say, show_received, wait_for_bytes,
    wait_for_datagram,
};
use question::answer;
use question::setup::{close, connection, receive_datagram, udp};
use socket2::{MaybeUninitSlice, Socket};

fn main() -> ExitCode {
    question::run(include_str!("peek_and_truncate.rs"), peek_and_truncate)
}

fn peek_and_truncate() -> anyhow::Result<()> {
    say!("Ten bytes and then five have arrived, and the buffer has room for four:");
    let (sender, receiver) = (udp()?, udp()?);
    let target = address_of(&receiver)?;
    for bytes in [b"0123456789".as_slice(), b"hello"] {
        sender.send_to(bytes, &target.into()).shown(format!("sendto({target})"), &sender)?;
    }
    wait_for_datagram(&receiver)?;
    must_be("what peek returns", looked(&receiver, 4, flag::PEEK)?, 4)?;
    note("4 bytes, and nothing says that there are more");
    let length = looked(&receiver, 0, flag::PEEK | flag::TRUNC)?;
    note(format!("{length} bytes"));
    must_be("its length", length, 10)?;

    say!("It is still there, and a buffer of that size takes all of it:");
    must_be("the first", receive_datagram(&receiver, length)?, b"0123456789".to_vec())?;

    say!("Or: receive, and be told afterwards. recvmsg has a flag for it:");
    wait_for_datagram(&receiver)?;
    let mut room = [MaybeUninit::uninit(); 4];
    let buffers = &mut [MaybeUninitSlice::new(&mut room)];
    let (length, flags, _) = receiver.recv_from_vectored(buffers).shown("recvmsg(4)", &receiver)?;
    note(format!("{length} bytes, flags: {}", if flags.is_truncated() { "MSG_TRUNC" } else { "" }));
    must_be("whether it was too long", flags.is_truncated(), true)?;

    say!("On a stream a peek shows what has arrived so far, the same each time:");
    let (client, server) = connection()?;
    client.send(b"012345678").shown("send(9 bytes)", &client)?;
    wait_for_bytes(&server, 9);
    must_be("a peek", looked(&server, 4, flag::PEEK)?, 4)?;
    must_be("MSG_TRUNC with it", looked(&server, 4, flag::PEEK | flag::TRUNC)?, 4)?;
    say!("MSG_TRUNC alone throws bytes of a stream away:");
    must_be("what it returns", looked(&server, 4, flag::TRUNC)?, 4)?;
    let mut room = Vec::with_capacity(64);
    let length = server.recv(room.spare_capacity_mut()).shown("recv(64)", &server)?;
    // SAFETY: recv has written that many bytes.
    unsafe { room.set_len(length) };
    show_received(&room);
    must_be("the rest", room, b"45678".to_vec())?;
    say!("At the end a peek returns 0, as recv does:");
    close(client);
    must_be("the end", looked(&server, 4, flag::PEEK)?, 0)?;

    answer!(
        "recv with MSG_PEEK | MSG_TRUNC returns the whole length and leaves the datagram there; \
         recvmsg says afterwards whether it was cut (MSG_TRUNC in its flags). It is one call more \
         for each datagram, so most programs have one large buffer (just ask short_buffer). On a \
         stream there is no length to ask for: receive into a buffer of your own until the message \
         is whole (just ask read_a_line, just ask length_in_front). To peek until more has come \
         keeps a processor busy, as the first bytes are there already."
    );
    Ok(())
}

/// A recv with these flags into a buffer of this size: what it returns. One row.
fn looked(socket: &Socket, size: usize, flags: i32) -> Result<usize, Failure> {
    let name = match flags {
        flag::PEEK => "MSG_PEEK",
        flag::TRUNC => "MSG_TRUNC",
        _ => "MSG_PEEK | MSG_TRUNC",
    };
    let mut room = vec![MaybeUninit::uninit(); size];
    let looked: io::Result<usize> = socket.recv_with_flags(&mut room, flags);
    looked.shown(format!("recv({size}, {name})"), socket)
}

/// What MSG_PEEK and MSG_TRUNC are. (See recv(2).)
#[cfg(target_os = "linux")]
mod flag {
    pub use libc::{MSG_PEEK as PEEK, MSG_TRUNC as TRUNC};
}

/// Not shown elsewhere.
#[cfg(not(target_os = "linux"))]
mod flag {
    pub const PEEK: i32 = 2;
    pub const TRUNC: i32 = 32;
}
