//! What languages, programs and systems print is understood, and what is not about sockets is left.

use std::collections::BTreeSet;

use messages::{
    ERRORS, Field, Message, PHRASES, Sense, System, UNLESS, UNSURE, VAGUE, all_questions, named,
    nearest, numbered,
};
use question::ALL;

/// A message, and what it has to be understood as.
struct Pasted {
    group: &'static str,
    error: &'static str,
    question: &'static str,
    text: String,
}

fn pasted() -> Vec<Pasted> {
    let mut group = "";
    let mut found = Vec::new();
    for line in include_str!("messages/pasted.txt").lines().skip(1).filter(|it| !it.is_empty()) {
        match line.strip_prefix("# ") {
            Some(name) => group = name,
            None => {
                let parts: Vec<&str> = line.splitn(3, " | ").collect();
                let [error, question, text] = parts[..] else { panic!("{line}: three parts") };
                // Lines of one message stand in one line of the table.
                let text = text.replace("\\n", "\n");
                found.push(Pasted { group, error, question, text });
            }
        }
    }
    found
}

/// The texts that are about something else.
fn others() -> Vec<&'static str> {
    include_str!("messages/others.txt").lines().skip(1).filter(|it| !it.is_empty()).collect()
}

/// What a message is understood as, as the table has it.
fn understood(text: &str) -> (&'static str, &'static str) {
    let message = Message::read(text);
    let error = match message.sense {
        _ if !message.is_of_a_socket() => "nothing",
        None => "nothing",
        Some(Sense::End) => "the end",
        Some(Sense::Timer) => "a timer",
        Some(Sense::Error) => message.errors.first().map_or("no error", |error| error.symbol),
    };
    (error, message.questions().first().copied().unwrap_or("-"))
}

#[test]
fn what_programs_print_is_understood() {
    let mut wrong = String::new();
    for Pasted { group, error, question, text } in pasted() {
        let text = text.as_str();
        let seen = understood(text);
        if seen != (error, question) {
            wrong += &format!("\n{group}: {text}\n  {seen:?}, not {:?}", (error, question));
        }
        // As it stands in a log, and in whichever case; a number alone is then none any more.
        let line = format!("2026-11-27T10:00:00Z app[321]: {}\n", text.to_uppercase());
        let first = |text: &str| Message::read(text).errors.first().map(|error| error.symbol);
        if text.len() > 23 && first(&line) != first(text) {
            wrong += &format!("\n{group}: {line}  {:?}, not {:?}", first(&line), first(text));
        }
    }
    assert_eq!(wrong, "");
}

#[test]
fn what_is_not_about_sockets_is_left() {
    let mut wrong = String::new();
    for text in others() {
        let message = Message::read(text);
        if message.is_of_a_socket() {
            wrong += &format!("\n{text}: {:?}", understood(text));
        }
    }
    assert_eq!(wrong, "");
}

#[test]
fn the_table_is_wide() {
    let groups: BTreeSet<&str> = pasted().iter().map(|pasted| pasted.group).collect();
    assert!(pasted().len() >= 350 && groups.len() >= 20, "{} in {groups:?}", pasted().len());
    assert!(others().len() >= 120, "{}", others().len());
    let mut of = [0; 3];
    for Pasted { text, .. } in pasted() {
        let remarks = Message::read(&text).remarks.concat();
        for system in System::ALL {
            of[system as usize] += usize::from(remarks.contains(system.name()));
        }
    }
    let theirs = System::ALL.into_iter().filter(|it| ![System::HERE, System::Linux].contains(it));
    for system in theirs {
        assert!(of[system as usize] >= 8, "{}: {of:?}", system.name());
    }
}

#[test]
fn a_message_leads_to_questions_that_there_are() {
    for name in all_questions() {
        assert!(ALL.iter().any(|question| question.name == name), "{name}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_number_of_another_system_is_said_to_be_its() {
    for (text, remark) in [
        ("OSError: [Errno 48] Address already in use", "On macOS 48 is EADDRINUSE."),
        ("errno 54", "On macOS 54 is ECONNRESET."),
        ("61", "On macOS 61 is ECONNREFUSED."),
        ("Error 10054", "On Windows 10054 is WSAECONNRESET."),
        ("SocketException (10013)", "On Windows 10013 is WSAEACCES."),
        ("0x8007274d", "On Windows 10061 is WSAECONNREFUSED."),
        (
            "the target machine actively refused it",
            "The words are those of Windows for WSAECONNREFUSED, 10061.",
        ),
        ("Can't assign requested address", "The words are those of macOS for EADDRNOTAVAIL, 49."),
    ] {
        assert_eq!(Message::read(text).remarks, [remark], "{text}");
    }
    for text in ["OSError: [Errno 98] Address already in use", "ECONNREFUSED", "32", "[Errno 13]"] {
        assert!(Message::read(text).remarks.is_empty(), "{text}");
    }
    // Nor is it said where the words make it another's number.
    assert!(Message::read("[Errno 48] Connection refused").remarks.is_empty());
}

#[test]
fn a_text_that_gives_no_reason_is_said_to_give_none() {
    let message = Message::read("Failed to connect to db.example:5432");
    let symbols: Vec<&str> = message.errors.iter().map(|error| error.symbol).collect();
    assert_eq!(symbols, ["ECONNREFUSED", "ETIMEDOUT"]);
    assert!(message.remarks.concat().starts_with("It does not say why."), "{message:?}");
    // The reason counts, wherever it stands; and what names no peer is a question in words.
    for text in [
        "Failed to connect to db.example:5432: i/o timeout",
        "Unable to connect to db.example:5432: No route to host",
        "ECONNRESET: could not connect to db.example:5432",
        "cannot connect to my server",
    ] {
        let message = Message::read(text);
        assert!(message.errors.first().is_none_or(|it| it.symbol != "ECONNREFUSED"), "{text}");
        assert!(message.remarks.is_empty(), "{text}");
    }
}

#[test]
fn a_call_is_the_last_one_that_a_message_names() {
    for (text, calls) in [
        ("dial tcp 127.0.0.1:80: connect: connection refused", &["connect"][..]),
        ("listen tcp :8080: bind: address already in use", &["bind"]),
        ("Error: listen EADDRINUSE: address already in use :::3000", &["bind", "listen"]),
        ("java.net.ConnectException: Connection refused: connect", &["connect"]),
        ("Errno::EADDRINUSE: Address already in use - bind(2) for nil port 80", &["bind"]),
        ("recv() failed (104: Connection reset by peer)", &["recv"]),
        ("curl: (56) Recv failure: Connection reset by peer", &["recv"]),
        ("accept4() failed (24: Too many open files)", &["accept4", "accept"]),
        ("ping: socket: Operation not permitted", &["socket"]),
        ("socket.timeout: timed out", &[]),
        ("Connection refused", &[]),
    ] {
        assert_eq!(Message::read(text).calls, calls, "{text}");
    }
}

#[test]
fn what_is_near_is_found() {
    let near = |text| nearest(text, |error| error.field != Field::Other).map(|it| it.symbol);
    for (text, symbol) in [
        ("ECONREFUSED", Some("ECONNREFUSED")),
        ("WSAEADRINUSE", Some("EADDRINUSE")),
        ("conection refused", Some("ECONNREFUSED")),
        ("ENETDOWN", Some("ENETUNREACH")),
        ("EWHATEVER", None),
        ("6.13", None),
    ] {
        assert_eq!(near(text), symbol, "{text}");
    }
    assert_eq!(nearest("ECONREFUSED", |error| error.symbol == "EIO").map(|it| it.symbol), None);
}

/// The table's numbers and words are this system's own, as it tells them.
#[test]
fn numbers_and_words_are_this_systems() {
    let mut compared = 0;
    for error in ERRORS.iter().filter(|error| error.field != Field::Names) {
        let Some(number) = error.number(System::HERE) else { continue };
        if let Some(here) = advice::number(error.symbol) {
            assert_eq!(here, number, "{}", error.symbol);
        }
        // Another library than glibc has words of its own.
        if cfg!(all(target_os = "linux", target_env = "gnu")) {
            let said = std::io::Error::from_raw_os_error(number).to_string();
            let words = error.words(System::HERE);
            assert_eq!(said, format!("{words} (os error {number})"), "{}", error.symbol);
        }
        // 35, which is EDEADLK, is rather EAGAIN on macOS.
        if error.field != Field::Other {
            assert_eq!(numbered(number), Some((error, System::HERE)), "{}", error.symbol);
        }
        compared += 1;
    }
    assert!(compared > 30, "{compared}");
}

/// The lists name what there is: a slip in one of them would never be found.
#[test]
fn the_lists_of_phrases_fit_together() {
    let phrases = || PHRASES.iter().flat_map(|(.., phrases)| phrases.iter());
    for (_, symbols, _) in PHRASES {
        assert!(symbols.iter().all(|symbol| named(symbol).is_some()), "{symbols:?}");
    }
    let special = UNSURE.iter().chain(VAGUE).chain(UNLESS.iter().map(|(phrase, _)| phrase));
    for phrase in special {
        assert!(phrases().any(|known| known == phrase), "{phrase}");
    }
    let mut seen = BTreeSet::new();
    for phrase in phrases() {
        assert!(seen.insert(phrase.to_lowercase()), "{phrase} stands there twice");
    }
}

/// What the programs on this machine print when nobody listens: whichever of them are here.
#[cfg(unix)]
#[test]
fn what_programs_here_say_of_a_refusal_is_understood() {
    // A port that is bound, and on which nobody listens.
    let held = support::HeldPort::new();
    let port = held.words()[1].clone();
    let python = "import socket,sys; socket.create_connection(('127.0.0.1', int(sys.argv[1])))";
    let node = "require('net').connect(process.argv[1], '127.0.0.1')";
    let perl = "use IO::Socket::INET; IO::Socket::INET->new(PeerAddr => \"127.0.0.1:$ARGV[0]\") \
                or die \"$@\\n\"";
    let bash = "exec 3<>/dev/tcp/127.0.0.1/$0";
    let url = format!("http://127.0.0.1:{port}/");
    let mut heard = 0;
    for command in [
        &["python3", "-c", python, &port][..],
        &["node", "-e", node, &port],
        &["perl", "-e", perl, &port],
        &["bash", "-c", bash, &port],
        &["curl", "-sS", "--noproxy", "*", &url],
        &["nc", "-v", "127.0.0.1", &port],
        &["ssh", "-F", "none", "-p", &port, "nobody@127.0.0.1"],
    ] {
        let run =
            std::process::Command::new(command[0]).args(&command[1..]).env("LC_ALL", "C").output();
        let Ok(run) = run else { continue };
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(
            understood(&said),
            ("ECONNREFUSED", "connection_refused"),
            "{command:?}: {said}"
        );
        heard += 1;
    }
    if heard == 0 {
        support::skip("none of these programs is here");
    }
}
