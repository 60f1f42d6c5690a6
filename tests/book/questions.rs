//! The page of the questions is made from the programs that answer them: the question and why it
//! matters from the comment at the head of each, its answer from its run.

use output::wrapped;
use question::{ALL, Head, Question};

use crate::page::Page;

const PAGE: &str = "docs/src/questions.md";

/// What stands above this mark and below the other one is written by hand.
const MADE: &str = "<!-- `just bless` makes what follows from the programs and their runs. -->\n";
const BY_HAND: &str = "\n<!-- What follows is written by hand. -->\n";

/// The steps, their chapters, and how the page calls them.
const STEPS: [(&str, &str, &str); 6] = [
    ("create", "1-create.md", "Create"),
    ("bind", "2-bind.md", "Bind"),
    ("listen", "3-listen.md", "Listen"),
    ("accept", "4-accept.md", "Accept"),
    ("close", "5-close.md", "Close"),
    ("udp-vs-tcp", "6-udp-vs-tcp.md", "UDP against TCP"),
];

/// The page as it should be, with the transcripts that it has.
fn made(page: &Page) -> String {
    let (head, rest) = page.text.split_once(MADE).expect("the mark before what is made");
    let (_, tail) = rest.split_once(BY_HAND).expect("the mark after it");
    let (mut list, mut text) = (String::new(), String::new());
    for (step, chapter, title) in STEPS {
        list += &format!("\n[{title}](#{}):\n\n", title.to_lowercase().replace(' ', "-"));
        text += &format!("\n## {title}\n\nThe chapter: [{title}]({chapter}).\n");
        for Question { name, source, .. } in ALL.iter().filter(|question| question.step == step) {
            list += &format!("- [{}](#{name})\n", escaped(&Head::of(source).question));
            text += &section(page, step, name, source);
        }
    }
    format!("{head}{MADE}{list}{text}{BY_HAND}{tail}")
}

/// A text in which brackets do not begin a link.
fn escaped(text: &str) -> String {
    text.replace('[', "\\[").replace(']', "\\]")
}

fn section(page: &Page, step: &str, name: &str, source: &str) -> String {
    let head = Head::of(source);
    let command = format!("$ just ask {name}\n");
    let blocks = page.blocks();
    let run =
        blocks.iter().map(|block| page.content(block)).find(|text| text.starts_with(&command));
    let run = run.unwrap_or(&command);
    let paragraph = |start: &str, text: &str| match text {
        "" => String::new(),
        text => format!("{}\n", wrapped(text, 100, start, start)),
    };
    // The name is an anchor, too, for links that last.
    let mut text = format!("\n<a id=\"{name}\"></a>\n\n### {}\n\n", head.question);
    text += &paragraph("", &head.why);
    text += &paragraph("> ", &answer_in(run));
    text += &paragraph("", &head.elsewhere);
    text += &format!("The program: [{name}.rs](../../crates/{step}/examples/{name}.rs).");
    text += &match head.systems.as_str() {
        "" => "\n\n".to_string(),
        systems => format!("\nIt runs on {systems} alone.\n\n"),
    };
    let needs = if source.contains("Domain::IPV6") { "<!-- needs: IPv6 -->\n" } else { "" };
    text += &format!(
        "<details>\n<summary>The run</summary>\n\n{needs}```console\n{run}```\n\n</details>\n"
    );
    text
}

/// The answer that a program has printed, as one line.
fn answer_in(run: &str) -> String {
    let answer = run.split("\n  Answer: ").nth(1).unwrap_or_default();
    let answer = answer.split("\n\n").next().unwrap_or_default();
    answer.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_question_stands_in_the_book_as_its_program_has_it() {
    check_or_write();
}

/// Compares the page with what is made of it, or writes it, with the transcripts that it has now.
pub fn check_or_write() {
    Page::read(PAGE).check_or_write(made);
}
