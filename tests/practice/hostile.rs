//! Programs that are up to no good: each is judged within its time, and nothing of it is left.

#![cfg(target_os = "linux")]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use support::workspace::{own_program, root};
use support::{fails, from_std, printed, prose, python, says};
use tempfile::TempDir;

/// How long the judge may take: 5 s for what it waits for, and as long again on a busy machine.
const IN_TIME: Duration = Duration::from_secs(20);

/// A hostile program, the exercise that it pretends to solve, and words that the judge has for it.
type Case = (&'static str, &'static str, &'static str);

/// What the judge says of each.
const ALL: [Case; 17] = [
    ("fork_bomb", "bind-any-port", "it was ended, as it had made more than 100 processes"),
    ("thread_bomb", "bind-any-port", "it was ended, as it had made more than 100 processes"),
    ("flood", "bind-any-port", "it was ended, as it had printed more than 10 MB"),
    ("prints_no_text", "bind-any-port", "it printed"),
    ("sleeper", "bind-any-port", "your program has made no call on a socket"),
    ("closes_everything", "bind-any-port", "your program has made no call on a socket"),
    ("kills_its_parent", "bind-any-port", "your program has made no call on a socket"),
    ("kills_everybody", "bind-any-port", "your program has made no call on a socket"),
    ("leaves_a_daemon", "lines", "Seen:"),
    ("ignores_sigterm", "stop-in-order", "it was still running after 5 s"),
    ("crashes", "bind-any-port", "your program has ended by SIGSEGV"),
    ("binds_another_port", "lines", "nobody listens there; your program waits in accept()"),
    ("eats_memory", "bind-any-port", "no more than"),
    ("forges", "bind-any-port", "it printed \"forged"),
    ("stops_itself", "bind-any-port", "your program has made no call on a socket"),
    ("asks_to_be_traced", "bind-any-port", "SIGTRAP"),
    ("shuts_itself_in", "bind-any-port", "your program has ended"),
];

/// How the judge is run.
#[derive(Debug, Clone, Copy, Default)]
struct How {
    /// What it has to do without, though the system may allow it.
    without: &'static str,
    /// As a stranger's program is run by `grade`.
    stranger: bool,
}

#[test]
fn hostile_programs_are_judged_and_nothing_of_them_is_left() {
    let Some(python) = python() else { return };
    let how = |without, stranger| How { without, stranger };
    let mut runs: Vec<(Case, How)> = Vec::new();
    let mut add = |cases: Vec<Case>, how| runs.extend(cases.into_iter().map(|case| (case, how)));
    add(ALL.to_vec(), how("", false));
    add(ALL[..9].to_vec(), how("", true));
    // As on systems that allow no process numbers of one's own, which is where a program may reach
    // the processes that judge it.
    let some = ["fork_bomb", "flood", "closes_everything", "leaves_a_daemon"];
    add(named(&some, None), how("processes", true));
    add(named(&["kills_its_parent"], Some("")), how("processes", true));
    // As in a sandbox or a container that forbids tracing.
    let some = ["closes_everything", "leaves_a_daemon", "kills_its_parent"];
    add(named(&some, Some("")), how("tracing", true));
    let some = ["fork_bomb", "closes_everything", "leaves_a_daemon"];
    add(named(&some, Some("")), how("tracing,processes,network", true));

    // One after another, those that take whatever processor time, and where nothing keeps them apart
    // whatever processes, their user may have.
    let (bombs, others): (Vec<_>, Vec<_>) =
        runs.into_iter().partition(|((name, ..), _)| name.ends_with("bomb"));
    let folder = programs();
    bombs.into_iter().for_each(|(bomb, how)| judge_one(folder.path(), python, bomb, how));
    // These mostly wait for the end of their time.
    let folder = folder.path();
    thread::scope(|threads| {
        let judge = |&(case, how)| threads.spawn(move || judge_one(folder, python, case, how));
        let judges: Vec<_> = others.iter().map(judge).collect();
        for (judge, run) in judges.into_iter().zip(&others) {
            assert!(judge.join().is_ok(), "{run:?}");
        }
    });
}

/// A folder with the programs, which a user without rights can read wherever the course lies.
fn programs() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("its rights");
    // By these `practice` knows the course.
    fs::create_dir_all(folder.path().join("crates/tools/practice/exercises")).expect("a folder");
    fs::copy(root().join("Cargo.lock"), folder.path().join("Cargo.lock")).expect("a copy");
    let hostile = root().join("tests/practice/hostile");
    for entry in fs::read_dir(hostile).expect("the programs").filter_map(Result::ok) {
        fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("a copy");
    }
    folder
}

/// Some of them, perhaps with other words.
fn named(names: &[&str], words: Option<&'static str>) -> Vec<Case> {
    let with = |(name, exercise, own): Case| (name, exercise, words.unwrap_or(own));
    ALL.into_iter().filter(|(name, ..)| names.contains(name)).map(with).collect()
}

fn judge_one(folder: &Path, python: &str, (name, exercise, words): Case, how: How) {
    // By this word its processes are found.
    let mark = format!("--{name}-{}-{how:?}", std::process::id()).replace([' ', '"', '{', '}'], "");
    let mut practice = Command::new(own_program("practice"));
    practice.current_dir(folder).arg(exercise).arg("--").arg(python);
    practice.arg(format!("{name}.py")).arg(&mark);
    practice.env("PRACTICE_WITHOUT", how.without);
    if how.stranger {
        practice.env("PRACTICE_STRANGER", "1");
    }
    let mut practice = from_std(practice);
    let mut judged = || {
        let began = Instant::now();
        let run = fails(&mut practice, 1);
        let took = began.elapsed();
        assert!(took < IN_TIME, "{name} took {took:?}");
        run
    };
    let mut run = judged();
    // A bomb that gets no processor does not go off within the judge's 5 s: then once more.
    for _ in 0..4 {
        if name.ends_with("bomb") && printed(&run).contains("it printed no line for 5 s") {
            run = judged();
        }
    }
    let run = run.stdout(says(words)).stdout(contains('\u{1b}').not());
    let text = prose(printed(&run));
    let solved = text.matches("[x]").count();
    let most = if name == "ignores_sigterm" { 3 } else { 0 };
    assert!(solved <= most, "{name}: {text}");
    let left = processes_with(&mark);
    assert!(left.is_empty(), "{name} has left {left:?}");
}

/// The processes that have this word in their command line.
fn processes_with(mark: &str) -> Vec<String> {
    let processes = fs::read_dir("/proc").expect("/proc").filter_map(Result::ok);
    let line = |path: &Path| fs::read_to_string(path.join("cmdline")).unwrap_or_default();
    processes.map(|it| line(&it.path())).filter(|line| line.contains(mark)).collect()
}

/// Whoever ends `practice` ends all that it has started.
#[test]
fn when_practice_is_killed_nothing_is_left() {
    let Some(python) = python() else { return };
    let mark = format!("--killed-{}", std::process::id());
    let mut practice = Command::new(own_program("practice"));
    practice.current_dir(root()).args(["bind-any-port", "--", python]);
    practice.arg("tests/practice/hostile/sleeper.py").arg(&mark);
    practice.stdout(std::process::Stdio::null());
    let mut practice = practice.spawn().expect("practice starts");
    let until = |holds: &dyn Fn(usize) -> bool, what: &str| {
        let give_up = Instant::now() + support::DEADLINE;
        // The sleeper's own process, besides those that have its command line in theirs.
        while !holds(processes_with(&mark).len()) {
            assert!(Instant::now() < give_up, "waiting until {what}");
            thread::sleep(Duration::from_millis(10));
        }
    };
    until(&|number| number >= 3, "the program runs");
    practice.kill().expect("it runs");
    practice.wait().expect("its end");
    until(&|number| number == 0, "nothing is left");
}
