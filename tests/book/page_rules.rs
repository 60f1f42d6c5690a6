//! What a reader relies on: links that lead somewhere, chapters that have all their parts, plans
//! that add up, verdicts that a run supports.

use std::collections::{BTreeMap, HashMap};
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::page::{Block, Page, chapters, pages};
use support::workspace::root;

/// The chapter of each step, the files that it shows, and how many of its lines may be written by
/// hand.
const STEPS: [(&str, &str); 6] = [
    ("docs/src/1-create.md", "crates/create"),
    ("docs/src/2-bind.md", "crates/bind"),
    ("docs/src/3-listen.md", "crates/listen"),
    ("docs/src/4-accept.md", "crates/accept"),
    ("docs/src/5-close.md", "crates/close"),
    ("docs/src/6-udp-vs-tcp.md", "crates/udp-vs-tcp"),
];
const LONGEST: usize = 150;

const CONTRIBUTING: &str = ".github/CONTRIBUTING.md";

fn markdown(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES)
}

/// The anchors of a page: those of its headings, as mdBook and code hosts make them, and its own.
fn anchors(page: &Page) -> Vec<String> {
    let ids = page.text.split("<a id=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let mut anchors: Vec<String> = ids.map(String::from).collect();
    let mut heading = None;
    for event in markdown(&page.text) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let kept = |c: &char| c.is_alphanumeric() || [' ', '-', '_'].contains(c);
                let words: String =
                    heading.take().unwrap_or_default().chars().filter(kept).collect();
                anchors.push(words.trim().to_lowercase().replace(' ', "-"));
            }
            _ => {}
        }
    }
    anchors
}

/// A path without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => _ = normal.pop(),
            part => normal.push(part),
        }
    }
    normal
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let anchors_of: HashMap<PathBuf, Vec<String>> =
        pages.iter().map(|page| (page.path.clone(), anchors(page))).collect();
    let mut counted = 0;
    let others = [CONTRIBUTING, "CHANGELOG.md", "docs/src/SUMMARY.md"].map(Page::read);
    for page in pages.iter().chain(&others) {
        for event in markdown(&page.text) {
            let (Event::Start(Tag::Link { dest_url: url, .. })
            | Event::Start(Tag::Image { dest_url: url, .. })) = event
            else {
                continue;
            };
            counted += 1;
            if url.starts_with("https://") {
                continue;
            }
            let place = format!("{}: the link to {url}", page.name);
            assert!(!url.contains("://"), "{place}: only https");
            let (file, anchor) = url.split_once('#').unwrap_or((&url, ""));
            let folder = page.path.parent().expect("a folder");
            let target =
                if file.is_empty() { page.path.clone() } else { normal(&folder.join(file)) };
            assert!(target.exists(), "{place} leads nowhere");
            if page.name.starts_with("docs/") && file.ends_with(".md") {
                assert!(anchors_of.contains_key(&target), "{place} leads out of the book");
            }
            let known = anchors_of.get(&target);
            let found =
                anchor.is_empty() || known.is_some_and(|all| all.iter().any(|a| a == anchor));
            assert!(found, "{place}: there is no such heading, only {known:?}");
        }
    }
    assert!(counted > 150, "only {counted} links were found");
}

#[test]
fn every_page_is_in_the_summary_and_its_title_stands_first() {
    let in_summary: Vec<PathBuf> = chapters().into_iter().map(|page| page.path).collect();
    for entry in std::fs::read_dir(root().join("docs/src")).expect("the book's folder") {
        let path = entry.expect("an entry").path();
        let is_page = path.extension().is_some_and(|end| end == "md");
        if is_page && path.file_name().is_some_and(|name| name != "SUMMARY.md") {
            assert!(in_summary.contains(&path), "{} is not in SUMMARY.md", path.display());
        }
    }
    for page in pages() {
        assert!(page.text.starts_with("# "), "{} begins with its title", page.name);
        let titles = markdown(&page.text).filter(|event| {
            matches!(event, Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }))
        });
        assert_eq!(titles.count(), 1, "{} has one title", page.name);
        let mut headings = anchors(&page);
        headings.sort();
        headings.dedup();
        assert_eq!(headings.len(), anchors(&page).len(), "{}: headings differ", page.name);
    }
}

/// How the comments above a block begin.
const COMMENTS: [&str; 13] = [
    "from:",
    "only:",
    "part:",
    "status:",
    "needs:",
    "not-run:",
    "first terminal:",
    "second terminal",
    "ended by Ctrl-C",
    "for:",
    "against:",
    "compiles",
    "error:",
];

#[test]
fn contributing_explains_every_comment_that_a_block_can_have() {
    let page = Page::read(CONTRIBUTING);
    for start in COMMENTS {
        let cell = format!("`{start}");
        let mut rows = page.text.lines().filter(|line| line.starts_with("| `"));
        let explained = rows.any(|row| row.contains(&cell));
        assert!(explained, "{CONTRIBUTING} has no line for {start}");
    }
}

/// No block is typed by hand: code comes from a source, and everything else is a run.
#[test]
fn every_block_has_a_source_or_is_a_run() {
    for page in pages() {
        for block in page.blocks() {
            let place = page.place(&block);
            match block.tag.as_str() {
                // Compiled, see `compiler.rs`.
                "rust" if block.option("error").is_some() || block.comments == ["compiles"] => {
                    assert!(page.name.ends_with("/what-the-compiler-says.md"), "{place}");
                }
                "rust" | "python" => {
                    let source = block.option("from").unwrap_or_else(|| panic!("{place}: from:"));
                    let file = source.split(' ').next().expect("a file");
                    let end = if block.tag == "rust" { ".rs" } else { ".py" };
                    assert!(file.ends_with(end), "{place}: {file}");
                }
                "console" => {
                    let first = page.content(&block).lines().next().unwrap_or_default();
                    assert!(first.starts_with("$ "), "{place}: the command comes first");
                    // What one user leaves there, another cannot write to.
                    let is_run = block.option("not-run").is_none();
                    let shares = page.content(&block).contains("/tmp/");
                    assert!(!(is_run && shares), "{place}: a place that users share");
                }
                other => panic!("{place}: a block of {other:?}, which nothing checks"),
            }
            for comment in &block.comments {
                let is_known = COMMENTS.iter().any(|start| comment.starts_with(start));
                assert!(is_known, "{place}: {comment:?}?");
            }
        }
    }
}

/// An arrow tells of the row right above it, or of the arrow there.
#[test]
fn every_arrow_stands_right_below_a_row() {
    let mut arrows = 0;
    for page in pages() {
        for block in page.blocks() {
            let lines: Vec<&str> = page.content(&block).lines().collect();
            for pair in lines.windows(2).filter(|pair| pair[1].starts_with("    → ")) {
                let below = !pair[0].is_empty() && !pair[0].starts_with("$ ");
                assert!(below, "{}: nothing is above {:?}", page.place(&block), pair[1]);
                arrows += 1;
            }
        }
    }
    assert!(arrows > 200, "only {arrows} arrows were found");
}

#[test]
fn every_step_has_a_chapter_with_all_parts_in_order() {
    for (name, _) in STEPS {
        let page = Page::read(name);
        let mut rest = page.text.as_str();
        for part in [
            "\n**",
            "\n## Predict\n",
            // Neither the answer nor a picture that gives it away: not everything folds <details>.
            "\n[The answer](#the-answer) stands below the run.\n\n## The program\n",
            "\n```rust\n",
            "\n```console\n$ just plain-",
            "\n## The same in Python\n",
            "\n| Python | Rust, on socket2 |\n",
            "\n```python\n",
            "\n```console\n$ python3 ",
            "\n## With the kernel's view\n",
            "\n```rust\n",
            "\n## Run it\n",
            "\n```console\n$ just step-",
            "\n## The answer\n\n<details>\n",
            "\n## The picture\n\n![",
            "\n## What the kernel did, call by call\n",
            "\n## Break it\n",
            "\n```console\n",
            "\n## Remember\n\n- ",
            "\n## Questions\n\n<!-- `just bless` writes this list. -->\n- [",
            "\n**Next:** [",
            "\n<details>\n<summary>Teacher's notes</summary>\n",
            "\nGoal: ",
            "\nCommon wrong answers: ",
        ] {
            let found = rest.find(part);
            let found =
                found.unwrap_or_else(|| panic!("{name}: {part:?} is missing, or too early"));
            rest = &rest[found + 1..];
        }
        // The question and its answer: one paragraph of two sentences.
        let paragraph = page.text.split("\n\n").nth(1).expect("a paragraph").replace('\n', " ");
        let (question, answer) = paragraph[2..].split_once("?** ").expect("a question in bold");
        assert!(!question.contains(['.', '?']), "{name}: one question: {question}");
        assert_eq!(answer.matches(['.', '?']).count(), 1, "{name}: one sentence: {answer}");
        let remember = page.section("## Remember");
        assert_eq!(remember.matches("\n- ").count(), 3, "{name}: three things to remember");
        let made = crate::questions::lines_in_chapter(name);
        let length = page.written().lines().count() - made;
        assert!(length <= LONGEST, "{name}: {length} lines are written by hand");
    }
}

/// What the two columns show is what the two programs say.
#[test]
fn python_and_rust_stand_side_by_side_as_in_the_programs() {
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    for (name, folder) in STEPS {
        let all = |end: &str| {
            let mut text = String::new();
            let mut folders = vec![root().join(folder)];
            while let Some(folder) = folders.pop() {
                for entry in std::fs::read_dir(folder).expect("a folder") {
                    let path = entry.expect("an entry").path();
                    if path.is_dir() {
                        folders.push(path);
                    } else if path.to_string_lossy().ends_with(end) {
                        text += &squeezed(&std::fs::read_to_string(path).expect("a source"));
                    }
                }
            }
            text
        };
        let (python, rust) = (all(".py"), all(".rs"));
        let page = Page::read(name);
        let section = page.section("## The same in Python");
        let lines: Vec<&str> = section.lines().filter(|line| line.starts_with("| `")).collect();
        assert!(lines.len() >= 2, "{name}: {} lines side by side", lines.len());
        for line in lines {
            let code: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
            assert_eq!(code.len(), 2, "{name}: {line}");
            assert!(python.contains(&squeezed(code[0])), "{name}: not in Python: {}", code[0]);
            assert!(rust.contains(&squeezed(code[1])), "{name}: not in Rust: {}", code[1]);
        }
    }
}

#[test]
fn every_prediction_has_its_reasons_and_the_right_one_is_what_the_run_shows() {
    let beyond = [
        "docs/src/7-a-server-of-your-own.md",
        "docs/src/8-many-clients.md",
        "docs/src/asking-again-over-udp.md",
    ];
    // The right letters, in the order of the book.
    let names = STEPS.map(|(name, _)| name).into_iter().chain(beyond);
    for (name, letter) in names.zip("BCCABBCBB".chars()) {
        let page = Page::read(name);
        let question = page.section("## Predict");
        assert!(!question.contains("<details>"), "{name}: the answer stands further down");
        let (run, answer) = (page.section("## Run it"), page.section("## The answer"));
        let letters = |text: &str, start: &str| {
            let after = text.split(start).skip(1);
            after.filter_map(|rest| rest.chars().next()).collect::<Vec<char>>()
        };
        let options = letters(question, "\n- **");
        assert!((2..=4).contains(&options.len()), "{name}: {options:?}");
        assert!(question.contains('?'), "{name}: a question");
        let right = letters(answer, "\n\n**");
        assert_eq!(right, [letter], "{name}: the right answer");
        let mut others = letters(answer, "\n- **Not ");
        others.extend(&right);
        others.sort_unstable();
        assert_eq!(others, options, "{name}: a reason for each");
        // The right answer quotes the run.
        let quote = answer.split("**").nth(2).expect("its reason").split('`').nth(1);
        let quote = quote.unwrap_or_else(|| panic!("{name}: the right answer quotes the run"));
        assert!(run.contains(quote), "{name}: the run does not show `{quote}`");
    }
}

/// The minutes in a chapter's notes: three for a step, one for another chapter.
fn minutes(page: &Page) -> Option<[u32; 3]> {
    let line = page.text.lines().find(|line| line.starts_with("Minutes: "))?;
    let sentence = line.split(". ").next().expect("a sentence");
    let numbers: Vec<u32> = sentence
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|number| number.parse().ok())
        .collect();
    match numbers[..] {
        [all] => Some([all, 0, 0]),
        [run, read, break_it] => Some([run, read, break_it]),
        _ => panic!("{}: {line}", page.name),
    }
}

#[test]
fn the_plans_of_45_90_and_180_minutes_add_up_from_the_chapters() {
    let page = Page::read("docs/src/for-teachers.md");
    let plans = page.section("## Three plans");
    let planned: BTreeMap<String, [u32; 3]> = chapters()
        .iter()
        .filter_map(|page| Some((page.path.file_name()?.to_str()?.to_string(), minutes(page)?)))
        .collect();
    let mut sums = [0; 3];
    let mut named = Vec::new();
    let lines = plans.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| -"));
    let mut lines = lines.skip(1).peekable();
    while let Some(line) = lines.next() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let numbers: Vec<u32> = cells[1..].iter().map(|cell| cell.parse().unwrap_or(0)).collect();
        if lines.peek().is_none() {
            assert_eq!(cells[0], "Together");
            assert_eq!(numbers, sums, "the last line is the sum");
            assert_eq!(numbers, [45, 90, 180]);
            break;
        }
        for (sum, number) in sums.iter_mut().zip(&numbers) {
            *sum += number;
        }
        let Some((_, link)) = cells[0].split_once("](") else { continue }; // a pause
        let file = link.trim_end_matches(')').to_string();
        let [run, read, break_it] = planned[&file];
        let is_step = read > 0;
        // A step is run in every plan, read from 90 minutes on, and broken in 180. A chapter that
        // is no step is taken whole or left out.
        let expected = [run, run + read, run + read + break_it];
        for (number, expected) in numbers.iter().zip(expected) {
            let left_out = !is_step && *number == 0;
            assert!(left_out || *number == expected, "{file}: {numbers:?}, and not {expected}");
        }
        named.push(file);
    }
    for file in planned.keys() {
        assert!(named.contains(file), "{file} has minutes, and is in no plan");
    }
    for (name, _) in STEPS {
        assert!(named.iter().any(|file| name.ends_with(file)), "{name} is in no plan");
    }
}

/// What each of the article's 39 claims is worth: True, Loose or False.
const VERDICTS: &str = "LLLFLTLLFFTFLLLTLLLFLLLLFLTLTLLTLFLLTTL";

/// Those that no run can decide.
const BY_REASON: [usize; 2] = [35, 39];

/// A verdict follows from the runs below it: `for:` names words of a run that shows the claim to
/// hold, `against:` words of one that shows that it does not.
#[test]
fn every_verdict_follows_from_a_run() {
    let page = Page::read("docs/src/article-line-by-line.md");
    let blocks = page.blocks();
    let mut starts: Vec<(usize, usize)> = Vec::new();
    for (number, line) in page.text.lines().enumerate() {
        if let Some(claim) = line.strip_prefix("### ") {
            let (claim, quote) = claim.split_once(". “").expect(line);
            assert!(quote.split_whitespace().count() <= 9, "{claim}: too long a quotation");
            starts.push((claim.parse().expect(line), number));
        }
    }
    let numbers: Vec<usize> = starts.iter().map(|(claim, _)| *claim).collect();
    assert_eq!(numbers, (1..=39).collect::<Vec<_>>());
    let mut counts = BTreeMap::new();
    for (index, (claim, start)) in starts.iter().enumerate() {
        let end = starts.get(index + 1).map_or(usize::MAX, |(_, line)| *line);
        let text: Vec<&str> = page.text.lines().skip(start + 2).take(end - start - 2).collect();
        let verdict = text[0].split("**").nth(1).expect("a verdict in bold");
        let own: Vec<&Block> =
            blocks.iter().filter(|block| (start + 1..end).contains(&block.line)).collect();
        let evidence = |key: &str| {
            let words = own.iter().filter_map(|block| Some((block, block.option(key)?)));
            let found = words.filter(|(block, words)| {
                // What it printed, and not what was typed.
                let typed = |line: &&str| line.starts_with("$ ") || line.starts_with("> ");
                let lines = page.content(block).lines().filter(|line| !typed(line));
                let content = lines.collect::<Vec<_>>().join("\n");
                assert!(content.contains(words), "claim {claim}: no {words:?} in\n{content}");
                true
            });
            found.count() > 0
        };
        let (holds, fails) = (evidence("for"), evidence("against"));
        if BY_REASON.contains(claim) {
            assert!(text.contains(&"<!-- judged by reason -->"), "claim {claim}");
            assert!(text.join(" ").contains("reason"), "claim {claim}: it says so");
        } else {
            let follows = match (holds, fails) {
                (true, false) => "True.",
                (true, true) => "Loose.",
                (false, true) => "False on Linux.",
                (false, false) => panic!("claim {claim}: no run supports the verdict"),
            };
            assert_eq!(verdict, follows, "claim {claim}: the runs say otherwise");
        }
        let letter = &VERDICTS[claim - 1..*claim];
        assert!(verdict.starts_with(letter), "claim {claim}: {verdict} and not {letter}");
        *counts.entry(verdict).or_insert(0) += 1;
    }
    let count = |verdict| counts[verdict];
    let [t, l, f] = ["True.", "Loose.", "False on Linux."].map(count);
    assert!(page.text.contains(&format!("\n| {t} | {l} | {f} | 39 |\n")), "{counts:?}");
}

#[test]
fn every_picture_is_readable_on_a_phone_and_says_what_it_shows() {
    let mut used = Vec::new();
    for page in chapters() {
        let mut alt: Option<(String, String)> = None;
        for event in markdown(&page.text) {
            match event {
                Event::Start(Tag::Image { dest_url, .. }) => {
                    alt = Some((dest_url.to_string(), String::new()));
                }
                Event::Text(text) => {
                    if let Some((_, words)) = &mut alt {
                        words.push_str(&text);
                    }
                }
                Event::End(TagEnd::Image) => {
                    let (file, words) = alt.take().expect("an image");
                    assert!(words.len() > 60, "{}: {file}: its text is short: {words}", page.name);
                    used.push(Path::new("docs/src").join(file));
                }
                _ => {}
            }
        }
    }
    let folder = std::fs::read_dir(root().join("docs/src/pictures")).expect("the pictures");
    let mut count = 0;
    for entry in folder {
        let path = entry.expect("an entry").path();
        count += 1;
        let name = path.strip_prefix(root()).expect("in the workspace");
        assert!(used.contains(&name.to_path_buf()), "{} is on no page", name.display());
        let text = std::fs::read_to_string(&path).expect("a picture is text");
        // 15 of 380 units are 13 pixels where 330 are left for the picture.
        for part in [
            "viewBox=\"0 0 380 ",
            "font: 15px",
            "<title id=",
            "<desc id=",
            "class=\"paper\"",
            "prefers-color-scheme: dark",
            "@media print",
        ] {
            assert!(text.contains(part), "{} has no {part}", name.display());
        }
        let from_elsewhere = text.replace("http://www.w3.org/2000/svg", "").contains("http");
        assert!(!from_elsewhere, "{} needs nothing from elsewhere", name.display());
    }
    assert!(count >= 5, "{count} pictures");
}

#[test]
fn the_glossary_is_in_order_and_every_word_says_where_it_is_shown() {
    let page = Page::read("docs/src/glossary.md");
    let entries: Vec<&str> = page.text.split("\n\n**").skip(1).collect();
    let words: Vec<String> = entries
        .iter()
        .map(|entry| entry.split(".**").next().expect("a word").to_lowercase())
        .collect();
    assert!(words.len() > 30 && words.is_sorted(), "{words:?}");
    for entry in entries {
        assert!(entry.contains("See") && entry.contains(".md)."), "{entry}");
    }
}

/// Every recipe, package, example and file that a page names is there.
#[test]
fn the_pages_name_what_there_is() {
    let justfile = std::fs::read_to_string(root().join("justfile")).expect("the justfile");
    let mut recipes = 0;
    for page in pages() {
        let text = &page.text;
        let named = |start: &str| {
            let after = |part: &str| {
                let end = part.find(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c));
                part[..end.unwrap_or(part.len())].to_string()
            };
            text.split(start).skip(1).map(after).collect::<Vec<_>>()
        };
        for recipe in [named("`just "), named("$ just ")].concat() {
            let line = |line: &str| {
                line.starts_with(&format!("{recipe} ")) || line == format!("{recipe}:")
            };
            assert!(justfile.lines().any(line), "{}: there is no recipe {recipe}", page.name);
            recipes += 1;
        }
        for package in [named("cargo run -p "), named("cargo run -q -p ")].concat() {
            let is_there = ["crates", "crates/beyond", "crates/tools"]
                .iter()
                .any(|folder| root().join(folder).join(&package).join("Cargo.toml").exists());
            assert!(is_there, "{}: there is no package {package}", page.name);
        }
        for span in text.split('`').filter(|span| span.starts_with("crates/")) {
            assert!(root().join(span).exists(), "{}: there is no {span}", page.name);
        }
    }
    assert!(recipes > 60, "only {recipes} recipes were found");
}
