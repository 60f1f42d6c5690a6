//! The table at the end, which holds what the experiments measured.

use lesson::output::{WIDEST, print, width};

/// Prints a heading and then a line for each question; on a narrow terminal, a paragraph for each.
pub fn print_table(lines: &[[&str; 3]]) {
    let widest = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
    let (first, second) = (widest(0).unwrap_or(0), widest(1).unwrap_or(0));
    for [question, tcp, udp] in lines {
        if width() == WIDEST {
            print(&format!("  {question:<first$}  {tcp:<second$}  {udp}\n"));
        } else if !question.is_empty() {
            print(&format!("  {question}\n    TCP  {tcp}\n    UDP  {udp}\n"));
        }
    }
}
