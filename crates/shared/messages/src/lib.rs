//! Which error a message is about, as C, other languages, programs and three systems print it.
//!
//! - `errors`: an error, and the systems that have numbers and words for it
//! - `table`: all errors that are known
//! - `lookup`: which one has a name or a number
//! - `phrases`: what languages and programs call them
//! - `parts`: the parts of a text that mean an error
//! - `numbers`: where a text has an error's number
//! - `signs`: what else a text is about
//! - `leads`: the questions to which messages lead
//! - `unsure`: those of the phrases that say little
//! - `words`: a text as words

#![warn(missing_docs)]

mod errors;
mod leads;
mod lookup;
mod numbers;
mod parts;
mod phrases;
mod signs;
mod table;
mod unsure;
mod words;

pub use errors::{Error, Field, System};
pub use leads::{all as all_questions, names_of_question};
pub use lookup::{named, nearest, numbered};
use parts::{Evidence, Part};
pub use phrases::{PHRASES, Sense};
pub use table::ERRORS;
pub use unsure::{UNLESS, UNSURE, VAGUE};

/// What was found in a text.
#[derive(Debug)]
pub struct Message {
    /// The errors that it is about, the most likely one first.
    pub errors: Vec<&'static Error>,
    /// What it means; `None` where nothing was found.
    pub sense: Option<Sense>,
    /// Whether it is about something else than a socket, such as a file.
    pub is_of_others: bool,
    /// The calls from which the error may come, by the kernel's names; empty where it does not say.
    pub calls: &'static [&'static str],
    /// Which system says so, where it is another one.
    pub remarks: Vec<String>,
    /// Whether it names the loopback address of IPv6 and not that of IPv4.
    is_ipv6_loopback: bool,
    /// Whether it names a Unix socket.
    is_unix_socket: bool,
    words: String,
}

/// Words beside an error's name that say nothing.
const SAYS_NOTHING: [&str; 9] =
    ["", "caused", "by", "err", "error", "exception", "io", "java", "kind"];

/// What is said of a text that gives no reason.
const NO_REASON: &str = "It does not say why. Most often nobody listens there (ECONNREFUSED), or \
                         no answer comes (ETIMEDOUT); `just xray` shows what connect returns.";

impl Message {
    /// Reads a text, such as what a program has printed.
    #[must_use]
    pub fn read(text: &str) -> Message {
        let lower = signs::without_places(text.trim().to_lowercase().as_str());
        let words = words::spaced(&lower);
        let bare = words::spaced(&signs::without_peers(&lower));
        let mut parts = parts::parts_of(&words, &bare);
        let rest = parts::without(&words, &parts);
        let is_unix_socket = signs::is_unix_socket(&lower);
        let is_of_sockets = is_unix_socket || signs::is_of_sockets(&lower, &rest);
        // What others say, too, is enough where there is nothing else.
        let is_all = rest.split(' ').all(|word| SAYS_NOTHING.contains(&word));
        parts.retain(|part| is_of_sockets || !part.is_unsure() || is_all);
        let names_peer = signs::names_peer(&lower);
        parts.retain(|part| names_peer || part.evidence != Evidence::Vague);
        let numbered = errors_of(&numbers::numbers_in(&lower, is_of_sockets), &parts);

        let best = parts.iter().map(|part| part.evidence.rank()).max();
        let best = best.filter(|best| *best > Evidence::Phrase.rank() || numbered.is_empty());
        let mut message = Message {
            errors: Vec::new(),
            sense: None,
            is_of_others: false,
            calls: signs::calls(&lower),
            remarks: Vec::new(),
            is_ipv6_loopback: signs::is_ipv6_loopback(&lower),
            is_unix_socket,
            words,
        };
        for part in parts.iter().filter(|part| Some(part.evidence.rank()) == best) {
            message.sense = message.sense.or(Some(part.sense));
            part.errors.iter().for_each(|error| message.add(error));
        }
        for (error, system, number) in numbered {
            let is_said = message.errors.iter().any(|known| known.symbol == error.symbol);
            // A number says more than a phrase, and less than a system's words or a symbol.
            if best.is_none() {
                message.sense = Some(Sense::Error);
                message.add(error);
            }
            if best.is_none() || is_said {
                message.remark(system, || {
                    format!("On {} {number} is {}.", system.name(), error.symbol_on(system))
                });
            }
        }
        if message.sense == Some(Sense::Timer) && message.calls == ["connect"] {
            message.errors.retain(|error| error.symbol != "EAGAIN");
        }
        if best == Some(Evidence::Vague.rank()) {
            message.remarks.push(NO_REASON.to_string());
        }
        if message.remarks.is_empty() {
            message.remark_words(&parts);
        }
        let is_of_field = |field| move |error: &&Error| error.field == field;
        let is_of_files = |error: &&Error| matches!(error.field, Field::Files | Field::Other);
        let is_of_others = || match message.sense {
            Some(Sense::Error) if message.errors.iter().all(is_of_files) => true,
            Some(Sense::Error) if !message.errors.iter().all(is_of_field(Field::Any)) => false,
            _ => signs::is_of_others(&lower, &rest),
        };
        message.is_of_others = !is_of_sockets && is_of_others();
        message
    }

    fn add(&mut self, error: &'static Error) {
        if !self.errors.iter().any(|known| known.symbol == error.symbol) {
            self.errors.push(error);
        }
    }

    /// Says something about a system, unless it is Linux or this one, which say it below anyway.
    fn remark(&mut self, system: System, text: impl Fn() -> String) {
        if ![System::HERE, System::Linux].contains(&system) && !self.remarks.contains(&text()) {
            self.remarks.push(text());
        }
    }

    /// Says whose words they are, where they are not Linux's.
    fn remark_words(&mut self, parts: &[Part]) {
        for part in parts {
            let Evidence::Words(system) = part.evidence else { continue };
            let Some(error) = part.errors.first() else { continue };
            let is_linuxs = words::spaced(error.words(System::Linux)) == part.words;
            if let (false, Some(number)) = (is_linuxs, error.number(system)) {
                let symbol = error.symbol_on(system);
                self.remark(system, || {
                    format!("The words are those of {} for {symbol}, {number}.", system.name())
                });
            }
        }
    }

    /// Whether it is about an error, or the end, of a socket.
    #[must_use]
    pub fn is_of_a_socket(&self) -> bool {
        self.sense.is_some() && !self.is_of_others
    }

    /// The questions to which it leads, the best first.
    #[must_use]
    pub fn questions(&self) -> Vec<&'static str> {
        leads::questions(self)
    }
}

/// What languages and programs call an error, but for the symbol.
pub fn names_of(symbol: &str) -> impl Iterator<Item = &'static str> {
    let of_it = PHRASES.iter().filter(move |(_, symbols, _)| symbols.first() == Some(&symbol));
    let of_it = of_it.filter(|(sense, ..)| *sense == Sense::Error);
    let phrases = of_it.flat_map(|(.., phrases)| phrases.iter().copied());
    phrases.filter(|phrase| !VAGUE.contains(phrase))
}

/// A text in one short line, to be named: without what a terminal would take as a command.
#[must_use]
pub fn in_a_line(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// How many characters of a text are enough to know it by.
const LONGEST: usize = 120;

/// How a program ended, where a text says so: that is not the number of an error.
#[must_use]
pub fn exit_status(text: &str) -> Option<i32> {
    numbers::exit_status(&text.to_lowercase())
}

/// The errors that have these numbers: as the system counts whose words or symbol are in the text,
/// or else as this one does.
fn errors_of(numbers: &[i32], parts: &[Part]) -> Vec<(&'static Error, System, i32)> {
    let is_in_text =
        |error: &Error| parts.iter().any(|it| it.errors.iter().any(|it| it.symbol == error.symbol));
    let error = |number: &i32| {
        let systems = [System::HERE].into_iter().chain(System::ALL);
        let known = systems.flat_map(|system| {
            let known = ERRORS.iter().filter(move |it| it.number(system) == Some(*number));
            known.map(move |error| (error, system))
        });
        let said = { known }.find(|(error, _)| is_in_text(error));
        let (error, system) = said.or_else(|| numbered(*number))?;
        Some((error, system, *number))
    };
    numbers.iter().filter_map(error).collect()
}
