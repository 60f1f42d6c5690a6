//! `practice grade`: a class's submissions, hostile ones among them, and the files that are written.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::contains;
use serde_json::Value;
use support::workspace::{own_program, root};
use support::{complained, printed, program, python, says, skip};
use tempfile::TempDir;
use yaml_rust2::{Yaml, YamlLoader};

const EXERCISE: &str = "bind-any-port";

/// A program that its peers find wrong, also where its calls cannot be seen.
const WRONG: &str = "wrong/asked_for.py";

/// A file of the exercise.
fn given(name: &str) -> PathBuf {
    root().join("crates/tools/practice/exercises").join(EXERCISE).join(name)
}

/// How many sentences the exercise has.
fn sentences() -> usize {
    let data = fs::read_to_string(given("exercise.toml")).expect("the exercise's data");
    data.matches("[[check]]").count()
}

/// A folder of submissions, and a place for files beside it.
struct Class(TempDir);

impl Class {
    fn new() -> Class {
        let class = Class(TempDir::new().expect("a folder"));
        fs::create_dir(class.path()).expect("a folder");
        class
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("handed-in")
    }

    fn beside(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Somebody hands in a text under this name.
    fn hands_in(&self, name: &str, text: impl AsRef<[u8]>) {
        let file = self.path().join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(file, text).expect("a file");
    }

    /// Somebody hands in a file of the exercise.
    fn hands_in_copy(&self, name: &str, of: &str) {
        self.hands_in(name, fs::read(given(of)).expect("the exercise's file"));
    }

    fn grade(&self) -> Command {
        let mut grade = program(own_program("practice"));
        grade.current_dir(root()).arg("grade").arg(self.path()).timeout(4 * support::DEADLINE);
        grade
    }
}

/// Whether programs in Python can be judged here: by a user without rights, where this is root.
fn has_python() -> bool {
    python().is_some()
}

/// Whether a program sees no processes but its own.
fn are_kept_apart() -> bool {
    #[cfg(target_os = "linux")]
    return support::linux::namespaces_allowed() && support::linux::mounts_allowed();
    #[cfg(not(target_os = "linux"))]
    false
}

/// Programs that want to harm the judge, the machine or the others.
const HOSTILE: [(&str, &str); 5] = [
    (
        // A sentence that is as long as memory, and nothing else.
        "flood.py",
        "import sys\nwhile True:\n    sys.stdout.write('port 1' * 100_000)\n",
    ),
    (
        "kills.py",
        "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nos.kill(-1, signal.SIGKILL)\n",
    ),
    ("closes.py", "import os, time\nos.closerange(0, 1 << 16)\ntime.sleep(1 << 20)\n"),
    (
        "daemon.py",
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        \
         time.sleep(1 << 20)\n    os._exit(0)\n",
    ),
    (
        // The files of the others, and of whoever grades.
        "writes.py",
        "import os, sys\nfor top in ('/tmp', '/work', '/home', os.path.expanduser('~')):\n    \
         for folder, _, files in os.walk(top):\n        for file in files:\n            \
         if file in ('good-01.py', 'secret'):\n                \
         open(os.path.join(folder, file), 'w').close()\n",
    ),
];

#[test]
fn thirty_submissions_five_of_them_hostile_are_judged_and_written_down() {
    if !has_python() {
        return;
    }
    let class = Class::new();
    for number in 1..=16 {
        class.hands_in_copy(&format!("good-{number:02}.py"), "solution.py");
    }
    for number in 1..=8 {
        class.hands_in_copy(&format!("wrong-{number:02}/program.py"), WRONG);
    }
    class.hands_in("=1+1.py", "print('port 8080')\n");
    for (name, text) in HOSTILE {
        // Where programs are not kept apart, it would end this test.
        let harmless = name == "kills.py" && !are_kept_apart();
        class.hands_in(name, if harmless { "raise SystemExit(1)\n" } else { text });
    }
    class.hands_in("names.txt", "no program");
    let (csv, junit) = (class.beside("grades.csv"), class.beside("grades.xml"));
    let began = Instant::now();
    let mut grade = class.grade();
    grade.args(["--exercise", EXERCISE]).arg("--csv").arg(&csv).arg("--junit").arg(&junit);
    let run = grade.assert().success();
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    let table = printed(&run);
    assert!(contains("16 of 30 pass").eval(table));
    assert!(contains("[x] good-16.py ").eval(table));
    assert!(contains("[ ] wrong-08 ").eval(table));
    for line in table.lines() {
        assert!(line.chars().count() <= 100, "{line}");
    }
    let good = fs::read(class.path().join("good-01.py")).expect("it is still there");
    assert_eq!(good, fs::read(given("solution.py")).expect("the solution"));
    check_csv(&csv);
    check_junit(&junit);
}

/// What a spreadsheet reads.
fn check_csv(path: &Path) {
    let mut reader = csv::Reader::from_path(path).expect("CSV");
    let columns = reader.headers().expect("columns").clone();
    let at = |name: &str| columns.iter().position(|it| it == name).expect(name);
    let records: Vec<csv::StringRecord> =
        reader.records().map(|record| record.expect("a record")).collect();
    assert_eq!(records.len(), 30);
    let passing = records.iter().filter(|it| &it[at("passes")] == "yes").count();
    assert_eq!(passing, 16);
    for record in &records {
        assert_eq!(&record[at("exercise")], EXERCISE);
        let number = |name| record[at(name)].parse::<usize>().expect("a number");
        assert!(number("holding") <= number("sentences"));
        let failed = !record[at("first that failed")].is_empty();
        assert_ne!(failed, &record[at("passes")] == "yes", "{record:?}");
        assert!(record[at("seconds")].parse::<f64>().expect("a number") > 0.0);
        // No cell is a formula.
        assert!(record.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{record:?}");
    }
    assert!(records.iter().any(|record| &record[at("submission")] == "'=1+1.py"));
}

/// What a reader of JUnit makes of it; it is another library than the one that has written it.
fn check_junit(path: &Path) {
    let report = fs::read(path).expect("a report");
    let report = junit_parser::from_reader(&report[..]).expect("JUnit");
    assert_eq!(report.suites.len(), 30);
    let of = |name: &str| {
        let suite = report.suites.iter().find(|suite| suite.name.starts_with(name));
        &suite.expect(name).cases
    };
    for suite in &report.suites {
        assert_eq!(suite.tests, suite.cases.len() as u64, "{}", suite.name);
    }
    let good = of("good-01.py");
    assert!(good[0].status.is_success(), "{good:?}");
    // What cannot be looked at here is skipped.
    assert!(good.iter().all(|it| it.status.is_success() || it.status.is_skipped()), "{good:?}");
    for name in HOSTILE.map(|(name, _)| name).into_iter().chain(["wrong-01", "wrong-08"]) {
        let cases = of(name);
        assert!(cases[0].status.is_failure(), "{name}: {cases:?}");
        assert!(cases[1..].iter().all(|case| case.status.is_skipped()), "{name}: {cases:?}");
    }
}

/// The fields are those of https://gradescope-autograders.readthedocs.io/en/latest/specs/
#[test]
fn one_persons_results_are_as_gradescope_documents_them() {
    if !has_python() {
        return;
    }
    let results = |copy: &str, status: i32| {
        let class = Class::new();
        class.hands_in_copy("mine.py", copy);
        let file = class.beside("results.json");
        let mut grade = class.grade();
        grade.args(["--one", "--exercise", EXERCISE]).arg("--gradescope").arg(&file);
        grade.assert().code(status);
        let text = fs::read_to_string(file).expect("the results");
        serde_json::from_str::<Value>(&text).expect("JSON")
    };
    const TOP: [&str; 6] =
        ["execution_time", "output", "output_format", "visibility", "stdout_visibility", "tests"];
    const TEST: [&str; 9] = [
        "name",
        "name_format",
        "number",
        "score",
        "max_score",
        "status",
        "output",
        "output_format",
        "visibility",
    ];
    const FORMATS: [&str; 5] = ["text", "html", "simple_format", "md", "ansi"];
    const VISIBILITY: [&str; 4] = ["hidden", "after_due_date", "after_published", "visible"];
    let check = |results: &Value| -> (f64, f64) {
        let fields = results.as_object().expect("an object");
        assert!(fields.keys().all(|name| TOP.contains(&name.as_str())), "{fields:?}");
        assert!(results["execution_time"].is_u64());
        assert!(results["output"].is_string());
        assert!(FORMATS.contains(&results["output_format"].as_str().expect("a format")));
        for name in ["visibility", "stdout_visibility"] {
            assert!(VISIBILITY.contains(&results[name].as_str().expect(name)));
        }
        let tests = results["tests"].as_array().expect("tests");
        assert_eq!(tests.len(), sentences());
        let mut scores = (0.0, 0.0);
        for test in tests {
            let fields = test.as_object().expect("an object");
            assert!(fields.keys().all(|name| TEST.contains(&name.as_str())), "{fields:?}");
            let number = |name: &str| test[name].as_f64().expect(name);
            scores = (scores.0 + number("score"), scores.1 + number("max_score"));
            assert!(test["name"].is_string() && test["number"].is_string());
            assert!(FORMATS.contains(&test["output_format"].as_str().expect("a format")));
            assert!(VISIBILITY.contains(&test["visibility"].as_str().expect("visibility")));
            let expected = if number("score") > 0.0 { "passed" } else { "failed" };
            assert!(number("max_score") == 0.0 || test["status"] == expected, "{test}");
        }
        scores
    };
    let (score, most) = check(&results("solution.py", 0));
    assert!(score == most && most >= 2.0);
    let wrong = results(WRONG, 1);
    assert_eq!(check(&wrong).0, 0.0);
    assert!(contains("Seen:").eval(wrong["tests"][0]["output"].as_str().expect("words")));
}

#[test]
fn results_for_gradescope_are_one_persons() {
    let class = Class::new();
    class.hands_in("anna.py", "");
    class.hands_in("bert.py", "");
    let mut grade = class.grade();
    grade.args(["--exercise", EXERCISE, "--gradescope", "results.json"]);
    grade.assert().code(2).stderr(contains("--one"));
}

/// Symbolic links come with a checkout of what somebody has handed in.
#[cfg(unix)]
#[test]
fn nothing_that_a_link_leads_to_is_judged() {
    use std::os::unix::fs::symlink;
    let class = Class::new();
    fs::write(class.beside("secret.py"), "print('port 1')\n").expect("a file");
    symlink("../secret.py", class.path().join("anna.py")).expect("a link");
    class.hands_in("bert/notes.txt", "");
    symlink("../../secret.py", class.path().join("bert/bind-any-port.py")).expect("a link");
    symlink("bert", class.path().join("carl")).expect("a link");
    let run = class.grade().args(["--exercise", EXERCISE]).assert().success();
    let table = printed(&run);
    assert!(
        contains(format!("anna.py  0 of {}  it is a link, not a file", sentences())).eval(table)
    );
    assert!(contains(format!("bert     0 of {}  no program is in it", sentences())).eval(table));
    assert!(!contains("carl").eval(table));
}

/// Nor is a folder followed that is a link, wherever it is on the way to a program.
#[cfg(unix)]
#[test]
fn nothing_in_a_folder_that_is_a_link_is_judged() {
    use std::os::unix::fs::symlink;
    if !crate::learner::cargo_runs() {
        return;
    }
    let class = Class::new();
    class.hands_in_copy("dora/my-practice/src/bin/bind-any-port.py", "solution.py");
    class.hands_in_copy("dora/bind-any-port/src/main.rs", "solution.rs");
    class.hands_in("dora/bind-any-port/Cargo.toml", "[package]\nname = \"dora\"\n");
    let links = [
        ("my-practice", "dora/my-practice"),
        ("my-practice/src", "dora/my-practice/src"),
        ("my-practice/src/bin", "dora/my-practice/src/bin"),
        ("src/bin", "dora/my-practice/src/bin"),
        ("src", "dora/my-practice/src"),
        ("bind-any-port", "dora/bind-any-port"),
        ("bind-any-port/src", "dora/bind-any-port/src"),
    ];
    for (number, (link, to)) in links.iter().enumerate() {
        let own = class.path().join(format!("evil{number}"));
        fs::create_dir_all(own.join(link).parent().expect("a folder")).expect("a folder");
        fs::write(own.join("notes.txt"), "").expect("a file");
        if link.starts_with("bind-any-port/") {
            fs::write(own.join("bind-any-port/Cargo.toml"), "[package]\n").expect("a file");
        }
        symlink(class.path().join(to), own.join(link)).expect("a link");
    }
    let run = class.grade().args(["--exercise", EXERCISE]).assert().success();
    for (number, (link, _)) in links.iter().enumerate() {
        let line =
            format!("evil{number} 0 of {} {link} is a link, and no link is followed", sentences());
        assert!(says(&line).eval(printed(&run)), "{line}: {}", printed(&run));
    }
}

/// Names of files are bytes on Unix.
#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf_8_stay_apart() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let class = Class::new();
    let names: [&[u8]; 4] = [b"x\xe8", b"x\xe9", b"x\\xe9", b"x\xe9.py"];
    for name in names {
        let path = class.path().join(OsStr::from_bytes(name));
        match name.ends_with(b".py") {
            true => fs::write(path, "").expect("a file"),
            false => {
                fs::create_dir(&path).expect("a folder");
                fs::write(path.join("bind-any-port.py"), "").expect("a file");
            }
        }
    }
    let csv = class.beside("grades.csv");
    let mut grade = class.grade();
    grade.args(["--exercise", EXERCISE]).arg("--csv").arg(&csv).assert().success();
    let csv = fs::read_to_string(csv).expect("CSV");
    let shown: Vec<&str> = csv.lines().skip(1).filter_map(|line| line.split('"').nth(1)).collect();
    assert_eq!(shown, ["x\\\\xe9", "x\\xe8", "x\\xe9", "x\\xe9.py"]);
}

#[test]
fn many_programs_for_one_exercise_take_no_more_time_than_a_few() {
    if !has_python() {
        return;
    }
    let class = Class::new();
    for folder in ["", "src/bin/", "my-practice/"] {
        let name = format!("anna/{folder}bind-any-port.py");
        class.hands_in(&name, "import time\ntime.sleep(100)\n");
    }
    let mut grade = class.grade();
    grade.env("PRACTICE_ENOUGH", "0").args(["--exercise", EXERCISE]);
    let run = grade.assert().code(1);
    let said = printed(&run).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(contains("After 1 of them and more than 0 s the others were not judged").eval(&said));
}

/// GitHub takes lines of a log for commands.
#[test]
fn a_submission_gives_githubs_runner_no_commands() {
    if !crate::learner::cargo_runs() {
        return;
    }
    let class = Class::new();
    class.hands_in("bind-any-port.rs", "compile_error!(\"\n::error::forged\");\n");
    let mut grade = class.grade();
    grade.env("GITHUB_ACTIONS", "true").args(["--exercise", EXERCISE]);
    let shown = printed(&grade.assert()).to_string();
    let number = shown.strip_prefix("::stop-commands::").and_then(|rest| rest.split('\n').next());
    let number = number.expect("a number");
    assert!(number.parse::<u64>().is_ok_and(|it| it > 1 << 32), "{number}");
    assert!(shown.ends_with(&format!("\n::{number}::\n")), "{shown}");
}

#[test]
fn programs_are_found_where_people_put_them() {
    if !has_python() {
        return;
    }
    let class = Class::new();
    for name in [
        "flat.py",
        "named/bind_any_port.py",
        "moodle_123_assignsubmission_file/archive/whatever.py",
        "course/my-practice/bind-any-port.py",
        "twice/bind-any-port.py",
    ] {
        class.hands_in_copy(name, "solution.py");
    }
    class.hands_in("named/other.py", "");
    // Of several for one exercise the best counts.
    class.hands_in_copy("twice/my-practice/bind-any-port.py", WRONG);
    class.hands_in("unclear/a.py", "");
    class.hands_in("unclear/b.py", "");
    class.hands_in("empty/.hidden.py", "");
    let run = class.grade().args(["--exercise", EXERCISE]).assert().success();
    let table = printed(&run);
    for name in ["flat.py", "named", "moodle_123_assignsubmiss…", "course", "twice"] {
        assert!(contains(format!("[x] {name} ")).eval(table), "{name}");
    }
    assert!(says("2 programs are in it, and none is named bind-any-port").eval(table));
    assert!(says("no program is in it").eval(table));
    // Without --exercise, names say which one is meant.
    let run = class.grade().assert().code(1);
    assert!(contains("--exercise NAME").eval(complained(&run)));
    let mut one = program(own_program("practice"));
    one.current_dir(root()).args(["grade", "--one"]).arg(class.path().join("named"));
    one.assert().success().stdout(contains("Solved"));
}

#[test]
fn programs_in_rust_are_compiled_alone_and_as_projects() {
    if !crate::learner::cargo_runs() {
        return;
    }
    let class = Class::new();
    class.hands_in_copy("file.rs", "solution.rs");
    class.hands_in_copy("project/src/main.rs", "solution.rs");
    class.hands_in(
        "project/Cargo.toml",
        "[package]\nname = \"mine\"\nedition = \"2024\"\n\n[dependencies]\n\
         socket2 = { version = \"0.6\", features = [\"all\"] }\n",
    );
    class.hands_in("error.rs", "fn main() { let number: u8 = \"text\"; }\n");
    let run = class.grade().args(["--exercise", EXERCISE]).assert().success();
    let table = printed(&run);
    for name in ["file.rs ", "project "] {
        assert!(contains(format!("[x] {name}")).eval(table));
    }
    assert!(contains("  it does not compile: error[E0308]").eval(table));
    let mut one = program(own_program("practice"));
    one.current_dir(root()).args(["grade", "--exercise", EXERCISE]);
    one.arg(class.path().join("error.rs"));
    one.assert().code(1).stdout(contains("let number: u8"));
}

/// What is compiled may read files, and run programs.
#[cfg(target_os = "linux")]
#[test]
fn a_compiler_sees_no_files_of_others_and_writes_nowhere_else() {
    if !crate::learner::cargo_runs() {
        return;
    }
    if !are_kept_apart() {
        return;
    }
    let class = Class::new();
    let other = class.path().join("other.rs");
    class.hands_in_copy("other.rs", "solution.rs");
    let mark = class.beside("mark");
    class.hands_in("reads.rs", format!("const OTHER: &str = include_str!({other:?});\n{}", MAIN));
    class.hands_in("builds/src/main.rs", MAIN);
    class.hands_in(
        "builds/Cargo.toml",
        "[package]\nname = \"mine\"\nedition = \"2024\"\nbuild = \"tells.rs\"\n",
    );
    class.hands_in(
        "builds/tells.rs",
        format!(
            "fn main() {{\n    let written = std::fs::write({mark:?}, \"\").is_err();\n    \
             let home = std::fs::read_dir({home:?}).map_or(0, |it| it.count());\n    \
             let reached = std::net::UdpSocket::bind((\"127.0.0.1\", 0)).unwrap()\n        \
             .send_to(b\"\", \"192.0.2.1:9\").is_err();\n    \
             panic!(\"WRITES-NOT {{written}} NO-NETWORK {{reached}} OTHERS {{home}}\");\n}}\n",
            home = class.path(),
        ),
    );
    let csv = class.beside("grades.csv");
    class.grade().args(["--exercise", EXERCISE]).arg("--csv").arg(&csv).assert().success();
    assert!(!mark.exists());
    let mut reader = csv::Reader::from_path(csv).expect("CSV");
    let seen: Vec<String> =
        reader.records().map(|it| it.expect("a record")[9].to_string()).collect();
    let [builds, other, reads] = &seen[..] else { panic!("{seen:?}") };
    assert!(builds.contains("WRITES-NOT true NO-NETWORK true OTHERS 0"), "{builds}");
    assert_eq!(other, "");
    assert!(reads.contains("couldn't read"), "{reads}");
}

/// Nor does the program: whatever it finds it could print. The solutions are kept from it as well.
#[cfg(target_os = "linux")]
#[test]
fn a_program_sees_nothing_of_the_others() {
    if !has_python() || !are_kept_apart() {
        return;
    }
    let class = Class::new();
    open_to_all(class.0.path());
    let work = class.beside("work");
    fs::create_dir(&work).expect("a folder");
    open_to_all(&work);
    class.hands_in_copy("other.py", "solution.py");
    class.hands_in(
        "curious.py",
        format!(
            "import os
here = os.getcwd()
solution = os.path.exists({:?})
print('FOUND', os.listdir(here), \
             len(os.listdir(os.path.dirname(here))), os.listdir({:?}), solution, flush=True)\n",
            given("solution.py"),
            class.path()
        ),
    );
    let csv = class.beside("grades.csv");
    let mut grade = class.grade();
    grade.env("TMPDIR", &work).args(["--exercise", EXERCISE, "--at-once", "1"]);
    grade.arg("--csv").arg(&csv).assert().success();
    let mut reader = csv::Reader::from_path(csv).expect("CSV");
    let first = reader.records().next().expect("a record").expect("a record");
    assert!(first[9].contains("FOUND ['curious.py'] 1 [] False"), "{first:?}");
}

/// Where a program sees the processes that judge it, what it says for them does not count.
#[cfg(target_os = "linux")]
#[test]
fn no_program_gives_itself_a_verdict() {
    if !has_python() {
        return;
    }
    let class = Class::new();
    class.hands_in("forges.py", include_str!("hostile/forges_the_verdict.py"));
    for without in ["", "processes", "processes,tracing,network"] {
        let mut grade = class.grade();
        grade.args(["--exercise", EXERCISE]).env("PRACTICE_WITHOUT", without);
        let run = grade.assert().code(1);
        assert!(
            !contains("of its own").eval(printed(&run)) && !contains("[x]").eval(printed(&run))
        );
    }
}

/// Names and texts that want to be read as something else.
#[cfg(target_os = "linux")]
#[test]
fn no_name_and_no_text_looks_like_another_result() {
    if !crate::learner::cargo_runs() {
        return;
    }
    if !has_python() {
        return;
    }
    let class = Class::new();
    let text =
        "import sys\nsys.stdout.buffer.write('port \\ufffe\\uffff\\0]]>;=1+1\\n'.encode())\n";
    let names = ["a\n  [x] anna.py", "b\u{202e}yp.py", " =1+1.py", "c;=1+1.py"];
    for name in names {
        class.hands_in(&format!("{name}.py"), text);
    }
    // A line of an error that is as long as it likes.
    class.hands_in("d.rs", format!("compile_error!(\"{}\");\n", "long ".repeat(100_000)));
    let (csv, junit) = (class.beside("grades.csv"), class.beside("grades.xml"));
    let mut grade = class.grade();
    grade.args(["--exercise", EXERCISE]).arg("--csv").arg(&csv).arg("--junit").arg(&junit);
    let run = grade.assert().success();
    let table = printed(&run);
    assert!(!table.lines().any(|line| line.starts_with("  [x]")), "{table}");
    assert!(!table.contains('\u{202e}'), "{table}");
    let csv = fs::read_to_string(csv).expect("CSV");
    let results = csv.lines().filter(|line| line.contains(EXERCISE));
    assert!(results.clone().all(|line| line.starts_with('"')), "{csv}");
    assert_eq!(results.count(), names.len() + 1);
    assert!(csv.contains("\"' =1+1.py.py\""), "{csv}");
    assert!(csv.len() < 100_000);
    let junit = fs::read_to_string(junit).expect("JUnit");
    assert!(!junit.contains(['\u{fffe}', '\u{ffff}', '\0', '\u{1b}']), "{junit}");
}

/// What leads past namespaces and mounts: the terminal, what is open, and what is no network's.
#[cfg(target_os = "linux")]
#[test]
fn a_program_reaches_neither_the_terminal_nor_other_sockets_of_this_machine() {
    use std::os::fd::AsRawFd;
    use std::os::unix::process::CommandExt;
    if !has_python() || !are_kept_apart() {
        return;
    }
    let class = Class::new();
    class.hands_in("tries.py", include_str!("hostile/tries_ways_out.py"));
    let open = fs::File::create(class.beside("open")).expect("a file");
    let descriptor = open.as_raw_fd();
    let mut grade = std::process::Command::new(own_program("practice"));
    grade.current_dir(root()).arg("grade").arg(class.path()).args(["--exercise", EXERCISE]);
    // Somebody has left a file open for the grader, and so for what it starts.
    let as_from_a_shell = move || {
        // SAFETY: fcntl with F_DUPFD copies a descriptor, without O_CLOEXEC.
        let copy = unsafe { libc::fcntl(descriptor, libc::F_DUPFD, 100) };
        // SAFETY: the first takes nothing, the second numbers: what stdout is becomes the terminal
        // of the grader, which `/dev/tty` stands for.
        let terminal = unsafe { libc::setsid() != -1 && libc::ioctl(1, libc::TIOCSCTTY, 0) != -1 };
        if copy == -1 || !terminal { Err(std::io::Error::last_os_error()) } else { Ok(()) }
    };
    // SAFETY: between fork and exec it makes system calls alone.
    unsafe { grade.pre_exec(as_from_a_shell) };
    let shown = support::linux::on_terminal(&mut grade, 100);
    assert!(!shown.contains("FORGED"), "{shown:?}");
    let words = "tty ENXIO, Unix EAFNOSUPPORT, VSOCK EAFNOSUPPORT, io_uring ENOSYS, open []";
    assert!(says(words).eval(&shown), "{shown}");
}

#[cfg(target_os = "linux")]
const MAIN: &str = "fn main() {}\n";

#[test]
fn other_languages_are_run_by_a_command() {
    let node = std::process::Command::new("node").arg("--version").output();
    if !node.is_ok_and(|run| run.status.success()) {
        skip("there is no node for a submission in JavaScript");
        return;
    }
    let class = Class::new();
    class.hands_in(
        "anna.js",
        "const server = require('net').createServer();\n\
         server.listen(0, process.argv[2], () => console.log('port ' + server.address().port));\n\
         process.stdin.resume();\nprocess.stdin.on('end', () => process.exit(0));\n",
    );
    let mut grade = class.grade();
    grade.args(["--exercise", EXERCISE, "--command", "js=node {}"]);
    grade.assert().success().stdout(contains("Solved"));
    let mut grade = class.grade();
    grade.args(["--exercise", EXERCISE, "--command", "node"]);
    grade.assert().code(2).stderr(contains("js=node {}"));
}

/// Neither a process nor a file is left.
#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_ends_everything() {
    if !has_python() {
        return;
    }
    let class = Class::new();
    for number in 0..4 {
        class.hands_in(&format!("{number}.py"), "import time\ntime.sleep(1 << 20)\n");
    }
    let work = class.beside("work");
    fs::create_dir(&work).expect("a folder");
    open_to_all(class.0.path());
    open_to_all(&work);
    let mut grade = std::process::Command::new(own_program("practice"));
    grade.current_dir(root()).arg("grade").arg(class.path()).args(["--exercise", EXERCISE]);
    let mut grade = grade.env("TMPDIR", &work).spawn().expect("it starts");
    let sleeps = || processes_with(&work.display().to_string());
    wait_until("a submission runs", || sleeps() > 0);
    let began = Instant::now();
    // SAFETY: kill takes two numbers; the process has not been waited for.
    unsafe { libc::kill(grade.id() as i32, libc::SIGINT) };
    assert_eq!(grade.wait().expect("its status").code(), Some(130));
    wait_until("no submission runs", || sleeps() == 0);
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    assert_eq!(fs::read_dir(&work).expect("the folder").count(), 0);
}

#[cfg(target_os = "linux")]
fn open_to_all(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).expect("it is ours");
}

/// How many processes have a program in Python below this folder in their command line.
#[cfg(target_os = "linux")]
fn processes_with(words: &str) -> usize {
    let processes = fs::read_dir("/proc").expect("/proc").filter_map(Result::ok);
    let lines = processes.filter_map(|it| fs::read(it.path().join("cmdline")).ok());
    lines
        .filter(|line| {
            let line = String::from_utf8_lossy(line);
            line.contains(words) && line.contains(".py")
        })
        .count()
}

#[cfg(target_os = "linux")]
fn wait_until(what: &str, is: impl Fn() -> bool) {
    let began = Instant::now();
    while !is() {
        assert!(began.elapsed() < support::DEADLINE, "it does not come to this: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_narrow_terminal_shows_a_bar_and_a_table_that_fits() {
    let class = Class::new();
    class.hands_in("a-long-name-that-goes-on-and-on-and-on/notes.txt", "");
    class.hands_in("anna/notes.txt", "");
    let mut grade = std::process::Command::new(own_program("practice"));
    grade.current_dir(root()).arg("grade").arg(class.path()).args(["--exercise", EXERCISE]);
    let shown = support::linux::on_terminal(grade.env("TERM", "xterm"), 44);
    let (bar, table) = shown.rsplit_once('\r').expect("a bar before the table");
    assert!(contains("0 of 2").eval(bar), "{bar:?}");
    let table = table.trim_start_matches("\x1b[2K");
    for line in table.lines() {
        assert!(line.chars().count() <= 44 && !line.contains('\x1b'), "{shown:?}");
    }
    assert!(contains("0 of 2 pass").eval(table), "{shown:?}");
}

fn template(name: &str) -> (PathBuf, String) {
    let path = root().join("crates/tools/practice/classroom").join(name);
    let text = fs::read_to_string(&path).expect("the template");
    (path, text)
}

/// What the template for GitHub Classroom runs judges a submission in the way that it expects.
#[test]
fn the_workflow_for_github_classroom_runs_a_command_that_works() {
    if !has_python() {
        return;
    }
    let (_, text) = template("github-classroom.yml");
    let workflow = YamlLoader::load_from_str(&text).expect("YAML").remove(0);
    let steps = workflow["jobs"]["run-autograding-tests"]["steps"].as_vec().expect("steps");
    let grader = |step: &&Yaml| {
        step["uses"].as_str().is_some_and(|it| it.contains("autograding-command-grader@"))
    };
    let step = steps.iter().find(grader).expect("a step that grades");
    let id = step["id"].as_str().expect("its id");
    let reporter = steps.last().expect("a reporter");
    assert_eq!(reporter["with"]["runners"].as_str(), Some(id));
    let results = format!("{}_RESULTS", id.to_uppercase());
    let named = format!("${{{{ steps.{id}.outputs.result }}}}");
    assert_eq!(reporter["env"][results.as_str()].as_str(), Some(named.as_str()));
    let command = step["with"]["command"].as_str().expect("its command");
    let words: Vec<&str> = command.split(' ').collect();
    assert_eq!(words[0], "course/target/debug/practice");
    for (copy, status) in [("solution.py", 0), (WRONG, 1)] {
        let machine = TempDir::new().expect("a folder");
        let submission = machine.path().join("submission");
        fs::create_dir(&submission).expect("a folder");
        fs::copy(given(copy), submission.join("bind_any_port.py")).expect("a copy");
        let mut grade = program(own_program("practice"));
        grade.current_dir(machine.path()).args(&words[1..]).assert().code(status);
    }
}

/// The script for Gradescope, in a folder that looks like Gradescope's.
#[cfg(unix)]
#[test]
fn the_script_for_gradescope_writes_results() {
    if !has_python() {
        return;
    }
    let machine = TempDir::new().expect("a folder");
    let programs = machine.path().join("source/course/target/debug");
    for folder in [&programs, &machine.path().join("submission"), &machine.path().join("results")] {
        fs::create_dir_all(folder).expect("a folder");
    }
    let practice = programs.join("practice");
    std::os::unix::fs::symlink(own_program("practice"), practice).expect("a link");
    fs::copy(given(WRONG), machine.path().join("submission/mine.py")).expect("a copy");
    let (script, _) = template("gradescope/run_autograder");
    program(script).current_dir(machine.path()).assert().success();
    let results = fs::read_to_string(machine.path().join("results/results.json"));
    let results: Value = serde_json::from_str(&results.expect("results")).expect("JSON");
    assert_eq!(results["tests"].as_array().expect("tests").len(), sentences());
    let (setup, _) = template("gradescope/setup.sh");
    program("bash").arg("-n").arg(setup).assert().success();
}
