//! Which rows of the table are meant.

use lesson::explain;

use crate::catalogue::{Row, TABLE};

/// The rows that the words ask for, with their places in the table: a call, an error's name, number
/// or words, or a call and one of these.
pub fn rows_for(words: &[String]) -> Vec<(usize, &'static Row)> {
    let asked = words.join(" ").trim().to_lowercase();
    let rows = || TABLE.iter().enumerate();
    if let Some((call, rest)) = asked.split_once(' ') {
        let of_call = || rows().filter(|(_, row)| row.bare_call() == call);
        let found = matching(of_call, rest.trim());
        if !found.is_empty() {
            return found;
        }
    }
    let of_call: Vec<_> = rows().filter(|(_, row)| row.bare_call() == asked).collect();
    if of_call.is_empty() { matching(rows, &asked) } else { of_call }
}

/// Those of `rows` whose error or option is `asked`; or else whose message has these words; or else
/// those to whose description they belong.
fn matching<R: Iterator<Item = (usize, &'static Row)>>(
    rows: impl Fn() -> R,
    asked: &str,
) -> Vec<(usize, &'static Row)> {
    if asked.is_empty() {
        return Vec::new();
    }
    let named = |row: &Row| {
        let symbol = row.symbol.to_lowercase();
        asked == symbol
            || asked.strip_prefix("wsa") == Some(&symbol)
            || explain::number(row.symbol).is_some_and(|number| asked == number.to_string())
            || row.call.to_lowercase().split(' ').any(|word| word == asked)
    };
    let said = |row: &Row| message(row.symbol).is_some_and(|it| it.to_lowercase().contains(asked));
    let described = |row: &Row| row.when.to_lowercase().contains(asked);
    let ways: [&dyn Fn(&Row) -> bool; 3] = [&named, &said, &described];
    let found = ways.iter().map(|way| rows().filter(|(_, row)| way(row)).collect::<Vec<_>>());
    found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

/// The system's words for an error, such as `Address already in use`.
pub fn message(symbol: &str) -> Option<String> {
    let number = explain::number(symbol)?;
    let text = std::io::Error::from_raw_os_error(number).to_string();
    Some(text.trim_end_matches(&format!(" (os error {number})")).to_string())
}
