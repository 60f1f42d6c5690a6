//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use bpaf::{OptionParser, ParseFailure, Parser, construct, long, positional};

use crate::catalogue;
use crate::exercise::Exercise;
use crate::grade;

/// What is asked.
#[derive(Debug, Clone)]
pub enum Asked {
    /// The list of all exercises, with the progress.
    List,
    /// To judge the learner's program, or the one that `command` starts.
    Judge { exercise: String, python: bool, watch: bool, command: Vec<OsString> },
    /// The next hint.
    Hint { exercise: String },
    /// The solution.
    Solution { exercise: String },
    /// Whether the exercises are sound: those that are named, or all; each solution so many times.
    Check { exercises: Vec<String>, times: usize, tell: bool },
    /// To judge what a class has handed in.
    Grade(grade::Options),
    /// The starter again.
    Reset { exercise: String, python: bool },
}

impl Asked {
    /// A name that is no exercise's. (The parser would take it for a word too many of the list.)
    fn unknown(&self) -> Option<&str> {
        let names = match self {
            Asked::List | Asked::Grade(_) => &[],
            Asked::Check { exercises, .. } => exercises.as_slice(),
            Asked::Judge { exercise, .. }
            | Asked::Hint { exercise }
            | Asked::Solution { exercise }
            | Asked::Reset { exercise, .. } => std::slice::from_ref(exercise),
        };
        names.iter().map(String::as_str).find(|name| catalogue::named(name).is_none())
    }
}

/// Reads the command line.
///
/// # Errors
///
/// The exit status, when the help was asked for (0) or the words make no sense (2). Everything that
/// there is to say has been printed.
pub fn parse() -> Result<Asked, ExitCode> {
    let wrong = match parser().run_inner(bpaf::Args::current_args()) {
        Ok(asked) => match asked.unknown() {
            None => return Ok(asked),
            Some(name) => format!("there is no exercise {name:?}{}", nearest(name)),
        },
        Err(ParseFailure::Stderr(message)) => message.monochrome(true),
        Err(ParseFailure::Stdout(help, full)) => {
            let help = help.monochrome(full);
            output::print(&help);
            match std::env::args().nth(1).filter(|word| !word.starts_with('-')) {
                // One command's.
                Some(command) if !help.contains("\nAvailable commands:") => output::print(
                    &format!("\nWithout just: cargo run -q -p practice -- {command} …\n"),
                ),
                _ => output::print(EXAMPLES),
            }
            return Err(ExitCode::SUCCESS);
        }
        Err(ParseFailure::Completion(script)) => {
            output::print(&script);
            return Err(ExitCode::SUCCESS);
        }
    };
    output::complain(&format!("error: {}\n", wrong.trim_end()));
    output::complain(
        "See `just practice --help` (without just: `cargo run -q -p practice -- --help`).\n",
    );
    Err(ExitCode::from(2))
}

fn exercise() -> impl Parser<String> {
    positional::<String>("EXERCISE").help("its name, as the list has it")
}

fn known(name: String) -> Result<String, String> {
    match catalogue::named(&name) {
        Some(_) => Ok(name),
        None => Err(format!("there is no exercise {name:?}{}", nearest(&name))),
    }
}

/// A name that is close to this one, in words.
fn nearest(name: &str) -> String {
    let close = |it: &&Exercise| strsim::jaro_winkler(it.name, name);
    let found = catalogue::ALL.iter().max_by(|a, b| close(a).total_cmp(&close(b)));
    match found.filter(|it| close(it) > 0.8) {
        Some(found) => format!(": did you mean {}?", found.name),
        None => "; `just practice` lists them".to_string(),
    }
}

fn python() -> impl Parser<bool> {
    long("python").help("in Python: the program beside the one in Rust").switch()
}

fn grade() -> impl Parser<grade::Options> {
    let file = |name: &'static str, help: &'static str| {
        long(name).help(help).argument::<PathBuf>("FILE").optional()
    };
    let exercises = long("exercise")
        .help("the exercise, by its name; may be given several times")
        .argument::<String>("NAME")
        .parse(known)
        .many();
    let one = long("one").help("FOLDER is one person's: its files are not submissions").switch();
    let commands = long("command")
        .help("what runs files of another language, as in 'js=node {}'; may be given several times")
        .argument::<String>("ENDING=COMMAND")
        .many();
    let at_once = long("at-once")
        .help("how many are judged at the same time: 2, unless given")
        .argument::<usize>("N")
        .guard(|it| (1..=64).contains(it), "it is a number from 1 to 64")
        .fallback(2);
    let csv = file("csv", "write a table for a spreadsheet");
    let junit = file("junit", "write JUnit's XML: a test suite for each submission");
    let gradescope = file("gradescope", "write Gradescope's results.json; for one person's");
    let folder = positional::<PathBuf>("FOLDER").help("what was handed in");
    construct!(grade::Options { exercises, one, commands, at_once, csv, junit, gradescope, folder })
}

fn parser() -> OptionParser<Asked> {
    let watch = long("watch").help("judge again whenever the file is saved, until Ctrl-C").switch();
    let (language, name) = (python(), exercise());
    let command = positional::<OsString>("COMMAND")
        .strict()
        .help("another program to judge, in any language: HOST and PORT come after its words")
        .many();
    let judge = construct!(Asked::Judge { python(language), watch, exercise(name), command });
    let name = exercise();
    let hint = construct!(Asked::Hint { exercise(name) })
        .to_options()
        .descr("The next hint for an exercise")
        .usage("Usage: just hint EXERCISE")
        .command("hint");
    let name = exercise();
    let solution = construct!(Asked::Solution { exercise(name) })
        .to_options()
        .descr("A solution, once you have solved it or asked twice")
        .usage("Usage: just solution EXERCISE")
        .command("solution");
    let (language, name) = (python(), exercise());
    let reset = construct!(Asked::Reset { python(language), exercise(name) })
        .to_options()
        .descr("The starter again; your program is kept as a copy")
        .usage("Usage: just reset [--python] EXERCISE")
        .command("reset");
    let grade = construct!(Asked::Grade(grade()))
        .to_options()
        .descr("Judges what a class has handed in")
        .usage("Usage: just grade FOLDER [--exercise NAME]… [OPTION]…")
        .header(SUBMISSIONS)
        .footer(GRADES)
        .command("grade");
    let check = long("check")
        .help("whether the exercises are sound: their starters, solutions and wrong solutions")
        .req_flag(());
    let times = long("times")
        .help("with --check: how often each solution is judged")
        .argument::<usize>("N")
        .fallback(1);
    let tell =
        long("tell").help("with --check: what the judge says of each wrong solution").switch();
    let names = exercise().many();
    let check = construct!(check, times, tell, exercises(names))
        .map(|((), times, tell, exercises)| Asked::Check { exercises, times, tell });
    let list = bpaf::pure(Asked::List);
    construct!([check, hint, solution, reset, grade, judge, list])
        .to_options()
        .descr("Exercises, judged by what the kernel and the peers see of your program")
        .with_usage(|_| {
            let mut doc = bpaf::Doc::default();
            doc.emphasis("Usage: ");
            doc.literal("just practice [EXERCISE [--watch] [--python] [-- COMMAND…]]");
            doc
        })
}

const SUBMISSIONS: &str = "\
Each file in FOLDER that is a program (.rs, .py, and by --command others) is a submission, and so is \
each folder. In a folder, the program for an exercise is the file of its name (bind-any-port.rs or \
bind_any_port.py) in it, in src/bin or in my-practice, or the cargo project in a folder of that name. \
With one --exercise, the only cargo program or else the only file counts, whatever its name. Of \
several programs for an exercise the best counts. Without --exercise, all exercises are judged that \
somebody has a file of that name for. Symbolic links and hidden files do not count.";

const GRADES: &str = "\
The exit status is 0 when all have been judged; of one person's submission, 0 when it passes and 1 \
when it does not.";

const EXAMPLES: &str = "
Examples:
    just practice                                     all exercises, and the next one
    just practice bind-any-port                       judge your program
    just practice bind-any-port --watch               and again whenever you save it
    just practice bind-any-port --python              in Python
    just practice bind-any-port -- python3 mine.py    a program of any language
    just hint bind-any-port                           a nudge
    just solution bind-any-port                       a solution
    just reset bind-any-port                          begin again; your program is kept
    just grade handed-in --exercise bind-any-port     judge a whole class

The exit status is 0 when the exercise is solved, 1 when it is not, and 2 when the command line was
wrong.

Without just: cargo run -q -p practice -- …
";
