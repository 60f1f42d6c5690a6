//! Each exercise of `just practice` has a page, which is made from its `exercise.toml`; the index of
//! them all, the summary and the chapters lead to it.

use std::collections::BTreeSet;
use std::process::Command;

use output::wrapped;
use serde::Deserialize;

use crate::blessing;
use crate::page::{Page, chapters};
use support::workspace::{path_of, root};

const INDEX: &str = "docs/src/practice.md";
const SUMMARY: &str = "docs/src/SUMMARY.md";

/// Where each exercise's files are.
const FILES: &str = "crates/tools/practice/exercises";

/// The steps, by the file of their chapter and its title.
const STEPS: [(&str, &str); 7] = [
    ("1-create.md", "1. Create"),
    ("2-bind.md", "2. Bind"),
    ("3-listen.md", "3. Listen"),
    ("4-accept.md", "4. Accept"),
    ("5-close.md", "5. Close"),
    ("6-udp-vs-tcp.md", "6. UDP against TCP"),
    ("7-a-server-of-your-own.md", "7. A server of your own"),
];

/// What a page shows of `exercise.toml`.
#[derive(Deserialize)]
struct Exercise {
    #[serde(skip)]
    name: String,
    title: String,
    step: usize,
    minutes: u32,
    task: String,
    may_change: String,
    hints: [String; 3],
    check: Vec<Check>,
}

#[derive(Deserialize)]
struct Check {
    says: String,
    by: By,
    taught: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum By {
    Calls,
    Peers,
}

/// All exercises, in the order in which `just practice` lists them.
fn exercises() -> Vec<Exercise> {
    let list = Command::new(path_of("practice")).current_dir(root()).output();
    let list = String::from_utf8(list.expect("the list of exercises").stdout).expect("UTF-8");
    let names = list.lines().filter_map(|line| {
        let (_, entry) = line.strip_prefix("    [")?.split_once("] ")?;
        entry.split(' ').next()
    });
    let read = |name: &str| {
        let path = root().join(FILES).join(name).join("exercise.toml");
        let text = std::fs::read_to_string(path).expect(name);
        let exercise: Exercise = toml::from_str(&text).expect(name);
        Exercise { name: name.to_string(), ..exercise }
    };
    let all: Vec<Exercise> = names.map(read).collect();
    assert!(!all.is_empty(), "no exercise in\n{list}");
    all
}

/// A text in which what stands in angle brackets, outside of code, is no element of HTML.
fn without_html(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(number, part)| match number % 2 {
        0 => part.replace('<', "\\<"),
        _ => part.to_string(),
    });
    parts.collect::<Vec<_>>().join("`")
}

/// The page of an exercise.
fn page(exercise: &Exercise) -> String {
    let Exercise { name, title, step, minutes, task, may_change, hints, check } = exercise;
    let paragraph = |text: &str| format!("\n{}", wrapped(&without_html(text), 100, "", ""));
    let (chapter, chapter_title) = STEPS[step - 1];
    let file = |file: &str| format!("../../../{FILES}/{name}/{file}");
    let mut text = format!("# {title}\n\n");
    text += &format!("<!-- `just bless` makes this page from {FILES}/{name}/exercise.toml. -->\n");
    text += &paragraph(&format!(
        "`just practice {name}` · about {minutes} minutes · after [{chapter_title}](../{chapter})"
    ));
    text += &format!("\n## The task\n\n{}\n", without_html(task.trim()));
    text += &paragraph(&format!("What may be changed: {}", with_small_letter(may_change)));
    text += &paragraph(&format!(
        "You begin with this program [in Rust]({}) or [in Python]({}): `just practice {name}` puts \
         it into `my-practice`, and judges what you have made of it. `just practice {name} -- \
         COMMAND` judges a program in any other language.",
        file("starter.rs"),
        file("starter.py")
    ));
    text += "\n## What is checked\n\nIn this order, and up to the first that does not hold:\n\n";
    for (number, Check { says, by, taught }) in check.iter().enumerate() {
        let by = match by {
            By::Calls => "its calls, where they may be traced",
            By::Peers => "its peers",
        };
        let says = without_html(&with_capital(says));
        let line = format!(
            "{says}. Seen by {by}; taught in [{}](../{taught}).",
            title_of(taught.split('#').next().expect("a page"))
        );
        text += &wrapped(&line, 100, &format!("{}. ", number + 1), "   ");
    }
    text += "\n## Hints\n";
    for (number, hint) in ["first", "second", "third"].iter().zip(hints) {
        text += &format!("\n<details>\n<summary>The {number} hint</summary>\n");
        text += &paragraph(hint);
        text += "\n</details>\n";
    }
    text += "\n## A solution\n";
    text += &paragraph(&format!(
        "`just solution {name}` shows one in Rust and one in Python, with the reason beside each \
         decisive line, once yours has passed; or when it is asked a second time."
    ));
    text += "\nAll exercises: [Practice](../practice.md)\n";
    text
}

/// The title of a page of the book.
fn title_of(file: &str) -> String {
    let page = Page::read(&format!("docs/src/{file}"));
    let title = page.text.lines().next().and_then(|line| line.strip_prefix("# "));
    title.unwrap_or_else(|| panic!("{file} begins with its title")).to_string()
}

fn with_capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next()
        .map_or(String::new(), |first| first.to_uppercase().collect::<String>() + rest.as_str())
}

fn with_small_letter(text: &str) -> String {
    let mut rest = text.chars();
    rest.next()
        .map_or(String::new(), |first| first.to_lowercase().collect::<String>() + rest.as_str())
}

/// What stands between these two marks in the index is made.
const MADE: &str = "<!-- `just bless` makes this table. -->\n";
const BY_HAND: &str = "\n<!-- What follows is written by hand. -->\n";

/// The table of the index.
fn table(all: &[Exercise]) -> String {
    let mut text = "\n| After | Exercise | Minutes | |\n| --- | --- | --- | --- |\n".to_string();
    let mut before = 0;
    for Exercise { name, title, step, minutes, .. } in all {
        let (chapter, chapter_title) = STEPS[step - 1];
        let after = match *step == before {
            true => String::new(),
            false => format!("[{chapter_title}]({chapter})"),
        };
        before = *step;
        text += &format!("| {after} | [`{name}`](practice/{name}.md) | {minutes} | {title} |\n");
    }
    let minutes: u32 = all.iter().map(|it| it.minutes).sum();
    text + &format!("| | {} exercises | {minutes} | |\n", all.len())
}

/// The text between two marks, made anew.
fn replaced(page: &Page, start: &str, end: &str, between: &str) -> String {
    let (head, rest) = page.text.split_once(start).expect(start);
    let (_, tail) = rest.split_once(end).expect(end);
    format!("{head}{start}{between}{end}{tail}")
}

/// The exercises that come after a chapter, for its end; nothing where there are none.
pub fn after_chapter(chapter: &str) -> String {
    let all = exercises();
    let here = all.iter().filter(|it| STEPS[it.step - 1].0 == chapter);
    let links = here.map(|Exercise { name, .. }| format!("[{name}](practice/{name}.md)"));
    match links.collect::<Vec<_>>() {
        links if links.is_empty() => String::new(),
        links => {
            format!("\n{}", wrapped(&format!("**Practise:** {}.", links.join(", ")), 100, "", ""))
        }
    }
}

#[test]
fn every_exercise_has_its_page_as_its_data_has_it() {
    let all = exercises();
    for exercise in &all {
        let name = format!("docs/src/practice/{}.md", exercise.name);
        let path = root().join(&name);
        if blessing() && !path.exists() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("its folder");
            std::fs::write(&path, "").expect("a new page");
        }
        Page::read(&name).check_or_write(|_| page(exercise));
    }
    let mut chapters = String::new();
    for Exercise { name, title, .. } in &all {
        chapters += &format!("  - [{title}](practice/{name}.md)\n");
    }
    let index = "- [Practice](practice.md)\n";
    Page::read(SUMMARY).check_or_write(|page| replaced(page, index, "\n# ", &chapters));
    Page::read(INDEX).check_or_write(|page| replaced(page, MADE, BY_HAND, &table(&all)));
}

#[test]
fn exercises_stand_in_the_order_of_the_steps_and_their_names_and_titles_differ() {
    let all = exercises();
    assert!(all.is_sorted_by_key(|it| it.step), "in the order of the steps");
    let names: BTreeSet<&str> = all.iter().map(|it| it.name.as_str()).collect();
    let titles: BTreeSet<&str> = all.iter().map(|it| it.title.as_str()).collect();
    assert_eq!([names.len(), titles.len()], [all.len(); 2]);
}

/// What a learner reads of an exercise is there, and is short.
#[test]
fn every_exercise_is_short_and_has_three_hints_that_differ() {
    for Exercise { name, title, step, minutes, task, may_change, hints, check } in exercises() {
        assert!(title.len() <= 60 && !title.ends_with('.'), "{name}: {title}");
        assert!((5..=20).contains(&minutes), "{name}: {minutes} minutes");
        for line in task.lines() {
            assert!(line.chars().count() <= 80, "{name}: {line}");
        }
        assert!((60..1500).contains(&task.len()), "{name}: {} bytes", task.len());
        assert!(may_change.ends_with('.'), "{name}: {may_change}");
        assert!((3..=7).contains(&check.len()), "{name}: {} checks", check.len());
        // In step 1 a socket has no address yet, by which somebody else could see it.
        let by_peers = check.iter().any(|it| matches!(it.by, By::Peers));
        assert!(by_peers || step == 1, "{name}: peers see it as well");
        for Check { says, .. } in &check {
            assert!(says.len() > 10 && !says.ends_with('.'), "{name}: {says}");
        }
        let different: BTreeSet<&str> = hints.iter().map(String::as_str).collect();
        assert_eq!(different.len(), 3, "{name}: {hints:?}");
        assert!(hints.iter().all(|hint| hint.len() > 20), "{name}: {hints:?}");
    }
}

/// The same sentence twice would not tell where it failed.
#[test]
fn no_exercise_checks_a_sentence_twice() {
    for Exercise { name, check, .. } in exercises() {
        let says: BTreeSet<&str> = check.iter().map(|it| it.says.as_str()).collect();
        assert_eq!(says.len(), check.len(), "{name}");
    }
}

#[test]
fn no_page_is_left_of_an_exercise_that_is_gone() {
    let known: BTreeSet<_> = chapters().into_iter().map(|page| page.path).collect();
    for entry in std::fs::read_dir(root().join("docs/src/practice")).expect("the pages") {
        let path = entry.expect("an entry").path();
        assert!(known.contains(&path), "{} is not in SUMMARY.md", path.display());
    }
}
