//! An error, and the systems that number and word it.

/// A system that has numbers and words of its own for errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// As on x86, ARM and RISC-V.
    Linux,
    /// macOS; the BSDs have most of its numbers, too.
    MacOs,
    /// Winsock.
    Windows,
}

impl System {
    /// This one; for a system that is none of the three, the one that is most like it.
    pub const HERE: System = if cfg!(windows) {
        System::Windows
    } else if cfg!(target_os = "linux") {
        System::Linux
    } else {
        System::MacOs
    };

    /// All of them.
    pub const ALL: [System; 3] = [System::Linux, System::MacOs, System::Windows];

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        ["Linux", "macOS", "Windows"][self as usize]
    }
}

/// What has an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Sockets alone.
    Network,
    /// Sockets, files and more.
    Any,
    /// Files; and sockets, as far as they are files or devices.
    Files,
    /// Files and processes.
    Other,
    /// The look-up of a name, before there is a socket.
    Names,
}

/// An error.
#[derive(Debug, PartialEq, Eq)]
pub struct Error {
    /// The name that people search for.
    pub symbol: &'static str,
    /// What has it.
    pub field: Field,
    pub(crate) numbers: [i32; 3],
    pub(crate) words: [&'static str; 3],
}

impl Error {
    /// Its number on a system.
    #[must_use]
    pub fn number(&self, system: System) -> Option<i32> {
        Some(self.numbers[system as usize]).filter(|number| *number != 0)
    }

    /// What a system says: on Windows only as much of it as tells it from others.
    #[must_use]
    pub fn words(&self, system: System) -> &'static str {
        match (system, self.words[system as usize]) {
            (System::MacOs, "") => self.words[System::Linux as usize],
            (_, words) => words,
        }
    }

    /// What it is called on a system.
    #[must_use]
    pub fn symbol_on(&self, system: System) -> String {
        match (system, self.symbol) {
            (System::Windows, "EAGAIN") => "WSAEWOULDBLOCK".to_string(),
            (System::Windows, "EPIPE") => "WSAESHUTDOWN".to_string(),
            (System::Windows, "EAI_NONAME") => "WSAHOST_NOT_FOUND".to_string(),
            (System::Windows, "EAI_AGAIN") => "WSATRY_AGAIN".to_string(),
            (System::Windows, "EAI_FAIL") => "WSANO_RECOVERY".to_string(),
            (System::Windows, "EAI_NODATA") => "WSANO_DATA".to_string(),
            (System::Windows, symbol) => format!("WSA{symbol}"),
            (_, symbol) => symbol.to_string(),
        }
    }
}
