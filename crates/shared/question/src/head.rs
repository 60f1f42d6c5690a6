//! The comment at the head of a program that answers a question.

/// What the comment at the head of such a program says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The question, as learners ask it: the first line.
    pub question: String,
    /// Why it matters.
    pub why: String,
    /// Other words for it, by which it should be found, too; may be empty.
    pub also: String,
    /// The systems on which it runs, such as `Linux and macOS`, as what it shows is theirs alone;
    /// empty where it runs on all.
    pub systems: String,
    /// What is different on other systems; empty where nothing is known to be.
    pub elsewhere: String,
}

/// What a head calls this system.
const THIS_SYSTEM: &str = if cfg!(target_os = "linux") {
    "Linux"
} else if cfg!(target_os = "macos") {
    "macOS"
} else if cfg!(windows) {
    "Windows"
} else {
    "this system"
};

impl Head {
    /// Reads the comment at the head of a program's `source`: the lines that begin with `//!`.
    #[must_use]
    pub fn of(source: &str) -> Head {
        let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
        let text: String = lines.map(|line| format!("{}\n", line.trim())).collect();
        let paragraph = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut head = Head::default();
        for (place, text) in text.split("\n\n").map(paragraph).enumerate() {
            if place == 0 {
                head.question = text;
            } else if let Some(systems) = text.strip_prefix("Runs on ") {
                head.systems = systems.trim_end_matches(" alone.").to_string();
            } else if let Some(words) = text.strip_prefix("Also: ") {
                head.also = words.trim_end_matches('.').to_string();
            } else if text.starts_with("Elsewhere: ") {
                head.elsewhere = text;
            } else {
                head.why = format!("{} {text}", head.why).trim_start().to_string();
            }
        }
        head
    }

    /// Whether the program runs on this system.
    #[must_use]
    pub fn runs_here(&self) -> bool {
        self.systems.is_empty() || self.systems.split(" and ").any(|name| name == THIS_SYSTEM)
    }
}
