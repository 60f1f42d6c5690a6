//! The results for other programs: CSV, JUnit's XML, and Gradescope's `results.json`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value, json};

use super::results::Result as Graded;
use crate::verdict::{Holds, Sentence};

/// The columns of the table in CSV.
const COLUMNS: [&str; 11] = [
    "submission",
    "exercise",
    "program",
    "passes",
    "holding",
    "sentences",
    "not looked at",
    "first that failed",
    "expected",
    "seen",
    "seconds",
];

/// Writes a line for each result, below one that names the columns.
///
/// # Errors
///
/// It cannot be written.
pub fn csv(path: &Path, results: &[Graded]) -> Result<()> {
    // With quotes everywhere, as a spreadsheet may take a semicolon for the end of a cell.
    let quoted = csv::QuoteStyle::Always;
    let mut table = csv::WriterBuilder::new().quote_style(quoted).from_writer(Vec::new());
    table.write_record(COLUMNS)?;
    for result in results {
        let (expected, saw) = match result.verdict.failed().map(|it| &it.holds) {
            Some(Holds::No { expected, saw, .. }) => (expected.as_str(), saw.as_str()),
            _ => ("", result.trouble.as_deref().unwrap_or_default()),
        };
        let cells = [
            result.name.as_str(),
            result.exercise,
            &result.program,
            if result.passes() { "yes" } else { "no" },
            &result.verdict.holding().to_string(),
            &result.of().to_string(),
            &result.not_looked_at().to_string(),
            result.first_failed(),
            expected,
            saw,
            &format!("{:.2}", result.took.as_secs_f64()),
        ];
        table.write_record(cells.map(harmless))?;
    }
    write(path, &table.into_inner()?)
}

/// A spreadsheet takes a text that begins like this for a formula, and computes it.
fn harmless(cell: &str) -> String {
    let cell = without_control_characters(cell);
    // Some pass over blanks, and take the wide signs for the same.
    let start = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    if cell.trim_start().starts_with(start) { format!("'{cell}") } else { cell }
}

/// Writes a test suite for each result, with a test case for each sentence.
///
/// # Errors
///
/// It cannot be written.
pub fn junit(path: &Path, results: &[Graded]) -> Result<()> {
    let mut report = Report::new("just grade");
    for result in results {
        let mut suite = TestSuite::new(format!("{} · {}", result.name, result.exercise));
        suite.set_time(result.took);
        let class = format!("{}.{}", result.name.replace('.', "_"), result.exercise);
        if let Some(trouble) = &result.trouble {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(result.first_failed()).set_description(trouble.as_str());
            suite.add_test_case(case("There is a program to be judged", &class, status));
        }
        for sentence in &result.verdict.sentences {
            suite.add_test_case(case(&sentence.says, &class, junit_status(sentence)));
        }
        if !result.verdict.printed.is_empty() {
            suite.set_system_out(&*result.verdict.printed);
        }
        report.add_test_suite(suite);
    }
    // XML has no way to write these two (https://www.w3.org/TR/xml/#charsets).
    let text = report.to_string()?.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
    write(path, text.as_bytes())
}

fn case(name: &str, class: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(class);
    case
}

fn junit_status(sentence: &Sentence) -> TestCaseStatus {
    let skipped = |why: &str| {
        let mut status = TestCaseStatus::skipped();
        status.set_message(why);
        status
    };
    match &sentence.holds {
        Holds::Yes => TestCaseStatus::success(),
        Holds::No { saw, .. } => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(saw.as_str()).set_description(explained(sentence));
            status
        }
        Holds::NotReached => skipped("not reached"),
        Holds::NotLookedAt(why) => skipped(&format!("not looked at: {why}")),
    }
}

/// What is to be said of a sentence that does not hold, or was not looked at.
fn explained(sentence: &Sentence) -> String {
    match &sentence.holds {
        Holds::Yes => String::new(),
        Holds::No { expected, saw, rows } => {
            let mut text = format!("Expected: {expected}\nSeen:     {saw}\n");
            for row in rows {
                text += &format!("{}\n", row.on(output::WIDEST, 0));
            }
            text + &format!("Taught in docs/src/{}", sentence.taught)
        }
        Holds::NotReached => "Not reached.".to_string(),
        Holds::NotLookedAt(why) => format!("Not looked at: {why}."),
    }
}

/// Writes the results of one person as Gradescope reads them: a point for each sentence.
///
/// # Errors
///
/// It cannot be written.
pub fn gradescope(path: &Path, results: &[Graded]) -> Result<()> {
    let several = results.len() > 1;
    let mut tests = Vec::new();
    let mut output = Vec::new();
    for result in results {
        let (holding, of) = (result.verdict.holding(), result.of());
        output.push(match &result.trouble {
            Some(trouble) => format!("{}: {trouble}", result.exercise),
            None => format!("{}: {holding} of {of} sentences hold.", result.exercise),
        });
        output.extend(result.verdict.remarks.iter().cloned());
        if !result.verdict.printed.trim().is_empty() {
            output.push(format!("It printed:\n{}", result.verdict.printed.trim_end()));
        }
        for (number, sentence) in result.verdict.sentences.iter().enumerate() {
            let name = match several {
                true => format!("{}: {}", result.exercise, sentence.says),
                false => sentence.says.clone(),
            };
            tests.push(gradescope_test(sentence, &name, number + 1));
        }
    }
    let seconds: f64 = results.iter().map(|it| it.took.as_secs_f64()).sum();
    let text = json!({
        "execution_time": seconds.ceil() as u64,
        "output": without_control_characters(&output.join("\n\n")),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    });
    write(path, format!("{text:#}\n").as_bytes())
}

fn gradescope_test(sentence: &Sentence, name: &str, number: usize) -> Value {
    let holds = sentence.holds == Holds::Yes;
    // What cannot be looked at is worth nothing, to nobody.
    let worth = u8::from(!matches!(sentence.holds, Holds::NotLookedAt(_)));
    let mut test = json!({
        "name": name,
        "name_format": "text",
        "number": number.to_string(),
        "score": u8::from(holds),
        "max_score": worth,
        "output": without_control_characters(&explained(sentence)),
        "output_format": "text",
        "visibility": "visible",
    });
    if worth > 0 {
        test["status"] = if holds { "passed" } else { "failed" }.into();
    }
    test
}

fn without_control_characters(text: &str) -> String {
    output::visible(text).into_owned()
}

fn write(path: &Path, text: &[u8]) -> Result<()> {
    fs::write(path, text).with_context(|| format!("open({})", path.display()))
}
