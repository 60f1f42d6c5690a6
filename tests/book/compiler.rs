//! The page "What the compiler says": each of its snippets is compiled.

use std::collections::BTreeSet;

use crate::page::{Block, Page};
use support::skip;
use support::workspace::{build_folder, cargo, may_build, root};

const PAGE: &str = "docs/src/what-the-compiler-says.md";

/// A package of its own: socket2 as a newcomer has it, without the feature `all`, which examples of
/// the workspace ask for. The lock file keeps its version the workspace's.
const MANIFEST: &str = r#"[package]
name = "snippets"
edition = "2024"

[dependencies]
socket2 = "0.6"

[workspace]
"#;

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
    let folder = build_folder().join("snippets");
    if !may_build(build_folder()) {
        return skip("this user cannot build");
    }
    let binaries = folder.join("src/bin");
    let _ = std::fs::remove_dir_all(&binaries);
    std::fs::create_dir_all(&binaries).expect("a folder");
    std::fs::write(folder.join("Cargo.toml"), MANIFEST).expect("a manifest");
    // Not as a copy, which would be read-only where the checkout is, and cargo writes to it.
    let lock = std::fs::read(root().join("Cargo.lock")).expect("the lock file");
    std::fs::write(folder.join("Cargo.lock"), lock).expect("a lock file");
    let file = |block: &Block| format!("src/bin/line_{}.rs", block.line);
    for block in &blocks {
        std::fs::write(folder.join(file(block)), source(page.content(block))).expect("a snippet");
    }
    let mut check = cargo();
    check
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("CARGO_TERM_COLOR", "never");
    check.args(["check", "--offline", "--keep-going", "--quiet", "--message-format", "short"]);
    let run = check.output().expect("cargo runs");
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
