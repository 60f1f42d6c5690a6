//! The pages of the book and the README, and the blocks in them that are never typed by hand.
//!
//! A block is fenced by three backticks. The comments in the lines right above it say how it is
//! made: `from:` names the source of a listing, the others say how a `console` block is run.

use std::ops::Range;
use std::path::PathBuf;

use crate::blessing;
use support::workspace::root;

/// A Markdown file.
pub struct Page {
    /// Its path from the root of the workspace, as messages name it.
    pub name: String,
    pub path: PathBuf,
    pub text: String,
}

/// A fenced block of a page.
#[derive(Debug, Clone)]
pub struct Block {
    /// The line on which it opens, from 1.
    pub line: usize,
    /// What stands behind the opening backticks, such as `rust` or `console`.
    pub tag: String,
    /// The comments right above it, without `<!--` and `-->`.
    pub comments: Vec<String>,
    /// Where its content is in the text of the page.
    pub content: Range<usize>,
}

impl Page {
    pub fn read(name: &str) -> Page {
        let path = root().join(name);
        Page { name: name.to_string(), path, text: read(name) }
    }

    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let mut comments = Vec::new();
        let mut open = false;
        let mut at = 0;
        for (number, line) in self.text.split_inclusive('\n').enumerate() {
            let end = at + line.len();
            match (open, line.trim_end().strip_prefix("```")) {
                (false, Some(tag)) => {
                    let (tag, comments) = (tag.to_string(), std::mem::take(&mut comments));
                    blocks.push(Block { line: number + 1, tag, comments, content: end..end });
                    open = true;
                }
                (true, Some("")) => open = false,
                (true, _) => blocks.last_mut().expect("an open block").content.end = end,
                (false, None) => match line.trim().strip_prefix("<!-- ") {
                    Some(comment) => {
                        comments.push(comment.trim_end_matches("-->").trim().to_string());
                    }
                    None => comments.clear(),
                },
            }
            at = end;
        }
        assert!(!open, "{}: the last block is not closed", self.name);
        blocks
    }

    pub fn content(&self, block: &Block) -> &str {
        &self.text[block.content.clone()]
    }

    /// Writes `text` where it differs.
    pub fn write(&self, text: &str) {
        if text != self.text {
            std::fs::write(&self.path, text).unwrap_or_else(|e| panic!("{}: {e}", self.name));
        }
    }

    /// For a page that is made from something else: compares it with what `make` makes of it, or, by
    /// `just bless`, writes that.
    pub fn check_or_write(&self, make: impl Fn(&Page) -> String) {
        let made = make(self);
        if blessing() {
            return self.write(&made);
        }
        for (number, (now, then)) in self.text.lines().zip(made.lines()).enumerate() {
            let place = format!("{}:{}", self.name, number + 1);
            assert_eq!(now, then, "{place}. If what it is made from is right: just bless");
        }
        assert_eq!(self.text, made, "{}. If it should end so: just bless", self.name);
    }

    /// Where a block is, for messages.
    pub fn place(&self, block: &Block) -> String {
        format!("{}:{}", self.name, block.line)
    }

    /// The part below the heading `title`, up to the next heading of its level or a higher one.
    pub fn section(&self, title: &str) -> &str {
        let start = self.text.find(&format!("\n{title}\n"));
        let start = start.unwrap_or_else(|| panic!("{} has no {title:?}", self.name)) + 1;
        let level = title.split(' ').next().expect("a level").len();
        let mut in_block = false;
        let mut at = start + title.len() + 1;
        for line in self.text[at..].split_inclusive('\n') {
            in_block ^= line.starts_with("```");
            let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
            if !in_block && (1..=level).contains(&hashes) {
                return &self.text[start..at];
            }
            at += line.len();
        }
        &self.text[start..]
    }

    /// The text without its blocks and comments: what somebody has written.
    pub fn written(&self) -> String {
        let mut in_block = false;
        let mut lines = Vec::new();
        for line in self.text.lines() {
            let fence = line.starts_with("```");
            in_block ^= fence;
            if !in_block && !fence && !line.trim_start().starts_with("<!-- ") {
                lines.push(line);
            }
        }
        lines.join("\n")
    }
}

impl Block {
    /// The rest of the comment that begins with `key:`.
    pub fn option<'a>(&'a self, key: &str) -> Option<&'a str> {
        let value = |comment: &'a String| comment.strip_prefix(key)?.strip_prefix(':');
        self.comments.iter().find_map(value).map(str::trim)
    }

    /// Whether one of the comments begins with these words.
    #[cfg(target_os = "linux")]
    pub fn says(&self, words: &str) -> bool {
        self.comments.iter().any(|comment| comment.starts_with(words))
    }
}

/// A text file of the workspace; its lines end as on Unix, whatever the checkout made of them.
fn read(name: &str) -> String {
    let text = std::fs::read_to_string(root().join(name));
    text.unwrap_or_else(|error| panic!("{name}: {error}")).replace("\r\n", "\n")
}

/// The README and all pages of the book, in the book's order.
pub fn pages() -> Vec<Page> {
    let mut pages = vec![Page::read("README.md")];
    pages.extend(chapters());
    pages
}

/// The pages of the book, in its order; the summary itself is not one.
pub fn chapters() -> Vec<Page> {
    let summary = Page::read("docs/src/SUMMARY.md");
    let links = summary.text.split("](").skip(1);
    links
        .map(|link| Page::read(&format!("docs/src/{}", link.split(')').next().expect("a link"))))
        .collect()
}

/// The listing that `from:` asks for: a file of the workspace, or one item of a Rust file.
pub fn listing(source: &str) -> String {
    let (file, item) = match source.split_once(' ') {
        Some((file, item)) => (file, Some(item)),
        None => (source, None),
    };
    let text = read(file);
    let Some(item) = item else { return text };
    let lines: Vec<&str> = text.lines().collect();
    let begins = |line: &&str| {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        line.strip_prefix(item).is_some_and(|rest| rest.starts_with(['(', '<', ' ', ':']))
    };
    let first = lines.iter().position(begins).unwrap_or_else(|| panic!("{file} has no `{item}`"));
    let docs = lines[..first].iter().rev().take_while(|line| line.starts_with("///")).count();
    let one_line = lines[first].ends_with(';');
    let last = lines[first..].iter().position(|line| one_line || line.starts_with('}'));
    let last = first + last.unwrap_or_else(|| panic!("{file}: `{item}` has no end"));
    lines[first - docs..=last].iter().map(|line| format!("{line}\n")).collect()
}
