//! Lists the questions that learners ask, finds them by words, and runs the program that answers.
//!
//! A question is an example of one of the steps: `crates/STEP/examples/NAME.rs`. Its first line is
//! the question itself.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs, io};

use lesson::question::Head;
use lesson::rows::{complain, print, width, wrapped};

/// The steps whose examples are looked at, in the order of the course.
const STEPS: [&str; 6] = ["create", "bind", "listen", "accept", "close", "udp-vs-tcp"];

const HELP: &str = "\
Questions about sockets, each answered by a program that shows it.

Usage: just ask [NAME | WORDS]

Examples:
    just ask                        all questions, step by step
    just ask port_zero              run the program of that name
    just ask permission denied      find by words of the question, its answer or its errors

Without just: cargo run -p ask -- …
Each question is a program of its own: cargo run -p bind --example port_zero
";

/// A question, and the program that answers it.
struct Question {
    step: &'static str,
    name: String,
    question: String,
    /// What can be found: all comments and all that it may print, in lower case.
    text: String,
}

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    if words.iter().any(|word| word == "--help" || word == "-h") {
        print(HELP);
        return ExitCode::SUCCESS;
    }
    let questions = match all_questions() {
        Ok(questions) => questions,
        Err(error) => {
            complain(&format!("error: cannot read the examples of the steps: {error}\n"));
            return ExitCode::from(1);
        }
    };
    let name = words.join("_").replace('-', "_");
    let wanted = words.join(" ").to_lowercase();
    let has_all = |question: &&Question| {
        question.name == name || wanted.split_whitespace().all(|word| question.text.contains(word))
    };
    let found: Vec<&Question> = match questions.iter().find(|question| question.name == name) {
        Some(question) => vec![question],
        None => questions.iter().filter(has_all).collect(),
    };
    match found[..] {
        [] => {
            complain(&format!("error: no question has the words `{wanted}`\n"));
            complain("`just ask` lists all questions (without just: `cargo run -p ask`).\n");
            ExitCode::from(2)
        }
        [question] => run(question),
        _ => {
            list(&found);
            print("\nRun one by its name: just ask port_zero   (find some: just ask time_wait)\n");
            ExitCode::SUCCESS
        }
    }
}

/// The root of the workspace, where this program was built.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn all_questions() -> io::Result<Vec<Question>> {
    let mut questions = Vec::new();
    for step in STEPS {
        let folder = root().join("crates").join(step).join("examples");
        let mut files = fs::read_dir(folder)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<Vec<_>>>()?;
        files.sort();
        for file in files {
            let source = fs::read_to_string(&file)?;
            let Some(name) = file.file_stem().and_then(|name| name.to_str()) else { continue };
            // Other examples show something without a question.
            if source.contains(&format!("question(include_str!(\"{name}.rs\")")) {
                let question = Head::of(&source).question;
                let text = format!("{name} {}", words_of(&source)).to_lowercase();
                questions.push(Question { step, name: name.to_string(), question, text });
            }
        }
    }
    Ok(questions)
}

/// The comment at the head of a program, and its strings.
fn words_of(source: &str) -> String {
    let Head { question, why, elsewhere } = Head::of(source);
    let code = source.replace("\\\"", "'");
    let strings = code.split('"').skip(1).step_by(2).flat_map(str::split_whitespace);
    let strings = strings.filter(|word| *word != "\\").collect::<Vec<_>>().join(" ");
    format!("{question} {why} {elsewhere} {strings}")
}

fn list(questions: &[&Question]) {
    let longest = questions.iter().map(|question| question.name.len()).max().unwrap_or(0);
    let mut step = "";
    for question in questions {
        if question.step != step {
            step = question.step;
            print(&format!("\n{step}\n"));
        }
        let name = format!("  {:longest$}  ", question.name);
        print(&wrapped(&question.question, width(), &name, &" ".repeat(name.len())));
    }
}

/// Runs the program as `cargo run --example` does, and ends as it ends.
fn run(question: &Question) -> ExitCode {
    let built = env::current_exe().is_ok_and(|ask| {
        let program = ask.with_file_name("examples").join(&question.name);
        program.with_extension(env::consts::EXE_EXTENSION).exists()
    });
    if !built {
        complain("Building the program first, which takes some seconds …\n");
    }
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let run = Command::new(cargo)
        .args(["run", "--quiet", "--package", question.step, "--example", &question.name])
        .arg("--manifest-path")
        .arg(root().join("Cargo.toml"))
        .status();
    match run {
        Ok(status) => {
            ExitCode::from(status.code().and_then(|code| code.try_into().ok()).unwrap_or(1))
        }
        Err(error) => {
            complain(&format!("error: cannot run cargo: {error}\n"));
            ExitCode::from(1)
        }
    }
}
