//! Each error is provoked by a process of its own: this program, started again. The processes of one
//! request run side by side, as some of them have to wait.

use std::collections::HashMap;
use std::io;
use std::process::{Command, ExitCode, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc;
use std::thread;

use crate::catalogue::Row;

/// How many processes run at a time.
const SIDE_BY_SIDE: usize = 16;

/// What a process's exit status says about the error that it should provoke: it came.
pub const CAME: u8 = 0;
/// Another one came, or none.
pub const OTHERWISE: u8 = 1;
/// This machine does not let it be provoked.
pub const NOT_HERE: u8 = 3;

/// Provokes these rows, each in a process of its own, and hands each row, with what its process has
/// printed, to `show`: in order, and as soon as possible. A row that nothing provokes has no
/// output.
pub fn provoke_all(
    rows: &[(usize, &'static Row)],
    mut show: impl FnMut(&'static Row, Option<io::Result<Output>>),
) {
    let next = AtomicUsize::new(0);
    let (sender, done) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE.min(rows.len()) {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while let Some((place, row)) = rows.get(next.fetch_add(1, Relaxed)) {
                    let can_be = cfg!(target_os = "linux") && !row.is_never();
                    let _ = sender.send((place, can_be.then(|| start(*place))));
                }
            });
        }
        drop(sender);
        // What is done early waits for its turn.
        let mut outputs = HashMap::new();
        for (place, row) in rows {
            while !outputs.contains_key(place) {
                let Ok((place, output)) = done.recv() else { return };
                outputs.insert(place, output);
            }
            show(row, outputs.remove(place).flatten());
        }
    });
}

fn start(place: usize) -> io::Result<Output> {
    Command::new(std::env::current_exe()?)
        .args(["--provoke", &place.to_string()])
        .env(output::WIDTH, output::width().to_string())
        .stdin(Stdio::null())
        .output()
}

/// What such a process does: provokes one row, and says by its exit status whether it came.
#[cfg(target_os = "linux")]
pub fn provoke(place: usize) -> ExitCode {
    use crate::catalogue::TABLE;
    use crate::provoke::{NotHere, raw};

    /// Longer than a provocation waits for the kernel, on a busy machine too.
    const SECONDS: u32 = 25;

    let Some((row, provoke)) = TABLE.get(place).and_then(|row| Some((row, row.provoke?))) else {
        output::complain(&format!("error: the table has nothing to provoke in row {place}\n"));
        return ExitCode::from(2);
    };
    raw::end_after(SECONDS);
    match provoke() {
        Ok(symbol) if symbol == row.symbol => ExitCode::from(CAME),
        Ok(symbol) => {
            output::complain(&format!("error: expected {}, but provoked {symbol}\n", row.symbol));
            ExitCode::from(OTHERWISE)
        }
        Err(error) => match error.downcast_ref::<NotHere>() {
            Some(NotHere(reason)) => {
                output::print(&output::wrapped(
                    reason,
                    output::width(),
                    "  Not shown here: ",
                    "    ",
                ));
                ExitCode::from(NOT_HERE)
            }
            None => {
                output::complain_of(&error);
                ExitCode::from(OTHERWISE)
            }
        },
    }
}

/// On other systems the calls fail in their own ways.
#[cfg(not(target_os = "linux"))]
pub fn provoke(_: usize) -> ExitCode {
    output::complain(
        "error: errors are provoked on Linux only, to whose calls the table belongs\n",
    );
    ExitCode::from(OTHERWISE)
}
