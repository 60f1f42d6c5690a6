//! The number of an error, where messages have it.

use std::sync::LazyLock;

use regex_lite::Regex;

use crate::errors::Field;
use crate::lookup::numbered;
use crate::words::{Pattern, pattern_of};

type Patterns = LazyLock<Vec<Regex>>;

fn patterns_of(patterns: &[&'static str]) -> Vec<Regex> {
    patterns.iter().map(|pattern| pattern_of(pattern)).collect()
}

/// Where a number is an error's, whatever else the text says.
static SURE: Patterns = LazyLock::new(|| {
    patterns_of(&[
        // [Errno 98], errno=98, errno: -98, errno(98), (os errno 111)
        r"\berrno(?:\s*=\s*|:\s*|\s+|\()(-?\d+)\b",
        r"\b(?:win|win32|windows |winsock )error[\s:#(]*(\d+)\b",
        r"\b(?:os|socket|winsock|wsa|system|native) ?error(?: code)?[\s:=(#]*(-?\d+)\b",
        r"\b(?:native)?errorcode[\s:=]+(\d+)\b",
        r"\bsocketexception \((?:0x[0-9a-f]+, )?(\d+)\)",
        r"\bos \{ code: (\d+)",
        // As boost and Apple print it.
        r"\[?\bsystem:(\d+)\b",
        r"\bnsposixerrordomain,? code[=: ]+(\d+)\b",
        r"\bwsagetlasterror\D{0,16}(\d+)\b",
        r"\bmysql[^()]*\((\d+)\)",
        // Python: ConnectionResetError(104, 'Connection reset by peer')
        r"[a-z](?:error|exception)\((\d+), ",
        // nginx: (98: Address already in use)
        r"[(\[](\d+): [a-z]",
    ])
});

/// Where a number is an error's in a text about sockets.
static PERHAPS: Patterns = LazyLock::new(|| {
    patterns_of(&[
        r"\berror(?: code| number)?[\s:=#(]+(-?\d+)\b",
        r"\b(?:ret|rc|returned|returns|res|result)\s*[=:]?\s*-(\d+)\b",
        r"\bcode[:=] ?-?(\d+)\b",
        r": (-?\d+)$",
        // Apache: (98)Address already in use
        r"(?:^|[^:] |[^: ])\((\d+)\)",
    ])
});

/// The number and nothing else, but for a word that says what it is.
static ALONE: Patterns = LazyLock::new(|| {
    patterns_of(&[
        r"^\W*(?:(?:os )?error(?: code| number)?|errno|code|number|wsa)?[\s:=#]*(-?\d+)\W*$",
    ])
});

/// One of Windows, wherever it stands in a text about errors; also as an HRESULT.
static OF_WINDOWS: Pattern = LazyLock::new(|| {
    pattern_of(r"\b(?:1(?:00[0-6]\d|100[1-4])|0x(?:8007|0000)?2[7a][0-9a-f]{2})\b")
});

/// Where it stands alone, or in a text about errors.
static ON_WINDOWS: Pattern = LazyLock::new(|| {
    pattern_of(r"error|winsock|wsa|exception|failed|failure|^\W*\w+\W*$|[(\[#]1\d{4}[)\]]")
});

/// Where a number is how a program has ended, or what a server of another protocol has answered.
static NONE: Pattern = LazyLock::new(|| {
    pattern_of(
        r"(?x) \b (?: exit | exited | status | http | response | return )
            (?: \ (?: with | code | status | value ) )* [:=]? \s* (?: error | code )? [\s:=]*
            -?\d+ (?: /\S+ )?
        | ^make\b.* | \*\*\*.* | \b provider,?\ error:\ \d{1,3}\b",
    )
});

/// The numbers of errors in a text in lower case, the surest first.
pub fn numbers_in(lower: &str, is_of_sockets: bool) -> Vec<i32> {
    let lower = NONE.replace_all(lower, " ").into_owned();
    let mut found = find(&ALONE, &lower);
    found.extend(find(&SURE, &lower));
    if is_of_sockets {
        let is_of_network = |number: &i32| {
            numbered(*number).is_some_and(|(error, _)| error.field == Field::Network)
        };
        found.extend(find(&PERHAPS, &lower).into_iter().filter(is_of_network));
    }
    if ON_WINDOWS.is_match(&lower) {
        found.extend(windows_numbers_in(&lower));
    }
    found
}

static ENDED: Pattern = LazyLock::new(|| {
    pattern_of(r"\b(?:exit(?:ed)?|status)\b(?: with| code| status)*[:=\s]+(\d+)\b")
});

/// How a program ended, where a text says that with the word status or code.
pub fn exit_status(lower: &str) -> Option<i32> {
    ENDED.captures(lower)?[1].parse().ok()
}

fn find(patterns: &[Regex], text: &str) -> Vec<i32> {
    let numbers = patterns.iter().flat_map(|pattern| {
        let found = pattern.captures_iter(text).filter_map(|found| found[1].parse().ok());
        found.collect::<Vec<i32>>()
    });
    // A kernel's function returns it below zero; getaddrinfo has some that are.
    let is_of_names = |number: i32| (-5..=-2).contains(&number);
    numbers.map(|number| if is_of_names(number) { number } else { number.abs() }).collect()
}

fn windows_numbers_in(text: &str) -> Vec<i32> {
    let number = |text: &str| match text.strip_prefix("0x") {
        Some(hex) => {
            i64::from_str_radix(hex, 16).ok().and_then(|it| i32::try_from(it & 0xffff).ok())
        }
        None => text.parse().ok(),
    };
    OF_WINDOWS.find_iter(text).filter_map(|found| number(found.as_str())).collect()
}
