//! Runs as text that is the same every time.

use regex_lite::{Captures, Regex};

/// `output` with what differs from run to run replaced, and otherwise as it stands:
/// - ports that the kernel picked, by the order in which they appear, 50001 for the first;
/// - numbers of processes and threads, by 12345;
/// - how long a call took, by 0.1, and in a summary by 0.100000;
/// - the time of day, by 12:00:00.000;
/// - the seconds that TIME_WAIT has left, which may already be one less.
pub fn stable(output: &str) -> String {
    let mut ports: Vec<String> = Vec::new();
    // A port stands behind a colon, or in Python behind an address and a comma.
    // Sentences name one, or the next one.
    let port = Regex::new(r"(:|', |htons\(|such as |no port but )(\d{5})\b").expect("a pattern");
    let text = port.replace_all(output, |found: &Captures| {
        let number = &found[2];
        // The range from which Linux gives ports away, see ip(7).
        if !("32768"..="60999").contains(&number) {
            return found[0].to_string();
        }
        let place = ports.iter().position(|known| known == number).unwrap_or_else(|| {
            ports.push(number.to_string());
            ports.len() - 1
        });
        format!("{}{}", &found[1], 50_001 + place)
    });
    let process = Regex::new(r#"(\bprocess |\bthread |"process":|"thread":)(\d+)( *)"#);
    let text = process.expect("a pattern").replace_all(&text, |found: &Captures| {
        // The next column of a row stays where it is.
        let wide = found[3].len() > 1;
        let room = if wide {
            (found[2].len() + found[3].len()).saturating_sub(5).max(1)
        } else {
            found[3].len()
        };
        format!("{}12345{}", &found[1], " ".repeat(room))
    });
    let time = Regex::new(r#""seconds":[0-9.e-]+"#).expect("a pattern");
    let text = time.replace_all(&text, "\"seconds\":0.1");
    let time = Regex::new(r"\bwaited [0-9.]+ m?s\b").expect("a pattern");
    let text = time.replace_all(&text, "waited 100 ms");
    let in_summary = Regex::new(r"\b\d\.\d{6}\b").expect("a pattern");
    let text = in_summary.replace_all(&text, "0.100000");
    let of_day = Regex::new(r"\b\d\d:\d\d:\d\d\.\d{3}\b").expect("a pattern");
    let text = of_day.replace_all(&text, "12:00:00.000");
    let seconds = Regex::new(r"\b5[89] s (left|more)").expect("a pattern");
    seconds.replace_all(&text, "60 s $1").into_owned()
}

/// The lines of a transcript, for the comparison of two runs: as they stand, but without how much
/// fits into buffers, which is each machine's own, and without how many clients each worker gets.
pub fn comparable(text: &str) -> Vec<String> {
    const COUNTS: [&str; 8] = [
        " x ",
        "bytes taken",
        "the very ones",
        "datagrams, then",
        "nobody reads",
        "UdpRcvbufErrors  ",
        "worker ",
        "some wait; ",
    ];
    let digits = Regex::new(r"\d+").expect("a pattern");
    let line = |line: &str| {
        let counts = COUNTS.iter().any(|words| line.contains(words)) && !line.ends_with(':');
        if !counts {
            return line.trim_end().to_string();
        }
        let word = |word: &str| {
            let plain = word.trim_matches(['(', ')']);
            let is_number = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit());
            if is_number { digits.replace(word, "#").into_owned() } else { word.to_string() }
        };
        line.split_whitespace().map(word).collect::<Vec<_>>().join(" ")
    };
    text.trim_end().lines().map(line).collect()
}

/// Lines of one of two programs that ran side by side, without what depends on who was faster: how
/// much is unread (and how far that moves a column), and whether the server's rows after the first
/// answer already show the client's end, or a close the other side's.
pub fn without_haste(lines: &[String]) -> Vec<String> {
    let unread = Regex::new(r" \d+ unread$").expect("a pattern");
    let of_one_side = Regex::new(
        r"^((?:(?:accept|recv|send|close)\(.* 127\.0\.0\.1:8080|close\(.*) 127\.0\.0\.1:\d+) (?:ESTABLISHED|CLOSE_WAIT)$",
    );
    let of_one_side = of_one_side.expect("a pattern");
    let line = |line: &String| {
        of_one_side.replace(&unread.replace(line, ""), "$1 ESTABLISHED").into_owned()
    };
    without_spaces(lines).iter().map(line).collect()
}

/// Lines with one space where there are several. Where a process's number has more digits, the rest
/// of its row stands on the next line.
pub fn without_spaces(lines: &[String]) -> Vec<String> {
    let rest_of_row = " ".repeat(25);
    let mut single: Vec<String> = Vec::new();
    for line in lines {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        match single.last_mut() {
            Some(last) if last.ends_with(", process 12345") && line.starts_with(&rest_of_row) => {
                *last += &format!(" {words}");
            }
            _ => single.push(words),
        }
    }
    single
}
