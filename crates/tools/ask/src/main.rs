//! Lists the questions that learners ask, finds them by words, and runs the program that answers.
//!
//! A question is an example of one of the steps: `crates/STEP/examples/NAME.rs`. Its first line is
//! the question itself.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use advice::words;
use output::{complain, print, width, wrapped};
use question::{ALL, Head, Question};

const HELP: &str = "\
Questions about sockets, each answered by a program that you can run.

Usage: just ask [NAME | STEP | WORDS]

Examples:
    just ask                        all questions, step by step
    just ask port_zero              run the program of that name
    just ask bind                   the questions of a step
    just ask permission denied      search the questions, answers and programs for words

Without just: cargo run -p ask -- …
Each question is a program of its own: cargo run -p bind --example port_zero
";

/// A question, and the text in which it is found.
struct Entry {
    step: &'static str,
    name: &'static str,
    question: String,
    /// Its name, its comment and all that it may print, in lower case.
    text: String,
}

fn main() -> ExitCode {
    let asked: Vec<String> =
        env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    if asked.iter().any(|word| word == "--help" || word == "-h") {
        print(HELP);
        return ExitCode::SUCCESS;
    }
    if let Some(option) = asked.iter().find(|word| word.starts_with("--")) {
        complain(&format!("error: there is no option `{option}`\n"));
        complain("See `just ask --help` (without just: `cargo run -p ask -- --help`).\n");
        return ExitCode::from(2);
    }
    let questions = all_questions();
    let asked = asked.join(" ");
    if let Some(question) = named(&questions, &asked) {
        return run(question);
    }
    let (found, has_all) = find(&questions, &asked);
    let Some(first) = found.first() else {
        complain(&format!("error: no question has the words `{asked}`\n"));
        complain("`just ask` lists all questions (without just: `cargo run -p ask`), and\n");
        complain("`just error` explains errors by their name, number or words.\n");
        return ExitCode::from(2);
    };
    if !has_all {
        print("No question has all of these words. The nearest:\n");
    }
    list(&found);
    print(&format!("\nRun one by its name: just ask {}\n", first.name));
    ExitCode::SUCCESS
}

fn all_questions() -> Vec<Entry> {
    let entry = |Question { step, name, source }: &Question| {
        let Head { question, why, elsewhere, .. } = Head::of(source);
        let text = format!("{name} {question} {why} {elsewhere} {}", strings_of(source));
        Entry { step, name, question, text: text.to_lowercase() }
    };
    ALL.iter().map(entry).collect()
}

/// The text in a program's strings.
fn strings_of(source: &str) -> String {
    let code = source.replace("\\\"", "'");
    code.split('"').skip(1).step_by(2).flat_map(|text| [text, " "]).collect()
}

/// The question of that name, with or without its marks.
fn named<'a>(questions: &'a [Entry], asked: &str) -> Option<&'a Entry> {
    let plain = |name: &str| name.replace(['_', '-', ' '], "").to_lowercase();
    questions.iter().find(|question| plain(question.name) == plain(asked))
}

/// Those of a step, or those that have all the words; or else the nearest, and then the second
/// value is false.
fn find<'a>(questions: &'a [Entry], asked: &str) -> (Vec<&'a Entry>, bool) {
    let of_step: Vec<_> = questions.iter().filter(|question| question.step == asked).collect();
    if !of_step.is_empty() {
        return (of_step, true);
    }
    // No program contains what Rust adds to an error's message.
    let asked = asked.split(" (os error").next().unwrap_or(asked).to_lowercase();
    let words: Vec<&str> =
        asked.split([' ', '_', '-']).filter(|word| !FILLERS.contains(word)).collect();
    let with = |word: &&str| questions.iter().filter(|question| has(&question.text, word)).count();
    let known: Vec<(&str, usize)> =
        words.iter().map(|word| (*word, with(word))).filter(|(_, count)| *count > 0).collect();
    if known.is_empty() && !words.is_empty() {
        return (Vec::new(), false);
    }
    // A word that few questions have says more than one that many have.
    let score = |question: &&Entry| -> f64 {
        let its = known.iter().filter(|(word, _)| has(&question.text, word));
        its.map(|(_, count)| 1.0 / *count as f64).sum()
    };
    let has_all = |question: &&Entry| words.iter().all(|word| has(&question.text, word));
    let all: Vec<&Entry> = questions.iter().filter(has_all).collect();
    if !all.is_empty() {
        return (all, true);
    }
    let mut nearest: Vec<&Entry> = questions.iter().collect();
    nearest.sort_by(|a, b| score(b).total_cmp(&score(a)));
    nearest.truncate(NEAREST);
    (nearest, false)
}

/// How many questions are shown where none has all words.
const NEAREST: usize = 5;

/// Words that say nothing.
const FILLERS: [&str; 33] = [
    "", "a", "an", "and", "any", "are", "at", "can", "do", "does", "for", "from", "how", "i", "if",
    "in", "is", "it", "me", "my", "of", "on", "or", "that", "the", "there", "to", "we", "what",
    "when", "which", "why", "you",
];

/// Whether a text has a word, or one that begins with it; a plural also finds the singular. What is
/// not a word, such as `0.0.0.0`, must be there exactly.
fn has(text: &str, word: &str) -> bool {
    if !word.chars().all(char::is_alphanumeric) {
        return text.contains(word.trim_matches(['?', '!', ',', '.', ':', '"', '\'']));
    }
    let singular = word.strip_suffix('s').filter(|rest| rest.len() > 2).unwrap_or(word);
    let mut words = text.split(|c: char| !c.is_alphanumeric());
    words.any(|known| known.starts_with(singular))
}

fn list(questions: &[&Entry]) {
    let mut questions = questions.to_vec();
    questions.sort_by_key(|question| ALL.iter().position(|other| other.step == question.step));
    let longest = questions.iter().map(|question| question.name.len()).max().unwrap_or(0);
    let mut step = "";
    for question in questions {
        if question.step != step {
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
