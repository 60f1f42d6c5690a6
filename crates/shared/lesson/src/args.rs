//! The command line: `[HOST] [PORT]` and the few options.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;

use bpaf::{OptionParser, ParseFailure, Parser, construct, long, positional, pure};

use output::{complain, print, whole_number};

use crate::program::{Program, Takes};

/// What the command line said.
#[derive(Debug, Clone)]
pub struct Args {
    /// HOST as it was typed; `localhost` unless given.
    pub host: String,
    /// PORT; 8080 unless given. 0 lets the kernel pick one.
    pub port: u16,
    /// HOST and PORT resolved, before the step's first socket call.
    pub address: SocketAddr,
    /// `--ipv6` was given.
    pub ipv6: bool,
    /// `--udp` was given.
    pub udp: bool,
    /// `--wait` was given.
    pub wait: bool,
    /// `--backlog N`.
    pub backlog: u32,
}

/// Reads the command line of `program`.
///
/// # Errors
///
/// The exit status, when the help was asked for (0) or the words make no sense (2). Everything that
/// there is to say has been printed.
pub(crate) fn parse(program: &Program) -> Result<Args, ExitCode> {
    let wrong = match parser(program).run_inner(bpaf::Args::current_args()) {
        Ok((args, port_given)) => match mistake(&args, port_given, program) {
            None => return Ok(args),
            Some(mistake) => mistake,
        },
        Err(ParseFailure::Stderr(message)) => message.monochrome(true),
        Err(ParseFailure::Stdout(help, full)) => {
            print(&help.monochrome(full));
            print(&examples(program));
            return Err(ExitCode::SUCCESS);
        }
        Err(ParseFailure::Completion(script)) => {
            print(&script);
            return Err(ExitCode::SUCCESS);
        }
    };
    complain(&format!("error: {}\n", wrong.trim_end()));
    let Program { just, cargo, .. } = program;
    complain(&format!("See `{just} --help` (without just: `{cargo} -- --help`).\n"));
    Err(ExitCode::from(2))
}

/// Words that parse but cannot be what was meant.
fn mistake(args: &Args, port_given: bool, program: &Program) -> Option<String> {
    let host = &args.host;
    let just = program.just;
    if !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_digit()) {
        let meant = if port_given { args.port.to_string() } else { host.clone() };
        return Some(format!(
            "HOST is `{host}`, a number alone; HOST comes first, then PORT\n\
             Did you mean `{just} localhost {meant}`?"
        ));
    }
    let without_zone = host.split('%').next().unwrap_or_default();
    let has_port = host.contains(':') && without_zone.parse::<Ipv6Addr>().is_err();
    if has_port || host.contains(['/', '@', '[', ']']) {
        let (name, port) = parts_of(host);
        let port = port.unwrap_or(args.port);
        return Some(format!(
            "HOST is `{host}`; it should be just a name or an address, and PORT a word of its own\n\
             Did you mean `{just} {name} {port}`?"
        ));
    }
    if args.ipv6 && matches!(host.parse(), Ok(IpAddr::V4(_))) {
        return Some(format!(
            "--ipv6 asks for an IPv6 address, and `{host}` is an IPv4 address\n\
             Leave --ipv6 out, or use an IPv6 address such as `::1`."
        ));
    }
    None
}

/// What a HOST such as `http://[::1]:8080/` holds: the host alone, and its port.
fn parts_of(host: &str) -> (&str, Option<u16>) {
    let place = host.split_once("://").map_or(host, |(_scheme, place)| place);
    let place = place.split(['/', '?', '#']).next().unwrap_or_default();
    let place = place.rsplit('@').next().unwrap_or_default();
    let (name, port) = match place.rsplit_once(':') {
        // Without brackets, an IPv6 address has no port.
        Some((name, port)) if name.ends_with(']') || !name.contains(':') => (name, port),
        _ => (place, ""),
    };
    let name = name.trim_matches(['[', ']']);
    (if name.is_empty() { "localhost" } else { name }, whole_number(port))
}

/// The parser: the arguments, and whether PORT was among them.
fn parser(program: &Program) -> OptionParser<(Args, bool)> {
    let takes = |what| program.takes.contains(&what);
    let switch = |what, name: &'static str, help: &'static str| match takes(what) {
        true => long(name).help(help).switch().boxed(),
        false => pure(false).boxed(),
    };
    let udp = switch(Takes::Udp, "udp", "UDP (SOCK_DGRAM) instead of TCP");
    let ipv6 = switch(Takes::Ipv6, "ipv6", "IPv6 (AF_INET6) instead of IPv4");
    let wait = switch(Takes::Wait, "wait", "wait for a real client, from a second terminal");
    let backlog = match program.takes.iter().find_map(|takes| match takes {
        Takes::Backlog(usual) => Some(*usual),
        _ => None,
    }) {
        Some(usual) => backlog(usual).boxed(),
        None => pure(0).boxed(),
    };
    let (host, port) = match takes(Takes::Address) {
        true => (host_word().optional().boxed(), port_word().optional().boxed()),
        false => (pure(None).boxed(), pure(None).boxed()),
    };

    construct!(udp, ipv6, wait, backlog, host, port)
        .map(|(udp, ipv6, wait, backlog, host, port)| {
            let args = Args {
                host: host.unwrap_or_else(|| "localhost".to_string()),
                port: port.unwrap_or(8080),
                address: SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)), // until it is resolved
                ipv6,
                udp,
                wait,
                backlog,
            };
            (args, port.is_some())
        })
        .to_options()
        .descr(program.title)
        .with_usage(|usage| {
            let mut doc = bpaf::Doc::default();
            doc.emphasis("Usage: ");
            doc.literal(program.just);
            doc.text(" ");
            doc.doc(&usage);
            doc
        })
}

fn host_word() -> impl Parser<String> {
    positional("HOST").help("a name or an address; for a server, '' is every interface [localhost]")
}

fn port_word() -> impl Parser<u16> {
    positional::<String>("PORT")
        .help("0 to 65535; for a server, 0 lets the kernel pick one [8080]")
        .parse(|port| {
            whole_number(&port)
                .ok_or("a port is a whole number from 0 to 65535, and comes after HOST")
        })
}

fn backlog(usual: u32) -> impl Parser<u32> {
    long("backlog")
        .help(
            format!("the backlog: how long a queue of finished connections to ask for [{usual}]")
                .as_str(),
        )
        .argument::<String>("N")
        .parse(|n| match whole_number(&n) {
            Some(n) if n <= i32::MAX as u32 => Ok(n),
            _ => Err(format!("a backlog is a whole number from 0 to {}", i32::MAX)),
        })
        .fallback(usual)
}

fn examples(program: &Program) -> String {
    let mut text = "\nExamples:\n".to_string();
    for (words, meaning) in program.examples {
        let command = format!("{} {words}", program.just);
        text += &format!("    {command:<34}  {meaning}\n");
    }
    text + &format!("\nWithout just: {} -- …\n", program.cargo)
}
