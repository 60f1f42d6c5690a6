//! Who has a socket, as seen from the program that wants its port or its path.

use crate::asker::Asker;

/// Who has a socket.
pub(crate) struct Who {
    /// In words, for the beginning of a sentence.
    pub(crate) name: String,
    pub(crate) processes: Vec<u32>,
    /// Whether the program that asks is among them.
    pub(crate) is_asker: bool,
}

impl Who {
    /// Who has the socket of this inode.
    pub(crate) fn has(inode: u64, asker: Option<&Asker>) -> Who {
        let holders = kernel::holders().remove(&inode).unwrap_or_default();
        let processes: Vec<u32> = holders.iter().map(|(_, process)| *process).collect();
        let is_asker = asker.is_some_and(|asker| processes.contains(&asker.process));
        let name = match (asker, holders.as_slice()) {
            (Some(asker), [..]) if is_asker => {
                let own = kernel::descriptors(asker.process, inode);
                format!("This very program{}", by_descriptors(&own))
            }
            (_, [(name, process)]) => format!("{name}, process {process},"),
            (_, [(name, process), more @ ..]) => {
                format!("{name}, process {process}, together with {} more,", more.len())
            }
            (_, []) => "A program (the system does not say which)".to_string(),
        };
        Who { name, processes, is_asker }
    }
}

/// `, by its descriptor 3,`, or nothing.
pub(crate) fn by_descriptors(numbers: &[i32]) -> String {
    let list: Vec<String> = numbers.iter().map(i32::to_string).collect();
    match list.as_slice() {
        [] => String::new(),
        [one] => format!(", by its descriptor {one},"),
        several => format!(", by its descriptors {},", several.join(" and ")),
    }
}
