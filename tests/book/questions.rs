//! The page of the questions is made from the programs that answer them: the question and why it
//! matters from the comment at the head of each, its answer from its run. At the end of each step's
//! chapter stand the questions to which it leads.

use output::wrapped;
use question::{AFTER_CHAPTER, ALL, Head, Question};

use crate::page::Page;

const PAGE: &str = "docs/src/questions.md";

/// What stands above this mark and below the other one is written by hand.
const MADE: &str = "<!-- `just bless` makes what follows from the programs and their runs. -->\n";
const BY_HAND: &str = "\n<!-- What follows is written by hand. -->\n";

/// The steps, their chapters, and how the page calls them. (The last has no questions of its own.)
const STEPS: [(&str, &str, &str); 8] = [
    ("create", "1-create.md", "Create"),
    ("bind", "2-bind.md", "Bind"),
    ("listen", "3-listen.md", "Listen"),
    ("accept", "4-accept.md", "Accept"),
    ("close", "5-close.md", "Close"),
    ("udp-vs-tcp", "6-udp-vs-tcp.md", "UDP against TCP"),
    ("server", "7-a-server-of-your-own.md", "A server of your own"),
    ("many-clients", "8-many-clients.md", "Many clients"),
];

/// What comes up at work belongs to no chapter.
const AT_WORK: (&str, &str, &str) = ("at-work", "", "At work");

/// The page as it should be, with the transcripts that it has.
fn made(page: &Page) -> String {
    let (head, rest) = page.text.split_once(MADE).expect("the mark before what is made");
    let (_, tail) = rest.split_once(BY_HAND).expect("the mark after it");
    let (mut list, mut text) = (String::new(), String::new());
    let has_questions = |step: &str| ALL.iter().any(|question| question.step == step);
    let steps = STEPS.into_iter().chain([AT_WORK]);
    for (step, chapter, title) in steps.filter(|(step, ..)| has_questions(step)) {
        list += &format!("\n[{title}](#{}):\n\n", title.to_lowercase().replace(' ', "-"));
        text += &format!("\n## {title}\n");
        if !chapter.is_empty() {
            text += &format!("\nThe chapter: [{title}]({chapter}).\n");
        }
        for question in ALL.iter().filter(|question| question.step == step) {
            let Question { name, source, .. } = question;
            list += &format!("- [{}](#{name})\n", escaped(&Head::of(source).question));
            text += &section(page, question);
        }
    }
    format!("{head}{MADE}{list}{text}{BY_HAND}{tail}")
}

/// A text in which brackets do not begin a link.
fn escaped(text: &str) -> String {
    text.replace('[', "\\[").replace(']', "\\]")
}

fn section(page: &Page, Question { name, source, path, .. }: &Question) -> String {
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
    text += &format!("The program: [{name}.rs](../../{path}).");
    text += &match head.systems.as_str() {
        "" => "\n\n".to_string(),
        systems => format!("\nIt runs on {systems} alone.\n\n"),
    };
    // For the search of the built book.
    text += &match head.also.as_str() {
        "" => String::new(),
        also => format!("{}\n", wrapped(&format!("Also: {also}."), 100, "", "")),
    };
    let said = messages::names_of_question(name);
    if !said.is_empty() {
        let said = wrapped(&format!("{}.", said.join(" · ")), 100, "", "");
        text += "<details>\n<summary>As programs say it</summary>\n\n";
        text += &format!("{said}\n</details>\n\n");
    }
    let needs = match source {
        _ if source.contains("Domain::IPV6") => "<!-- needs: IPv6 -->\n",
        _ if source.contains("link::with_delay") => "<!-- needs: a link -->\n",
        _ => "",
    };
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

/// What stands between these two in each step's chapter is made as well.
const QUESTIONS: &str = "\n## Questions\n\n";
const NEXT: &str = "\n**Next:** ";

/// The questions at the end of a step's chapter, with what they are found by.
fn at_the_end_of(step: &str) -> String {
    let (_, names) = AFTER_CHAPTER.iter().find(|(its, _)| *its == step).expect(step);
    let item = |name: &&str| {
        let question = ALL.iter().find(|question| question.name == *name).expect(name);
        let asked = escaped(&Head::of(question.source).question);
        format!("- [{asked}](questions.md#{name}):\n  `just ask {name}`\n")
    };
    let list: String = names.iter().map(item).collect();
    let (_, chapter, _) = STEPS.iter().find(|(its, ..)| *its == step).expect(step);
    let practise = crate::exercises::after_chapter(chapter);
    format!("<!-- `just bless` writes this list. -->\n{list}{practise}")
}

/// A chapter as it should be.
fn with_questions(page: &Page, step: &str) -> String {
    let (head, rest) = page.text.split_once(QUESTIONS).expect("the heading of the questions");
    let (_, tail) = rest.split_once(NEXT).expect("what comes next");
    format!("{head}{QUESTIONS}{}{NEXT}{tail}", at_the_end_of(step))
}

/// How many lines of a chapter its questions are, without the comment, which is never counted.
pub fn lines_in_chapter(name: &str) -> usize {
    let (step, ..) =
        STEPS.iter().find(|(_, chapter, _)| name.ends_with(chapter)).expect("a step's chapter");
    format!("{QUESTIONS}{}", at_the_end_of(step)).lines().count() - 1
}

#[test]
fn every_question_to_which_a_chapter_leads_stands_at_its_end() {
    for (step, chapter, _) in STEPS {
        let page = Page::read(&format!("docs/src/{chapter}"));
        page.check_or_write(|page| with_questions(page, step));
    }
}

/// A chapter leads to no question of a later step.
#[test]
fn readers_can_follow_the_questions_to_which_a_chapter_leads() {
    let place = |step: &str| STEPS.iter().position(|(its, ..)| *its == step).expect("a step");
    assert_eq!(AFTER_CHAPTER.len(), STEPS.len());
    for (step, names) in AFTER_CHAPTER {
        assert!((3..=5).contains(&names.len()), "{step}: {} questions", names.len());
        for name in *names {
            let question = ALL.iter().find(|question| question.name == *name).expect(name);
            assert!(place(question.step) <= place(step), "{step} leads to {name}");
        }
    }
}
