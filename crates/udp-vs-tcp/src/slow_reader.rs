//! A reader that does not read: what happens to what is sent?

use std::io::{ErrorKind, Read};
use std::time::Duration;

use anyhow::ensure;
use lesson::{Shown, address_for_clients, kernel, note, show, words};
use socket2::SockRef;

use crate::experiments::Udp;
use crate::tcp::Tcp;

const PATIENCE: Duration = Duration::from_millis(20);
const NOT_IN_TIME: [ErrorKind; 2] = [ErrorKind::WouldBlock, ErrorKind::TimedOut]; // Unix, Windows
const DATAGRAMS: u32 = 200;

pub fn over_tcp(Tcp { client, connection, .. }: &Tcp) -> anyhow::Result<[String; 2]> {
    // A send that finds no room waits; without this, for ever.
    client.set_write_timeout(Some(PATIENCE)).shown("setsockopt(SO_SNDTIMEO, 20ms)", client)?;
    let mut sent = Vec::new();
    let (mut calls, mut block) = (0_u32, [0; 65536]);
    let full = loop {
        calls += 1;
        block[..4].copy_from_slice(&calls.to_be_bytes()); // no block is like another
        match client.send(&block) {
            Ok(length) => sent.extend_from_slice(&block[..length]),
            Err(full) if NOT_IN_TIME.contains(&full.kind()) => break full,
            Err(error) => Err(error).explained("send(65536 bytes)", client)?,
        }
    };
    show(format!("send(65536 bytes) x {calls}"), client);
    note(format!("{} bytes taken, then no room for 20 ms: {}", sent.len(), words(&full)));

    let (mut reader, mut read) = (connection, Vec::new());
    calls = 0;
    while read.len() < sent.len() {
        calls += 1;
        let length = reader.read(&mut block).explained("recv(65536)", connection)?;
        ensure!(length > 0, "the connection ended before everything had arrived");
        read.extend_from_slice(&block[..length]);
    }
    show(format!("recv(65536) x {calls}"), connection);
    ensure!(read == sent, "TCP changed what was sent");
    note(format!("{} bytes, the very ones that were sent, in order", read.len()));

    let lost = sent.len() - read.len();
    Ok([format!("waits after {} bytes", sent.len()), format!("{lost} of {} bytes", sent.len())])
}

pub fn over_udp(Udp { client, server, .. }: &Udp) -> anyhow::Result<[String; 2]> {
    let to = address_for_clients(server)?;
    let send = format!("sendto({to})");
    // A small buffer is soon full.
    let options = SockRef::from(server);
    options.set_recv_buffer_size(4096).shown("setsockopt(SO_RCVBUF, 4096)", server)?;
    let mut sent = 0;
    while sent < DATAGRAMS {
        client.send_to(&[0; 400], to).explained(&send, &*SockRef::from(client))?;
        sent += 1;
    }
    show(format!("{send} x {sent}"), client);
    note("none of them failed");

    server.set_read_timeout(Some(PATIENCE)).shown("setsockopt(SO_RCVTIMEO, 20ms)", server)?;
    let mut buffer = [0; 1024];
    let (mut read, mut calls) = (0, 0);
    let empty = loop {
        calls += 1;
        let dropped = kernel::dropped_datagrams(&options);
        match server.recv_from(&mut buffer) {
            Ok(_) => read += 1,
            // On a busy machine one may still be on its way.
            Err(empty) if NOT_IN_TIME.contains(&empty.kind()) => {
                if calls == 2 * sent || dropped.is_none_or(|dropped| read + dropped == sent) {
                    break empty;
                }
            }
            Err(error) => Err(error).explained("recvfrom(1024)", &*options)?,
        }
    };
    show(format!("recvfrom(1024) x {calls}"), server);
    note(format!("{read} datagrams, then none for 20 ms: {}", words(&empty)));

    let lost = sent - read;
    let lost = match kernel::dropped_datagrams(&options) {
        Some(dropped) => format!("{lost} of {sent} (the kernel dropped {dropped})"),
        None => format!("{lost} of {sent}"),
    };
    Ok([format!("sends {sent} of {DATAGRAMS}"), lost])
}
