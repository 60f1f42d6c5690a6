//! What a learner meets, who knows nothing but `just practice`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;
use support::workspace::{cargo, own_program, root};
use support::{copy_program, fails, output, printed, program, python, says, skip, succeeds};
use tempfile::TempDir;

/// Of the course, what `practice` looks for: the exercises, and the versions of what they use. The
/// learner's folder is made in it.
pub struct Course(TempDir);

impl Course {
    pub fn new(name: &str) -> Course {
        let folder = tempfile::Builder::new().prefix(name).tempdir().expect("a folder");
        let exercises = "crates/tools/practice/exercises";
        copy(&root().join(exercises), &folder.path().join(exercises));
        fs::copy(root().join("Cargo.lock"), folder.path().join("Cargo.lock")).expect("a lock file");
        Course(folder)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn practice(&self, words: &[&str]) -> assert_cmd::Command {
        let mut practice = program(own_program("practice"));
        // The first time it builds, beside others that build.
        practice.current_dir(self.path()).args(words).timeout(Duration::from_secs(120));
        practice
    }

    /// A file of the learner's folder.
    fn own(&self, name: &str) -> PathBuf {
        self.path().join("my-practice").join(name)
    }

    fn text_of(&self, name: &str) -> String {
        let path = self.own(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.own(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("its folder");
        fs::write(path, text).expect("a file of the learner's");
    }

    /// What the course has, for an exercise.
    fn given(&self, exercise: &str, file: &str) -> String {
        let path = self.path().join("crates/tools/practice/exercises").join(exercise).join(file);
        fs::read_to_string(path).expect("a file of the exercise")
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::write(to, fs::read(entry.path()).expect("a file")).expect("its copy");
        }
    }
}

/// Whether this user can run cargo, which compiles a learner's programs.
pub fn cargo_runs() -> bool {
    let version = cargo().arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let runs = version.is_ok_and(|status| status.success());
    if !runs {
        skip("this user cannot run cargo");
    }
    runs
}

/// The exercise to which what was printed leads.
fn next(printed: &str) -> String {
    let (_, name) = printed.rsplit_once("Next: just practice ").expect("the next exercise");
    name.trim().to_string()
}

/// An exercise whose starter fails by what its peers see, on every system.
const SEEN_BY_PEERS: &str = "lines";

#[test]
fn the_list_leads_to_the_first_exercise_and_its_solution_to_the_next() {
    // The first exercise makes sockets, and nothing that a peer could see.
    if !cargo_runs() || !crate::calls_are_seen() {
        return;
    }
    let course = Course::new("first");
    let list = output(&mut course.practice(&[]));
    let first = next(&list);
    let program = format!("src/bin/{first}.rs");
    let solve = || course.write(&program, &course.given(&first, "solution.rs"));

    let run = course.practice(&[&first]).assert();
    assert!(list.contains(" 0 of ") && list.contains(&format!("[ ] {first} ")), "{list}");
    let run =
        run.stdout(contains(format!("{first} · "))).stdout(contains("[x]").or(contains("[ ]")));
    run.stdout(says(format!("Your program is my-practice/{program}.")));
    assert_eq!(course.text_of(&program), course.given(&first, "starter.rs"));

    course.write(&program, "fn main() { let }\n");
    fails(&mut course.practice(&[&first]), 1)
        .stderr(contains("error: expected pattern"))
        .stderr(contains("error: it does not compile, so it was not run"))
        .stdout(contains("[x]").not().and(contains("[ ]").not()));
    assert_eq!(course.text_of(&program), "fn main() { let }\n");

    solve();
    let run = succeeds(&mut course.practice(&[&first])).stdout(contains("Solved: "));
    let second = next(printed(&run));
    assert_ne!(second, first);
    let list = output(&mut course.practice(&[]));
    assert!(list.contains(" 1 of ") && list.contains(&format!("[x] {first} ")), "{list}");
    assert_eq!(next(&list), second);

    // Whoever has solved it may see another solution at once.
    succeeds(&mut course.practice(&["solution", &first]))
        .stdout(contains(course.given(&first, "solution.rs")))
        .stdout(contains(course.given(&first, "solution.py")));
}

#[test]
fn a_beginning_fails_with_what_was_seen_instead_and_where_that_is_taught() {
    if python().is_none() {
        return;
    }
    let course = Course::new("verdict");
    fails(&mut course.practice(&[SEEN_BY_PEERS, "--python"]), 1)
        .stderr("")
        .stdout(contains("  [x] "))
        .stdout(contains("  [ ] "))
        .stdout(contains("Expected: "))
        .stdout(contains("Seen:     "))
        .stdout(contains("Taught in docs/src/"))
        .stdout(contains("(not reached)"))
        .stdout(contains(format!("A hint: just hint {SEEN_BY_PEERS}")));
}

#[test]
fn three_hints_come_one_after_another_and_a_solution_when_asked_twice() {
    let course = Course::new("hints");
    let hints: Vec<String> =
        (0..4).map(|_| output(&mut course.practice(&["hint", SEEN_BY_PEERS]))).collect();
    for (shown, count) in hints.iter().zip([1, 2, 3, 3]) {
        let numbers = (1..=3).filter(|number| shown.contains(&format!("\n  {number}. ")));
        let first = usize::from(shown.starts_with("  1. "));
        assert_eq!(first + numbers.count(), count, "{shown}");
    }
    assert_eq!(hints[2], hints[3]);

    let solution = course.given(SEEN_BY_PEERS, "solution.py");
    fails(&mut course.practice(&["solution", SEEN_BY_PEERS]), 1)
        .stdout(says("Ask once more"))
        .stdout(contains("import").not());
    succeeds(&mut course.practice(&["solution", SEEN_BY_PEERS])).stdout(contains(solution));
}

#[test]
fn what_a_learner_wrote_is_never_overwritten_and_reset_keeps_a_copy() {
    if python().is_none() {
        return;
    }
    let course = Course::new("own-work");
    let program = format!("{SEEN_BY_PEERS}.py");
    let own = [(program.as_str(), "raise SystemExit(3)\n"), ("Cargo.toml", "# mine\n")];
    for (file, text) in own {
        course.write(file, text);
    }
    fails(&mut course.practice(&[SEEN_BY_PEERS]), 1).stdout(says("ended with status 3"));
    fails(&mut course.practice(&[SEEN_BY_PEERS, "--python"]), 1);
    for (file, text) in own {
        assert_eq!(course.text_of(file), text);
    }

    let reset = |text: &str, copy: &str| {
        succeeds(&mut course.practice(&["reset", SEEN_BY_PEERS]))
            .stdout(says(format!("my-practice/{program} is the beginning again")))
            .stdout(says(format!("my-practice/{copy}")));
        assert_eq!(course.text_of(&program), course.given(SEEN_BY_PEERS, "starter.py"));
        assert_eq!(course.text_of(copy), text);
    };
    reset("raise SystemExit(3)\n", &format!("copies/1-{program}"));
    course.write(&program, "a second try\n");
    reset("a second try\n", &format!("copies/2-{program}"));
    assert_eq!(course.text_of(&format!("copies/1-{program}")), "raise SystemExit(3)\n");

    // What cannot be read is not written anew.
    course.write("progress.toml", "solved = 3\n");
    fails(&mut course.practice(&[]), 1).stderr(contains("progress.toml: mend it, or delete it"));
    course.write(&program, &course.given(SEEN_BY_PEERS, "solution.py"));
    course.practice(&[SEEN_BY_PEERS]).assert().success().stderr(contains("progress.toml"));
    assert_eq!(course.text_of("progress.toml"), "solved = 3\n");
}

/// The program that was changed last is meant.
#[test]
fn without_a_word_about_it_the_language_is_that_of_the_latest_program() {
    if python().is_none() {
        return;
    }
    let course = Course::new("latest");
    course.write(&format!("src/bin/{SEEN_BY_PEERS}.rs"), "fn main() { let }\n");
    let rust =
        fs::File::options().write(true).open(course.own(&format!("src/bin/{SEEN_BY_PEERS}.rs")));
    rust.and_then(|it| it.set_modified(std::time::SystemTime::UNIX_EPOCH)).expect("an old file");
    course.write(&format!("{SEEN_BY_PEERS}.py"), &course.given(SEEN_BY_PEERS, "solution.py"));
    succeeds(&mut course.practice(&[SEEN_BY_PEERS])).stdout(contains("Solved: "));
}

/// In the place of the learner's folder is a file here, which is in the way of root as well.
#[test]
fn where_nothing_can_be_written_a_program_is_judged_and_it_is_said_that_nobody_will_remember() {
    let Some(python) = python() else { return };
    let course = Course::new("unwritable");
    fs::write(course.path().join("my-practice"), "").expect("a file");
    let solution = format!("crates/tools/practice/exercises/{SEEN_BY_PEERS}/solution.py");
    let run = course.practice(&[SEEN_BY_PEERS, "--", python, &solution]).assert().success();
    run.stdout(contains("Solved: ")).stderr(contains("my-practice"));
    fails(&mut course.practice(&[SEEN_BY_PEERS]), 1).stderr(contains("my-practice"));
    assert!(course.path().join("my-practice").is_file());
}

/// A folder as it may be on a machine of a school: to be read, and no more.
#[cfg(target_os = "linux")]
#[test]
fn in_a_folder_that_is_only_to_be_read_a_learners_own_program_is_judged_too() {
    use std::os::unix::fs::PermissionsExt;
    use support::linux::in_child;
    if python().is_none() {
        return;
    }
    let course = Course::new("read-only");
    course.write(&format!("{SEEN_BY_PEERS}.py"), &course.given(SEEN_BY_PEERS, "solution.py"));
    succeeds(&mut course.practice(&[SEEN_BY_PEERS]));
    fs::remove_file(course.own("progress.toml")).expect("the progress");
    let folder = course.own("");
    let with_mode = |mode| fs::set_permissions(&folder, fs::Permissions::from_mode(mode));
    with_mode(0o555).expect("its mode");
    let mut practice = Command::new(own_program("practice"));
    practice.current_dir(course.path()).arg(SEEN_BY_PEERS);
    const CAP_DAC_OVERRIDE: libc::c_ulong = 1;
    let change = || {
        // Root may write everywhere, with this. Who may not drop it does not have it.
        // SAFETY: prctl with numbers alone touches no memory.
        unsafe { libc::prctl(libc::PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, 0, 0, 0) };
        Ok(())
    };
    // SAFETY: it makes a system call, and allocates nothing.
    unsafe { in_child(&mut practice, change) };
    let run = support::from_std(practice).assert();
    with_mode(0o755).expect("its mode");
    let run = run.success().stdout(contains("Solved: "));
    run.stderr(says("this cannot be remembered")).stderr(contains("Permission denied"));
}

#[test]
fn a_name_that_is_none_leads_to_one_that_is_near() {
    let course = Course::new("names");
    fails(&mut course.practice(&["bind-an-port"]), 2)
        .stderr(says("there is no exercise \"bind-an-port\": did you mean bind-any-port?"));
    for words in [["hint", "bindanyport"], ["solution", "bind-any"], ["--check", "bind-any-prt"]] {
        fails(&mut course.practice(&words), 2).stderr(contains("did you mean bind-any-port?"));
    }
    fails(&mut course.practice(&["zzz"]), 2).stderr(contains("`just practice` lists them"));
    fails(&mut course.practice(&["hint"]), 2).stderr(contains("EXERCISE"));
    fails(&mut course.practice(&["reset", "lines"]), 1).stderr(contains("just practice lines"));
    assert!(!course.own("").exists(), "nothing was begun");
}

#[test]
fn far_from_the_course_it_says_where_to_go() {
    // The program itself lies in the course, but for a copy of it.
    let folder = std::env::temp_dir().join(format!("far-from-the-course-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let copy = folder.join(own_program("practice").file_name().expect("a name"));
    copy_program(&own_program("practice"), &copy);
    let mut practice = program(&copy);
    let run = practice.current_dir(&folder).assert();
    fs::remove_dir_all(&folder).expect("it goes");
    run.code(1).stderr(says("this is not inside the course's folder"));
}

/// Rows of xray as well, which a process without a terminal makes.
#[test]
fn in_a_narrow_terminal_lines_are_short() {
    if python().is_none() {
        return;
    }
    let course = Course::new("narrow");
    let words: [&[&str]; 4] = [
        &[],
        &["hint", SEEN_BY_PEERS],
        &[SEEN_BY_PEERS, "--python"],
        &["queue-of-five", "--python"],
    ];
    for (words, width) in words.iter().flat_map(|words| [40, 60, 100].map(|width| (words, width))) {
        let mut practice = course.practice(words);
        let run = practice.env("LESSON_WIDTH", width.to_string()).assert();
        for line in printed(&run).lines() {
            assert!(line.chars().count() <= width, "{width}: {line:?}");
        }
        // On one line where that is wide enough, although it stands further right than xray's.
        let is_row = |line: &str| line.contains("listen(") && line.contains("LISTEN  queue");
        if printed(&run).contains("listen(") && printed(&run).contains("queue 0 of") {
            assert_eq!(width == 100, printed(&run).lines().any(is_row), "{width}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn colour_comes_on_a_terminal_alone_and_not_with_no_color() {
    use support::linux::on_terminal;
    let course = Course::new("colour");
    let list = || {
        let mut practice = Command::new(own_program("practice"));
        practice.current_dir(course.path()).env("TERM", "xterm").env_remove("NO_COLOR");
        practice
    };
    assert!(on_terminal(&mut list(), 100).contains("\u{1b}["));
    assert!(!on_terminal(list().env("NO_COLOR", "1"), 100).contains('\u{1b}'));
    let narrow = on_terminal(list().env("NO_COLOR", "1"), 40);
    assert!(narrow.lines().all(|line| line.chars().count() <= 40), "{narrow}");
    let mut in_pipe = course.practice(&[]);
    succeeds(in_pipe.env("TERM", "xterm").env_remove("NO_COLOR")).stdout(contains("\u{1b}").not());
}

/// `just practice | head -1`
#[test]
fn when_the_reader_of_a_pipe_has_gone_it_ends_quietly() {
    let course = Course::new("pipe");
    let mut practice = Command::new(own_program("practice"));
    practice.current_dir(course.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut practice = practice.spawn().expect("it starts");
    drop(practice.stdout.take());
    let run = practice.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&run.stderr), "");
    assert!(run.status.success(), "{}", run.status);
}
