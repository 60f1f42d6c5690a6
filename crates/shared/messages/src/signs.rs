//! What a message is about, beside its error: a socket or a file, which call, and which address.

use std::sync::LazyLock;

use crate::words::{Pattern, has, pattern_of};

/// Words of what has to do with sockets.
#[rustfmt::skip]
const OF_SOCKETS: &[&str] = &[
    "axioserror", "accept", "accept4", "accepting", "address", "bind", "binding", "client", "connect",
    "connection", "connections", "connecting", "connectex", "datagram", "dial", "getsockname",
    "getpeername", "getsockopt", "host", "hyper", "listen", "listener", "listening", "localhost",
    "multicast", "net", "network", "peer", "ping", "port", "recv", "recvfrom", "recvmsg",
    "remote", "sendmsg", "sendto", "server", "setsockopt", "sock", "socket", "sockets", "ssh",
    "tcp", "udp", "upstream", "winsock", "http", "https", "curl", "broadcast", "interface",
    "wsarecv", "wsasend", "asio", "axios", "ports", "websocket",
];

/// Words of what has not.
#[rustfmt::skip]
const OF_OTHERS: &[&str] = &[
    "chmod", "chown", "command", "device", "directory", "disk", "dpkg", "exec", "execve", "file",
    "files", "fork", "inotify", "insmod", "ioctl", "kill", "lock", "mkdir", "modprobe", "mount",
    "open", "opening", "password", "ptrace", "rename", "rmdir", "scandir", "pthread", "script", "stdout",
    "standard output", "unlink", "watch", "write error", "folder", "mmap", "module",
    "npm err", "textiowrapper", "stat", "killed process", "child", "test", "job", "lua",
    "pipeline", "sudo",
];

/// The same where even a host's name says nothing: a log-in, which has got that far.
#[rustfmt::skip]
const OF_LOGINS: &[&str] = &[
    "publickey", "keyboard interactive", "gssapi", "please try again",
    "permission denied password", "access denied for user",
];

/// A path, a file's name, or the command of one who works with files.
static FILES: Pattern = LazyLock::new(|| {
    pattern_of(
        r#"(?x)
    (?: ^ | [\s'"(=] ) (?: \.{0,2} / | ~/ | [a-z]:\\ ) [\w.]
    | :\ ['"] [^'"]+ ['"] $
    | \s ['"]? --? [a-z]
    | [\w-] \. (?: c | conf | cpp | csv | h | js | json | lock | log | php | py | rs | sh | so
                 | toml | ts | txt | ya?ml ) \b
    | ^ (?: \$\  )? (?: awk | bash | cat | chmod | chown | cp | dd | find | git | grep | head
                 | less | ln | ls | mkdir | mount | mv | rm | rmdir | sed | sh | sort | tar | tee
                 | touch | zsh ) : "#,
    )
});

/// Where in a program something has happened.
static PLACES: Pattern = LazyLock::new(|| {
    pattern_of(
        r#"(?x)
        file\ "[^"]*",\ line\ \d+ (?: ,\ in\ \S+ )?
        | \b (?: at | in )\ \S+\ (?: on\ )? line\ \d+
        | \S* \. (?: c | cc | cpp | cs | erl | exs? | go | h | java | js | kt | mjs | php | p[lmy] | rb
                  | rs | swift | ts | zig ) (?: : | \ line\ ) \d+ (?: : \d+ )?"#,
    )
});

/// A text without the places of a program, which say nothing of what it did.
pub fn without_places(lower: &str) -> String {
    PLACES.replace_all(lower, " ").into_owned()
}

/// Whose connection it is, or which address: `to server db1`, `with 10.0.0.1 port 22`.
static PEERS: Pattern = LazyLock::new(|| {
    pattern_of(
        r#"(?x)
        \b (?: to | with | from | at | by ) \ (?: the \ )?
            (?: (?: address | broker | database | host | node | peer | remote | server | service )
                \ )*
            (?: \[? [0-9a-f]* (?: : [0-9a-f]* ){2,} (?: %\w+ )? \]? (?: :\d+ )?
              | ['"\[(]* (?: [a-z+]+ :// )?
                    (?: [\w-]+ (?: \. [\w-]+ )+ | localhost | [a-z_-]*\d[\w-]* ) (?: :\d+ )? ['"\])]*
              | [\w-]+ :\d+
              | ['"] [\w.:/@-]+ ['"] )
            (?: ,? \ \(? port \ \d+ \)? )?
        | \b [a-z+]+ :// [\w.-]+ (?: :\d+ )? /?
        | \[ [0-9a-f:%.a-z]* \] (?: :\d+ )?"#,
    )
});

/// A text without peers and addresses, between whose words they stand.
pub fn without_peers(lower: &str) -> String {
    PEERS.replace_all(lower, " ").into_owned()
}

/// An address with a port, or one in brackets.
static ADDRESS: Pattern =
    LazyLock::new(|| pattern_of(r"\b\d{1,3}(\.\d{1,3}){3}\b|\[[0-9a-f:]*::[0-9a-f:%a-z]*\]|:::\d"));

/// A host and its port.
static HOST_AND_PORT: Pattern =
    LazyLock::new(|| pattern_of(r"\blocalhost\b|[\w>\])]:\d{2,5}\b|\bport \d{2,5}\b"));

/// Whether it names another end of a connection.
pub fn names_peer(lower: &str) -> bool {
    ADDRESS.is_match(lower) || HOST_AND_PORT.is_match(lower)
}

/// The loopback address of IPv6, and not the end of another.
static IPV6_LOOPBACK: Pattern =
    LazyLock::new(|| pattern_of(r"(?:^|[^0-9a-f:])(?:0:0:0:0:0:0:0:1|::1)(?:[^0-9a-f]|$)"));

/// The path of a Unix socket, as it stands in messages; or MySQL's number for one, without it.
static UNIX_SOCKET: Pattern = LazyLock::new(|| {
    pattern_of(r#"\bunix(?::/|:@| /)|/[^\s'"]*\.sock\b|\b2002[\])]+:? no such file"#)
});

/// A call, and what stands behind it in messages; or at their end, as Java has it.
static CALLS: Pattern = LazyLock::new(|| {
    pattern_of(
        r"(?x) (?: ^ | [^\w.>-] )
    (?: ( accept4? | close | connect | connecting | connectex | dial | read | recv | recvfrom
        | recvmsg | send | sendmsg | sendto | setsockopt | shutdown | socket | write | wsarecv
        | wsasend )
        (?: \( | :(?:[^:]|$) | \ (?: tcp | udp | e[a-z]{4,}\b | to\b | on\b | failed | failure
                                   | for\b | timed | wsae ) )
      | ( bind | binding | listen ) \b )
    | :\ ( accept | connect | read | recv | send | write ) $",
    )
});

/// Whether a text, given in lower case and as words, names what has to do with sockets.
pub fn is_of_sockets(lower: &str, words: &str) -> bool {
    !is_of_a_login(words) && (OF_SOCKETS.iter().any(|it| has(words, it)) || ADDRESS.is_match(lower))
}

/// Whether it names what has not.
pub fn is_of_others(lower: &str, words: &str) -> bool {
    is_of_a_login(words) || OF_OTHERS.iter().any(|it| has(words, it)) || FILES.is_match(lower)
}

fn is_of_a_login(words: &str) -> bool {
    OF_LOGINS.iter().any(|it| has(words, it))
}

/// Whether it names IPv6's loopback address and not IPv4's.
pub fn is_ipv6_loopback(lower: &str) -> bool {
    IPV6_LOOPBACK.is_match(lower) && !lower.contains("127.0.0.1")
}

/// Whether it names a Unix socket, by its path or as Go does.
pub fn is_unix_socket(lower: &str) -> bool {
    UNIX_SOCKET.is_match(lower)
}

/// The calls that a message may be about, by the kernel's names: of several that it names, the
/// last, since programs name the outer one first.
pub fn calls(lower: &str) -> &'static [&'static str] {
    // A call ends where the next one may begin.
    let mut last = None;
    let mut place = 0;
    while let Some(found) = CALLS.captures_at(lower, place) {
        let Some(call) = found.iter().skip(1).flatten().next() else { break };
        last = Some(call.as_str());
        place = call.end();
    }
    match last.unwrap_or_default() {
        "accept" => &["accept"],
        "accept4" => &["accept4", "accept"],
        "bind" | "binding" => &["bind"],
        "close" => &["close"],
        "connect" | "connecting" | "connectex" | "dial" => &["connect"],
        // What a library calls listen binds before it.
        "listen" => &["bind", "listen"],
        "read" | "recv" | "wsarecv" => &["recv"],
        "recvfrom" => &["recvfrom", "recv"],
        "recvmsg" => &["recvmsg", "recv"],
        "write" | "send" | "wsasend" => &["send"],
        "sendto" => &["sendto", "send"],
        "sendmsg" => &["sendmsg", "send"],
        "setsockopt" => &["setsockopt"],
        "shutdown" => &["shutdown"],
        "socket" => &["socket"],
        _ => &[],
    }
}
