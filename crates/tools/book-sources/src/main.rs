//! A preprocessor of mdBook, called by docs/book.toml. The pages link to the programs as
//! `../../crates/…`, which is right on a code host and dead in a built book that lies anywhere else.
//! So each file that a page links to becomes a page of the book, below a last chapter, *Sources*.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// How the path out of the book begins: from docs/src to the root of the repository.
const OUT: &str = "../../";

fn main() -> Result<()> {
    // mdBook first asks whether this is for its kind of book. It is for all of them.
    if std::env::args().nth(1).is_some_and(|word| word == "supports") {
        return Ok(());
    }
    let (context, mut book): (Value, Value) = serde_json::from_reader(io::stdin())?;
    let docs = context["root"].as_str().context("mdBook says where the book's folder is")?;
    let repository = Path::new(docs).parent().context("the book's folder has a parent")?;

    let items = book["items"].as_array_mut().context("mdBook 0.5 sends a book with items")?;
    let mut files = BTreeSet::new();
    for item in items.iter_mut() {
        link_to_pages(item, &mut files)?;
    }
    let pages = files.iter().map(|file| page_of(repository, file)).collect::<Result<Vec<_>>>()?;
    items.push(json!("Separator"));
    items.push(chapter("Sources", "index.md", &contents(&files), pages));

    serde_json::to_writer(io::stdout(), &book)?;
    io::stdout().flush()?;
    Ok(())
}

/// Makes each link to a file of the repository, in a chapter and in those below it, one to that
/// file's page, and adds the file to `files`.
fn link_to_pages(item: &mut Value, files: &mut BTreeSet<String>) -> Result<()> {
    let Some(chapter) = item.get_mut("Chapter") else { return Ok(()) }; // a title or a separator
    let text = chapter["content"].as_str().context("a chapter has a text")?;
    // A page in a folder of docs/src has one step more to go.
    let path = chapter["path"].as_str().unwrap_or_default();
    let up = "../".repeat(path.matches(['/', '\\']).count());
    let out = format!("]({up}{OUT}");
    let mut parts = text.split(&out);
    let mut linked = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let (file, rest) = part.split_once(')').context("a link ends with a parenthesis")?;
        linked += &format!("]({up}sources/{file}.md){rest}");
        files.insert(file.to_string());
    }
    chapter["content"] = json!(linked);
    if let Some(below) = chapter["sub_items"].as_array_mut() {
        below.iter_mut().try_for_each(|item| link_to_pages(item, files))?;
    }
    Ok(())
}

/// The page that shows one file of the repository.
fn page_of(repository: &Path, file: &str) -> Result<Value> {
    let path = repository.join(file);
    if path.is_dir() {
        bail!("the book links to {file}, a folder: link to one of its files");
    }
    let text =
        std::fs::read_to_string(path).with_context(|| format!("the book links to {file}"))?;
    let text = text.replace("\r\n", "\n");
    let language = match file.rsplit_once('.') {
        Some((_, "rs")) => "rust",
        Some((_, "py")) => "python",
        Some((_, "toml")) => "toml",
        _ => "text",
    };
    // Longer than any fence inside of the file.
    let mut fence = "```".to_string();
    while text.contains(&fence) {
        fence.push('`');
    }
    let page = format!("# `{file}`\n\n{fence}{language}\n{text}{fence}\n");
    // As short as it can be, for the sidebar.
    let name = file.strip_prefix("crates/").unwrap_or(file);
    Ok(chapter(name, &format!("{file}.md"), &page, Vec::new()))
}

/// The page before the files, which lists them.
fn contents(files: &BTreeSet<String>) -> String {
    let lines = files.iter().map(|file| format!("- [`{file}`]({file}.md)\n"));
    format!(
        "# Sources\n\nThe files that the chapters link to, whole, as they were when this book was \
         built.\n\n{}",
        lines.collect::<String>()
    )
}

/// A chapter as mdBook knows it.
fn chapter(name: &str, path: &str, content: &str, below: Vec<Value>) -> Value {
    let parents: &[&str] = if path == "index.md" { &[] } else { &["Sources"] };
    let path = format!("sources/{path}");
    json!({"Chapter": {
        "name": name,
        "content": content,
        "number": null,
        "sub_items": below,
        "path": path,
        "source_path": path,
        "parent_names": parents,
    }})
}
