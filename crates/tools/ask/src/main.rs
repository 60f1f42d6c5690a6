//! Lists the questions that learners ask, finds them by words, and runs the program that answers.
//!
//! A question is an example of one of the steps: `crates/STEP/examples/NAME.rs`. Its first line is
//! the question itself.

mod asked;
mod entry;
mod search;
mod words;

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use advice::words;
use messages::{Field, Message, Sense, System, in_a_line};
use output::{Stream, complain, print, width, width_of, wrapped};
use question::{ALL, Question};

use crate::asked::Asked;
use crate::entry::Entry;
use crate::search::find;
use crate::words::Word;

const HELP: &str = "\
Questions about sockets, each answered by a program that you can run.

Usage: just ask [NAME | CHAPTER | WORDS]

Examples:
    just ask                        all questions, chapter by chapter
    just ask port_zero              run the program of that name
    just ask bind                   the questions of a chapter: a step's name, server, or at-work
    just ask permission denied      what fits these words, best first
    just ask 'connect ECONNREFUSED ::1:3344'
                                    what a message leads to, of whichever program

Without just: cargo run -p ask -- …
Each question is a program of its own: cargo run -p bind --example port_zero
";

/// Words that say of a number what it is, and nothing of sockets.
const ABOUT_NUMBERS: [&str; 8] =
    ["code", "errno", "error", "exit", "exited", "number", "os", "status"];

/// From how many words on a text with an error says more than what the error is.
const MANY_WORDS: usize = 7;

fn main() -> ExitCode {
    let asked: Vec<String> =
        env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    if asked.iter().any(|word| word == "--help" || word == "-h") {
        print(HELP);
        return ExitCode::SUCCESS;
    }
    if let Some(option) = asked.iter().find(|word| word.starts_with("--")) {
        told(&format!("error: there is no option `{option}`"));
        told("See `just ask --help` (without just: `cargo run -p ask -- --help`).");
        return ExitCode::from(2);
    }
    let questions: Vec<Entry> = ALL.iter().map(Entry::of).collect();
    let words = asked.join(" ");
    if let Some(question) = named(&questions, &words) {
        return run(question);
    }
    let message = Message::read(&words);
    if message.sense.is_some() {
        return tell(&words, &message, &questions);
    }
    let asked = Asked::of(&words, &questions);
    // The number of no error that is known, or how a program has ended.
    let is_about_a_number = |word: &Word| ABOUT_NUMBERS.contains(&word.text.as_str());
    if words.contains(|c: char| c.is_ascii_digit()) && asked.words.iter().all(is_about_a_number) {
        return nothing(&words);
    }
    let of_step = |question: &&Entry| asked.words.is_empty() || question.step == words;
    let listed: Vec<&Entry> = questions.iter().filter(of_step).collect();
    if let Some(first) = listed.first() {
        list(&listed, true);
        return name_one(first);
    }
    let found = find(&questions, &asked);
    let Some(best) = found.questions.first() else {
        return nothing(&words);
    };
    if !asked.meant.is_empty() {
        print(&wrapped(&format!("Did you mean {}?", asked.meant.join(", ")), width(), "", ""));
    }
    if !found.fits {
        print("The nearest:\n");
    }
    print("\n");
    list(&found.questions, false);
    name_one(best)
}

/// Complains, in lines that fit.
fn told(text: &str) {
    complain(&wrapped(text, width_of(Stream::Stderr), "", ""));
}

/// Where an error is explained.
fn explained(symbol: &str) -> String {
    format!(
        "`just error {symbol}` explains {symbol} (without just: `cargo run -p errors -- {symbol}`)."
    )
}

/// Says that nothing was found, and where else to look.
fn nothing(words: &str) -> ExitCode {
    told(&format!("error: no question has the words `{}`", in_a_line(words)));
    told(
        "`just ask` lists all questions (without just: `cargo run -p ask`), and `just error` \
         explains errors by their name, number or words.",
    );
    ExitCode::from(2)
}

/// Lists the questions about a message, as some program has printed it: those to which it leads,
/// and then others that have the error.
fn tell(text: &str, message: &Message, questions: &[Entry]) -> ExitCode {
    let error = message.errors.first();
    let in_guide =
        error.filter(|error| matches!(error.field, Field::Network | Field::Any | Field::Files));
    let explained = in_guide.map(|error| explained(error.symbol));
    if message.is_of_others {
        told(&format!(
            "error: no question is about `{}`, which is about something else than a socket",
            in_a_line(text)
        ));
        explained.iter().for_each(|text| told(text));
        return ExitCode::from(2);
    }
    let leads = message.questions().into_iter().filter_map(|name| named(questions, name));
    let mut listed: Vec<&Entry> = leads.collect();
    if let Some(error) = error {
        let (symbol, words) = (error.symbol, error.words(System::Linux));
        let has_it = |it: &Question| it.source.contains(symbol) || it.source.contains(words);
        let with_it: Vec<&str> = ALL.iter().filter(|it| has_it(it)).map(|it| it.name).collect();
        let found = find(questions, &Asked::of(&format!("{symbol} {words}"), questions));
        for question in found.questions {
            let is_new = !listed.iter().any(|known| known.name == question.name);
            if is_new && with_it.contains(&question.name) {
                listed.push(question);
            }
        }
    }
    // No question is about the error: perhaps one is about what else was asked.
    if listed.is_empty() && text.split_whitespace().count() >= MANY_WORDS {
        let found = find(questions, &Asked::of(text, questions));
        listed.extend(found.questions.into_iter().filter(|_| found.fits));
    }
    let Some(first) = listed.first() else {
        told(&format!("error: no question has the words `{}`", in_a_line(text)));
        explained.iter().for_each(|text| told(text));
        return ExitCode::from(2);
    };
    let remarks = message.remarks.iter().map(String::as_str);
    let remarks = remarks.chain(message.sense.and_then(Sense::remark)).chain(explained.as_deref());
    remarks.for_each(|text| print(&wrapped(text, width(), "", "")));
    print("\n");
    list(&listed, false);
    name_one(first)
}

/// Says how a question is run.
fn name_one(question: &Entry) -> ExitCode {
    print(&format!("\nRun one by its name: just ask {}\n", question.name));
    ExitCode::SUCCESS
}

/// The question of that name, with or without its marks.
fn named<'a>(questions: &'a [Entry], asked: &str) -> Option<&'a Entry> {
    let plain = |name: &str| name.replace(['_', '-', ' '], "").to_lowercase();
    questions.iter().find(|question| plain(question.name) == plain(asked))
}

fn list(questions: &[&Entry], by_step: bool) {
    let longest = questions.iter().map(|question| question.name.len()).max().unwrap_or(0);
    let mut step = "";
    for question in questions {
        if by_step && question.step != step {
            step = question.step;
            print(&format!("\n{step}\n"));
        }
        let name = format!("  {:longest$}  ", question.name);
        if width() < name.len() + 40 {
            print(&format!("  {}\n", question.name));
            print(&wrapped(&question.question, width(), "    ", "    "));
        } else {
            print(&wrapped(&question.question, width(), &name, &" ".repeat(name.len())));
        }
    }
}

/// A manifest of the workspace: by `cargo run`, which says where this package is now, or from where
/// this program lies. Where it was built may be gone by now.
fn manifest() -> Option<PathBuf> {
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let folder = package.or_else(|| {
        let program = env::current_exe().ok()?;
        let is_root = |folder: &&Path| folder.join("crates/tools/ask").exists();
        program.ancestors().find(is_root).map(Path::to_path_buf)
    });
    Some(folder?.join("Cargo.toml"))
}

/// Runs the program as `cargo run --example` does, and ends as it ends.
fn run(question: &Entry) -> ExitCode {
    let program = env::current_exe().map(|ask| ask.with_file_name("examples").join(question.name));
    let program = program.unwrap_or_default().with_extension(env::consts::EXE_EXTENSION);
    if !program.exists() {
        complain("Building the program first, which takes a few seconds …\n");
    }
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut run = Command::new(cargo);
    run.args(["run", "--quiet", "--package", question.step, "--example", question.name]);
    if let Some(manifest) = manifest() {
        run.arg("--manifest-path").arg(manifest);
    }
    let run = run.status();
    // Without cargo, what was built already can still be run.
    let run = run.or_else(|error| Command::new(program).status().map_err(|_| error));
    match run {
        Ok(status) => {
            ExitCode::from(status.code().and_then(|code| code.try_into().ok()).unwrap_or(1))
        }
        Err(error) => {
            complain(&format!("error: cannot run cargo: {}\n", words(&error)));
            complain("  Do:  Check that cargo is in your PATH, and that you may run it.\n");
            ExitCode::from(1)
        }
    }
}
