//! The comment at the head of a program that answers a question.

/// What the comment at the head of such a program says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The question, as learners ask it: the first line.
    pub question: String,
    /// Why it matters.
    pub why: String,
    /// What is different on other systems; empty where nothing is known to be.
    pub elsewhere: String,
}

impl Head {
    /// Reads the comment at the head of a program's `source`: the lines that begin with `//!`.
    #[must_use]
    pub fn of(source: &str) -> Head {
        let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
        let text: String = lines.map(|line| format!("{}\n", line.trim())).collect();
        let paragraph = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut paragraphs = text.split("\n\n").map(paragraph);
        let question = paragraphs.next().unwrap_or_default();
        let (elsewhere, why): (Vec<_>, Vec<_>) =
            paragraphs.partition(|text| text.starts_with("Elsewhere: "));
        Head { question, why: why.join(" "), elsewhere: elsewhere.join(" ") }
    }
}
