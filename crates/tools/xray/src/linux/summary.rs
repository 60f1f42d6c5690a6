//! Counting calls, for `--summary`.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use advice::symbol;
use serde_json::{Value, json};

use super::report::Done;
use super::trace::NEVER_RETURNED;

/// The calls of one name.
#[derive(Debug, Default)]
struct Count {
    calls: u64,
    /// How often each error came.
    errors: BTreeMap<String, u64>,
    /// Those that had not returned when xray looked last.
    unfinished: u64,
    /// The time in all of them; `None` where none was measured, as of a close, which is seen only
    /// as it begins.
    time: Option<Duration>,
    longest: Option<Duration>,
}

impl Count {
    fn add_time(&mut self, time: Duration) {
        self.time = Some(self.time.unwrap_or_default() + time);
        self.longest = self.longest.max(Some(time));
    }

    fn failed(&self) -> u64 {
        self.errors.values().sum()
    }

    /// Its errors, the most frequent first.
    fn by_symbol(&self) -> Vec<(&str, u64)> {
        let mut errors: Vec<_> = self.errors.iter().map(|(name, n)| (name.as_str(), *n)).collect();
        errors.sort_by_key(|(_, count)| Reverse(*count)); // stable: those alike stay by name
        errors
    }
}

/// All calls that were shown, or would have been.
#[derive(Debug, Default)]
pub struct Summary(BTreeMap<&'static str, Count>);

impl Summary {
    /// Counts a call that has ended, or that will never return.
    pub fn count(&mut self, done: &Done) {
        if done.remarks.iter().any(|remark| remark == NEVER_RETURNED) {
            return self.count_unfinished(done.call.name, done.time);
        }
        let count = self.0.entry(done.call.name).or_default();
        count.calls += 1;
        if let Some(result) = done.result {
            count.add_time(done.time);
            if result < 0 {
                let error = io::Error::from_raw_os_error(-result as i32);
                *count.errors.entry(symbol(&error).to_string()).or_default() += 1;
            }
        }
    }

    /// Counts a call that has not returned so far.
    pub fn count_unfinished(&mut self, name: &'static str, time: Duration) {
        let count = self.0.entry(name).or_default();
        count.calls += 1;
        count.unfinished += 1;
        count.add_time(time);
    }

    /// The names and their counts, the most time first.
    fn sorted(&self) -> Vec<(&str, &Count)> {
        let mut counts: Vec<_> = self.0.iter().map(|(name, count)| (*name, count)).collect();
        counts.sort_by_key(|(_, count)| Reverse((count.time, count.calls)));
        counts
    }

    /// One line of `--json` for each name.
    pub fn objects(&self) -> Vec<Value> {
        let seconds = |time: Option<Duration>| time.map(|time| time.as_secs_f64());
        let object = |(name, count): (&str, &Count)| {
            let symbols = count.by_symbol().into_iter();
            json!({
                "event": "summary",
                "call": name,
                "calls": count.calls,
                "errors": count.failed(),
                "symbols": symbols
                    .map(|(symbol, calls)| json!({ "symbol": symbol, "calls": calls }))
                    .collect::<Vec<_>>(),
                "not_returned": count.unfinished,
                "seconds": seconds(count.time),
                "longest": seconds(count.longest),
            })
        };
        self.sorted().into_iter().map(object).collect()
    }

    /// The table for people.
    pub fn table(&self, width: usize) -> String {
        if self.0.is_empty() {
            return "  No calls on sockets.\n".to_string();
        }
        let heads = ["calls", "errors", "seconds", "longest"];
        let mut table = line("call", heads.map(String::from), "", width);
        for (name, count) in self.sorted() {
            let symbols = count.by_symbol().into_iter().map(|(name, n)| format!("{name} {n}"));
            let unfinished =
                (count.unfinished > 0).then(|| format!("{} not returned", count.unfinished));
            let notes: Vec<String> = symbols.chain(unfinished).collect();
            let cells = [
                count.calls.to_string(),
                count.failed().to_string(),
                shown(count.time),
                shown(count.longest),
            ];
            table += &line(name, cells, &notes.join(", "), width);
        }
        let counts = || self.0.values();
        let cells = [
            counts().map(|count| count.calls).sum::<u64>().to_string(),
            counts().map(Count::failed).sum::<u64>().to_string(),
            shown(counts().filter_map(|count| count.time).reduce(|sum, time| sum + time)),
            shown(counts().filter_map(|count| count.longest).max()),
        ];
        table + &line("all", cells, "", width)
    }
}

fn shown(time: Option<Duration>) -> String {
    time.map_or("—".to_string(), |time| format!("{:.6}", time.as_secs_f64()))
}

fn line(
    name: &str,
    [calls, errors, seconds, longest]: [String; 4],
    notes: &str,
    width: usize,
) -> String {
    let cells = format!("{name:<12} {calls:>8} {errors:>8} {seconds:>13} {longest:>13}");
    let line = format!("  {cells}  {notes}");
    match line.chars().count() <= width {
        true => format!("{}\n", line.trim_end()),
        false => format!("  {cells}\n{}", output::wrapped(notes, width, "      ", "      ")),
    }
}
