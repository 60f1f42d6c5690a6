//! The page "From Python to Rust": each expression on it is run here, or in `from_python.py`.

use std::io::{Read, Write};
use std::mem::MaybeUninit;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::page::Page;
use support::workspace::root;
use support::{DEADLINE, any_port, output, program, python};

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[test]
fn what_the_page_says_of_socket2_works() -> Outcome {
    let limit = Duration::from_secs(2);
    let address: SocketAddr = any_port();
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(1)?;
    let server = socket;
    let address = server.local_addr()?.as_socket().ok_or("an IP address")?;

    let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    client.connect(&address.into())?;
    let (connection, client_address) = server.accept()?;
    connection.set_read_timeout(Some(DEADLINE))?;
    assert_eq!(client.local_addr()?.as_socket(), client_address.as_socket());
    assert_eq!(client.peer_addr()?.as_socket(), Some(address));
    assert_eq!(client.send(b"hello")?, 5);
    let mut buffer = [0; 5];
    (&connection).read_exact(&mut buffer)?;
    (&client).write_all(b"hello")?;
    assert_eq!((&connection).read(&mut buffer)?, 5);
    assert_eq!(&buffer, b"hello");

    client.set_read_timeout(Some(limit))?;
    client.set_write_timeout(Some(limit))?;
    client.set_nonblocking(true)?;
    let error = (&client).read(&mut buffer).expect_err("nothing is there");
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
    assert!(error.raw_os_error().is_some());
    client.set_nonblocking(false)?;
    let copy = client.try_clone()?;
    client.shutdown(Shutdown::Write)?;
    drop(client);
    assert_eq!((&connection).read(&mut buffer)?, 0);
    drop(copy);

    let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    client.connect_timeout(&address.into(), limit)?;

    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.bind(&any_port().into())?;
    socket.set_read_timeout(Some(DEADLINE))?;
    let address = socket.local_addr()?.as_socket().ok_or("an IP address")?;
    socket.send_to(b"hello", &address.into())?;
    let mut uninitialised = [MaybeUninit::uninit(); 1024];
    let (length, sender) = socket.recv_from(&mut uninitialised)?;
    assert_eq!((length, sender.as_socket()), (5, Some(address)));

    // Nobody checks that the type fits.
    let listener = TcpListener::from(socket);
    let socket = Socket::from(listener);
    assert_eq!(socket.r#type()?, Type::DGRAM);
    Ok(())
}

#[test]
fn what_the_page_says_of_the_standard_library_works() -> Outcome {
    let limit = Duration::from_secs(2);
    let address = any_port();
    let listener = TcpListener::bind(address)?;
    let address = listener.local_addr()?;
    let stream = TcpStream::connect(address)?;
    let (connection, client_address) = listener.accept()?;
    connection.set_read_timeout(Some(DEADLINE))?;
    assert_eq!((stream.local_addr()?, stream.peer_addr()?), (client_address, address));
    assert_eq!((&stream).write(b"hello")?, 5);
    (&stream).write_all(b"hello")?;
    let mut buffer = [0; 10];
    (&connection).read_exact(&mut buffer)?;
    assert_eq!(&buffer, b"hellohello");

    stream.set_read_timeout(Some(limit))?;
    stream.set_write_timeout(Some(limit))?;
    stream.set_nonblocking(true)?;
    let copy = stream.try_clone()?;
    stream.shutdown(Shutdown::Write)?;
    drop(stream);
    assert_eq!((&connection).read(&mut buffer)?, 0);
    drop((connection, copy));
    let stream = TcpStream::connect_timeout(&address, limit)?;
    let (connection, _) = listener.accept()?;
    drop(connection);
    assert_eq!((&stream).read(&mut buffer)?, 0);

    let address = any_port();
    let udp = UdpSocket::bind(address)?;
    udp.set_read_timeout(Some(DEADLINE))?;
    let address = udp.local_addr()?;
    udp.send_to(b"hello", address)?;
    assert_eq!(udp.recv_from(&mut buffer)?, (5, address));
    assert!(("localhost", 8080).to_socket_addrs()?.next().is_some());
    Ok(())
}

#[test]
fn what_the_page_says_of_python_works() {
    let Some(python) = python() else { return };
    let mut command = program(python);
    command.current_dir(root()).arg("tests/book/from_python.py");
    assert_eq!(output(&mut command).trim(), "done");
}

/// Each expression on the page stands in one of the two programs.
#[test]
fn every_expression_of_the_page_is_run() {
    let page = Page::read("docs/src/from-python-to-rust.md");
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    let run = |text: &str, comment: &str| {
        text.lines().filter(|line| !line.trim_start().starts_with(comment)).collect::<String>()
    };
    let rust = squeezed(&run(include_str!("from_python.rs"), "//"));
    let python = squeezed(&run(include_str!("from_python.py"), "#"));
    let mut counted = 0;
    // An item of a list goes on in lines that are indented.
    for item in page.written().replace("\n  ", " ").lines() {
        let program = match item.split_once(": ") {
            Some(("- Python", _)) => &python,
            Some(("- socket2" | "- std::net" | "- socket2 and std::net", _)) => &rust,
            _ => continue,
        };
        for code in item.split('`').skip(1).step_by(2) {
            // Names and types alone, such as `OSError`, are not run.
            if code.contains(['(', '.']) {
                counted += 1;
                assert!(program.contains(&squeezed(code)), "nobody runs `{code}`");
            }
        }
    }
    assert!(counted > 50, "only {counted} expressions were found");
}
