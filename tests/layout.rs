//! The house in order: who uses whom, how long things are, and what a learner can carry off.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use support::alone::check_alone;
use support::workspace::root;

const STEPS: [&str; 6] = ["create", "bind", "listen", "accept", "close", "udp-vs-tcp"];

/// What the steps share, in the order in which each may use those before it.
const SHARED: [&str; 5] = ["kernel", "advice", "output", "lesson", "question"];

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The Rust files of a folder and those below it.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn source_folder(name: &str) -> PathBuf {
    root().join("crates/shared").join(name).join("src")
}

/// The code of a file, without its comments.
fn code(path: &Path) -> String {
    let text = read(path);
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or(""));
    lines.collect::<Vec<_>>().join("\n")
}

/// The six steps, and beside them nothing but a folder for each other kind of thing.
#[test]
fn one_look_at_crates_shows_the_six_steps() {
    let entries = fs::read_dir(root().join("crates")).expect("the crates");
    let found: BTreeSet<String> = entries
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    let expected = STEPS.into_iter().chain(["beyond", "shared", "tools"]);
    assert_eq!(found, expected.map(String::from).collect());
}

#[test]
fn steps_and_shared_crates_use_only_those_before_them() {
    for (place, name) in SHARED.iter().enumerate() {
        let manifest = read(&root().join("crates/shared").join(name).join("Cargo.toml"));
        for later in &SHARED[place + 1..] {
            let uses = manifest.contains(&format!("\n{later}."));
            assert!(!uses, "{name} uses {later}, which stands above it");
        }
        for step in STEPS {
            assert!(!manifest.contains(&format!("\n{step}.")), "{name} uses the step {step}");
        }
    }
    for step in STEPS {
        let manifest = read(&root().join("crates").join(step).join("Cargo.toml"));
        let (_, own) = manifest.split_once("\n[dependencies]\n").expect("dependencies");
        let own = own.split("\n[").next().expect("its lines");
        let names =
            own.lines().filter_map(|line| line.split('.').next()).filter(|it| !it.is_empty());
        assert_eq!(names.collect::<Vec<_>>(), ["anyhow", "lesson", "socket2"], "{step}");
    }
}

/// The modules of a crate, each with those that it names by `crate::`; `lib` is the root.
fn modules(name: &str) -> BTreeMap<String, BTreeSet<String>> {
    let folder = source_folder(name);
    let module = |path: &Path| path.file_stem().expect("a name").to_string_lossy().into_owned();
    // What one system tells is in one of several files, and named `system`.
    let alias = |word: &str| {
        let systems = ["linux", "macos", "windows", "other"];
        if name == "kernel" && systems.contains(&word) {
            "system".to_string()
        } else {
            word.to_string()
        }
    };
    let files = sources(&folder);
    let names: BTreeSet<String> = files.iter().map(|path| alias(&module(path))).collect();
    let mut uses = BTreeMap::<String, BTreeSet<String>>::new();
    for path in &files {
        let code = code(path);
        assert!(!code.contains("super::"), "{}: names its modules by crate::", path.display());
        let mut named = BTreeSet::new();
        for rest in code.replace("$crate::", "").split("crate::").skip(1) {
            // One name, or several in braces.
            let list = match rest.strip_prefix('{') {
                Some(list) => list.split('}').next().expect("its end"),
                None => rest,
            };
            let several = rest.starts_with('{');
            for word in list.split(',').take(if several { usize::MAX } else { 1 }) {
                let is_name = |c: char| c.is_alphanumeric() || c == '_';
                let word: String = word.trim().chars().take_while(|c| is_name(*c)).collect();
                let word = if names.contains(&word) { word } else { "lib".to_string() };
                named.insert(word);
            }
        }
        uses.entry(alias(&module(path))).or_default().extend(named);
    }
    uses
}

/// A way from a module back to itself.
fn circle(uses: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn walk(
        uses: &BTreeMap<String, BTreeSet<String>>,
        way: &mut Vec<String>,
        done: &mut BTreeSet<String>,
    ) -> bool {
        let here = way.last().expect("a module").clone();
        for next in uses.get(&here).into_iter().flatten() {
            if way.contains(next) {
                way.push(next.clone());
                return true;
            }
            if !done.contains(next) {
                way.push(next.clone());
                if walk(uses, way, done) {
                    return true;
                }
                way.pop();
            }
        }
        done.insert(here);
        false
    }
    let mut done = BTreeSet::new();
    uses.keys().find_map(|module| {
        let mut way = vec![module.clone()];
        walk(uses, &mut way, &mut done).then_some(way)
    })
}

#[test]
fn modules_of_the_shared_crates_do_not_use_each_other_in_a_circle() {
    for name in SHARED {
        let uses = modules(name);
        assert!(uses.len() > 3, "{name}: {uses:?}");
        assert_eq!(circle(&uses), None, "{name}");
    }
    let one = |module: &str, used: &str| (module.to_string(), BTreeSet::from([used.to_string()]));
    assert!(circle(&BTreeMap::from([one("a", "b"), one("b", "c"), one("c", "a")])).is_some());
    assert!(circle(&BTreeMap::from([one("a", "b"), one("b", "c")])).is_none());
}

/// What prints nothing does not know what prints.
#[test]
fn the_kernels_view_and_the_advice_print_nothing() {
    for name in ["kernel", "advice"] {
        for path in sources(&source_folder(name)) {
            let code = code(&path);
            for word in ["print!", "println!", "stdout", "stderr", "output::"] {
                assert!(!code.contains(word), "{}: {word}", path.display());
            }
        }
    }
}

#[test]
fn what_the_steps_share_is_small() {
    let mut lines_of_lesson = 0;
    for name in SHARED {
        for path in sources(&source_folder(name)) {
            let lines = read(&path).lines().count();
            assert!(lines <= 250, "{} has {lines} lines", path.display());
            lines_of_lesson += if name == "lesson" { lines } else { 0 };
        }
    }
    assert!((1..1000).contains(&lines_of_lesson), "lesson has {lines_of_lesson} lines");
}

/// A step's own call, by which its function is known.
const OWN_CALLS: [(&str, &str); 6] = [
    ("create", "Socket::new("),
    ("bind", "server.bind("),
    ("listen", "listener.listen("),
    ("accept", "listener.accept("),
    ("close", "drop("),
    ("udp-vs-tcp", ".send_to("),
];

#[test]
fn every_step_is_short_and_shows_its_own_call_first() {
    for (step, call) in OWN_CALLS {
        let path = root().join("crates").join(step).join("src/main.rs");
        let text = read(&path);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.len() <= 60, "{} has {} lines", path.display(), lines.len());
        for line in &lines {
            assert!(line.chars().count() <= 80, "{}: {line}", path.display());
        }
        let start = format!("fn {}(", step.replace('-', "_"));
        let function =
            lines.iter().position(|line| line.starts_with(&start)).expect("its function");
        let own = lines[function..].iter().position(|line| line.contains(call)).expect(call);
        assert!(own < 25, "{}: {call} comes at line {} of its function", path.display(), own + 1);
    }
}

/// The plain programs, by the names of their examples.
const PLAIN: [(&str, &str); 7] = [
    ("create", "create"),
    ("bind", "bind"),
    ("listen", "listen"),
    ("accept", "accept"),
    ("close", "close"),
    ("udp-vs-tcp", "tcp"),
    ("udp-vs-tcp", "udp"),
];

#[test]
fn every_plain_program_is_short_and_has_a_twin_in_python() {
    for (step, name) in PLAIN {
        let path = root().join("crates").join(step).join(format!("{name}.rs"));
        let text = read(&path);
        assert!((15..=35).contains(&text.lines().count()), "{}", path.display());
        for line in text.lines() {
            assert!(line.chars().count() <= 80, "{}: {line}", path.display());
        }
        assert!(path.with_extension("py").exists(), "{}", path.display());
    }
}

/// What goes beyond the article, to take away as well, and how long each may be.
const BEYOND: [(&str, usize); 11] = [
    ("server/first_try.rs", 35),
    ("server/server.rs", 60),
    ("server/line_server.rs", 85),
    ("many-clients/a_thread_each.rs", 75),
    ("many-clients/workers_one_listener.rs", 85),
    ("many-clients/workers_reuseport.rs", 90),
    ("many-clients/poll_loop.rs", 120),
    ("many-clients/with_tokio.rs", 85),
    ("udp-client/client.rs", 50),
    ("udp-client/without_numbers.rs", 35),
    ("udp-client/server.rs", 55),
];

#[test]
fn every_program_beyond_the_article_is_short() {
    for (name, longest) in BEYOND {
        let text = read(&root().join("crates/beyond").join(name));
        let length = text.lines().count();
        assert!((15..=longest).contains(&length), "{name} has {length} lines");
        for line in text.lines() {
            assert!(line.chars().count() <= 96, "{name}: {line}");
        }
    }
}

#[test]
fn every_program_to_take_away_compiles_alone() {
    let plain = PLAIN.map(|(step, name)| format!("{step}/{name}.rs"));
    let beyond = BEYOND.map(|(name, _)| format!("beyond/{name}"));
    let source = |path: &String| {
        let name = path.replace('/', "-").trim_end_matches(".rs").to_string();
        (name, read(&root().join("crates").join(path)))
    };
    let programs: Vec<_> = plain.iter().chain(&beyond).map(source).collect();
    // As the chapters tell a reader to `cargo add` them.
    let more = [
        r#"ctrlc = { version = "3", features = ["termination"] }"#,
        r#"polling = "3""#,
        r#"tokio = { version = "1", features = ["io-util", "net", "rt", "sync", "time"] }"#,
    ];
    let more = more.join("\n");
    let Some(run) = check_alone("to-take-away", &more, &programs) else { return };
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    assert!(!said.contains("warning"), "{said}");
}

/// What only the servers of chapter 8 need is nobody else's; a step has one question about tokio.
#[test]
fn an_event_loop_and_a_runtime_are_compiled_for_the_servers_that_use_them() {
    let mut users = BTreeSet::new();
    for pattern in ["crates", "crates/beyond", "crates/shared", "crates/tools"] {
        for entry in fs::read_dir(root().join(pattern)).expect("a folder") {
            let manifest = entry.expect("an entry").path().join("Cargo.toml");
            let Ok(text) = fs::read_to_string(&manifest) else { continue };
            let mut section = "";
            for line in text.lines() {
                section = if line.starts_with('[') { line } else { section };
                let name = line.split(['.', ' ']).next().expect("a word");
                if ["polling", "tokio", "mio", "io-uring"].contains(&name) {
                    let package = manifest.parent().and_then(Path::file_name).expect("a name");
                    users.insert(format!("{} {section} {name}", package.to_string_lossy()));
                }
            }
        }
    }
    let expected = [
        "accept [dev-dependencies] tokio",
        "many-clients [dependencies] polling",
        "many-clients [dependencies] tokio",
    ];
    assert_eq!(users, expected.map(String::from).into());
}
