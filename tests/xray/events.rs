//! What xray has seen of a program, as `--json` tells it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use serde_json::Value;

use crate::xray_path;
use support::linux::with_clean_descriptors;
use support::skip;
use support::workspace::path_of;

/// The program of tests/xray/samples.rs.
pub fn samples() -> &'static str {
    static PATH: OnceLock<String> = OnceLock::new();
    PATH.get_or_init(|| path_of("examples/samples").to_str().expect("UTF-8").to_string())
}

/// Whether this machine lets a program trace another; says so where it does not.
pub fn tracing_works() -> bool {
    static WORKS: OnceLock<bool> = OnceLock::new();
    let works = *WORKS.get_or_init(|| {
        let run = Command::new(xray_path()).arg("true").output().expect("xray runs");
        run.status.success()
    });
    if !works {
        skip("this machine allows no tracing");
    }
    works
}

/// A file that nobody else has, removed when the test lets go of it.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> Scratch {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Relaxed);
        let name = format!("xray-test-{}-{number}", std::process::id());
        Scratch(std::env::temp_dir().join(name))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn text(&self) -> String {
        fs::read_to_string(&self.0).unwrap_or_default()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// A call that has ended, or an end of a process.
#[derive(Debug, Clone)]
pub struct Event(pub Value);

impl Event {
    pub fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_default()
    }

    pub fn number(&self, name: &str) -> i64 {
        self.0[name].as_i64().unwrap_or(-1)
    }

    pub fn is(&self, event: &str) -> bool {
        self.text("event") == event
    }

    /// The error's name, or nothing.
    pub fn symbol(&self) -> &str {
        self.0["error"]["symbol"].as_str().unwrap_or_default()
    }

    /// One of the words about the socket.
    pub fn socket(&self, name: &str) -> &str {
        self.0["socket"][name].as_str().unwrap_or_default()
    }

    pub fn remarks(&self) -> Vec<&str> {
        self.0["remarks"].as_array().expect("remarks").iter().filter_map(Value::as_str).collect()
    }
}

pub fn events(json: &str) -> Vec<Event> {
    json.lines().map(|line| Event(serde_json::from_str(line).expect(line))).collect()
}

/// The calls that have ended, in their order.
pub fn calls(events: Vec<Event>) -> Vec<Event> {
    events.into_iter().filter(|event| event.is("call")).collect()
}

/// What xray sees of a program that has to succeed, and what that printed. Its first socket is
/// number 3.
pub fn run(options: &[&str], words: &[&str]) -> (Vec<Event>, String) {
    let log = Scratch::new();
    let mut xray = Command::new(xray_path());
    xray.arg("--json").args(options).arg("--output").arg(log.path()).args(words);
    with_clean_descriptors(&mut xray);
    let mut xray = assert_cmd::Command::from_std(xray);
    xray.timeout(support::DEADLINE);
    let done = xray.assert().success();
    let printed = String::from_utf8(done.get_output().stdout.clone()).expect("UTF-8");
    (events(&log.text()), printed)
}

/// Runs one of the programs in samples.rs.
pub fn look_at(words: &[&str]) -> Vec<Event> {
    let words = [&[samples()], words].concat();
    run(&["--all"], &words).0
}
