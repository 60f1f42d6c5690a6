//! The command line: xray's own options, and then a program with everything that belongs to it.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use bpaf::{OptionParser, ParseFailure, Parser, construct, long};

use crate::system::calls_shown;

/// What to look at.
#[derive(Debug, Clone)]
pub enum What {
    /// A program and its arguments, to be started.
    Program(Vec<OsString>),
    /// Processes that are already running.
    Processes {
        /// Their numbers, each once, in the order in which they were named.
        numbers: Vec<i32>,
        /// Whether the processes below them are meant as well: children, and theirs.
        children: bool,
        /// Whether their calls are shown from now on.
        follow: bool,
    },
    /// Who has a port.
    Port(u16),
}

/// What the command line said.
#[derive(Debug, Clone)]
pub struct Asked {
    pub what: What,
    /// `--json`
    pub json: bool,
    /// `--output FILE`
    pub output: Option<PathBuf>,
    /// `--all`
    pub all: bool,
    /// `--hide CALLS`
    pub hide: Vec<String>,
    pub rows: Rows,
    /// How many processes and threads a program may have, if it is not trusted. No option.
    pub most_tasks: Option<usize>,
}

/// What is shown of the calls.
#[derive(Debug, Clone, Copy)]
pub struct Rows {
    /// Each has its row: not with `--summary-only`.
    pub each: bool,
    /// `--time`: beside each stands the time of day.
    pub time: bool,
    /// `--summary`, `--summary-only`: they are counted, and the counts come at the end.
    pub summary: bool,
}

/// Options that take a value as a word of its own.
const WITH_VALUE: [&str; 4] = ["--pid", "--port", "--output", "--hide"];

/// Reads the words of the command line.
///
/// # Errors
///
/// The exit status, when the help was asked for (0) or the words make no sense (2). Everything that
/// there is to say has been printed.
pub fn parse(mut words: Vec<OsString>) -> Result<Asked, ExitCode> {
    let program = words.split_off(beginning_of_program(&words));
    if words.is_empty() && program.is_empty() {
        words.push("--help".into());
    }
    let wrong = match parser().run_inner(bpaf::Args::from(words.as_slice())) {
        Ok(options) => match options.with(program) {
            Ok(asked) => return Ok(asked),
            Err(mistake) => mistake.to_string(),
        },
        Err(ParseFailure::Stderr(message)) => message.monochrome(true),
        Err(ParseFailure::Stdout(help, full)) => {
            output::print(&help.monochrome(full));
            output::print(&more_help());
            return Err(ExitCode::SUCCESS);
        }
        Err(ParseFailure::Completion(script)) => {
            output::print(&script);
            return Err(ExitCode::SUCCESS);
        }
    };
    output::complain(&format!("error: {}\n", wrong.trim_end()));
    output::complain("See `just xray --help` (without just: `cargo run -q -p xray -- --help`).\n");
    Err(ExitCode::from(2))
}

/// The place of the first word that is not xray's own. What comes after it is the program's, even
/// if it looks like an option of xray.
fn beginning_of_program(words: &[OsString]) -> usize {
    let mut at = 0;
    while let Some(word) = words.get(at).and_then(|word| word.to_str()) {
        if word == "--" {
            return at + 1;
        }
        if !word.starts_with('-') {
            break;
        }
        at += if WITH_VALUE.contains(&word) { 2 } else { 1 };
    }
    at.min(words.len())
}

/// What comes before the program.
#[derive(Debug, Clone)]
struct Options {
    numbers: Vec<i32>,
    children: bool,
    follow: bool,
    port: Option<u16>,
    json: bool,
    output: Option<PathBuf>,
    all: bool,
    hide: Vec<String>,
    time: bool,
    summary: bool,
    summary_only: bool,
}

impl Options {
    /// All that was asked, with what comes after the options.
    fn with(self, program: Vec<OsString>) -> Result<Asked, &'static str> {
        let Options { mut numbers, children, follow, port, json, output, all, hide, .. } = self;
        let mut seen = HashSet::new();
        numbers.retain(|number| seen.insert(*number));
        let rows = Rows {
            each: !self.summary_only,
            time: self.time,
            summary: self.summary || self.summary_only,
        };
        let what = match (numbers.as_slice(), port, program.as_slice()) {
            ([_, ..], None, []) => What::Processes { numbers, children, follow },
            ([], Some(port), []) => What::Port(port),
            ([], None, [_, ..]) => What::Program(program),
            ([], None, []) => return Err("name a program, --pid or --port"),
            ([_, ..], None, more) if more.iter().all(is_number) => {
                return Err("several processes are one word: --pid 12,34, or --pid \"12 34\"");
            }
            _ => return Err("a program, --pid and --port exclude one another: name one of them"),
        };
        match what {
            What::Program(_) | What::Port(_) if follow => {
                Err("--follow goes with --pid; a program that xray starts is followed anyway")
            }
            What::Program(_) | What::Port(_) if children => {
                Err("--children goes with --pid; those of a program that xray starts are followed \
                     anyway")
            }
            What::Processes { follow: false, .. } | What::Port(_) if rows.summary || rows.time => {
                Err("--summary and --time are about calls: they go with a program, or with --pid \
                     and --follow")
            }
            _ if self.summary_only && self.time => {
                Err("--time stands beside the rows, and --summary-only leaves them out")
            }
            what => Ok(Asked { what, json, output, all, hide, rows, most_tasks: None }),
        }
    }
}

fn parser() -> OptionParser<Options> {
    let numbers = long("pid")
        .help("the sockets that a running process has now, with their options; also several")
        .argument::<String>("PID")
        .parse(processes)
        .many()
        .map(|lists| lists.concat());
    let children = long("children").help("with --pid: also its children, and theirs").switch();
    let follow = long("follow").help("with --pid: then show its calls, until Ctrl-C").switch();
    let port = long("port")
        .help("who has a port, and what a bind to it would say now")
        .argument::<String>("PORT")
        .parse(|text| match output::whole_number(&text) {
            Some(0) => Err("port 0 is nobody's: it means that the kernel picks one"),
            Some(port) => Ok(port),
            None => Err("a port is a number from 1 to 65535"),
        })
        .optional();
    let json = long("json").help("one JSON object per line, for programs").switch();
    let output = long("output")
        .help("write the rows to a file, not to stderr (with --pid or --port: stdout)")
        .argument::<PathBuf>("FILE")
        .optional();
    let all = long("all").help("also sockets of families other than IP: Unix, netlink").switch();
    let hide = long("hide")
        .help("calls to leave out, separated by commas: getsockopt,read")
        .argument::<String>("CALLS")
        .parse(calls)
        .many()
        .map(|lists| lists.concat());
    let time = long("time").help("the time of day beside each row").switch();
    let summary =
        long("summary").help("at the end, how often each call was made, and for how long").switch();
    let summary_only = long("summary-only").help("that, without the rows").switch();
    construct!(Options {
        numbers,
        children,
        follow,
        port,
        json,
        output,
        all,
        hide,
        time,
        summary,
        summary_only
    })
    .to_options()
    .descr("Any program's sockets, call by call, with what the kernel says after each")
    .with_usage(|_| {
        let mut doc = bpaf::Doc::default();
        doc.emphasis("Usage: ");
        doc.literal("just xray [OPTIONS] PROGRAM [ARG]… | --pid PID… [--follow] | --port PORT");
        doc
    })
}

fn is_number(word: &OsString) -> bool {
    word.to_str().is_some_and(|word| word.parse::<u32>().is_ok())
}

/// The process numbers in a list separated by commas, as `pgrep -d,` prints it, or by spaces, as
/// `pidof` does.
fn processes(list: String) -> Result<Vec<i32>, &'static str> {
    let number = |word: &str| match output::whole_number(word) {
        Some(number @ 1..) => Ok(number),
        _ => Err("a process number is a whole number from 1 up"),
    };
    match list.split([',', ' ', '\n']).filter(|word| !word.is_empty()).map(number).collect() {
        Ok(numbers) if Vec::is_empty(&numbers) => Err("a process number is missing"),
        numbers => numbers,
    }
}

/// The names in a list separated by commas.
fn calls(list: String) -> Result<Vec<String>, String> {
    let names: Vec<String> = list.split(',').map(|name| name.trim().to_string()).collect();
    let known = |name: &String| {
        calls_shown().any(|call| call == name) || ["send", "recv"].contains(&name.as_str())
    };
    match names.iter().find(|name| !known(name)) {
        Some(unknown) => Err(format!("{unknown} is not a call that xray shows")),
        None => Ok(names),
    }
}

fn more_help() -> String {
    let mut calls: Vec<&str> = calls_shown().collect();
    calls.sort_unstable();
    let calls = output::wrapped(&calls.join(", "), 100, "    ", "    ");
    format!(
        "
Examples:
    just xray python3 crates/listen/listen.py        each call, and the socket right after it
    just xray --output calls.txt nc -lN 8080         the rows apart from the program's own output
    just xray --hide getsockopt target/debug/bind    without some calls
    just xray --pid 1234                             what a running process has now
    just xray --pid 1234 --follow                    and its calls from now on
    just xray --pid 1234 --children --follow         those of the processes below it, too
    just xray --pid \"$(pidof nginx)\"                several processes: --pid 12,34 as well
    just xray --summary-only python3 script.py       how often each call was made, and how long
    just xray --port 8080                            who has the port

These calls are shown, where they are about a socket; of fcntl and ioctl, only those that copy it
or make it non-blocking:

{calls}
getsockname and getpeername are shown where they fail; so are calls on sockets of families other
than IP. Not shown are calls that wait (poll, select, epoll), and what a program leaves to the
kernel through io_uring, which makes no calls. SOCK_CLOEXEC and MSG_NOSIGNAL are in no row:
languages set them on their own.

The program's children are followed as well. Unless you are root, none of them gains rights by exec,
as sudo does; they cannot trace others, nor be traced (gdb, strace), for root as well, or use
seccomp's strict mode; and a child that asks not to be traced (CLONE_UNTRACED) gets ENOSYS from
these calls and from ptrace. --follow also follows the children that a process makes from then on;
those that it has already, only with --children. A process that --follow begins to trace may see an
EINTR from a call that was waiting at that moment, such as epoll_wait.

--time is the local time of day at which a call returned, or began to wait; beside a close, at which
it began. In --summary the seconds go from the beginning of a call to its end, with the time that it
waited, and those of several threads add up; the most time comes first. A close has none, as it is
seen when it begins.

The exit status is the program's own; if it never ran, and with --pid and --port, 1 when the
operating system said no; 2 when the command line was wrong.

Without just: cargo run -q -p xray -- …
"
    )
}
