//! Every question that learners ask has a program, every program proves its answer, and `just ask`
//! finds them.

use std::process::{Command, Output};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use question::{ALL, Question};
use support::workspace::{path_of, root};
use support::{complaint, has_ipv6, output, program, prose};

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

/// Runs every program by `start`, four at a time: its name, its source, and how it ended.
fn run_all(start: impl Fn(&str) -> Command + Sync) -> Vec<(&'static str, &'static str, Output)> {
    path_of("ask"); // builds the workspace
    let every = ALL.iter();
    let ipv6 = has_ipv6();
    let jobs = Mutex::new(every);
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
                    let run = assert_cmd::Command::from_std(start(name))
                        .timeout(support::DEADLINE)
                        .output()
                        .unwrap_or_else(|error| panic!("{name}: {error}"));
                    let took = begin.elapsed();
                    assert!(took < Duration::from_secs(20), "{name} took {took:?}");
                    done.lock().expect("the runs").push((*name, *source, run));
                }
            });
        }
    });
    done.into_inner().expect("the runs")
}

/// It answers: the question first, then what happened, and an answer.
#[cfg(target_os = "linux")]
fn check(name: &str, source: &str, run: &Output) {
    let text = String::from_utf8_lossy(&run.stdout);
    let complaint = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{name}: {}\n{text}{complaint}", run.status);
    assert_eq!(complaint, "", "{name}");
    let question = source.lines().next().and_then(|line| line.strip_prefix("//! "));
    assert_eq!(text.lines().next(), question, "{name} begins with its question");
    assert_eq!(text.matches("\n  Answer: ").count(), 1, "{name}:\n{text}");
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "{name}: {line:?} is too long");
    }
}

/// What other systems do otherwise, some programs find out and say so.
#[cfg(not(target_os = "linux"))]
#[test]
fn every_program_ends_and_begins_with_its_question() {
    for (name, source, run) in run_all(|name| Command::new(path_of(&format!("examples/{name}")))) {
        let text = String::from_utf8_lossy(&run.stdout);
        let question = source.lines().next().and_then(|line| line.strip_prefix("//! "));
        assert_eq!(text.lines().next(), question, "{name} begins with its question");
        assert!([Some(0), Some(1)].contains(&run.status.code()), "{name}: {}", run.status);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn every_program_proves_its_answer() {
    for (name, source, run) in run_all(|name| Command::new(path_of(&format!("examples/{name}")))) {
        check(name, source, &run);
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
    for (name, source, run) in runs {
        check(name, source, &run);
    }
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
    let list = output(&mut program(path_of("ask")));
    let mut expected = Vec::new();
    for step in steps() {
        expected.push(step);
        expected.extend(names_of(step));
    }
    let first_words: Vec<&str> = list
        .lines()
        .filter(|line| !line.starts_with("   ") && !line.starts_with("Run one"))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(first_words, expected);
    for Question { name, source, .. } in ALL {
        let question = source.lines().next().expect("a line").trim_start_matches("//! ");
        assert!(prose(&list).contains(&format!("{name} {question}")), "{name}:\n{list}");
    }
}

#[test]
fn words_of_the_question_or_of_the_answer_find_it() {
    let ask = |words: &[&str]| output(program(path_of("ask")).args(words));
    let by_question = ask(&["permission denied"]);
    assert!(by_question.contains("privileged_port"), "{by_question}");
    assert!(by_question.contains("broadcast"), "{by_question}");
    assert!(!by_question.contains("\n  port_zero "), "{by_question}");
    assert_eq!(ask(&["Permission", "DENIED"]), by_question);
    // The word stands in no question, and in the answers or the errors of these.
    let by_answer = ask(&["time_wait", "restart"]);
    assert!(by_answer.contains("reuse_addr_vs_reuse_port"), "{by_answer}");
    assert_eq!(ask(&["time-wait", "restart"]), by_answer);
    let by_symbol = ask(&["ECONNRESET"]);
    assert!(by_symbol.contains("close_that_resets"), "{by_symbol}");
    // Words are found from their beginning: supported is no port.
    assert!(!ask(&["port"]).contains("family_type_protocol"));
    // A plural is as good as a singular, and words that tell nothing do not count.
    assert_eq!(ask(&["threads"]), ask(&["thread"]));
    assert_eq!(ask(&["how do I send a string"]), ask(&["send", "string"]));
    assert!(ask(&["0.0.0.0"]).contains("unreachable_from_outside"));
    assert!(!ask(&["0.0.0.0"]).contains("byte_order"));
    let by_message = ask(&["Permission denied (os error 13)"]);
    assert_eq!(by_message, by_question);
}

/// Where no question has all the words, those that have the most are the nearest.
#[test]
fn words_that_do_not_fit_together_find_the_nearest() {
    let nearest = output(program(path_of("ask")).args(["xyzzy", "WouldBlock"]));
    assert!(nearest.starts_with("No question has all of these words."), "{nearest}");
    assert!(nearest.contains("\n  would_block "), "{nearest}");
}

#[test]
fn the_name_of_a_step_lists_its_questions() {
    for step in steps() {
        let names = names_of(step);
        let list = output(program(path_of("ask")).arg(step));
        assert_eq!(list.lines().next(), Some(step), "{list}");
        assert_eq!(list.lines().filter(|line| line.starts_with("  ")).count(), names.len());
    }
}

#[test]
fn what_is_not_found_says_so() {
    let complaint = complaint(program(path_of("ask")).args(["xyzzy"]), 2);
    assert!(complaint.starts_with("error: no question has the words `xyzzy`"), "{complaint}");
    assert!(complaint.contains("just ask"), "{complaint}");
    let complaint = support::complaint(program(path_of("ask")).arg("--xyzzy"), 2);
    assert!(complaint.starts_with("error: there is no option `--xyzzy`"), "{complaint}");
}

#[test]
fn help_says_how_to_ask() {
    let help = output(program(path_of("ask")).arg("--help"));
    for words in ["Usage: just ask", "port_zero", "Without just", "--example"] {
        assert!(help.contains(words), "{words}: {help}");
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
        let run = output(program(path_of("ask")).arg(name));
        assert!(run.starts_with("What is port 0?\n"), "{run}");
        assert!(run.contains("Answer: "), "{run}");
    }
}

#[test]
fn a_program_takes_no_arguments_but_help() {
    path_of("ask");
    let complaint = complaint(program(path_of("examples/port_zero")).arg("8080"), 2);
    assert!(complaint.starts_with("error: `8080`"), "{complaint}");
    let help = output(program(path_of("examples/port_zero")).arg("--help"));
    assert!(help.starts_with("What is port 0?\n"), "{help}");
    assert!(!help.contains("Answer:"), "{help}");
}

/// A program that sees something else than it says fails, and says what it saw. Here the kernel, as
/// a sandbox would, refuses what the program takes for granted.
#[cfg(target_os = "linux")]
#[test]
fn a_surprise_fails_and_says_what_was_seen() {
    let refused = |name: &str, call: i64, errno: i32| {
        path_of("ask");
        let mut command = Command::new(path_of(&format!("examples/{name}")));
        support::linux::refusing(&mut command, call, None, errno);
        complaint(&mut assert_cmd::Command::from_std(command), 1)
    };
    // connect fails in another way than the program shows.
    let other_error = refused("connection_refused", libc::SYS_connect, libc::EPERM);
    let expected = "expected ECONNREFUSED, and Operation not permitted (EPERM, 1)";
    assert!(prose(&other_error).contains(expected), "{other_error}");
    assert!(other_error.contains("  Why: "), "{other_error}");
}
