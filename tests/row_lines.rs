//! How a row is set: its cells stay apart, whatever stands in them.

#[test]
fn a_call_and_its_descriptor_are_never_one_word() {
    for fd in ["3", "42", "128", "5, 6", "1023, 1024", "unknown"] {
        for length in 1..=40 {
            let call = "c".repeat(length);
            let cells = [call.as_str(), fd, "TCP/IPv4", "127.0.0.1:8080", "—", "LISTEN"];
            for width in [40, 80, 100] {
                let text = output::row_line(cells, width);
                let words: Vec<&str> = text.split_whitespace().collect();
                let expected = [call.as_str()].into_iter().chain(fd.split(' ')).chain(["TCP/IPv4"]);
                assert!(
                    words.iter().copied().take(expected.clone().count()).eq(expected),
                    "{text}"
                );
            }
        }
    }
}

#[test]
fn what_is_printed_never_steers_the_terminal() {
    let call = "connect(/tmp/\u{1b}[2J\r\u{7}\u{9b}x)";
    let line = output::row_line([call, "3", "Unix", "", "", ""], 100);
    let texts = [line, output::wrapped(call, 40, "  ", "  "), output::note_line(call, 80)];
    for text in texts {
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        assert!(text.contains(r"\u{1b}[2J\r"), "what was there should be seen: {text}");
    }
    assert_eq!(output::visible("plain, and ä"), "plain, and ä");
}

#[test]
fn a_number_is_digits_alone() {
    for (text, number) in [("0", Some(0_u16)), ("80", Some(80)), ("65535", Some(65535))] {
        assert_eq!(output::whole_number(text), number, "{text}");
    }
    for text in ["", "+80", "-1", "080", "00", " 80", "80 ", "8_0", "0x50", "65536", "٣"] {
        assert_eq!(output::whole_number::<u16>(text), None, "{text}");
    }
}
