//! Running a program of the course from its title to the name of the next one.

use std::process::ExitCode;

use advice::stands_for_many;
use output::{complain_of, heading, print, width, wrapped};

use crate::args::{self, Args};
use crate::program::{Program, Takes};
use crate::reach::who_reaches;
use crate::resolve::resolve;

/// Runs one program of the course: reads the command line, prints the title, runs `step`, and
/// names the next step.
///
/// The exit status is 0 when it is done, 1 when the operating system said no (the explained error
/// goes to stderr), 2 when the command line was wrong.
pub fn run(program: &'static Program, step: fn(&Args) -> anyhow::Result<()>) -> ExitCode {
    let args = match args::parse(program) {
        Ok(args) => args,
        Err(status) => return status,
    };
    let address = match program.takes.contains(&Takes::Address) {
        true => resolve(&args.host, args.port, args.ipv6),
        false => Ok(args.address),
    };
    let done = address.map_err(anyhow::Error::from).and_then(|address| {
        let args = Args { address, ..args };
        title(program, &args);
        step(&args)
    });
    match done {
        Ok(()) => {
            next(program);
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain_of(&error);
            ExitCode::from(1)
        }
    }
}

/// Prints the title of a step, what HOST stands for, and who else can reach that address.
fn title(program: &Program, args: &Args) {
    heading(program.title);
    if !program.takes.contains(&Takes::Address) {
        return;
    }
    let ip = args.address.ip();
    let host = if args.host.is_empty() { "''" } else { &args.host };
    let is = if host.parse() == Ok(ip) { String::new() } else { format!("{host} is {ip} here.") };
    let is_of_others = !ip.to_canonical().is_loopback() && !stands_for_many(ip);
    let reached = match program.is_server && is_of_others {
        true => {
            let it = if is.is_empty() { ip.to_string() } else { "It".to_string() };
            format!("{it} can be reached by {}.", who_reaches(ip))
        }
        false => String::new(),
    };
    let text = [is, reached].join(" ");
    if !text.trim().is_empty() {
        print(&format!("{}\n", wrapped(text.trim(), width().min(80), "  ", "  ")));
    }
}

/// Names the next step.
fn next(program: &Program) {
    if let Some(next) = program.next {
        print(&format!("\nNext: {}   (without just: {})\n", next.just, next.cargo));
    }
}
