//! Having a program judged, in a process of its own: what becomes of that one is known here, whatever
//! the program does to it.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use crate::catalogue;
use crate::children;
use crate::exercise::Exercise;
use crate::judge::Judge;
use crate::sandbox::{self, Allowed, Sandbox};
use crate::verdict::Verdict;
use serde::{Deserialize, Serialize};

/// How long judging one program may take, in all.
const AT_MOST: Duration = Duration::from_secs(60);

/// What a judge is asked.
#[derive(Debug, Serialize, Deserialize)]
enum Request {
    /// What the system allows, for the learner's own program or for a stranger's.
    Allowed { stranger: bool },
    /// To judge a program.
    Judge { exercise: String, command: Vec<OsString>, folder: PathBuf, allowed: Allowed },
}

/// Has a program judged: `command` starts it in `folder`; `stranger` says whose it is.
pub fn judged(exercise: &Exercise, command: &[OsString], folder: &Path, stranger: bool) -> Verdict {
    judged_with(exercise, command, folder, allowed(stranger).clone())
}

/// The same for a stranger's program, which sees nothing of the `hidden` folders but its own.
pub fn judged_apart(
    exercise: &Exercise,
    command: &[OsString],
    folder: &Path,
    hidden: &[PathBuf],
) -> Verdict {
    let allowed = Allowed { hidden: hidden.to_vec(), ..allowed(true).clone() };
    judged_with(exercise, command, folder, allowed)
}

fn judged_with(
    exercise: &Exercise,
    command: &[OsString],
    folder: &Path,
    allowed: Allowed,
) -> Verdict {
    let request = Request::Judge {
        exercise: exercise.name.to_string(),
        command: command.to_vec(),
        folder: folder.to_path_buf(),
        allowed,
    };
    let broken = |saw: &str| Verdict::broken(exercise, "the judge comes to its end", saw);
    match ask(&request) {
        Ok(answer) => serde_json::from_slice(&answer)
            .unwrap_or_else(|_| broken("something ended it while your program ran")),
        Err(error) if error.kind() == io::ErrorKind::TimedOut => {
            broken(&format!("it took more than {} seconds", AT_MOST.as_secs()))
        }
        Err(error) => broken(&error.to_string()),
    }
}

/// What the system allows; asked once.
pub fn allowed(stranger: bool) -> &'static Allowed {
    static ALLOWED: [OnceLock<Allowed>; 2] = [OnceLock::new(), OnceLock::new()];
    // For tests alone: every program is a stranger's; and what the system would allow is forbidden.
    let stranger = stranger || std::env::var_os("PRACTICE_STRANGER").is_some();
    let without = std::env::var("PRACTICE_WITHOUT").unwrap_or_default();
    ALLOWED[usize::from(stranger)].get_or_init(|| {
        let answer = ask(&Request::Allowed { stranger }).unwrap_or_default();
        let mut allowed: Allowed = serde_json::from_slice(&answer).unwrap_or_default();
        allowed.network &= !without.contains("network");
        allowed.processes &= !without.contains("processes");
        allowed.signals &= !without.contains("signals");
        let most_calls = std::env::var("PRACTICE_MOST_CALLS");
        allowed.most_calls = most_calls.ok().and_then(|it| it.parse().ok());
        if without.contains("tracing") {
            allowed.no_tracing = Some("it was asked for that calls are not seen".to_string());
        }
        allowed
    })
}

/// A judge's answer, from a process of its own.
fn ask(request: &Request) -> io::Result<Vec<u8>> {
    let mut judge = Command::new(std::env::current_exe()?);
    sandbox::let_nobody_in();
    judge.arg("--judge").stdin(Stdio::piped()).stdout(Stdio::piped());
    let _adoption = children::adopt();
    let child = children::start(&mut judge)?;
    let request = serde_json::to_vec(request)?;
    child.take_stdin().expect("a pipe").write_all(&request)?;
    let mut stdout = child.take_stdout().expect("a pipe");
    let answer = std::thread::spawn(move || {
        let mut answer = Vec::new();
        stdout.read_to_end(&mut answer).map(|_| answer)
    });
    let status = child.wait_timeout(AT_MOST)?;
    if status.is_none() {
        child.kill()?;
        child.wait()?;
    }
    let answer = answer.join().expect("it does not panic")?;
    match status {
        Some(status) if status.success() => Ok(answer),
        // Whatever has been said then, the judge did not say it to its end.
        Some(_) => Ok(Vec::new()),
        None => Err(io::ErrorKind::TimedOut.into()),
    }
}

/// The judge's part: it reads the request from stdin, and prints the answer.
pub fn judge() -> ExitCode {
    let mut request = Vec::new();
    let read = io::stdin().read_to_end(&mut request);
    let Some(request) = read.ok().and_then(|_| serde_json::from_slice(&request).ok()) else {
        return ExitCode::from(2);
    };
    let answer = match request {
        Request::Allowed { stranger } => serde_json::to_string(&Sandbox::allowed(stranger)),
        Request::Judge { exercise, command, folder, allowed } => {
            let Some(exercise) = catalogue::named(&exercise) else { return ExitCode::from(2) };
            let sandbox = Sandbox::enter(allowed);
            let verdict = Judge::judge(exercise, command, folder, sandbox);
            sandbox::end_the_rest();
            serde_json::to_string(&verdict)
        }
    };
    // As it is: what `output` prints is for people, without control characters.
    match io::stdout().write_all(answer.expect("a verdict is JSON").as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE, // nobody waits for it any more
    }
}
