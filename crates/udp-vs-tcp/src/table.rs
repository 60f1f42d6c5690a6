//! The table at the end, which holds what the experiments measured.

use lesson::rows::{WIDEST, print, width};

/// Prints a heading and then a line for each question; one below the other on a narrow terminal.
pub fn print_table(lines: &[[&str; 3]]) {
    let widest = |column: usize| lines.iter().map(|line| line[column].len()).max().unwrap_or(0);
    let (first, second) = (widest(0), widest(1));
    for [question, tcp, udp] in lines {
        if width() == WIDEST {
            print(&format!("  {question:<first$}  {tcp:<second$}  {udp}\n"));
        } else {
            print(&format!("  {question}\n    {tcp}\n    {udp}\n"));
        }
    }
}
