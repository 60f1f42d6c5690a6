# Sockets, step by step. `just` alone lists what there is.

set positional-arguments

# Builds a program and prints where it is: `cargo run` would add variables to its environment. Cargo
# tells it in JSON, in which a backslash stands before another and before quotes; the first crate that
# is not fresh is the time to say that this takes a while.
build := 'cargo build --quiet --message-format json-render-diagnostics --manifest-path ' + \
    quote(justfile_directory() / "Cargo.toml")
path := '''sed -n -e '/"fresh":false/ { x; s/^$/Building …/w /dev/stderr' -e 'x; }' -e '
    /"executable":"/ { s/.*"executable":"//; s/","fresh":.*//; s/\\\(.\)/\1/g; p; }' '''

[private]
default:
    @{{ quote(just_executable()) }} --justfile {{ quote(justfile()) }} --list --unsorted

# create: a socket is a descriptor with a family and a type
[group('steps')]
[no-exit-message]
step-1 *args:
    @cargo run --quiet --package create -- "$@"

# bind: give the socket its address
[group('steps')]
[no-exit-message]
step-2 *args:
    @cargo run --quiet --package bind -- "$@"

# listen: let clients queue
[group('steps')]
[no-exit-message]
step-3 *args:
    @cargo run --quiet --package listen -- "$@"

# accept: take the next client out of the queue (--wait for one of your own)
[group('steps')]
[no-exit-message]
step-4 *args:
    @cargo run --quiet --package accept -- "$@"

# close: a connection and a listener end separately
[group('steps')]
[no-exit-message]
step-5 *args:
    @cargo run --quiet --package close -- "$@"

# the same work over UDP and over TCP
[group('steps')]
[no-exit-message]
step-6 *args:
    @cargo run --quiet --package udp-vs-tcp -- "$@"

# a client for `just step-4 --wait` and for `just server`
[group('steps')]
[no-exit-message]
client *args:
    @cargo run --quiet --package accept --bin client -- "$@"

# each of TCP's eleven states, made and looked at
[group('steps')]
[no-exit-message]
states *args:
    @cargo run --quiet --package close --example every_state -- "$@"

# all six steps, one after another, on HOST and PORT where they are given
[group('steps')]
[no-exit-message]
tour *args:
    @cargo run --quiet --package create && echo && \
    for step in bind listen accept close udp-vs-tcp; do \
        cargo run --quiet --package "$step" -- "$@" || exit; echo; \
    done

# create, plain: socket2 alone, to take away
[group('plain programs')]
[no-exit-message]
plain-1 *args:
    @cargo run --quiet --package create --example create -- "$@"

# bind, plain: socket2 alone, to take away
[group('plain programs')]
[no-exit-message]
plain-2 *args:
    @cargo run --quiet --package bind --example bind -- "$@"

# listen, plain: socket2 alone, to take away
[group('plain programs')]
[no-exit-message]
plain-3 *args:
    @cargo run --quiet --package listen --example listen -- "$@"

# accept, plain: socket2 alone, to take away
[group('plain programs')]
[no-exit-message]
plain-4 *args:
    @cargo run --quiet --package accept --example accept -- "$@"

# close, plain: socket2 alone, to take away
[group('plain programs')]
[no-exit-message]
plain-5 *args:
    @cargo run --quiet --package close --example close -- "$@"

# a question and an answer, plain: over TCP, and then over UDP
[group('plain programs')]
[no-exit-message]
plain-6 *args:
    @cargo run --quiet --package udp-vs-tcp --example tcp -- "$@"
    @cargo run --quiet --package udp-vs-tcp --example udp -- "$@"

# a server of your own: it sends back what comes, to one client after another
[group('beyond the article')]
[no-exit-message]
server *args:
    @cargo run --quiet --package server -- "$@"

# a server that answers lines, with a thread for each client
[group('beyond the article')]
[no-exit-message]
line-server *args:
    @cargo run --quiet --package server --bin line-server -- "$@"

# the same service with a thread for each client   [IP PORT LIMIT]
[group('beyond the article')]
[no-exit-message]
a-thread-each *args:
    @cargo run --quiet --package many-clients --bin a-thread-each -- "$@"

# ... with worker threads that accept from one listener   [IP PORT WORKERS]
[group('beyond the article')]
[no-exit-message]
workers-one-listener *args:
    @cargo run --quiet --package many-clients --bin workers-one-listener -- "$@"

# ... with worker threads that have a listener each (SO_REUSEPORT)   [IP PORT WORKERS]
[group('beyond the article')]
[no-exit-message]
workers-reuseport *args:
    @cargo run --quiet --package many-clients --bin workers-reuseport -- "$@"

# ... with one thread, which goes where something can be done   [IP PORT]
[group('beyond the article')]
[no-exit-message]
poll-loop *args:
    @cargo run --quiet --package many-clients --bin poll-loop -- "$@"

# ... with tokio   [IP PORT]
[group('beyond the article')]
[no-exit-message]
with-tokio *args:
    @cargo run --quiet --package many-clients --bin with-tokio -- "$@"

# a UDP client that asks again: questions from stdin, a line each   [IP PORT MILLISECONDS]
[group('beyond the article')]
[no-exit-message]
udp-client *args:
    @cargo run --quiet --package udp-client -- "$@"

# a server for it, which answers in upper case   [IP PORT] [answer|late|drop|double ...]
[group('beyond the article')]
[no-exit-message]
udp-server *args:
    @cargo run --quiet --package udp-client --bin udp-server -- "$@"

# exercises, judged by what the kernel and the peers see (alone: lists them)
[group('practice')]
[no-cd]
[no-exit-message]
practice *args:
    @practice=$({{ build }} --package practice | {{ path }}) && [ "$practice" ] && exec "$practice" "$@"

# the next hint for an exercise
[group('practice')]
[no-cd]
[no-exit-message]
hint *args:
    @practice=$({{ build }} --package practice | {{ path }}) && [ "$practice" ] && exec "$practice" hint "$@"

# a solution of an exercise, once it is solved or asked for twice
[group('practice')]
[no-cd]
[no-exit-message]
solution *args:
    @practice=$({{ build }} --package practice | {{ path }}) && [ "$practice" ] && exec "$practice" solution "$@"

# judges what a class has handed in: FOLDER --exercise NAME
[group('practice')]
[no-cd]
[no-exit-message]
grade *args:
    @practice=$({{ build }} --package practice | {{ path }}) && [ "$practice" ] && exec "$practice" grade "$@"

# an exercise's beginning again; your program is kept as a copy
[group('practice')]
[no-cd]
[no-exit-message]
reset *args:
    @practice=$({{ build }} --package practice | {{ path }}) && [ "$practice" ] && exec "$practice" reset "$@"

# questions that learners ask, each answered by a program (alone: lists them; NAME or words)
[group('look it up')]
[no-exit-message]
ask *args:
    @cargo run --quiet --package ask -- "$@"

# a socket error by name, number, words or call: provoked, explained (alone: lists them)
[group('look it up')]
[no-exit-message]
error *args:
    @cargo run --quiet --package errors -- "$@"

# any program's sockets, call by call, with what the kernel says after each (Linux)
[group('look it up')]
[no-cd]
[no-exit-message]
xray *args:
    @xray=$({{ build }} --package xray | {{ path }}) && [ "$xray" ] && exec "$xray" "$@"

# a step's system calls, seen from outside, without what the step itself prints (Linux)
[group('look it up')]
[no-exit-message]
xray-step NUMBER *args:
    @case "$1" in [1-6]) ;; *) false ;; esac && \
        package=$(echo create bind listen accept close udp-vs-tcp | cut -d ' ' -f "$1") || { echo "error: NUMBER is a step's, from 1 to 6" >&2; exit 2; } && shift && \
        xray=$({{ build }} --package xray | {{ path }}) && [ "$xray" ] && \
        step=$({{ build }} --package "$package" --bin "$package" | {{ path }}) && [ "$step" ] && \
        exec "$xray" --hide getsockopt,getpeername "$step" "$@" >/dev/null

# build the book and open it (needs mdBook)
[group('book')]
book:
    mdbook build --open docs

# serve the book, and build it again when a page changes
[group('book')]
book-serve:
    mdbook serve --open docs

# all tests
[group('work on it')]
test *args:
    cargo test --workspace "$@"

# write today's listings and transcripts into the book and the README, for the tests to compare with
[group('work on it')]
bless:
    BLESS=1 cargo test --package tests --test book -- every_listing every_question every_error every_exercise_has every_transcript --test-threads 1

# formatting, lints, spelling (where typos is there), and whether each crate compiles alone
[group('work on it')]
check:
    cargo fmt --all --check
    # cargo does not know them: the judges are named in a macro, and the rest belongs to no package.
    rustfmt --check --edition 2024 crates/tools/practice/exercises/*/*.rs crates/tools/practice/exercises/*/wrong/*.rs
    cargo clippy --workspace --all-targets -- --deny warnings
    # print! panics when the reader of a pipe has gone; the course's own printing ends quietly.
    cargo clippy --workspace --bins -- --deny clippy::print_stdout --deny clippy::print_stderr
    for manifest in crates/*/Cargo.toml crates/*/*/Cargo.toml tests/Cargo.toml; do \
        cargo check --quiet --manifest-path "$manifest" || exit; \
    done
    if command -v typos >/dev/null; then typos; else echo "spelling not checked: no typos (pip install typos)"; fi
