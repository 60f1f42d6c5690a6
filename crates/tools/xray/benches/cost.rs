//! What xray costs: programs that do one thing all the time run alone, under xray and under strace,
//! and the ratios of their times are printed.
//!
//!     cargo bench -p xray
//!
//! All run on one core, in turns; each figure is the median of five turns.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    return linux::main();
    #[cfg(not(target_os = "linux"))]
    ExitCode::SUCCESS
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs::File;
    use std::hint::black_box;
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::process::{Command, ExitCode, Stdio};
    use std::time::Instant;

    use output::print;

    const TURNS: usize = 5;

    /// What a program does all the time, and what its time may be: a multiple of the time without a
    /// tracer, or of the time under strace.
    struct Work {
        name: &'static str,
        does: fn(),
        at_most: Option<(f64, Than)>,
    }

    #[derive(Clone, Copy, PartialEq)]
    enum Than {
        Alone,
        Strace,
    }

    const WORK: [Work; 5] = [
        Work { name: "computes", does: compute, at_most: Some((1.1, Than::Alone)) },
        Work { name: "UDP: send, receive", does: udp, at_most: Some((1.0, Than::Strace)) },
        Work { name: "TCP: send, receive", does: tcp, at_most: Some((1.0, Than::Strace)) },
        Work { name: "TCP: connect to close", does: connect, at_most: Some((1.0, Than::Strace)) },
        Work { name: "reads a file", does: read, at_most: None },
    ];

    fn compute() {
        let mut sum = 0_u64;
        for number in 0..2_000_000_000_u64 {
            sum = black_box(sum.wrapping_add(number * number));
        }
    }

    fn udp() {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        socket.connect(socket.local_addr().expect("its address")).expect("itself");
        for _ in 0..15_000 {
            socket.send(b"x").expect("it sends");
            socket.recv(&mut [0; 10]).expect("it receives");
        }
    }

    fn pair() -> (TcpListener, TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
        let client = TcpStream::connect(listener.local_addr().expect("its address"));
        let (server, _) = listener.accept().expect("the client");
        (listener, client.expect("a connection"), server)
    }

    fn tcp() {
        let (_listener, mut client, mut server) = pair();
        for _ in 0..15_000 {
            client.write_all(b"x").expect("it sends");
            server.read_exact(&mut [0]).expect("it receives");
        }
    }

    fn connect() {
        for _ in 0..2_000 {
            pair();
        }
    }

    fn read() {
        let mut file = File::open("/dev/zero").expect("a file");
        for _ in 0..60_000 {
            file.read_exact(&mut [0]).expect("a byte");
        }
    }

    /// One run of a program, in seconds.
    fn time(mut command: Command) -> f64 {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let start = Instant::now();
        let status = command.status().expect("it runs");
        let time = start.elapsed();
        assert!(status.success(), "{command:?}: {status}");
        time.as_secs_f64()
    }

    fn median(mut times: Vec<f64>) -> f64 {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    }

    /// This process and its children run on one core from now on.
    fn on_one_core() {
        // SAFETY: a cpu_set_t is a set of bits, for which zero is valid, and sched_setaffinity(2)
        // reads one.
        unsafe {
            let mut set: libc::cpu_set_t = std::mem::zeroed();
            libc::sched_getaffinity(0, size_of_val(&set), &mut set);
            let last = (0..libc::CPU_SETSIZE as usize).rfind(|core| libc::CPU_ISSET(*core, &set));
            libc::CPU_ZERO(&mut set);
            libc::CPU_SET(last.expect("a core"), &mut set);
            libc::sched_setaffinity(0, size_of_val(&set), &set);
        }
    }

    pub fn main() -> ExitCode {
        let words: Vec<String> = std::env::args().collect();
        if let Some(at) = words.iter().position(|word| word == "--work") {
            let work = WORK.iter().find(|work| Some(&work.name.to_string()) == words.get(at + 1));
            (work.expect("a name").does)();
            return ExitCode::SUCCESS;
        }
        on_one_core();
        let this = std::env::current_exe().expect("this program");
        let rows = std::env::temp_dir().join(format!("xray-cost-{}", std::process::id()));
        let alone = |name: &str| {
            let mut command = Command::new(&this);
            command.args(["--work", name]);
            command
        };
        let under = |tracer: &[&str], name: &str| {
            let mut command = Command::new(tracer[0]);
            command.args(&tracer[1..]).arg(&rows).arg(&this).args(["--work", name]);
            command
        };
        let path = support::workspace::own_program("xray");
        let xray = [path.to_str().expect("UTF-8"), "--output"];
        let strace = ["strace", "-f", "-e", "trace=network,close", "-o"];
        let has_strace = Command::new("strace").arg("-V").output().is_ok();
        print(&format!(
            "{:<22}{:>9}{:>9}{:>9}{:>13}{:>14}  bound\n",
            "a program that", "alone", "xray", "strace", "xray/alone", "xray/strace"
        ));
        let mut all_hold = true;
        for Work { name, at_most, .. } in WORK {
            let [mut plain, mut with_xray, mut with_strace] = [const { Vec::new() }; 3];
            for _ in 0..TURNS {
                plain.push(time(alone(name)));
                with_xray.push(time(under(&xray, name)));
                if has_strace {
                    with_strace.push(time(under(&strace, name)));
                }
            }
            let (plain, with_xray) = (median(plain), median(with_xray));
            let with_strace = if has_strace { median(with_strace) } else { f64::NAN };
            let (to_plain, to_strace) = (with_xray / plain, with_xray / with_strace);
            let bound = match at_most {
                None => "none".to_string(),
                Some((bound, than)) => {
                    let ratio = if than == Than::Alone { to_plain } else { to_strace };
                    let holds = ratio.is_nan() || ratio <= bound;
                    all_hold &= holds;
                    let than = if than == Than::Alone { "alone" } else { "strace" };
                    let verdict = if holds { "holds" } else { "DOES NOT HOLD" };
                    format!("{bound:.1} of {than}: {verdict}")
                }
            };
            let ms = |seconds: f64| format!("{:.0} ms", seconds * 1e3);
            print(&format!(
                "{name:<22}{:>9}{:>9}{:>9}{to_plain:>13.2}{to_strace:>14.2}  {bound}\n",
                ms(plain),
                ms(with_xray),
                ms(with_strace),
            ));
        }
        let _ = std::fs::remove_file(&rows);
        if all_hold { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
