//! The page "What the compiler says": each of its snippets is compiled.

use std::collections::BTreeSet;

use crate::page::{Block, Page};
use support::alone::check_alone;

const PAGE: &str = "docs/src/what-the-compiler-says.md";

/// The source that a block stands for: it stands in a function, imports and all.
fn source(snippet: &str) -> String {
    let (imports, code): (Vec<&str>, Vec<&str>) =
        snippet.lines().partition(|line| line.starts_with("use "));
    let [imports, code] = [imports, code].map(|lines| lines.join("\n"));
    format!(
        "#![allow(unused)]\n{imports}\nfn main() -> std::io::Result<()> {{\n{code}\nOk(())\n}}\n"
    )
}

/// The codes of the errors in a file, as `cargo check --message-format short` prints them:
/// `src/bin/snippet_7.rs:5:12: error[E0308]: mismatched types: …`
fn codes(output: &str, file: &str) -> BTreeSet<String> {
    let of_file = output.lines().filter(|line| line.starts_with(&format!("{file}:")));
    let code = |line: &str| {
        let error = line.split(": error").nth(1)?;
        Some(
            error
                .strip_prefix('[')
                .map_or("", |rest| rest.split(']').next().unwrap_or(""))
                .to_string(),
        )
    };
    of_file.filter_map(code).collect()
}

#[test]
fn every_snippet_compiles_or_fails_as_the_page_says() {
    let page = Page::read(PAGE);
    let blocks: Vec<Block> =
        page.blocks().into_iter().filter(|block| block.tag == "rust").collect();
    let name = |block: &Block| format!("line_{}", block.line);
    let file = |block: &Block| format!("src/bin/{}.rs", name(block));
    let snippets: Vec<(String, String)> =
        blocks.iter().map(|block| (name(block), source(page.content(block)))).collect();
    let Some(run) = check_alone("snippets", "", &snippets) else { return };
    let output = String::from_utf8_lossy(&run.stderr).replace('\\', "/");

    let mut failing = 0;
    for block in &blocks {
        let place = page.place(block);
        let found = codes(&output, &file(block));
        let expected: BTreeSet<String> =
            block.option("error").into_iter().map(String::from).collect();
        assert_eq!(found, expected, "{place}:\n{}\n{output}", page.content(block));
        failing += expected.len();
        // The comment marks the line that the compiler means, two further down than in the snippet.
        for (number, line) in page.content(block).lines().enumerate() {
            let marked = line.split("// error[").nth(1).map(|rest| rest.trim_end_matches(']'));
            let place = format!("{}:{}:", file(block), number + 3);
            let found =
                output.lines().any(|said| said.starts_with(&place) && said.contains("error"));
            assert_eq!(marked.is_some(), found, "{place}:\n{output}");
            assert!(marked.is_none_or(|code| expected.contains(code)), "{place}: {line}");
        }
    }
    assert!(failing >= 9 && blocks.len() - failing >= 5, "{failing} of {}", blocks.len());
    assert!(!run.status.success(), "some of them must fail");
}
