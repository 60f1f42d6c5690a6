//! Runs as text that is the same every time: what differs from run to run is replaced.

/// `output` with the words of each line one space apart, and in it
/// - ports of four or five digits by the order in which they appear, 50000 for the first;
/// - the seconds that TIME_WAIT has left, which may already be one less;
/// - how much fits into buffers, and so the counts of step 6's last part, by `#`.
pub fn stable(output: &str) -> String {
    let mut ports: Vec<String> = Vec::new();
    let mut text = String::new();
    for line in output.lines() {
        let counts = [" x ", "bytes taken", "the very ones", "datagrams, then", "nobody reads"];
        let counts = counts.iter().any(|words| line.contains(words)) && !line.ends_with(':');
        let words = line.split_whitespace().map(|word| match word {
            _ if counts && is_number(word.trim_matches(['(', ')'])) => hide(word),
            "58" | "59" if line.ends_with("s left") => "60".to_string(),
            _ => stable_ports(word, &mut ports),
        });
        text += &words.collect::<Vec<_>>().join(" ");
        text += "\n";
    }
    text
}

/// `output` as it stands, but with its ports replaced: the first of `ports` stays, the others are
/// 50001 and so on, in the order in which they appear.
pub fn with_stable_ports(output: &str, mut ports: Vec<String>) -> String {
    let first = format!(":{}", ports[0]);
    let words = output.split_inclusive(char::is_whitespace);
    words.map(|word| stable_ports(word, &mut ports).replace(":50000", &first)).collect()
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn hide(word: &str) -> String {
    let mut hidden: Vec<char> =
        word.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect();
    hidden.dedup();
    hidden.into_iter().collect()
}

/// `word` with the port in it replaced: the digits after its last colon but a closing one.
fn stable_ports(word: &str, ports: &mut Vec<String>) -> String {
    let Some((start, rest)) = word.trim_end_matches(':').rsplit_once(':') else {
        return word.to_string();
    };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits < 4 {
        return word.to_string();
    }
    let port = &rest[..digits];
    let place = ports.iter().position(|known| known == port).unwrap_or_else(|| {
        ports.push(port.to_string());
        ports.len() - 1
    });
    format!("{start}:{}{}", 50_000 + place, &word[start.len() + 1 + digits..])
}
