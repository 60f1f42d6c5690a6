//! The names in `--json` are those that the book tells, and no others.

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;

use serde_json::Value;

use crate::events::{Event, events, look_at, run, samples, tracing_works};
use crate::running::Target;
use crate::xray;
use support::workspace::{path_of, root};
use support::{any_port, output};

/// What stands in backticks in the table of names: all of it, and what its first column has.
fn told() -> [BTreeSet<String>; 2] {
    let page = fs::read_to_string(root().join("docs/src/look-inside-any-program.md"));
    let page = page.expect("the page");
    let table = page.lines().skip_while(|line| *line != "| Name | What it is |").skip(2);
    let rows: Vec<&str> = table.take_while(|line| line.starts_with('|')).collect();
    let quoted = |text: &str| -> Vec<String> {
        text.split('`').skip(1).step_by(2).map(str::to_string).collect()
    };
    let first = rows.iter().flat_map(|row| quoted(row.split('|').nth(1).expect("a cell")));
    let all = rows.iter().flat_map(|row| quoted(row));
    [all.collect(), first.collect()]
}

fn names(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                into.insert(name.clone());
                names(value, into);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| names(value, into)),
        _ => {}
    }
}

#[test]
fn its_names_are_those_that_the_book_tells() {
    if !tracing_works() {
        return;
    }
    let listener = TcpListener::bind(any_port()).expect("a listener");
    let port = listener.local_addr().expect("its address").port().to_string();
    let target = Target::start("wait");
    let mut seen: Vec<Event> = [
        &["closed-meanwhile"],
        &["duplicates"],
        &["families"],
        &["messages"],
        &["non-blocking"],
        &["tell-options"],
        &["many-messages"],
    ]
    .into_iter()
    .flat_map(|words| look_at(words))
    .collect();
    let step = path_of("listen");
    seen.extend(run(&[], &[step.to_str().expect("UTF-8"), "127.0.0.1", "0"]).0);
    seen.extend(events(&output(&mut xray(&["--json", "--port", &port]))));
    seen.extend(events(&output(&mut xray(&["--json", "--pid", &target.number()]))));
    let target = Target::start("workers");
    seen.extend(events(&output(&mut xray(&["--json", "--pid", &target.number()]))));
    seen.extend(run(&["--time", "--summary"], &[samples(), "count"]).0);

    let mut used = BTreeSet::new();
    for event in &seen {
        names(&event.0, &mut used);
        used.insert(event.text("event").to_string());
    }
    let [all, first] = told();
    let untold: Vec<_> = used.difference(&all).collect();
    assert!(untold.is_empty(), "the book should tell of {untold:?}");
    let unused: Vec<_> = first.difference(&used).collect();
    assert!(unused.is_empty(), "the book tells of {unused:?}, which are in no line");
}
