//! What is printed: the list, a task, a verdict.

use crate::exercise::Exercise;
use crate::folder::Progress;
use crate::verdict::{Holds, Verdict};

/// The names of the steps, and of what comes after them.
pub const STEPS: [&str; 7] = [
    "1 · create",
    "2 · bind",
    "3 · listen",
    "4 · accept",
    "5 · close",
    "6 · UDP against TCP",
    "7 · a server of your own",
];

/// All exercises, with those that are solved.
pub fn list(all: &[Exercise], progress: &Progress) {
    let solved = |it: &Exercise| progress.solved.iter().any(|name| name == it.name);
    let count = all.iter().filter(|it| solved(it)).count();
    output::heading(&format!("Practice · {count} of {} solved", all.len()));
    let mut step = 0;
    for exercise in all {
        if exercise.step != step {
            step = exercise.step;
            output::print(&format!("\n  {}\n", STEPS[usize::from(step) - 1]));
        }
        let mark = match solved(exercise) {
            true => "[x]",
            false if progress.not_judged_here.iter().any(|name| name == exercise.name) => "[?]",
            false => "[ ]",
        };
        let head = format!("    {mark} {:<22} ", exercise.name);
        let line = format!("{:>2} min  {}", exercise.minutes, exercise.title);
        let rest = " ".repeat(8);
        output::print(&output::wrapped(&line, output::width(), &head, &rest));
    }
    if !progress.not_judged_here.is_empty() {
        output::paragraph("[?] Nothing of it can be judged on this machine.");
    }
    match progress.next(all) {
        Some(next) => output::paragraph(&format!("Next: just practice {}", next.name)),
        None if count == all.len() => output::paragraph("All of them are solved."),
        None => output::paragraph("All that can be judged here are solved."),
    }
}

/// What an exercise is about.
pub fn task(exercise: &Exercise) {
    let step = STEPS[usize::from(exercise.step) - 1];
    output::heading(&format!("{} · {} · {}", exercise.name, step, exercise.title));
    let width = output::width().min(80);
    for paragraph in exercise.task.split("\n\n") {
        output::print("\n");
        for item in items(paragraph) {
            let rest = if item.starts_with("- ") { "    " } else { "  " };
            output::print(&output::wrapped(&item, width, "  ", rest));
        }
    }
    output::paragraph(&format!("You may change: {}", lower(&exercise.may_change)));
}

/// A sentence that goes on after a colon.
fn lower(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().to_string() + chars.as_str())
}

/// The items of a list in Markdown, or a paragraph, each in one line, however it was broken.
fn items(paragraph: &str) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for line in paragraph.lines().map(str::trim) {
        match items.last_mut() {
            Some(item) if !line.starts_with("- ") => *item += &format!(" {line}"),
            _ => items.push(line.to_string()),
        }
    }
    items
}

/// What the judge says.
pub fn verdict(exercise: &Exercise, verdict: &Verdict) {
    output::print("\n");
    let width = output::width();
    for sentence in &verdict.sentences {
        let (mark, after) = match &sentence.holds {
            Holds::Yes => ("[x]", String::new()),
            Holds::No { .. } => ("[ ]", String::new()),
            Holds::NotReached => (" · ", "  (not reached)".to_string()),
            Holds::NotLookedAt(_) => ("[?]", "  (not looked at)".to_string()),
        };
        let line = format!("{}{after}", sentence.says);
        output::print(&output::wrapped(&line, width, &format!("  {mark} "), "      "));
        if let Holds::No { expected, saw, rows } = &sentence.holds {
            for (head, text) in [("Expected: ", expected), ("Seen:     ", saw)] {
                let first = format!("        {head}");
                let rest = " ".repeat(18);
                output::print(&output::wrapped(text, width, &first, &rest));
            }
            for row in rows {
                let row = row.on(width, 6).replace('\n', "\n      ");
                output::print(&format!("      {row}\n"));
            }
            let taught = format!("Taught in docs/src/{}", sentence.taught);
            output::print(&output::wrapped(&taught, width, "        ", "        "));
        }
    }
    let mut reasons: Vec<&str> = Vec::new();
    for sentence in &verdict.sentences {
        if let Holds::NotLookedAt(why) = &sentence.holds {
            if !reasons.contains(&why.as_str()) {
                reasons.push(why);
            }
        }
    }
    for reason in reasons {
        output::paragraph(&format!("Not looked at: {reason}."));
    }
    for remark in &verdict.remarks {
        output::paragraph(remark);
    }
    printed(&verdict.printed);
    let (holding, all) = (verdict.holding(), verdict.sentences.len());
    if verdict.passes() {
        output::paragraph(&format!("Solved: {holding} of {all} sentences hold."));
    } else if verdict.failed().is_none() {
        output::paragraph("Nothing of this exercise can be judged here.");
    } else {
        output::paragraph(&format!("{holding} of {all} hold. A hint: just hint {}", exercise.name));
    }
}

/// The first lines of what a program printed.
fn printed(text: &str) {
    const LINES: usize = 8;
    if text.trim().is_empty() {
        return;
    }
    output::print("\n  It printed:\n");
    for line in text.lines().take(LINES) {
        let short: String = line.chars().take(output::width().saturating_sub(10)).collect();
        output::print(&format!("    | {short}\n")); // which writes control characters out
    }
    if text.lines().count() > LINES {
        output::print("    | …\n");
    }
}
