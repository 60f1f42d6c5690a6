//! Programs that are up to no good: each is judged within its time, and nothing of it is left.

#![cfg(target_os = "linux")]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use support::workspace::{own_program, root};
use support::{complained, fails, from_std, printed, prose, python, says, skip};
use tempfile::TempDir;

/// How long the judge may take: 5 s for what it waits for, and as long again on a busy machine.
const IN_TIME: Duration = Duration::from_secs(20);

/// A hostile program, the exercise that it pretends to solve, and words that the judge has for it.
type Case = (&'static str, &'static str, &'static str);

/// What the judge says of each.
const ALL: [Case; 23] = [
    ("fork_bomb", "bind-any-port", "it was ended, as it had made more than 100 processes"),
    ("thread_bomb", "bind-any-port", "it was ended, as it had made more than 100 processes"),
    ("flood", "bind-any-port", "it was ended, as it had printed more than 10 MB"),
    ("prints_no_text", "bind-any-port", "it printed"),
    ("sleeper", "bind-any-port", "your program has made no call on a socket"),
    ("closes_everything", "bind-any-port", "your program has made no call on a socket"),
    ("kills_its_parent", "bind-any-port", "your program has made no call on a socket"),
    ("kills_everybody", "bind-any-port", "your program has made no call on a socket"),
    ("leaves_a_daemon", "lines", "Seen:"),
    ("kills_its_group", "bind-any-port", "your program has ended"),
    ("reaches_for_others", "bind-any-port", "own reached"),
    ("daemon_kills_its_judges", "bind-any-port", "[ ]"),
    ("closes_all_and_forks", "bind-any-port", "it printed no line"),
    ("floods_from_many", "bind-any-port", "nobody holds it"),
    ("is_not_traced", "bind-any-port", "your program has made no call on a socket"),
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
    let seen = crate::calls_are_seen();
    // Unless they are seen, root may make as many processes as there is room for; and who hides from
    // whoever looks is like others.
    let fits = |name: &&str| seen || !(name.ends_with("bomb") || *name == "is_not_traced");
    let some = |names: &[&'static str]| names.iter().copied().filter(fits).collect::<Vec<_>>();
    let all = ALL.map(|(name, ..)| name);
    let words = if seen { None } else { Some("") };
    add(named(&some(&all), words), how("", false));
    add(named(&some(&all[..15]), words), how("", true));
    // As on systems that allow no process numbers of one's own, which is where a program may reach
    // the processes that judge it.
    let names = ["fork_bomb", "flood", "closes_everything", "leaves_a_daemon"];
    add(named(&names, words), how("processes", true));
    add(named(&["kills_its_parent"], Some("")), how("processes", true));
    // As in a sandbox or a container that forbids tracing.
    let names = ["closes_everything", "leaves_a_daemon", "kills_its_parent"];
    add(named(&names, Some("")), how("tracing", true));
    let names = ["fork_bomb", "closes_everything", "leaves_a_daemon", "daemon_kills_its_judges"];
    add(named(&names, Some("")), how("tracing,processes,network", true));
    let names = some(&["closes_all_and_forks", "floods_from_many", "is_not_traced"]);
    add(named(&names, Some("")), how("processes", true));
    add(named(&["closes_all_and_forks"], None), how("tracing,processes,network,signals", true));
    // A program's own group is another one than that of whoever judges it, whatever there is.
    let group = ["kills_its_group"];
    add(named(&group, words), how("processes", false));
    add(named(&group, None), how("tracing,processes,network", false));
    // Before Linux 6.12 signals go to every process of the same user, but not to all at once.
    let all = "all EPERM, groups ['EPERM']";
    add(named(&["reaches_for_others"], Some(all)), how("processes,signals", false));
    add(named(&["reaches_for_others"], Some(all)), how("tracing,processes,signals", true));
    add(named(&["daemon_kills_its_judges"], None), how("tracing,processes,signals", true));
    if signals_can_be_kept_in() {
        let above = "all EPERM, groups ['EPERM'], above ['EPERM'], own reached";
        add(named(&["reaches_for_others"], Some(above)), how("processes", false));
        add(named(&["reaches_for_others"], Some(above)), how("tracing,processes", true));
    }

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

/// Whether the kernel keeps a program's signals from others: from Linux 6.12 on, if it has Landlock.
fn signals_can_be_kept_in() -> bool {
    const VERSION: u32 = 1; // LANDLOCK_CREATE_RULESET_VERSION
    // SAFETY: with this flag it reads no memory.
    let version = unsafe {
        libc::syscall(libc::SYS_landlock_create_ruleset, std::ptr::null::<u8>(), 0, VERSION)
    };
    if version < 6 {
        skip("this kernel has no Landlock that keeps signals in");
    }
    version >= 6
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
    let judged = || {
        let mut practice = Command::new(own_program("practice"));
        practice.current_dir(folder).arg(exercise).arg("--").arg(python);
        // If a signal to its group did not stay away from it, it would end this test as well.
        practice.process_group(0);
        practice.arg(format!("{name}.py")).arg(&mark);
        practice.env("PRACTICE_WITHOUT", how.without);
        if how.stranger {
            practice.env("PRACTICE_STRANGER", "1");
        }
        let began = Instant::now();
        let run = fails(&mut from_std(practice), 1);
        let took = began.elapsed();
        assert!(took < IN_TIME, "{name} took {took:?}");
        run
    };
    let mut run = judged();
    for _ in 0..5 {
        // Where processes are counted together with those of others, there may be too many.
        let too_many = printed(&run).contains("temporarily unavailable");
        // A bomb that gets no processor does not go off within the judge's 5 s.
        let too_late = name.ends_with("bomb")
            && !words.is_empty()
            && printed(&run).contains("it printed no line for 5 s");
        if too_many || too_late {
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

/// More calls than the judge keeps: no sentence may hold because nobody has looked any more.
#[test]
fn a_program_that_calls_without_end_is_ended_and_that_is_said() {
    let run = with_at_most(1000, "calls_without_end.py");
    let Some(run) = run else { return };
    let run = run.code(1).stdout(says("it was ended, as it had made more than 1000 calls"));
    assert!(!printed(&run).contains("Solved"));
}

/// A loop without waiting is no good way, but it is one.
#[test]
fn who_asks_again_and_again_and_gets_nothing_is_not_ended() {
    let run = with_at_most(1000, "asks_again_and_again.py");
    let Some(run) = run else { return };
    run.success().stdout(says("Solved"));
}

/// A program judged by its calls, of which so many are kept.
fn with_at_most(calls: usize, name: &str) -> Option<assert_cmd::assert::Assert> {
    let python = python()?;
    let folder = programs();
    let mut practice = support::program(own_program("practice"));
    practice.current_dir(folder.path()).args(["bind-any-port", "--", python, name]);
    let run = practice.env("PRACTICE_MOST_CALLS", calls.to_string()).assert();
    if printed(&run).contains("Not looked at") {
        skip("calls cannot be seen here");
        return None;
    }
    Some(run)
}

/// Who grades, which is not always a user who could become another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grader {
    /// Whoever runs this test.
    AsHere,
    /// Root of a user namespace that has no other user, as in some containers.
    RootAlone,
    /// The same where nobody may make a further user namespace.
    RootForGood,
}

/// What a teacher has in the environment, the rights of root, and those of whoever is the first in a
/// user namespace, stay away from what is handed in.
#[test]
fn a_submission_has_no_secrets_no_capabilities_and_no_user_namespace() {
    let Some(_) = python() else { return };
    let root_of_none = "capabilities [0], secret 0, namespaces EPERM EPERM ENOSYS";
    let nobody = format!("user 65534, {root_of_none}");
    let root = format!("user 0, {root_of_none}");
    shows_its_rights(Grader::AsHere, root_of_none, "");
    if support::linux::namespaces_allowed() {
        shows_its_rights(Grader::RootAlone, &nobody, "");
        shows_its_rights(Grader::RootForGood, &root, "lets root become no other user");
    }
}

fn shows_its_rights(grader: Grader, words: &str, note: &str) {
    let folder = programs();
    for without in ["", "processes", "tracing,processes,network,signals"] {
        let mut grade = Command::new(own_program("practice"));
        grade.current_dir(folder.path()).args(["grade", "shows_its_rights.py"]);
        grade.args(["--exercise", "bind-any-port"]).env("OF_THE_TEACHER", "a secret");
        grade.env("PRACTICE_WITHOUT", without);
        // SAFETY: this program has one thread after fork, and what this allocates is its own.
        unsafe { grade.pre_exec(move || become_grader(grader)) };
        let run = fails(&mut from_std(grade), 1).stdout(says(words)).stderr(says(note));
        assert_eq!(note.is_empty(), !complained(&run).contains("become no other"), "{grader:?}");
    }
}

fn become_grader(grader: Grader) -> std::io::Result<()> {
    if grader == Grader::AsHere {
        return Ok(());
    }
    let (user, group) = (nix::unistd::getuid(), nix::unistd::getgid());
    nix::sched::unshare(nix::sched::CloneFlags::CLONE_NEWUSER)?;
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("0 {user} 1"))?;
    fs::write("/proc/self/gid_map", format!("0 {group} 1"))?;
    if grader == Grader::RootForGood {
        fs::write("/proc/sys/user/max_user_namespaces", "0")?;
    }
    Ok(())
}

/// The processes that have this word in their command line.
fn processes_with(mark: &str) -> Vec<String> {
    let processes = fs::read_dir("/proc").expect("/proc").filter_map(Result::ok);
    let line = |path: &Path| fs::read_to_string(path.join("cmdline")).unwrap_or_default();
    processes.map(|it| line(&it.path())).filter(|line| line.contains(mark)).collect()
}

/// Whoever ends `practice` ends all that it has started: daemons as well, and also where nothing but
/// their guard knows of them.
#[test]
fn when_practice_is_killed_nothing_is_left() {
    all_end("killed", |practice| signal::kill(practice, Signal::SIGKILL));
}

/// The terminal sends its signal to the foreground's group, in which the program is not.
#[test]
fn ctrl_c_ends_practice_and_all_that_it_has_started() {
    all_end("interrupted", |practice| signal::killpg(practice, Signal::SIGINT));
}

fn all_end(how: &str, end: fn(Pid) -> nix::Result<()>) {
    let Some(python) = python() else { return };
    for without in ["", "processes", "tracing,processes,network,signals"] {
        let mark = format!("--{how}-{}-{without}", std::process::id());
        let start = || {
            let mut practice = Command::new(own_program("practice"));
            practice.current_dir(root()).args(["bind-any-port", "--", python]).process_group(0);
            practice.arg("tests/practice/hostile/stays_as_a_daemon.py").arg(&mark);
            practice.env("PRACTICE_WITHOUT", without).stdout(std::process::Stdio::null());
            practice.spawn().expect("practice starts")
        };
        let give_up = Instant::now() + support::DEADLINE;
        let wait_for = |what: &str| {
            assert!(Instant::now() < give_up, "without {without:?}: waiting until {what}");
            thread::sleep(Duration::from_millis(10));
        };
        let mut practice = start();
        // That is its name.
        let is_daemon = |it: &String| it.starts_with("daemon");
        while !processes_with(&mark).iter().any(is_daemon) {
            // Where processes are counted together with those of others, there may be too many.
            if practice.try_wait().expect("its status").is_some() {
                practice = start();
            }
            wait_for("the daemon runs");
        }
        end(Pid::from_raw(practice.id() as i32)).expect("it runs");
        practice.wait().expect("its end");
        while !processes_with(&mark).is_empty() {
            wait_for("nothing is left");
        }
    }
}
