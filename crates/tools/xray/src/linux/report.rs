//! Saying what was seen: rows for people, or one JSON object a line for programs.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::time::{Duration, SystemTime};

use advice::{Failure, symbol, words};
use output::{HEAD, Stream, WIDEST};
use rustix::event::{PollFd, PollFlags, poll};
use serde_json::{Map, Value, json};

use super::calls::{Call, Returned};
use super::look::Look;
use super::ptrace::Tid;
use super::summary::Summary;
use super::{clock, process};
use crate::command_line::Rows;

/// A thread that makes calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speaker {
    pub process: i32,
    pub thread: Tid,
}

/// How a process has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// On its own, with a status.
    Status(i32),
    /// By a signal.
    Signal(i32),
}

/// A call that has ended.
pub struct Done<'a> {
    pub call: &'a Call,
    /// What the kernel returned; an error is its negative number, `None` where the call never came
    /// back.
    pub result: Option<i64>,
    pub returned: &'a Returned,
    /// The descriptor that the row is about.
    pub descriptor: Option<i32>,
    /// The socket that the row is about.
    pub look: Option<&'a Look>,
    /// The error in words, with its reason.
    pub failure: Option<&'a Failure>,
    /// Remarks of xray.
    pub remarks: &'a [String],
    /// From the beginning of the call to its end, as xray saw them.
    pub time: Duration,
    /// When that was.
    pub at: SystemTime,
    /// Whether it was said before that the call waits.
    pub waited: bool,
}

/// Where the rows go.
enum To {
    /// At once, because the program's own words may come in between.
    Stream(Stream),
    /// In batches, whenever [`Report::flush`] is called.
    File(BufWriter<File>),
}

pub struct Report {
    to: To,
    width: usize,
    json: bool,
    rows: Rows,
    summary: Summary,
    after_empty_line: bool,
    /// Whose the last row was.
    last: Option<Speaker>,
    /// Whether more than one thread has been seen.
    several: bool,
    head_shown: bool,
    /// The reasons that have been given already, each for a call.
    explained: HashSet<(&'static str, String)>,
}

impl Report {
    /// Rows go to the file `output`; without one to a stream, which is stderr where stdout is the
    /// program's own.
    ///
    /// # Errors
    ///
    /// The file cannot be made.
    pub fn new(
        output: Option<&Path>,
        stream: Stream,
        json: bool,
        rows: Rows,
    ) -> io::Result<Report> {
        let (to, width) = match output {
            Some(path) => (To::File(BufWriter::new(create(path)?)), WIDEST),
            None => (To::Stream(stream), output::width_of(stream)),
        };
        Ok(Report {
            to,
            width,
            json,
            rows,
            summary: Summary::default(),
            after_empty_line: true,
            last: None,
            several: false,
            head_shown: false,
            explained: HashSet::new(),
        })
    }

    /// A full disk, or a reader that has gone, is no reason to disturb the program. Where one piece
    /// ends with an empty line and the next begins with one, they share it.
    fn write(&mut self, text: &str) {
        let text = if self.after_empty_line { text.trim_start_matches('\n') } else { text };
        if text.is_empty() {
            return;
        }
        self.after_empty_line = text.ends_with("\n\n") || text == "\n";
        let _ = match &mut self.to {
            To::Stream(Stream::Stderr) => write_to_stderr(text.as_bytes()),
            To::Stream(Stream::Stdout) => {
                output::print(text);
                Ok(())
            }
            To::File(file) => file.write_all(text.as_bytes()),
        };
    }

    /// Whether rows may be in no file yet.
    pub fn is_kept_back(&self) -> bool {
        matches!(&self.to, To::File(file) if !file.buffer().is_empty())
    }

    /// Writes what was kept back.
    pub fn flush(&mut self) {
        if let To::File(file) = &mut self.to {
            let _ = file.flush();
        }
    }

    fn object(&mut self, object: &Value) {
        self.write(&format!("{object}\n"));
    }

    /// A remark of xray's own. It goes to stderr, so that a file contains only rows.
    pub fn remark(&mut self, text: &str) {
        let width = output::width_of(Stream::Stderr);
        output::complain(&output::wrapped(text, width, "xray: ", "      "));
    }

    /// Shows that a call has begun, and waits in the kernel.
    pub fn waits(
        &mut self,
        speaker: Speaker,
        call: &Call,
        look: Option<&Look>,
        remark: Option<&str>,
    ) {
        let at = SystemTime::now();
        if !self.rows.each {
            return;
        }
        if self.json {
            let mut object = self.beginning("waits", at, speaker, call);
            object.insert("remarks".to_string(), json!(remark.as_slice()));
            object.insert("socket".to_string(), look.map_or(Value::Null, Look::json));
            return self.object(&Value::Object(object));
        }
        let shown = self.beside_time(at, call.shown());
        let row = self.row(speaker, &shown, call.descriptor, look);
        let notes = ["waits"].into_iter().chain(remark);
        let notes: String = notes.map(|note| output::note_line(note, self.width)).collect();
        self.write(&(row + &notes));
    }

    /// Shows a call that has ended.
    pub fn done(&mut self, speaker: Speaker, done: &Done) {
        if self.rows.summary {
            self.summary.count(done);
        }
        if !self.rows.each {
            return;
        }
        if self.json {
            return self.done_as_json(speaker, done);
        }
        let Done { call, returned, look, failure, .. } = done;
        let shown = self.beside_time(done.at, call.shown());
        let mut text = self.row(speaker, &shown, done.descriptor, *look);
        let mut note = |words: &str| text += &output::note_line(words, self.width);
        if let Some(failure) = failure.or(returned.later.as_ref()) {
            note(&failure.words);
            let first = self.explained.insert((call.name, failure.why.clone()));
            if first && !failure.why.is_empty() {
                text += &output::wrapped(&failure.why, self.width, "      ", "      ");
                if !failure.todo.is_empty() {
                    text += &output::wrapped(&failure.todo, self.width, "      Do: ", "          ");
                }
            }
        } else if let Some(words) = &returned.words {
            note(words);
        }
        let mut note = |words: &str| text += &output::note_line(words, self.width);
        done.remarks.iter().for_each(|remark| note(remark));
        if done.waited {
            note(&waited(done.time));
        }
        self.write(&text);
    }

    fn done_as_json(&mut self, speaker: Speaker, done: &Done) {
        let Done { call, returned, look, failure, .. } = done;
        let mut object = self.beginning("call", done.at, speaker, call);
        let error =
            failure.map(|failure| error_as_json(-done.result.unwrap_or_default() as i32, failure));
        let mut gave = Map::new();
        gave.extend(
            returned.details.iter().map(|(name, value)| ((*name).to_string(), value.clone())),
        );
        let parts = [
            ("descriptor", json!(done.descriptor)),
            ("result", json!(done.result.filter(|result| *result >= 0))),
            ("error", json!(error)),
            ("returned", Value::Object(gave)),
            ("remarks", json!(done.remarks)),
            ("seconds", json!(done.result.map(|_| done.time.as_secs_f64()))),
            ("socket", look.map_or(Value::Null, Look::json)),
        ];
        object.extend(parts.map(|(name, value)| (name.to_string(), value)));
        self.object(&Value::Object(object));
    }

    /// Says how a process has ended; in words only if a signal did it.
    pub fn ended(&mut self, process: i32, end: End) {
        let (status, signal) = match end {
            End::Status(status) => (Some(status), None),
            End::Signal(signal) => (None, Some(signal)),
        };
        let object = json!({
            "event": "end", "process": process, "status": status, "signal": signal,
        });
        self.say(&object, |report| {
            if let Some(signal) = signal {
                let name = signal_name(signal);
                report.paragraph(&format!("{name} has ended process {process}."));
            }
        });
    }

    /// A remark that belongs to no row.
    pub fn between(&mut self, process: i32, remark: &str) {
        let object = json!({ "event": "remark", "process": process, "remarks": [remark] });
        // The next row may be of a process that has ended, and has no name any more.
        let last = self.last;
        self.say(&object, |report| report.paragraph(remark));
        self.last = last;
    }

    /// Words between the rows.
    pub fn paragraph(&mut self, text: &str) {
        if self.json {
            return;
        }
        let text = output::wrapped(text, self.width.min(80), "  ", "  ");
        self.write(&format!("\n{text}\n"));
        self.last = None;
    }

    /// Words, and below them a table with its own head.
    pub fn next_table(&mut self, text: &str) {
        self.paragraph(text);
        self.head_shown = false;
    }

    /// The title of a table that does not show a program's calls.
    pub fn heading(&mut self, text: &str) {
        self.head_shown = false;
        if !self.json {
            self.write(&format!("\n{text}\n\n"));
        }
    }

    /// A socket that a process has now.
    pub fn socket(
        &mut self,
        process: i32,
        descriptor: i32,
        what: &str,
        look: &Look,
        options: Option<&[String]>,
    ) {
        if self.json {
            return self.object(&json!({
                "event": "socket",
                "process": process,
                "descriptor": descriptor,
                "options": options,
                "socket": look.json(),
            }));
        }
        self.table_row("socket", look.cells(what).each_ref().map(Cow::as_ref));
        if let Some(options) = options.filter(|options| !options.is_empty()) {
            self.note(&options.join(", "));
        }
    }

    /// A line of `--json`, where the words stand in a table.
    pub fn object_only(&mut self, object: &Value) {
        if self.json {
            self.object(object);
        }
    }

    /// A line of `--json`, or words that say the same.
    pub fn say(&mut self, object: &Value, words: impl FnOnce(&mut Report)) {
        if self.json { self.object(object) } else { words(self) }
    }

    /// A row of a table whose first column has another head than the calls'.
    pub fn table_row(&mut self, head: &str, cells: [&str; 6]) {
        if !self.head_shown {
            self.head_shown = true;
            let mut heads = HEAD;
            heads[0] = head;
            self.write(&output::row_line(heads, self.width));
        }
        self.write(&output::row_line(cells, self.width));
    }

    /// A line of its own, which no program reads.
    pub fn line(&mut self, text: &str) {
        if !self.json {
            self.write(&format!("{}\n", text.trim_end()));
        }
    }

    /// A line below a row.
    pub fn note(&mut self, text: &str) {
        self.write(&output::note_line(text, self.width));
    }

    /// What all lines about a call begin with.
    fn beginning(
        &self,
        event: &str,
        at: SystemTime,
        Speaker { process, thread }: Speaker,
        call: &Call,
    ) -> Map<String, Value> {
        let details = call.details.iter().map(|(name, value)| ((*name).to_string(), value.clone()));
        let parts = [
            ("event", json!(event)),
            ("process", json!(process)),
            ("thread", json!(thread)),
            ("call", json!(call.name)),
            ("system_call", json!(call.traced.name)),
            ("shown", json!(call.shown())),
            ("descriptor", json!(call.descriptor)),
            ("arguments", Value::Object(details.collect())),
        ];
        let time = self.rows.time.then(|| ("time", json!(clock::seconds(at))));
        let all = parts.into_iter().chain(time);
        all.map(|(name, value)| (name.to_string(), value)).collect()
    }

    /// The call's words, behind the time of day if that was asked for.
    fn beside_time(&self, at: SystemTime, shown: String) -> String {
        if self.rows.time { format!("{}  {shown}", clock::time_of_day(at)) } else { shown }
    }

    /// Counts a call that was under way when xray stopped looking, for so long.
    pub fn not_returned(&mut self, call: &Call, time: Duration) {
        self.summary.count_unfinished(call.name, time);
    }

    /// The counts of all calls, if they were asked for.
    pub fn summary(&mut self) {
        if !self.rows.summary {
            return;
        }
        let summary = std::mem::take(&mut self.summary);
        if self.json {
            return summary.objects().iter().for_each(|object| self.object(object));
        }
        self.write(&format!("\n{}\n", summary.table(self.width)));
        self.last = None;
    }

    /// The row, below the name of the thread that makes the call if that is another one than
    /// before.
    fn row(
        &mut self,
        speaker: Speaker,
        shown: &str,
        descriptor: Option<i32>,
        look: Option<&Look>,
    ) -> String {
        let mut text = String::new();
        let changed = self.last.is_some_and(|last| last != speaker);
        self.several |= changed;
        if changed || self.several && self.last.is_none() {
            let Speaker { process, thread } = speaker;
            let name = process::name(process);
            text += &match process == thread {
                true => format!("\n  {name}, process {process}:\n"),
                false => format!("\n  {name}, process {process}, thread {thread}:\n"),
            };
        }
        self.last = Some(speaker);
        if !self.head_shown {
            self.head_shown = true;
            let mut heads = HEAD;
            let head = self.rows.time.then(|| format!("{:<12}  {}", "time", heads[0]));
            if let Some(head) = &head {
                heads[0] = head;
            }
            text += &output::row_line(heads, self.width);
        }
        let fd = descriptor.map_or("—".to_string(), |descriptor| descriptor.to_string());
        text + &match look {
            Some(look) => {
                output::row_line(look.cells(shown).each_ref().map(Cow::as_ref), self.width)
            }
            None => output::row_line([shown, &fd, "—", "", "", ""], self.width),
        }
    }
}

/// Opens the file for the rows. What is already open is not opened again: in a file that stdout
/// leads to, the rows and what the program prints would overwrite each other.
fn create(path: &Path) -> io::Result<File> {
    match path.to_str() {
        Some("/dev/stdout") => Ok(io::stdout().as_fd().try_clone_to_owned()?.into()),
        Some("/dev/stderr") => Ok(io::stderr().as_fd().try_clone_to_owned()?.into()),
        _ => File::create(path),
    }
}

/// Writes all of it, and waits if the program, which shares the stream, has made it non-blocking.
fn write_to_stderr(mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match io::stderr().write(bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                let stderr = io::stderr();
                // A tick may interrupt it, and the next write shows.
                let _ = poll(&mut [PollFd::new(&stderr, PollFlags::OUT)], None);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// An error with its reason.
pub fn error_as_json(number: i32, failure: &Failure) -> Value {
    let error = io::Error::from_raw_os_error(number);
    json!({
        "symbol": symbol(&error),
        "number": number,
        "words": words(&error),
        "why": failure.why,
        "do": failure.todo,
    })
}

/// How long a call has waited.
fn waited(time: Duration) -> String {
    match time.as_millis() {
        milliseconds @ ..1000 => format!("waited {milliseconds} ms"),
        _ => format!("waited {:.1} s", time.as_secs_f64()),
    }
}

/// A signal's name, such as `SIGKILL`, with its number.
fn signal_name(signal: i32) -> String {
    const NAMES: [&str; 31] = [
        "SIGHUP",
        "SIGINT",
        "SIGQUIT",
        "SIGILL",
        "SIGTRAP",
        "SIGABRT",
        "SIGBUS",
        "SIGFPE",
        "SIGKILL",
        "SIGUSR1",
        "SIGSEGV",
        "SIGUSR2",
        "SIGPIPE",
        "SIGALRM",
        "SIGTERM",
        "SIGSTKFLT",
        "SIGCHLD",
        "SIGCONT",
        "SIGSTOP",
        "SIGTSTP",
        "SIGTTIN",
        "SIGTTOU",
        "SIGURG",
        "SIGXCPU",
        "SIGXFSZ",
        "SIGVTALRM",
        "SIGPROF",
        "SIGWINCH",
        "SIGIO",
        "SIGPWR",
        "SIGSYS",
    ];
    match NAMES.get((signal - 1) as usize) {
        Some(name) => format!("{name} ({signal})"),
        None => format!("signal {signal}"),
    }
}
