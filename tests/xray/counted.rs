//! `--summary` counts calls, and `--time` says when they were made.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use predicates::str::starts_with;

use crate::events::{Event, Scratch, run, samples, tracing_works};
use crate::running::{Target, client, say};
use crate::{xray, xray_path};
use support::linux::with_default_signals;
use support::{Running, complained};

fn of<'a>(seen: &'a [Event], call: &str) -> &'a Event {
    let mut found = seen.iter().filter(|event| event.is("summary") && event.text("call") == call);
    found.next().unwrap_or_else(|| panic!("{call} should be in {seen:?}"))
}

#[test]
fn calls_are_counted_with_their_errors_and_their_time() {
    if !tracing_works() {
        return;
    }
    let (seen, _) = run(&["--summary-only"], &[samples(), "count"]);
    assert!(seen.iter().all(|event| event.is("summary") || event.is("end")), "{seen:?}");
    let received = of(&seen, "recv");
    let number = |name: &str| received.number(name);
    assert_eq!([number("calls"), number("errors"), number("not_returned")], [5, 5, 0]);
    assert_eq!(received.0["symbols"], serde_json::json!([{ "symbol": "EAGAIN", "calls": 5 }]));
    // Two of them have waited for a tenth of a second each, or a tick of the kernel's less.
    let seconds = |name: &str| received.0[name].as_f64().expect("a number");
    assert!(seconds("seconds") > 0.15, "{received:?}");
    assert!((0.08..seconds("seconds")).contains(&seconds("longest")), "{received:?}");
    // The most time comes first; what has none, last.
    let order: Vec<f64> = seen
        .iter()
        .filter(|event| event.is("summary"))
        .map(|event| event.0["seconds"].as_f64().unwrap_or(-1.0))
        .collect();
    assert!(order.is_sorted_by(|one, next| one >= next), "{order:?}");
    assert_eq!(order.last(), Some(&-1.0), "close has none");
    assert_eq!(of(&seen, "close").number("calls"), 2);
    assert_eq!(of(&seen, "connect").number("errors"), 1);

    let (seen, _) = run(&["--summary", "--hide", "recv"], &[samples(), "count"]);
    assert!(seen[0].is("call") && seen.last().expect("a line").is("summary"), "{seen:?}");
    assert!(seen.iter().all(|event| event.text("call") != "recv"), "{seen:?}");
}

/// How a table of counts begins.
const HEAD: &str = "  call            calls   errors ";

#[test]
fn the_counts_in_a_table() {
    if !tracing_works() {
        return;
    }
    let rows = xray(&["--summary", samples(), "count"]).assert().success();
    let table = complained(&rows).split("\n\n").find(|part| part.starts_with(HEAD));
    let table = table.unwrap_or_else(|| panic!("{rows}")).to_string();
    assert!(complained(&rows).starts_with("  call                          fd  kind"), "{rows}");
    let lines: Vec<Vec<&str>> =
        table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["call", "calls", "errors", "seconds", "longest"]);
    assert_eq!(lines[1][..3], ["recv", "5", "5"]);
    assert_eq!(lines[1][5..], ["EAGAIN", "5"]);
    let (calls, last) = lines[1..].split_at(lines.len() - 2);
    let sum: u32 = calls.iter().map(|line| line[1].parse::<u32>().expect("a number")).sum();
    assert_eq!(last[0][..3], ["all", &*sum.to_string(), "6"], "{table}");
    assert!(calls.iter().any(|line| line[..] == ["close", "2", "0", "—", "—"]), "{table}");

    xray(&["--summary-only", samples(), "count"]).assert().success().stderr(starts_with(HEAD));
    xray(&["--summary-only", "true"])
        .assert()
        .success()
        .stderr(starts_with("  No calls on sockets."));
}

/// The calls that have not returned count, with their time so far.
#[test]
fn the_counts_of_a_process_that_is_let_go_and_of_one_that_is_killed() {
    if !tracing_works() {
        return;
    }
    let target = Target::start("serve");
    let log = Scratch::new();
    let mut command = Command::new(xray_path());
    command.args(["--pid", &target.number(), "--follow", "--summary", "--output"]);
    let mut xray = Running::start(with_default_signals(command.arg(log.path())));
    let mut one = client(target.address);
    let give_up = std::time::Instant::now() + support::DEADLINE;
    while !log.text().contains("→ waits\n") {
        assert!(std::time::Instant::now() < give_up, "accept should wait: {}", log.text());
        std::thread::yield_now();
    }
    say(&mut one, b"one");
    // SAFETY: it takes numbers, and the process is the test's own.
    assert_eq!(unsafe { libc::kill(xray.process() as i32, libc::SIGINT) }, 0);
    assert!(xray.wait_for_end().0.success());
    let text = log.text();
    let accept = text.lines().find(|line| line.starts_with("  accept  ")).expect("its line");
    assert!(accept.ends_with("  1 not returned"), "{accept}");
    assert!(text.ends_with("goes on.\n\n"), "{text}");
    drop(target);

    let (log, signal) = (Scratch::new(), libc::SIGTERM.to_string());
    let mut command = Command::new(xray_path());
    command.args(["--summary-only", "--output"]).arg(log.path());
    let status = command.args([samples(), "kill", &signal]).status().expect("it ends");
    assert!(!status.success());
    assert!(log.text().contains("\n  socket              1        0 "), "{}", log.text());
}

/// The seconds of a time of day, as a row shows it.
fn seconds(time: &str) -> f64 {
    let parts: Vec<&str> = time.split([':', '.']).collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    assert_eq!(lengths, [2, 2, 2, 3], "{time}");
    let [hours, minutes, seconds, thousandths] =
        [0, 1, 2, 3].map(|place: usize| parts[place].parse::<f64>().expect("a number"));
    hours * 3600.0 + minutes * 60.0 + seconds + thousandths / 1000.0
}

#[test]
fn the_time_of_day_beside_each_row() {
    if !tracing_works() {
        return;
    }
    const DAY: f64 = 86_400.0;
    for (zone, hours) in [("UTC", 0.0), ("XXX-5", 5.0)] {
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        let before = now().as_secs_f64();
        let run = xray(&["--time", samples(), "count"]).env("TZ", zone).assert().success();
        let took = now().as_secs_f64() - before;
        let text = complained(&run);
        assert!(text.starts_with("  time          call            fd  kind "), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        let shows_time = |line: &&str| line[2..].starts_with(|first: char| first.is_ascii_digit());
        let rows = text.lines().filter(|line| line.len() > 14).filter(shows_time);
        let times: Vec<f64> = rows
            .map(|line| seconds(&line[2..14]))
            // Since this test began, over midnight as well; shown without what is below a thousandth.
            .map(|time| (time - (before + hours * 3600.0) + 0.001).rem_euclid(DAY))
            .collect();
        assert!(times.len() > 8, "{text}");
        assert!(times.is_sorted() && times.iter().all(|time| *time <= took + 0.002), "{times:?}");
        // A receive has waited for a tenth of a second, and is shown when it begins to and at its end.
        assert!(times.windows(2).any(|pair| pair[1] - pair[0] > 0.05), "{times:?}");
    }
}

#[test]
fn the_time_for_programs() {
    if !tracing_works() {
        return;
    }
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs_f64();
    let before = now();
    let (seen, _) = run(&["--time"], &[samples(), "count"]);
    let after = now();
    let times: Vec<f64> = seen.iter().filter_map(|event| event.0["time"].as_f64()).collect();
    let shown = seen.iter().filter(|event| event.is("call") || event.is("waits")).count();
    assert_eq!(times.len(), shown, "{seen:?}");
    assert!(times.is_sorted(), "{times:?}");
    assert!(times.iter().all(|time| (before..after).contains(time)), "{times:?}");
    // Only on wish.
    let (seen, _) = run(&[], &[samples(), "count"]);
    assert!(seen.iter().all(|event| event.0.get("time").is_none()));
}
