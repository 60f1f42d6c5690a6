//! The errors of socket calls: what each one says, when it happens, and what to do about it, with
//! each one provoked here and now.

mod catalogue;
mod display;
mod kind;
mod nothing;
mod processes;
#[cfg(target_os = "linux")]
mod provoke;
mod search;

use std::process::ExitCode;

use bpaf::{OptionParser, ParseFailure, Parser, construct, long, positional};

/// What the command line said.
enum Asked {
    /// Words to look for; none for the list of all.
    Words(Vec<String>),
    /// One row of the table, to be provoked by this very process.
    Provoke(usize),
}

fn main() -> ExitCode {
    match parser().run_inner(bpaf::Args::current_args()) {
        Ok(Asked::Provoke(row)) => processes::provoke(row),
        Ok(Asked::Words(words)) if words.is_empty() => display::list(),
        Ok(Asked::Words(words)) => display::show(&words),
        Err(ParseFailure::Stderr(message)) => {
            output::complain(&format!("error: {}\n", message.monochrome(true).trim_end()));
            output::complain(
                "See `just error --help` (without just: `cargo run -p errors -- --help`).\n",
            );
            ExitCode::from(2)
        }
        Err(ParseFailure::Stdout(help, full)) => {
            output::print(&help.monochrome(full));
            output::print(EXAMPLES);
            ExitCode::SUCCESS
        }
        Err(ParseFailure::Completion(script)) => {
            output::print(&script);
            ExitCode::SUCCESS
        }
    }
}

fn parser() -> OptionParser<Asked> {
    let row = long("provoke").argument::<usize>("ROW").hide();
    let words = positional::<String>("WHAT")
        .help("an error's name, number or words, a call, or a call and one of these")
        .many();
    let words = construct!(Asked::Words(words));
    let row = construct!(Asked::Provoke(row));
    construct!([row, words])
        .to_options()
        .descr("Errors of socket calls: what they mean, provoked here and now, and what to do")
        .with_usage(|usage| {
            let mut doc = bpaf::Doc::default();
            doc.emphasis("Usage: ");
            doc.literal("just error");
            doc.text(" ");
            doc.doc(&usage);
            doc
        })
}

const EXAMPLES: &str = "
Examples:
    just error                            the calls, and the errors of each
    just error EADDRINUSE                 an error by its name, whatever call it comes from
    just error 98                         by its number
    just error address already in use     by its words
    just error 'dial tcp 127.0.0.1:80: connect: connection refused'
                                          in a message of some program, in any language
    just error bind                       all errors of a call
    just error bind EADDRINUSE            one error of a call

Each error is provoked in a process of its own, which may lose rights, run out of descriptors, or
have a network of its own: none of that affects you.

Exit status: 0 when each error came as the table says, or cannot be provoked here; 1 when another
one came, or none; 2 when nothing matches the words.

Without just: cargo run -q -p errors -- …
";
