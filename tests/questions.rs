//! Every question that learners ask has a program, every program proves its answer, and `just ask`
//! finds them.

use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use assert_cmd::assert::Assert;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::{contains, starts_with};
use question::{ALL, Question};
use support::workspace::{path_of, root};
use support::{fails, from_std, has_ipv6, output, printed, program, says, succeeds};

/// The steps that have questions, in their order.
fn steps() -> Vec<&'static str> {
    let mut steps: Vec<&str> = ALL.iter().map(|question| question.step).collect();
    steps.dedup();
    steps
}

/// The names of a step's questions, in their order.
fn names_of(step: &str) -> Vec<&'static str> {
    ALL.iter().filter(|question| question.step == step).map(|question| question.name).collect()
}

/// Runs every program by `start`, four at a time: its source, and how it ended.
fn run_all(start: impl Fn(&str) -> Command + Sync) -> Vec<(&'static str, Assert)> {
    path_of("ask"); // builds the workspace
    let ipv6 = has_ipv6();
    let jobs = Mutex::new(ALL.iter());
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(Question { name, source, .. }) =
                    { jobs.lock().expect("the jobs").next() }
                {
                    if source.contains("Domain::IPV6") && !ipv6 {
                        continue;
                    }
                    let begin = Instant::now();
                    let run = from_std(start(name)).assert().append_context("program", *name);
                    let took = begin.elapsed();
                    assert!(took < Duration::from_secs(20), "{name} took {took:?}");
                    done.lock().expect("the runs").push((*source, run));
                }
            });
        }
    });
    done.into_inner().expect("the runs")
}

/// The question that a program's source begins with.
fn question(source: &str) -> &str {
    source.lines().next().and_then(|line| line.strip_prefix("//! ")).expect("a question")
}

/// It answers: the question first, then what happened, and an answer.
#[cfg(target_os = "linux")]
fn check(source: &str, run: Assert) {
    let run = run
        .success()
        .stderr("")
        .stdout(starts_with(format!("{}\n", question(source))))
        .stdout(contains("\n  Answer: ").count(1));
    for line in printed(&run).lines() {
        assert!(line.chars().count() <= 100, "{line:?} is too long");
    }
}

/// What other systems do otherwise is not shown there, and the program says so.
#[cfg(not(target_os = "linux"))]
#[test]
fn every_program_ends_and_begins_with_its_question() {
    for (source, run) in run_all(|name| Command::new(path_of(&format!("examples/{name}")))) {
        let shown = contains("\n  Answer: ").count(1).and(contains("Not shown here: ").not());
        let not_shown = contains("Not shown here: ").and(contains("Answer: ").not());
        run.success()
            .stdout(starts_with(format!("{}\n", question(source))))
            .stdout(shown.or(not_shown));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn every_program_proves_its_answer() {
    for (source, run) in run_all(|name| Command::new(path_of(&format!("examples/{name}")))) {
        check(source, run);
    }
}

/// Nothing of what they show depends on being root.
#[cfg(target_os = "linux")]
#[test]
fn every_program_proves_its_answer_to_a_user_without_rights() {
    use question::child::give_up_rights;
    use std::fs::File;
    use std::os::fd::AsRawFd;
    use support::linux::{in_child, is_root};

    if !is_root() {
        return; // the other test has shown it
    }
    let open = |name: &str| File::open(path_of(&format!("examples/{name}"))).expect(name);
    let files: Vec<(&str, File)> =
        ALL.iter().map(|question| (question.name, open(question.name))).collect();
    let runs = run_all(|name| {
        // The way to the file may be closed to that user, so it goes by an open descriptor.
        let file = files.iter().find(|(known, _)| *known == name).expect(name).1.as_raw_fd();
        let mut command = Command::new(format!("/proc/self/fd/{file}"));
        // SAFETY: it makes system calls, and allocates nothing.
        unsafe { in_child(&mut command, give_up_rights) };
        command
    });
    for (source, run) in runs {
        check(source, run);
    }
}

/// A head that names systems names those that there are: a misspelt one would never run.
#[test]
fn the_heads_name_systems_that_there_are() {
    let mut of_linux = 0;
    for Question { name, source, .. } in ALL {
        let systems = question::Head::of(source).systems;
        let known = ["", "Linux", "Linux and macOS", "Linux and Windows"];
        assert!(known.contains(&systems.as_str()), "{name}: {systems:?}");
        of_linux += usize::from(!systems.is_empty());
    }
    assert!(of_linux > 0);
}

/// Here is none that runs on other systems alone, so this one says that it does.
#[cfg(not(windows))]
#[test]
fn a_program_of_another_system_is_not_run() {
    let head = question::Head::of("//! Why?\n//!\n//! Because.\n//!\n//! Runs on Windows alone.");
    assert!(!head.runs_here());
    assert_eq!((head.why.as_str(), head.systems.as_str()), ("Because.", "Windows"));
    assert!(question::Head::of("//! Why?").runs_here());
}

/// The list has every program of that kind, and its names stay: whoever takes one out has to say so
/// here as well.
#[test]
fn every_program_is_in_the_list() {
    let mut listed = 0;
    for step in steps() {
        let names = names_of(step);
        let folder = root().join("crates").join(step).join("examples");
        for file in std::fs::read_dir(folder).expect("the examples") {
            let file = file.expect("an example").path();
            let source = std::fs::read_to_string(&file).expect("a source");
            let name = file.file_stem().and_then(|name| name.to_str()).expect("a name");
            assert_eq!(
                source.contains("question::run(include_str!("),
                names.contains(&name),
                "{name}"
            );
        }
        listed += names.len();
    }
    assert_eq!(listed, 63);
}

#[test]
fn every_question_is_listed_under_its_step() {
    let mut run = succeeds(&mut program(path_of("ask")));
    let mut expected = Vec::new();
    for step in steps() {
        expected.push(step);
        expected.extend(names_of(step));
    }
    let first_words: Vec<&str> = printed(&run)
        .lines()
        .filter(|line| !line.starts_with("   ") && !line.starts_with("Run one"))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(first_words, expected);
    for Question { name, source, .. } in ALL {
        run = run.stdout(says(format!("{name} {}", question(source))));
    }
}

#[test]
fn words_of_the_question_or_of_the_answer_find_it() {
    let ask = |words: &[&str]| succeeds(program(path_of("ask")).args(words));
    let same = |words: &[&str], others: &[&str]| {
        ask(words).stdout(printed(&ask(others)).to_string());
    };
    ask(&["permission denied"])
        .stdout(contains("privileged_port"))
        .stdout(contains("broadcast"))
        .stdout(contains("\n  port_zero ").not());
    same(&["Permission", "DENIED"], &["permission denied"]);
    // The word stands in no question, and in the answers or the errors of these.
    ask(&["time_wait", "restart"]).stdout(contains("reuse_addr_vs_reuse_port"));
    same(&["time-wait", "restart"], &["time_wait", "restart"]);
    ask(&["ECONNRESET"]).stdout(contains("close_that_resets"));
    // Words are found from their beginning: supported is no port.
    ask(&["port"]).stdout(contains("family_type_protocol").not());
    // A plural is as good as a singular, and words that tell nothing do not count.
    same(&["threads"], &["thread"]);
    same(&["how do I send a string"], &["send", "string"]);
    ask(&["0.0.0.0"])
        .stdout(contains("unreachable_from_outside"))
        .stdout(contains("byte_order").not());
    same(&["Permission denied (os error 13)"], &["permission denied"]);
}

/// Where no question has all the words, those that have the most are the nearest.
#[test]
fn words_that_do_not_fit_together_find_the_nearest() {
    succeeds(program(path_of("ask")).args(["xyzzy", "WouldBlock"]))
        .stdout(starts_with("No question has all of these words."))
        .stdout(contains("\n  would_block "));
}

#[test]
fn the_name_of_a_step_lists_its_questions() {
    for step in steps() {
        let names = names_of(step);
        let list = output(program(path_of("ask")).arg(step));
        assert_eq!(list.lines().next(), Some(step));
        assert_eq!(list.lines().filter(|line| line.starts_with("  ")).count(), names.len());
    }
}

#[test]
fn what_is_not_found_says_so() {
    fails(program(path_of("ask")).arg("xyzzy"), 2)
        .stderr(starts_with("error: no question has the words `xyzzy`"))
        .stderr(contains("just ask"));
    fails(program(path_of("ask")).arg("--xyzzy"), 2)
        .stderr(starts_with("error: there is no option `--xyzzy`"));
}

#[test]
fn help_says_how_to_ask() {
    let mut help = succeeds(program(path_of("ask")).arg("--help"));
    for words in ["Usage: just ask", "port_zero", "Without just", "--example"] {
        help = help.stdout(contains(words));
    }
}

/// By its name; dashes, or nothing between its words, will do. It needs cargo, which an ordinary user of the test may
/// not be allowed to use.
#[test]
fn a_name_runs_the_program() {
    let folder = path_of("ask").parent().expect("a folder").to_path_buf();
    if !support::workspace::may_build(&folder) {
        return support::skip("this user cannot build");
    }
    for name in ["port_zero", "port-zero", "portzero"] {
        succeeds(program(path_of("ask")).arg(name))
            .stdout(starts_with("What is port 0?\n"))
            .stdout(contains("Answer: "));
    }
}

#[test]
fn a_program_takes_no_arguments_but_help() {
    path_of("ask");
    fails(program(path_of("examples/port_zero")).arg("8080"), 2)
        .stderr(starts_with("error: `8080`"));
    succeeds(program(path_of("examples/port_zero")).arg("--help"))
        .stdout(starts_with("What is port 0?\n"))
        .stdout(contains("Answer:").not());
}

/// A program that sees something else than it says fails, and says what it saw. Here the kernel, as
/// a sandbox would, refuses what the program takes for granted.
#[cfg(target_os = "linux")]
#[test]
fn a_surprise_fails_and_says_what_was_seen() {
    // connect fails in another way than the program shows.
    let mut command = Command::new(path_of("examples/connection_refused"));
    support::linux::refusing(&mut command, libc::SYS_connect, None, libc::EPERM);
    fails(&mut from_std(command), 1)
        .stderr(says("Operation not permitted (EPERM, 1), not ECONNREFUSED"))
        .stderr(contains("  Why: "));
}
