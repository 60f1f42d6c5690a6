//! The programs that xray's tests look at, one for each name: `samples threads`.

fn main() {
    #[cfg(target_os = "linux")]
    linux::main();
}

#[cfg(target_os = "linux")]
#[path = "failing_samples.rs"]
mod failing;
#[cfg(target_os = "linux")]
#[path = "silent_samples.rs"]
mod silent;

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{self, Read, Write};
    use std::mem::MaybeUninit;
    use std::net::{Ipv4Addr, SocketAddr};
    use std::os::fd::{AsRawFd, FromRawFd, IntoRawFd, RawFd};
    use std::os::unix::process::CommandExt;
    use std::process::{Command, exit};
    use std::sync::atomic::{AtomicI32, Ordering::SeqCst};
    use std::thread;
    use std::time::{Duration, Instant};

    use socket2::{Domain, SockAddr, Socket, Type};

    const DEADLINE: Duration = Duration::from_secs(30);

    pub fn main() {
        let words: Vec<String> = std::env::args().skip(1).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let done = match words.as_slice() {
            ["threads"] => threads(),
            ["fork"] => fork(),
            ["exec"] => exec(),
            ["exec", descriptor] => after_exec(descriptor.parse().expect("a number")),
            ["kill", signal] => kill(signal.parse().expect("a number")),
            ["many", rounds] => many(rounds.parse().expect("a number")),
            ["closed-meanwhile"] => closed_meanwhile(),
            ["first-thread-ends"] => first_thread_ends(),
            ["non-blocking"] => non_blocking(),
            ["duplicates"] => duplicates(),
            ["families"] => families(),
            ["messages"] => messages(),
            ["rebind", rounds] => rebind(rounds.parse().expect("a number")),
            ["signal", how] => signal(*how == "restart"),
            ["reasons"] => reasons(),
            ["beside-unix"] => beside_unix(),
            ["busy", threads] => busy(threads.parse().expect("a number")),
            ["taken"] => taken(),
            ["refused"] => refused(),
            ["tell-options"] => tell_options(),
            ["many-messages"] => many_messages(),
            ["filter"] => filter(),
            ["exec-in-thread"] => exec_in_thread(),
            ["other-network", port] => other_network(port.parse().expect("a port")),
            ["share"] => share(),
            ["io-uring"] => io_uring(),
            ["repeat"] => repeat(),
            ["wait"] => wait(),
            ["serve"] => serve(),
            ["hidden"] => hidden(),
            ["workers"] => workers(),
            ["hatch", count] => hatch(count.parse().expect("a number")),
            ["trace-others"] => trace_others(),
            ["trace-other", process] => trace_other(process.parse().expect("a number")),
            ["trace-me"] => trace_me(),
            ["count"] => count(),
            ["other-numbers"] => other_numbers(),
            ["silent", words @ ..] => super::silent::main(words),
            words => super::failing::run(words).expect("a program of that name"),
        };
        done.expect("the kernel does as it is asked");
    }

    fn here() -> SockAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()
    }

    fn listener() -> io::Result<Socket> {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        listener.bind(&here())?;
        listener.listen(64)?;
        Ok(listener)
    }

    fn udp() -> io::Result<Socket> {
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
        socket.bind(&here())?;
        Ok(socket)
    }

    fn connected(to: &Socket) -> io::Result<Socket> {
        let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        client.connect(&to.local_addr()?)?;
        Ok(client)
    }

    /// Prints the address to which clients may connect.
    fn say_where(listener: &Socket) -> io::Result<()> {
        let address = listener.local_addr()?.as_socket().expect("IP");
        writeln!(io::stdout(), "{address}")
    }

    /// Three threads accept ten clients each, whose connections another one closes meanwhile; two
    /// threads are the clients.
    fn threads() -> io::Result<()> {
        let listener = listener()?;
        let (closer, connections) = std::sync::mpsc::channel::<Socket>();
        thread::scope(|scope| {
            for _ in 0..3 {
                let (listener, closer) = (&listener, closer.clone());
                scope.spawn(move || {
                    for _ in 0..10 {
                        let (connection, _) = listener.accept().expect("a client");
                        closer.send(connection).expect("somebody who closes");
                    }
                });
            }
            drop(closer);
            scope.spawn(move || connections.into_iter().for_each(drop));
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..15 {
                        let mut client = connected(&listener).expect("a connection");
                        assert_eq!(client.read(&mut [0; 8]).expect("the end"), 0);
                    }
                });
            }
        });
        Ok(())
    }

    fn forked(child: impl FnOnce() -> io::Result<()>) -> io::Result<libc::pid_t> {
        // SAFETY: this process has one thread.
        match unsafe { libc::fork() } {
            -1 => Err(io::Error::last_os_error()),
            0 => {
                child().expect("the child does its part");
                exit(0);
            }
            child => Ok(child),
        }
    }

    /// A server of two processes, on one listener that both inherit, and their clients.
    fn fork() -> io::Result<()> {
        let listener = listener()?;
        let mut children = Vec::new();
        for _ in 0..2 {
            children.push(forked(|| {
                let (mut connection, _) = listener.accept()?;
                let mut word = [0; 5];
                connection.read_exact(&mut word)?;
                connection.write_all(&word)
            })?);
        }
        for _ in 0..2 {
            let mut client = connected(&listener)?;
            client.write_all(b"hello")?;
            client.read_exact(&mut [0; 5])?;
        }
        for child in children {
            let mut status = 0;
            // SAFETY: waitpid writes the status to one int.
            assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
            assert_eq!(status, 0);
        }
        Ok(())
    }

    /// Another program inherits a socket, and another one is closed by exec.
    fn exec() -> io::Result<()> {
        let _closed_by_exec = udp()?;
        let inherited = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        inherited.set_cloexec(false)?;
        let descriptor = inherited.as_raw_fd().to_string();
        Err(Command::new(std::env::current_exe()?).args(["exec", &descriptor]).exec())
    }

    fn after_exec(descriptor: RawFd) -> io::Result<()> {
        // SAFETY: it was inherited, and nobody else here knows of it.
        let socket = unsafe { Socket::from_raw_fd(descriptor) };
        socket.bind(&here())?;
        socket.listen(1)
    }

    /// Ends by a signal, and leaves a socket to the kernel to close.
    fn kill(signal: i32) -> io::Result<()> {
        let _socket = udp()?;
        // SAFETY: these take numbers alone.
        unsafe { libc::kill(libc::getpid(), signal) };
        Ok(())
    }

    /// Five calls in each round.
    fn many(rounds: u32) -> io::Result<()> {
        let receiver = udp()?;
        let address = receiver.local_addr()?;
        for _ in 0..rounds {
            let sender = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
            sender.set_reuse_address(true)?;
            sender.send_to(b"x", &address)?;
            receiver.recv(&mut [MaybeUninit::uninit(); 8])?;
        }
        Ok(())
    }

    /// A thread waits in recv; its descriptor is closed, and then something arrives.
    fn closed_meanwhile() -> io::Result<()> {
        let listener = listener()?;
        let mut client = connected(&listener)?;
        let (connection, _) = listener.accept()?;
        let descriptor = connection.into_raw_fd();
        let waiting = AtomicI32::new(0);
        thread::scope(|scope| {
            let receiver = scope.spawn(|| {
                let mut word = [0_u8; 5];
                // SAFETY: gettid takes nothing, and recv writes at most 5 bytes to `word`.
                unsafe {
                    waiting.store(libc::gettid(), SeqCst);
                    libc::recv(descriptor, word.as_mut_ptr().cast(), word.len(), 0)
                }
            });
            let give_up = Instant::now() + DEADLINE;
            while !sleeps(waiting.load(SeqCst)) {
                assert!(Instant::now() < give_up, "the thread should wait in recv");
                thread::yield_now();
            }
            // SAFETY: the descriptor is this function's alone.
            assert_eq!(unsafe { libc::close(descriptor) }, 0);
            client.write_all(b"hello").expect("the connection is open, as recv still uses it");
            assert_eq!(receiver.join().expect("no panic"), 5);
        });
        Ok(())
    }

    fn sleeps(tid: i32) -> bool {
        state(tid) == Some('S')
    }

    /// The state of a thread of this process (proc_pid_stat(5)).
    fn state(tid: i32) -> Option<char> {
        let stat = std::fs::read_to_string(format!("/proc/self/task/{tid}/stat")).ok()?;
        stat.rsplit(") ").next()?.chars().next()
    }

    /// The process goes on in another thread.
    fn first_thread_ends() -> io::Result<()> {
        thread::spawn(|| {
            let give_up = Instant::now() + DEADLINE;
            while state(std::process::id() as i32) != Some('Z') {
                assert!(Instant::now() < give_up, "the first thread should end");
                thread::yield_now();
            }
            let socket = udp().expect("a socket");
            let address = socket.local_addr().expect("its address");
            socket.send_to(b"x", &address).expect("a datagram");
            // SAFETY: it reads into one byte.
            let length = unsafe { libc::read(socket.as_raw_fd(), [0_u8].as_mut_ptr().cast(), 1) };
            assert_eq!(length, 1);
            drop(socket);
            exit(0);
        });
        // SAFETY: it ends this thread alone, which has nothing to clean up.
        unsafe { libc::syscall(libc::SYS_exit, 0) };
        unreachable!("the thread has ended");
    }

    fn poll(socket: &Socket, events: i16) {
        let mut asked = libc::pollfd { fd: socket.as_raw_fd(), events, revents: 0 };
        // SAFETY: it reads and writes one pollfd.
        let ready = unsafe { libc::poll(&mut asked, 1, DEADLINE.as_millis() as i32) };
        assert_eq!(ready, 1);
    }

    fn would_block<T: std::fmt::Debug>(result: io::Result<T>) {
        assert_eq!(result.expect_err("nothing there").kind(), io::ErrorKind::WouldBlock);
    }

    /// Tries without waiting, and waits in poll.
    fn non_blocking() -> io::Result<()> {
        let listener = listener()?;
        listener.set_nonblocking(true)?;
        for _ in 0..3 {
            would_block(listener.accept());
        }
        let mut client = connected(&listener)?;
        poll(&listener, libc::POLLIN);
        let (mut connection, _) = listener.accept()?;
        connection.set_nonblocking(true)?;
        for _ in 0..5 {
            would_block(connection.read(&mut [0; 8]));
            client.write_all(b"hello")?;
            poll(&connection, libc::POLLIN);
            assert_eq!(connection.read(&mut [0; 8])?, 5);
        }
        Ok(())
    }

    /// Every way to copy a descriptor, and onto what they copy it.
    fn duplicates() -> io::Result<()> {
        let (socket, other) = (udp()?, udp()?);
        let file = std::fs::File::open("/dev/null")?;
        let [socket, other, file] = [socket.into_raw_fd(), other.into_raw_fd(), file.into_raw_fd()];
        // SAFETY: the descriptors are this function's, and the calls take numbers alone.
        unsafe {
            let copy = libc::dup(socket);
            assert_eq!(libc::dup2(socket, file), file); // onto a file
            assert_eq!(libc::dup2(file, file), file); // onto itself
            assert_eq!(libc::dup3(socket, other, libc::O_CLOEXEC), other); // onto a socket
            let high = libc::fcntl(socket, libc::F_DUPFD_CLOEXEC, 100);
            assert!(high >= 100);
            let null = libc::open(c"/dev/null".as_ptr(), libc::O_RDONLY);
            assert_eq!(libc::dup2(null, copy), copy); // a file onto a socket
            libc::close(null);
            libc::close(copy);
            libc::close(socket);
            assert_eq!(libc::syscall(libc::SYS_close_range, 3, u32::MAX, 0), 0);
        }
        Ok(())
    }

    /// Sockets of IPv6, Unix and netlink.
    fn families() -> io::Result<()> {
        let address = SockAddr::unix(format!("\0xray-{}", std::process::id()))?;
        let server = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        server.bind(&address)?;
        server.listen(1)?;
        let client = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        client.connect(&address)?;
        let (left, right) = Socket::pair(Domain::UNIX, Type::DGRAM, None)?;
        left.send(b"x")?;
        right.recv(&mut [MaybeUninit::uninit(); 8])?;
        let _netlink = Socket::new(Domain::from(libc::AF_NETLINK), Type::RAW, None)?;
        let _udp = udp()?;
        Ok(())
    }

    /// The calls that send and receive more than one piece.
    fn messages() -> io::Result<()> {
        let listener = listener()?;
        let client = connected(&listener)?;
        let (mut connection, _) = listener.accept()?;
        let [one, two] = [b"one", b"two"].map(|word| io::IoSlice::new(word));
        assert_eq!(client.send_vectored(&[one, two])?, 6); // sendmsg
        // SAFETY: the areas are there, and there are two.
        let written = unsafe { libc::writev(client.as_raw_fd(), [one, two].as_ptr().cast(), 2) };
        assert_eq!(written, 6);
        let (mut three, mut nine) = ([MaybeUninit::uninit(); 3], [MaybeUninit::uninit(); 9]);
        let mut areas = [&mut three[..], &mut nine].map(socket2::MaybeUninitSlice::new);
        let (length, _) = connection.recv_vectored_with_flags(&mut areas, libc::MSG_WAITALL)?;
        assert_eq!(length, 12);
        let file = std::fs::File::open("/proc/self/exe")?;
        // SAFETY: it takes numbers, and no place for an offset.
        let sent = unsafe {
            libc::sendfile(client.as_raw_fd(), file.as_raw_fd(), std::ptr::null_mut(), 4)
        };
        assert_eq!(sent, 4);
        let mut word = [0; 4];
        connection.read_exact(&mut word)?;
        assert_eq!(&word, b"\x7fELF");
        client.shutdown(std::net::Shutdown::Write)?;
        assert_eq!(connection.read(&mut word)?, 0);

        let socket = udp()?;
        let address = socket.local_addr()?;
        let message = socket2::MsgHdr::new().with_addr(&address);
        let buffers = [io::IoSlice::new(b"datagram")];
        socket.sendmsg(&message.with_buffers(&buffers), 0)?;
        let (length, from) = socket.recv_from(&mut [MaybeUninit::uninit(); 64])?;
        assert_eq!((length, from), (8, address));
        Ok(())
    }

    /// Errors with reasons that depend on the socket.
    fn reasons() -> io::Result<()> {
        let listener = listener()?;
        listener.send(b"x").expect_err("it listens");
        let shut = udp()?;
        shut.connect(&shut.local_addr()?)?;
        shut.shutdown(std::net::Shutdown::Write)?;
        shut.send(b"x").expect_err("it is shut");
        shut.set_nonblocking(true)?;
        shut.bind_device(Some(b"no-such-device")).expect_err("there is none");
        let only_here = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        only_here.bind(&here())?;
        let elsewhere = SocketAddr::from(([192, 0, 2, 1], 9)).into();
        only_here.connect(&elsewhere).expect_err("nothing leaves from there");
        let broadcast = SocketAddr::from((Ipv4Addr::BROADCAST, 9)).into();
        let message = socket2::MsgHdr::new().with_addr(&broadcast);
        let buffers = [io::IoSlice::new(b"x")];
        udp()?.sendmsg(&message.with_buffers(&buffers), 0).expect_err("it is a broadcast");
        // SAFETY: the kernel does not read the list, as it would have too many areas.
        let result = unsafe { libc::readv(shut.as_raw_fd(), std::ptr::dangling(), 2000) };
        assert_eq!(result, -1);
        Ok(())
    }

    /// Closes an IP socket together with a Unix one, and by a Unix one.
    fn beside_unix() -> io::Result<()> {
        let (left, right) = Socket::pair(Domain::UNIX, Type::STREAM, None)?;
        let [one, other] = [udp()?, udp()?];
        let [left, right, one, other] = [left, right, one, other].map(IntoRawFd::into_raw_fd);
        // SAFETY: the descriptors are this function's, and the calls take numbers alone.
        unsafe {
            assert_eq!(libc::dup2(left, one), one);
            let all = [left, right, one, other];
            let (first, last) = (all.iter().min().expect("four"), all.iter().max().expect("four"));
            assert_eq!(libc::syscall(libc::SYS_close_range, *first, *last, 0), 0);
        }
        Ok(())
    }

    /// Threads that ask about sockets of their own all the time, until each has done so often.
    fn busy(threads: usize) -> io::Result<()> {
        const OFTEN: usize = 1000;
        let done: Vec<_> = (0..threads).map(|_| std::sync::atomic::AtomicUsize::new(0)).collect();
        let (listener, sockets) = (listener()?, (0..threads).map(|_| udp()));
        let sockets = sockets.collect::<io::Result<Vec<_>>>()?;
        // This one waits meanwhile, as the others tell.
        thread::spawn(move || listener.accept());
        thread::scope(|scope| {
            for (socket, mine) in sockets.iter().zip(&done) {
                let done = &done;
                scope.spawn(move || {
                    while done.iter().any(|often| often.load(SeqCst) < OFTEN) {
                        socket.broadcast().expect("an option");
                        mine.fetch_add(1, SeqCst);
                    }
                });
            }
        });
        let most = done.iter().map(|often| often.load(SeqCst)).max().expect("threads");
        writeln!(io::stdout(), "{most}")
    }

    /// Binds to the address of a listener, to that of a socket that is only bound, and to the first
    /// again.
    fn taken() -> io::Result<()> {
        let (listener, bound) = (listener()?, Socket::new(Domain::IPV4, Type::STREAM, None)?);
        bound.bind(&here())?;
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        for other in [&listener, &bound, &listener] {
            let error = socket.bind(&other.local_addr()?).expect_err("it is taken");
            assert_eq!(error.raw_os_error(), Some(libc::EADDRINUSE));
        }
        Ok(())
    }

    /// Connects without waiting to a port where nobody listens, and sets an option of IPv6.
    fn refused() -> io::Result<()> {
        let bound = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        bound.bind(&here())?;
        let client = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        client.set_nonblocking(true)?;
        let error = client.connect(&bound.local_addr()?).expect_err("it does not wait");
        assert_eq!(error.raw_os_error(), Some(libc::EINPROGRESS));
        poll(&client, libc::POLLOUT);
        let error = client.take_error()?.expect("it is refused");
        assert_eq!(error.raw_os_error(), Some(libc::ECONNREFUSED));
        let error = client.set_only_v6(true).expect_err("it is IPv4");
        assert_eq!(error.raw_os_error(), Some(libc::ENOPROTOOPT));
        Ok(())
    }

    /// Sets options, and reads them.
    fn tell_options() -> io::Result<()> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_linger(Some(Duration::from_secs(5)))?;
        socket.set_read_timeout(Some(Duration::from_millis(1500)))?;
        socket.set_tcp_nodelay(true)?;
        assert_eq!(socket.linger()?, Some(Duration::from_secs(5)));
        assert!(socket.tcp_nodelay()?);
        assert!(socket.take_error()?.is_none());
        socket.nonblocking()?;
        Ok(())
    }

    /// Sends two datagrams by one call, and receives both by one. (sendmmsg(2), recvmmsg(2))
    fn many_messages() -> io::Result<()> {
        let socket = udp()?;
        socket.connect(&socket.local_addr()?)?;
        let mut words = [*b"one", *b"two"];
        let mut areas = words
            .each_mut()
            .map(|word| libc::iovec { iov_base: word.as_mut_ptr().cast(), iov_len: word.len() });
        let mut messages = areas.each_mut().map(|area| {
            // SAFETY: a mmsghdr is numbers and pointers, for which zero is valid.
            let mut message: libc::mmsghdr = unsafe { std::mem::zeroed() };
            message.msg_hdr.msg_iov = area;
            message.msg_hdr.msg_iovlen = 1;
            message
        });
        let (descriptor, list) = (socket.as_raw_fd(), messages.as_mut_ptr());
        // SAFETY: there are two messages, each with one area, of three bytes that are there.
        let counts = unsafe {
            let sent = libc::sendmmsg(descriptor, list, 2, 0);
            let wait_for_all = libc::MSG_WAITALL;
            [sent, libc::recvmmsg(descriptor, list, 2, wait_for_all, std::ptr::null_mut())]
        };
        assert_eq!(counts, [2, 2]);
        Ok(())
    }

    /// Takes an address, and its own address again right after the close, so often.
    fn rebind(rounds: u32) -> io::Result<()> {
        // Nobody else gets it between two rounds: no other process uses this address, and the kernel
        // picks no such port by itself.
        let [_, high, middle, low] = std::process::id().to_be_bytes();
        let address = SocketAddr::from(([127, 1 | high, middle, low], 20_000)).into();
        let listener = listener()?;
        for _ in 0..rounds {
            let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
            socket.bind(&address)?; // EADDRINUSE if anybody held a copy
            drop(socket);
            let client = connected(&listener)?;
            let (mut connection, _) = listener.accept()?;
            connection.set_read_timeout(Some(DEADLINE))?;
            drop(client);
            assert_eq!(connection.read(&mut [0; 8])?, 0); // waits if anybody held a copy
        }
        Ok(())
    }

    /// Forbids itself to bind, and tries. (seccomp(2))
    fn filter() -> io::Result<()> {
        use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
        let before = udp()?;
        let filter: BpfProgram = SeccompFilter::new(
            [(libc::SYS_bind, Vec::new())].into(),
            SeccompAction::Allow,
            SeccompAction::Errno(libc::EACCES as u32),
            std::env::consts::ARCH.try_into().expect("an architecture that seccompiler knows"),
        )
        .and_then(TryInto::try_into)
        .expect("a valid filter");
        seccompiler::apply_filter(&filter).expect("the kernel takes it");
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        assert_eq!(socket.bind(&here()).expect_err("a refusal").raw_os_error(), Some(libc::EACCES));
        before.send_to(b"x", &before.local_addr()?)?;
        thread::spawn(move || before.recv(&mut [MaybeUninit::uninit(); 8]))
            .join()
            .expect("no panic")?;
        Ok(())
    }

    /// As [`exec`], by another thread than the first one, which waits in recv and is gone then.
    fn exec_in_thread() -> io::Result<()> {
        let waiting = udp()?;
        thread::spawn(|| {
            let first = std::process::id() as i32;
            let give_up = Instant::now() + DEADLINE;
            while !sleeps(first) {
                assert!(Instant::now() < give_up, "the first thread should wait in recv");
                thread::yield_now();
            }
            exec().expect("it is another program now");
        });
        waiting.recv(&mut [MaybeUninit::uninit(); 8])?;
        unreachable!("nobody sends anything");
    }

    /// Binds twice to one port, in a network namespace of its own.
    fn other_network(port: u16) -> io::Result<()> {
        // SAFETY: it takes flags, and this process has one thread.
        if unsafe { libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNET) } == -1 {
            return Err(io::Error::last_os_error());
        }
        let address = SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)).into();
        let [first, second] = [(); 2].map(|()| Socket::new(Domain::IPV4, Type::STREAM, None));
        let first = first?;
        first.bind(&address)?;
        first.listen(1)?;
        let error = second?.bind(&address).expect_err("it is taken");
        assert_eq!(error.raw_os_error(), Some(libc::EADDRINUSE));
        Ok(())
    }

    /// A listener that two processes have, until stdin ends.
    fn share() -> io::Result<()> {
        let listener = listener()?;
        let wait = || io::stdin().read_to_end(&mut Vec::new()).map(drop);
        let child = forked(wait)?;
        say_where(&listener)?;
        writeln!(io::stdout(), "{child}")?;
        wait()?;
        // SAFETY: it is given no place for the status.
        unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) };
        Ok(())
    }

    extern "C" fn handler(_: i32) {
        // SAFETY: write may be called in a handler, and reads 7 bytes.
        unsafe { libc::write(1, b"signal\n".as_ptr().cast(), 7) };
    }

    /// Waits in accept, and says so when SIGUSR1 comes, which may interrupt that or not.
    fn signal(restart: bool) -> io::Result<()> {
        // SAFETY: a sigaction is numbers and pointers, for which zero is valid; the kernel reads it.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            let handler: extern "C" fn(i32) = handler;
            action.sa_sigaction = handler as usize;
            action.sa_flags = if restart { libc::SA_RESTART } else { 0 };
            libc::sigaction(libc::SIGUSR1, &action, std::ptr::null_mut());
        }
        let listener = listener()?;
        say_where(&listener)?;
        loop {
            match listener.accept() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                accepted => return accepted.map(drop),
            }
        }
    }

    /// Makes an io_uring, and says whether the system allowed that.
    fn io_uring() -> io::Result<()> {
        let mut parameters = [0_u64; 15]; // struct io_uring_params
        // SAFETY: the kernel reads and writes one such structure, of 120 bytes.
        let ring = unsafe { libc::syscall(libc::SYS_io_uring_setup, 1, &raw mut parameters) };
        writeln!(io::stdout(), "{}", ring >= 0)
    }

    /// Prints what it reads.
    fn repeat() -> io::Result<()> {
        let mut text = Vec::new();
        io::stdin().read_to_end(&mut text)?;
        io::stdout().write_all(&text)
    }

    /// Has sockets with options, until stdin ends.
    fn wait() -> io::Result<()> {
        let listener = listener()?;
        listener.set_reuse_address(true)?;
        let client = connected(&listener)?;
        client.set_tcp_nodelay(true)?;
        client.set_linger(Some(Duration::from_secs(5)))?;
        let udp = udp()?;
        udp.set_nonblocking(true)?;
        udp.set_read_timeout(Some(Duration::from_millis(1500)))?;
        let (_left, _right) = Socket::pair(Domain::UNIX, Type::STREAM, None)?;
        let bound = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        bound.bind(&here())?;
        say_where(&listener)?;
        io::stdin().read_to_end(&mut Vec::new())?;
        Ok(())
    }

    /// Has a listener with a client in its queue, until stdin ends, and lets only root look at it.
    fn hidden() -> io::Result<()> {
        let listener = listener()?;
        let _client = connected(&listener)?;
        // SAFETY: prctl with numbers alone touches no memory.
        unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0) };
        say_where(&listener)?;
        io::stdin().read_to_end(&mut Vec::new()).map(drop)
    }

    /// Answers clients in threads of their own, until one of them says `end`.
    fn serve() -> io::Result<()> {
        let listener = listener()?;
        say_where(&listener)?;
        loop {
            let (mut connection, _) = listener.accept()?;
            thread::spawn(move || {
                let mut word = [0; 3];
                while connection.read_exact(&mut word).is_ok() {
                    connection.write_all(&word).expect("the client reads");
                    if &word == b"end" {
                        exit(0);
                    }
                }
            });
        }
    }
    /// Ends with its parent, and may be traced by anybody.
    fn is_a_child() {
        const PR_SET_PTRACER: i32 = 0x5961_6d61; // an error without Yama
        // SAFETY: prctl with numbers alone touches no memory.
        unsafe {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL, 0, 0, 0);
            libc::prctl(PR_SET_PTRACER, libc::c_ulong::MAX, 0, 0, 0);
        }
    }

    /// Has a child that serves, until stdin ends.
    fn workers() -> io::Result<()> {
        let listener = listener()?;
        forked(|| work(&listener))?;
        say_where(&listener)?;
        io::stdin().read_to_end(&mut Vec::new()).map(drop)
    }

    /// Answers one client after another; `new` makes a child that does the same.
    fn work(listener: &Socket) -> io::Result<()> {
        is_a_child();
        loop {
            let (mut connection, _) = listener.accept()?;
            let mut word = [0; 3];
            while connection.read_exact(&mut word).is_ok() {
                if &word == b"new" {
                    forked(|| work(listener))?;
                }
                connection.write_all(&word)?;
            }
        }
    }

    /// As soon as a byte has come, makes children, which make a socket each when stdin ends.
    fn hatch(count: usize) -> io::Result<()> {
        say_where(&listener()?)?;
        io::stdin().read_exact(&mut [0])?;
        for _ in 0..count {
            forked(|| {
                is_a_child();
                io::stdin().read_to_end(&mut Vec::new())?;
                udp().map(drop)
            })?;
        }
        for _ in 0..count {
            // SAFETY: it is given no place for the status.
            assert_ne!(unsafe { libc::wait(std::ptr::null_mut()) }, -1);
        }
        Ok(())
    }

    /// What ptrace(2) says, by its number; 0 for nothing.
    fn ptrace(request: libc::c_uint, number: libc::pid_t) -> i32 {
        let nothing = std::ptr::null_mut::<libc::c_void>();
        // SAFETY: these requests read and write no memory.
        match unsafe { libc::ptrace(request as _, number, nothing, nothing) } {
            -1 => io::Error::last_os_error().raw_os_error().unwrap_or_default(),
            _ => 0,
        }
    }

    /// Traces a process, and lets it go by ending; says what became of that.
    fn trace_other(process: libc::pid_t) -> io::Result<()> {
        writeln!(io::stdout(), "{}", ptrace(libc::PTRACE_SEIZE, process))
    }

    fn trace_me() -> io::Result<()> {
        assert_eq!(ptrace(libc::PTRACE_TRACEME, 0), libc::EPERM);
        Ok(())
    }

    /// Would trace itself, which nobody may; what is no process; its child, by two requests; and
    /// would be traced. Says what became of that.
    fn trace_others() -> io::Result<()> {
        // SAFETY: it takes nothing.
        let own = unsafe { libc::getpid() };
        let child = waiting_child()?;
        let said = [
            ptrace(libc::PTRACE_SEIZE, own),
            ptrace(libc::PTRACE_SEIZE, i32::MAX),
            ptrace(libc::PTRACE_SEIZE, child),
            ptrace(libc::PTRACE_ATTACH, child),
            ptrace(libc::PTRACE_TRACEME, 0),
        ];
        writeln!(io::stdout(), "{child} {said:?}")?;
        end(child);
        Ok(())
    }

    fn waiting_child() -> io::Result<libc::pid_t> {
        forked(|| {
            is_a_child();
            // SAFETY: it takes nothing, and waits for a signal.
            unsafe { libc::pause() };
            Ok(())
        })
    }

    fn end(child: libc::pid_t) {
        // SAFETY: these take numbers, and no place for the status.
        unsafe {
            libc::kill(child, libc::SIGKILL);
            libc::waitpid(child, std::ptr::null_mut(), 0);
        }
    }

    /// A child in a namespace in which processes have other numbers, would trace one of its own.
    /// Says its number there, or `none` if the system allows no such namespace.
    fn other_numbers() -> io::Result<()> {
        // SAFETY: it takes flags, and this process has one thread.
        if unsafe { libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWPID) } == -1 {
            return writeln!(io::stdout(), "none");
        }
        let first = forked(|| {
            let child = waiting_child()?;
            writeln!(io::stdout(), "{child} {}", ptrace(libc::PTRACE_SEIZE, child))?;
            end(child);
            Ok(())
        })?;
        // SAFETY: it is given no place for the status.
        unsafe { libc::waitpid(first, std::ptr::null_mut(), 0) };
        Ok(())
    }

    /// Calls that can be counted: five receives that fail, three at once and two after a wait.
    fn count() -> io::Result<()> {
        let socket = udp()?;
        socket.set_nonblocking(true)?;
        for _ in 0..3 {
            assert!(socket.recv(&mut [MaybeUninit::uninit(); 8]).is_err());
        }
        socket.set_nonblocking(false)?;
        socket.set_read_timeout(Some(Duration::from_millis(100)))?;
        for _ in 0..2 {
            assert!(socket.recv(&mut [MaybeUninit::uninit(); 8]).is_err());
        }
        assert!(connected(&socket).is_err());
        Ok(())
    }
}
