//! The book and the README: every listing is the source's, every transcript is a run's, and every
//! page has what its readers rely on.

mod built;
mod compiler;
mod errors;
mod exercises;
mod from_python;
#[cfg(target_os = "linux")]
mod network;
mod page;
mod page_rules;
mod questions;
#[cfg(target_os = "linux")]
mod transcript;

#[cfg(target_os = "linux")]
mod transcripts;

use page::{listing, pages};

/// `just bless` writes what is shown instead of comparing it.
fn blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

#[test]
fn every_listing_is_the_sources_own() {
    for page in pages() {
        let mut text = page.text.clone();
        for block in page.blocks().iter().rev() {
            let Some(source) = block.option("from") else { continue };
            let code = listing(source);
            if page.content(block) == code {
                continue;
            }
            assert!(
                blessing(),
                "{} shows something else than {source}. If the source is right: just bless",
                page.place(block)
            );
            text.replace_range(block.content.clone(), &code);
        }
        page.write(&text);
    }
}
