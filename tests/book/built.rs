//! The built book, as it is when somebody copies it or publishes it.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use html5gum::{DefaultEmitter, HtmlString, Token, Tokenizer};
use serde_json::Value;

use crate::page::{Page, chapters};
use support::skip;
use support::workspace::{may_build, root};

/// A folder that holds the built book, until this is dropped.
struct Book {
    folder: PathBuf,
    /// What mdBook said while it built.
    said: String,
}

impl Book {
    /// Builds the book and moves it to a folder called `name`, far from the workspace. `None` where
    /// there is no mdBook, or another one.
    fn build(name: &str) -> Option<Book> {
        let Ok(version) = Command::new("mdbook").arg("--version").output() else {
            skip("there is no mdBook");
            return None;
        };
        let version = String::from_utf8_lossy(&version.stdout).trim().replace("mdbook v", "");
        let install = format!("mdbook --version {version} ");
        if !Page::read("docs/src/set-up-your-machine.md").text.contains(&install) {
            skip(&format!("mdBook {version} is not the one that the book names"));
            return None;
        }
        let test = std::env::current_exe().expect("the path of this test");
        if !may_build(test.parent().expect("a folder")) {
            skip("the book's preprocessor may not be built here");
            return None;
        }
        let folder = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        let first = folder.with_extension("built");
        let mut book = Book { folder, said: String::new() };
        let run = Command::new("mdbook")
            .args(["build", "--dest-dir"])
            .args([&first, &root().join("docs")])
            .output()
            .expect("mdBook runs");
        book.said = [run.stderr, run.stdout]
            .map(|said| String::from_utf8_lossy(&said).into_owned())
            .concat();
        assert!(run.status.success(), "{}", book.said);
        std::fs::rename(&first, &book.folder).expect("the book can be moved");
        Some(book)
    }

    /// Its pages, by their paths in the book.
    fn pages(&self) -> BTreeMap<PathBuf, Html> {
        let mut pages = BTreeMap::new();
        let mut folders = vec![self.folder.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|end| end == "html") {
                    let text = std::fs::read_to_string(&path).expect("a page");
                    let name = path.strip_prefix(&self.folder).expect("in the book").to_path_buf();
                    pages.insert(name, Html::read(&text));
                }
            }
        }
        pages
    }
}

impl Drop for Book {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// What a page of HTML refers to and what can be referred to in it.
#[derive(Default)]
struct Html {
    /// Each `href` and `src`, with the element that has it.
    links: Vec<(String, String)>,
    ids: HashSet<String>,
    /// The text of its blocks of code.
    code: Vec<String>,
    /// The text of its styles.
    styles: String,
}

impl Html {
    fn read(text: &str) -> Html {
        let owned = |text: &HtmlString| String::from_utf8_lossy(text).into_owned();
        let mut html = Html::default();
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true); // what stands in a script is no element
        let tokens = Tokenizer::new_with_emitter(text, emitter);
        let (mut in_block, mut in_style) = (false, false);
        for Ok(token) in tokens {
            match token {
                Token::StartTag(tag) => {
                    let element = owned(&tag.name);
                    for (name, value) in &tag.attributes {
                        match owned(name).as_str() {
                            "id" => _ = html.ids.insert(owned(value)),
                            "href" | "src" => html.links.push((element.clone(), owned(value))),
                            _ => {}
                        }
                    }
                    match element.as_str() {
                        "pre" => {
                            html.code.push(String::new());
                            in_block = true;
                        }
                        "style" => in_style = true,
                        _ => {}
                    }
                }
                Token::EndTag(tag) => match owned(&tag.name).as_str() {
                    "pre" => in_block = false,
                    "style" => in_style = false,
                    _ => {}
                },
                Token::String(text) if in_block => {
                    html.code.last_mut().expect("a block").push_str(&owned(&text));
                }
                Token::String(text) if in_style => html.styles.push_str(&owned(&text)),
                _ => {}
            }
        }
        html
    }
}

#[test]
fn the_book_builds_without_warnings_and_loads_nothing_from_elsewhere() {
    let Some(book) = Book::build("book") else { return };
    assert!(!book.said.contains("WARN") && !book.said.contains("ERROR"), "{}", book.said);
    let pages = book.pages();
    assert!(pages.len() > chapters().len(), "{} pages", pages.len());
    for (name, page) in pages {
        for (element, target) in page.links.iter().filter(|(element, _)| element != "a") {
            let elsewhere = target.contains("://") || target.starts_with("//");
            assert!(!elsewhere, "{}: <{element}> loads {target}", name.display());
        }
        assert!(!page.styles.contains("@import"), "{} imports a style", name.display());
    }
}

/// Wherever the book lies, every link leads to a page or a place that is there.
#[test]
fn no_link_of_the_built_book_is_dead_or_leads_out_of_it() {
    let Some(book) = Book::build("a copy of the bööK") else { return };
    let pages = book.pages();
    let mut dead = Vec::new();
    let mut counted = 0;
    for (name, page) in &pages {
        for (_, url) in page.links.iter().filter(|(_, url)| !url.starts_with("https://")) {
            counted += 1;
            let (path, place) = url.split_once('#').unwrap_or((url, ""));
            let there = match within_book(name, path) {
                None => false,
                Some(path) if place.is_empty() => book.folder.join(path).is_file(),
                Some(path) => pages.get(&path).is_some_and(|page| page.ids.contains(place)),
            };
            if !there {
                dead.push(format!("{}: {url}", name.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
    assert!(counted > 3000, "only {counted} links were found");
}

/// The file of the book to which `path` leads from the page `name`; `None` where that is no relative
/// path, or leads out of the book.
fn within_book(name: &Path, path: &str) -> Option<PathBuf> {
    if path.is_empty() {
        return Some(name.to_path_buf());
    }
    if path.starts_with('/') || path.contains(':') {
        return None;
    }
    let mut target = name.parent().expect("a folder").to_path_buf();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if !target.pop() => return None,
            ".." => {}
            part => target.push(part),
        }
    }
    Some(target)
}

/// The index of the book's search, as mdBook has written it.
fn search_index(book: &Book) -> Value {
    let files = std::fs::read_dir(&book.folder).expect("the book").flatten();
    let mut files = files.map(|file| file.path());
    let is_index = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("searchindex"))
    };
    let index = files.find(is_index).expect("an index of the search");
    let text = std::fs::read_to_string(index).expect("the index");
    // JSON in a string of JavaScript.
    let (_, text) = text.split_once("JSON.parse('").expect("the string");
    let (text, _) = text.rsplit_once("')").expect("its end");
    let mut json = String::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        json.extend(if c == '\\' { characters.next() } else { Some(c) });
    }
    serde_json::from_str(&json).expect("the index is JSON")
}

/// The pages that the search finds for one word. The index has words without their endings, of which
/// the last letter may be another: `capability` is `capabl` there.
fn found_by(index: &Value, word: &str) -> HashSet<String> {
    let mut nodes = vec![&index["index"]["index"]["body"]["root"]];
    for letter in word.to_lowercase().chars() {
        let Some(next) = nodes[nodes.len() - 1].get(letter.to_string()) else { break };
        nodes.push(next);
    }
    let least = word.chars().count().saturating_sub(ENDING).max(2);
    let of_word = nodes.into_iter().skip(least);
    let with_next = of_word.flat_map(|node| {
        let next = node.as_object().expect("a node").iter();
        let next = next.filter(|(name, _)| name.chars().count() == 1).map(|(_, node)| node);
        [node].into_iter().chain(next)
    });
    let pages = with_next.flat_map(|node| node["docs"].as_object().expect("pages").keys());
    let url = |page: &String| index["doc_urls"][page.parse::<usize>().ok()?].as_str();
    pages.filter_map(url).map(String::from).collect()
}

/// How many letters an ending may have.
const ENDING: usize = 5;

/// What people call a thing is a way to its page: the same names that `just ask` and `just error`
/// know.
#[test]
fn the_search_finds_a_page_by_its_other_names() {
    let Some(book) = Book::build("book-with-search") else { return };
    let index = search_index(&book);
    // The search leaves out words that every page has.
    let tells = |text: &str| !["from", "into"].contains(&text.to_lowercase().as_str());
    let is_word =
        |text: &&str| text.len() > 2 && text.chars().all(char::is_alphanumeric) && tells(text);
    let mut missed = Vec::new();
    let mut counted = 0;
    let mut look_for = |words: Vec<String>, page: &dyn Fn(&str) -> bool, name: &str| {
        for word in words {
            counted += 1;
            if !found_by(&index, &word).iter().any(|url| page(url)) {
                missed.push(format!("{name} by {word}"));
            }
        }
    };
    let errors = Page::read("docs/src/errors.md").text;
    for error in
        messages::ERRORS.iter().filter(|it| errors.contains(&format!("### {}\n", it.symbol)))
    {
        let mut words: Vec<String> = messages::names_of(error.symbol)
            .filter(is_word)
            .chain([error.symbol])
            .map(String::from)
            .collect();
        if let Some(number) = error.number(messages::System::Windows) {
            words.extend([error.symbol_on(messages::System::Windows), number.to_string()]);
        }
        let place = format!("errors.html#{}", error.symbol.to_lowercase());
        look_for(words, &|url| url == place, error.symbol);
    }
    for question in question::ALL {
        let head = question::Head::of(question.source);
        let also = head.also.split(", ").filter(is_word);
        let also =
            also.chain(messages::names_of_question(question.name).into_iter().filter(is_word));
        let is_page = |url: &str| url.starts_with("questions.html#");
        look_for(also.map(String::from).collect(), &is_page, question.name);
    }
    assert!(missed.is_empty(), "{missed:#?}");
    assert!(counted > 200, "only {counted} names were looked for");
}

/// The chapter "Sources" shows each file whole, as it is.
#[test]
fn the_sources_in_the_book_are_the_programs_own() {
    let Some(book) = Book::build("book-with-sources") else { return };
    let mut counted = 0;
    for (name, page) in book.pages() {
        let Ok(file) = name.strip_prefix("sources") else { continue };
        let file = root().join(file.with_extension(""));
        if name.ends_with("index.html") {
            continue;
        }
        counted += 1;
        let source = std::fs::read_to_string(&file).expect("the source").replace("\r\n", "\n");
        // mdBook ends the text of a listing sometimes with a line break and sometimes without one.
        let [shown] = &page.code[..] else { panic!("{}: one listing", name.display()) };
        assert_eq!(shown.trim_end(), source.trim_end(), "{}", name.display());
    }
    assert!(counted > 60, "only {counted} sources are in the book");
}
