//! Following traced threads from event to event, and reporting each call that is about a socket.

use std::collections::BTreeMap;
use std::io;
use std::time::{Duration, Instant, SystemTime};

use advice::Failure;
use kernel::View;
use socket2::Socket;

use super::calls::{self, Call, Kind, Returned};
use super::filter::MACHINE;
use super::look::{self, Look, Process};
use super::process;
use super::ptrace::{self, AtCall, Event, Place, Site, Tid};
use super::remarks::{Observed, Remarks};
use super::report::{Done, End, Report, Speaker, error_as_json};
use super::seen::Seen;
use super::signals;
use super::tracers;
use super::{failed, family};

/// What is shown.
pub struct Show {
    /// Also sockets of families other than IP.
    pub all: bool,
    /// The names of calls that are left out.
    pub hide: Vec<String>,
}

/// A call that is under way.
struct Pending {
    call: Call,
    began: Instant,
    /// What a call that begins again is recognised by.
    site: Site,
    /// What the kernel said about the socket when the call began, if it was asked.
    before: Option<Look>,
    /// Whether xray has said that the call waits.
    announced: bool,
    /// The thread that closes the descriptor in the meantime, and what was last seen of the socket.
    closed: Option<(Tid, Option<Look>)>,
    remarks: Vec<String>,
}

/// What is known about a socket that is about to be closed.
struct Closing {
    /// What its row will show.
    before: Option<Look>,
    remarks: Vec<String>,
    /// Whether the close may take its time.
    may_wait: bool,
}

/// A traced thread.
struct Task {
    process: i32,
    /// Whether it is inside a call, having stopped at its beginning.
    inside: bool,
    pending: Option<Pending>,
    /// The descriptor whose own address it has just asked for, as its last call.
    named: Option<i32>,
    /// A getpeername that has failed after that, with its result, as long as it may be Python's.
    held: Option<(Pending, i64)>,
    /// Calls that a signal has interrupted, and that go on or end when its handler has returned.
    interrupted: Vec<Pending>,
}

/// Numbers that the kernel returns inside a call that a signal interrupts, and that no program sees
/// (include/linux/errno.h): ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK.
const INTERRUPTED: [i64; 4] = [-512, -513, -514, -516];

/// What is said of a call that was interrupted for good.
pub const NEVER_RETURNED: &str = "never returned";

pub struct Tracer {
    show: Show,
    pub report: Report,
    seen: Seen,
    /// Whether a filter picks the calls; otherwise threads stop at each one. They also do so once a
    /// program has a filter of its own: what that refuses, no other filter picks.
    filtered: bool,
    /// Whether xray has started the program.
    started: bool,
    /// Whether this process has children that it did not make, as after exec in a shell.
    has_others_children: bool,
    tasks: BTreeMap<Tid, Task>,
    /// The processes; without those that ended before they were looked at.
    processes: BTreeMap<i32, Option<Process>>,
    /// The processes that were named: their ends are reported.
    named: Vec<i32>,
    pub ends: BTreeMap<i32, End>,
    /// Whether the first process ever ran the program.
    pub ran: bool,
    /// How many processes and threads there may be.
    pub most_tasks: Option<usize>,
    ticking: bool,
    /// When the last of those ended, as long as nothing has been said about those that have not.
    left_behind_since: Option<Instant>,
    /// The remarks that have been made already.
    said_foreign: bool,
    said_ring: bool,
    said_tracer: bool,
    said_refused: bool,
    remarks: Remarks,
}

impl Tracer {
    /// For a program that xray has `started`, with a filter, or for one that it follows, without.
    pub fn new(
        show: Show,
        report: Report,
        started: bool,
        named: &[i32],
        has_others_children: bool,
    ) -> Tracer {
        Tracer {
            show,
            report,
            seen: Seen::default(),
            filtered: started,
            started,
            has_others_children,
            tasks: BTreeMap::new(),
            processes: BTreeMap::new(),
            named: named.to_vec(),
            ends: BTreeMap::new(),
            ran: false,
            most_tasks: None,
            ticking: false,
            left_behind_since: None,
            said_foreign: false,
            said_ring: false,
            said_tracer: false,
            said_refused: false,
            remarks: Remarks::default(),
        }
    }

    /// A process is traced, and its events will come.
    pub fn expect(&mut self, process: i32) {
        self.task(process);
    }

    /// Follows all traced threads, and those that they make, until none is left, or until somebody
    /// asks to let them go.
    ///
    /// # Errors
    ///
    /// Waiting for events fails, which it should not.
    pub fn follow(&mut self) -> io::Result<()> {
        self.named.clone().into_iter().for_each(|process| self.expect(process));
        loop {
            match ptrace::next_event() {
                Ok((tid, event)) => self.serve(tid, event),
                Err(error) if error.raw_os_error() == Some(libc::EINTR) => {}
                Err(error) => {
                    self.report.flush();
                    let all_gone = error.raw_os_error() == Some(libc::ECHILD);
                    return if all_gone { Ok(()) } else { Err(error) };
                }
            }
            if signals::ticked() {
                self.tick();
            }
            if self.most_tasks.is_some_and(|most| self.tasks.len() > most) {
                let first = self.named.first().copied().unwrap_or_default();
                self.report.between(first, crate::TOO_MANY);
                self.report.flush();
                // All of them end with this process (PTRACE_O_EXITKILL).
                std::process::exit(1);
            }
            // What started xray may have left it other children, which end when they like.
            if signals::enough() || self.tasks.is_empty() && self.has_others_children {
                self.report.flush();
                return Ok(());
            }
        }
    }

    /// Serves a thread, and those that have stopped in the meantime, in turn: the kernel would
    /// always report the same ones first.
    fn serve(&mut self, tid: Tid, event: Event) {
        let others: Vec<_> = match self.tasks.len() {
            0 | 1 => Vec::new(),
            _ => std::iter::from_fn(ptrace::event_that_is_there).collect(),
        };
        self.event(tid, event);
        for (tid, event) in others {
            self.event(tid, event);
        }
    }

    fn event(&mut self, tid: Tid, event: Event) {
        // A thread may be gone at any time, when another one of its process ends that or calls exec;
        // then there is nothing to let go on, and its end is the next event.
        let _ = match event {
            Event::Exited(status) => {
                self.gone(tid, End::Status(status));
                return;
            }
            Event::Killed(signal) => {
                self.gone(tid, End::Signal(signal));
                return;
            }
            Event::Picked | Event::Call => {
                self.at_call(tid);
                self.let_go(tid, 0)
            }
            Event::Exec => {
                self.exec(tid);
                self.let_go(tid, 0)
            }
            Event::Stopped => ptrace::stay_stopped(tid),
            Event::Signal(signal) => self.let_go(tid, signal),
            Event::Made => {
                if let Ok(made) = ptrace::made(tid) {
                    self.task(made);
                }
                self.let_go(tid, 0)
            }
            Event::Other => {
                self.task(tid);
                self.let_go(tid, 0)
            }
        };
    }

    /// Lets a thread run on: to the end of the call that it is in, or else to its next one.
    fn let_go(&mut self, tid: Tid, signal: i32) -> io::Result<()> {
        // None: it has ended since it stopped.
        let task = self.tasks.get_mut(&tid);
        let in_call = task.as_ref().is_some_and(|task| task.pending.is_some());
        if in_call || !self.filtered {
            return ptrace::go_on_to_call(tid, signal);
        }
        if let Some(task) = task {
            task.inside = false; // it stops at no end of this call
        }
        ptrace::go_on(tid, signal)
    }

    fn task(&mut self, tid: Tid) -> &mut Task {
        self.tasks.entry(tid).or_insert_with(|| Task {
            process: process::of_thread(tid).unwrap_or(tid),
            inside: false,
            pending: None,
            named: None,
            held: None,
            interrupted: Vec::new(),
        })
    }

    /// The process that a thread belongs to, as far as it is known.
    fn task_process(&self, tid: Tid) -> i32 {
        self.tasks.get(&tid).map_or(tid, |task| task.process)
    }

    /// Counts the calls that are under way, when xray lets go.
    pub fn count_unfinished(&mut self) {
        let tasks: Vec<Tid> = self.tasks.keys().copied().collect();
        for tid in tasks {
            let task = self.task(tid);
            let under_way: Vec<Pending> =
                task.interrupted.drain(..).chain(task.pending.take()).collect();
            for Pending { call, began, .. } in under_way {
                let look = call.descriptor.and_then(|fd| self.look(tid, fd).0);
                let shown = !call.traced.kind.is_never_shown()
                    && !self.is_left_out(&call)
                    && !self.is_hidden(&call, look.as_ref());
                if shown {
                    self.report.not_returned(&call, began.elapsed());
                }
            }
        }
    }

    fn process(&mut self, tid: Tid) -> Option<&mut Process> {
        let number = self.task(tid).process;
        self.processes.entry(number).or_insert_with(|| Process::open(number).ok()).as_mut()
    }

    /// The copy has to go before the thread does.
    fn look(&mut self, tid: Tid, descriptor: i32) -> (Option<Look>, Option<Socket>) {
        let Some(process) = self.process(tid) else { return (None, None) };
        let seen = process.look(tid, descriptor);
        if let Some(error) = process.refused() {
            if !std::mem::replace(&mut self.said_refused, true) {
                self.report.remark(&super::refused_copies(&error.into(), tid));
            }
        }
        seen
    }

    fn at_call(&mut self, tid: Tid) {
        let Ok(at) = ptrace::at_call(tid) else { return };
        let task = self.task(tid);
        match at.place {
            // Picked at the beginning of a call at which it has stopped already.
            Place::Begin { .. } if task.inside => {}
            Place::Begin { number, arguments } => {
                task.inside = true;
                if at.machine == MACHINE {
                    self.begin(tid, number, arguments, at);
                } else {
                    self.foreign(tid);
                }
            }
            Place::End { result } => {
                task.inside = false;
                self.finish(tid, result, at.site);
            }
            Place::Elsewhere => {}
        }
    }

    /// A program for another kind of machine than this one, such as a 32-bit one.
    fn foreign(&mut self, tid: Tid) {
        if !std::mem::replace(&mut self.said_foreign, true) {
            let name = process::name(self.task(tid).process);
            self.report.remark(&format!(
                "{name} is a different kind of program from xray, perhaps a 32-bit one: its calls \
                 are not shown."
            ));
        }
    }

    /// A program that leaves calls to the kernel, where they cannot be seen.
    fn ring(&mut self, tid: Tid, result: i64) {
        if result >= 0 && !std::mem::replace(&mut self.said_ring, true) {
            self.remarks.calls_go_unseen();
            let name = process::name(self.task(tid).process);
            self.report.remark(&format!(
                "{name} has made an io_uring: what it leaves to the kernel in this way is not a \
                 call, and is not shown."
            ));
        }
    }

    /// A program that would trace what xray traces already.
    fn other_tracer(&mut self, tid: Tid, arguments: &[u64; 6], result: i64) {
        if self.said_tracer || result != -i64::from(libc::EPERM) {
            return;
        }
        let traced = self.tasks.iter().map(|(thread, task)| (*thread, task.process));
        let process = self.task_process(tid);
        if let Some(remark) = tracers::remark((tid, process), arguments, traced) {
            self.said_tracer = true;
            self.report.remark(&remark);
        }
    }

    fn begin(&mut self, tid: Tid, number: i64, arguments: [u64; 6], at: AtCall) {
        let Some(traced) = calls::find(number, &arguments) else { return };
        if traced.kind == Kind::End {
            return self.at_end(tid);
        }
        if traced.kind == Kind::SignalReturn && self.task(tid).interrupted.is_empty() {
            return;
        }
        self.tell_held(tid, (traced.kind == Kind::Close).then_some(arguments[0] as i32));
        // Calls on files do not matter here.
        let about = match traced.kind.any_descriptors() {
            [] => None,
            places => {
                let mut descriptors = places.iter().map(|place| arguments[*place] as i32);
                let Some(process) = self.process(tid) else { return };
                let socket = descriptors.clone().find(|fd| process.is_socket(tid, *fd));
                let socket = socket.or_else(|| descriptors.find(|fd| process.is_closed(tid, *fd)));
                if socket.is_none() {
                    return;
                }
                socket
            }
        };
        let same = |last: &Pending| {
            last.call.traced.kind == traced.kind
                && last.call.arguments == arguments
                && last.site == at.site
        };
        let task = self.task(tid);
        if task.interrupted.last().is_some_and(same) {
            // The kernel begins it again, as the signal's handler allows (SA_RESTART).
            task.pending = task.interrupted.pop();
            return self.watch();
        }
        if traced.kind != Kind::Name {
            task.named = None;
        }
        let mut call = Call::begin(traced, arguments, tid);
        call.descriptor = about.or(call.descriptor);
        let Closing { before, remarks, may_wait } = self.before_closing(tid, &call);
        if traced.kind == Kind::CloseRange && remarks.is_empty() {
            return;
        }
        let (announced, closed, began) = (false, None, Instant::now());
        let pending = Pending { call, began, site: at.site, before, announced, closed, remarks };
        if traced.kind == Kind::Close && pending.before.is_some() && !may_wait {
            // Reported at once: what the close brings about elsewhere comes after it, and the close
            // of a socket does not fail.
            return self.tell(tid, pending, None);
        }
        self.task(tid).pending = Some(pending);
        self.watch();
    }

    /// What a call will close is looked at beforehand; afterwards that would be impossible.
    fn before_closing(&mut self, tid: Tid, call: &Call) -> Closing {
        let process = self.task(tid).process;
        let [a, b, c, ..] = call.arguments;
        let closed: Vec<i32> = match call.traced.kind {
            Kind::Close => vec![a as i32],
            Kind::DuplicateOnto if a as i32 != b as i32 => {
                process::inode(tid, b as i32).map(|_| b as i32).into_iter().collect()
            }
            Kind::CloseRange if c as u32 & libc::CLOSE_RANGE_CLOEXEC == 0 => {
                let sockets = process::sockets(tid).unwrap_or_default();
                let range = a as u32..=b as u32;
                sockets.into_iter().filter(|fd| range.contains(&(*fd as u32))).collect()
            }
            _ => Vec::new(),
        };
        let (mut shown, mut seen) = (Vec::new(), Vec::new());
        let (mut first, mut first_hidden) = (None, None);
        let mut may_wait = false;
        for descriptor in closed {
            let (look, copy) = self.look(tid, descriptor);
            may_wait |= copy.as_ref().is_some_and(look::lingers);
            drop(copy);
            seen.extend(self.remarks.before_close(process, Some(descriptor), &mut self.processes));
            if let Some(process) = self.process(tid) {
                process.forget(Some(descriptor));
            }
            for (thread, task) in &mut self.tasks {
                let Some(other) = &mut task.pending else { continue };
                let about_it = task.process == process && other.call.descriptor == Some(descriptor);
                if *thread != tid && about_it {
                    other.closed = Some((tid, look.clone()));
                }
            }
            if self.show.all || !look.as_ref().is_some_and(Look::is_hidden) {
                shown.push(descriptor.to_string());
                first = first.or(look);
            } else {
                first_hidden = first_hidden.or(look);
            }
        }
        let mut remarks = match shown.as_slice() {
            _ if call.traced.kind == Kind::Close => Vec::new(),
            [] => Vec::new(),
            [one] => vec![format!("closes socket {one}")],
            several => vec![format!("closes sockets {}", several.join(", "))],
        };
        remarks.extend(seen);
        Closing { before: first.or(first_hidden), remarks, may_wait }
    }

    /// The process ends, and with it go its sockets.
    fn at_end(&mut self, tid: Tid) {
        let process = self.task(tid).process;
        for remark in self.remarks.before_close(process, None, &mut self.processes) {
            self.report.between(process, &remark);
        }
    }

    /// The call has returned `result`, and the thread goes on at `site`.
    fn finish(&mut self, tid: Tid, result: i64, site: Site) {
        let Some(pending) = self.task(tid).pending.take() else { return };
        match pending.call.traced.kind {
            Kind::SignalReturn => return self.handler_returned(tid, result, site),
            Kind::Filter => {
                self.filtered &= result < 0;
                return;
            }
            Kind::Ring => return self.ring(tid, result),
            Kind::Name => return self.asked(tid, pending, result),
            Kind::Trace => return self.other_tracer(tid, &pending.call.arguments, result),
            _ => {}
        }
        if INTERRUPTED.contains(&result) {
            self.task(tid).interrupted.push(pending);
            return;
        }
        self.tell(tid, pending, Some(result));
    }

    /// The thread has asked for an address. Before Python closes a socket that a program has left
    /// open, it asks for both of its addresses, for a warning that nobody has to see; the failure of
    /// that is the program's only if something else comes next.
    fn asked(&mut self, tid: Tid, pending: Pending, result: i64) {
        let (name, descriptor) = (pending.call.name, pending.call.descriptor);
        let task = self.task(tid);
        let named = std::mem::take(&mut task.named);
        if result >= 0 {
            task.named = descriptor.filter(|_| name == "getsockname");
        } else if result == -i64::from(libc::ENOTSOCK) && descriptor == Some(libc::STDIN_FILENO) {
            // Shells and Java ask so at each start whether inetd has started them: no failure.
        } else if result == -i64::from(libc::ENOTCONN) && named.is_some() && named == descriptor {
            task.held = Some((pending, result));
            self.watch();
        } else {
            self.tell(tid, pending, Some(result));
        }
    }

    /// Shows the call that was held back, unless the thread `closes` that descriptor now.
    fn tell_held(&mut self, tid: Tid, closes: Option<i32>) {
        let Some((pending, result)) = self.task(tid).held.take() else { return };
        if closes.is_none() || pending.call.descriptor != closes {
            self.tell(tid, pending, Some(result));
        }
    }

    /// A signal's handler has returned to `site`, where the thread was interrupted. What it finds there
    /// as the result of the interrupted call is EINTR; otherwise the call begins again.
    fn handler_returned(&mut self, tid: Tid, result: i64, site: Site) {
        let interrupted = &mut self.task(tid).interrupted;
        let Some(at) = interrupted.iter().rposition(|call| call.site == site) else { return };
        // Handlers that were left by a jump (siglongjmp(3)) have not returned to these.
        for mut abandoned in interrupted.split_off(at + 1) {
            abandoned.remarks.push(NEVER_RETURNED.to_string());
            self.tell(tid, abandoned, None);
        }
        if result == -i64::from(libc::EINTR) {
            if let Some(interrupted) = self.task(tid).interrupted.pop() {
                self.tell(tid, interrupted, Some(result));
            }
        }
    }

    /// Reports a call that has returned `result`, or will never return.
    fn tell(&mut self, tid: Tid, pending: Pending, result: Option<i64>) {
        let Pending { call, began, before, announced, closed, mut remarks, .. } = pending;
        let (time, at) = (began.elapsed(), SystemTime::now());
        if self.is_left_out(&call) {
            let process = self.task(tid).process;
            return self.remarks.left_out(process, tid, &call, result);
        }
        if call.traced.kind == Kind::Name && result.is_some_and(|result| result >= 0) {
            return;
        }
        let succeeded = result.filter(|result| *result >= 0);
        let descriptor = call.descriptor_after(succeeded, tid);
        let mut copy = None;
        let look = if call.closes(descriptor) {
            before
        } else if let Some((thread, look)) = closed {
            let descriptor = call.descriptor.unwrap_or_default();
            remarks.push(format!(
                "thread {thread} has closed descriptor {descriptor} in the meantime"
            ));
            look
        } else if let Some(descriptor) = descriptor {
            let (look, socket) = self.look(tid, descriptor);
            copy = socket;
            look
        } else {
            None
        };
        // What was a socket when it was last looked at, and is a file now.
        let of_a_file = !call.traced.kind.any_descriptors().is_empty()
            && result != Some(-i64::from(libc::EBADF))
            && look.as_ref().is_none_or(|look| !look.may_be_a_socket());
        if of_a_file {
            return;
        }
        // A call that closes a socket of a shown family is shown, whatever it makes.
        let closes_shown = remarks.iter().any(|remark| remark.starts_with("closes "));
        let has_failed = result.is_some_and(|result| failed::matters(&call, result));
        if self.is_hidden(&call, look.as_ref()) && !closes_shown && !has_failed {
            return;
        }
        let stream = look.as_ref().is_none_or(Look::is_stream);
        let mut returned = match succeeded {
            Some(result) => call.end(result, tid, stream),
            None => Returned::default(),
        };
        let process = self.task(tid).process;
        let speaker = Speaker { process, thread: tid };
        let number = result.filter(|result| *result < 0).map(|result| -result as i32);
        let failure =
            number.map(|number| self.failure(speaker, &call, number, look.as_ref(), copy.as_ref()));
        self.tell_of_later(speaker, &call, &mut returned, look.as_ref(), copy.as_ref());
        self.seen.after(speaker, &call, result, look.as_ref());
        if let (Some(result), Some(look), Some(copy)) = (result, &look, &copy) {
            let descriptor = descriptor.unwrap_or_default();
            let (call, returned) = (&call, &returned);
            let seen = Observed { process, tid, call, result, returned, descriptor, look, copy };
            remarks.extend(self.remarks.after(&seen, &mut self.processes));
        }
        let done = Done {
            call: &call,
            result,
            returned: &returned,
            descriptor,
            look: look.as_ref(),
            failure: failure.as_ref(),
            remarks: &remarks,
            time,
            at,
            waited: announced,
        };
        self.report.done(speaker, &done);
        if self.report.is_kept_back() || self.remarks.watches() {
            self.watch();
        }
    }

    /// Why the call has failed with error `number`.
    fn failure(
        &mut self,
        speaker: Speaker,
        call: &Call,
        number: i32,
        look: Option<&Look>,
        copy: Option<&Socket>,
    ) -> Failure {
        let sockets = match failed::depends_on_others(call, number) {
            true => self.sockets(speaker.thread),
            false => Vec::new(),
        };
        let shown = self.seen.later(speaker, call, number).unwrap_or(call.advised(number));
        failed::reason(&self.seen, speaker, call, &shown, number, (look, copy), &sockets)
    }

    /// What the kernel says of all sockets that the thread's process has.
    fn sockets(&mut self, tid: Tid) -> Vec<View> {
        let descriptors = process::sockets(tid).unwrap_or_default();
        let looks = descriptors.into_iter().filter_map(|descriptor| self.look(tid, descriptor).0);
        looks.map(|look| look.view().clone()).collect()
    }

    /// Adds the reason of an error that came after the call that it is of, when that is asked for.
    fn tell_of_later(
        &mut self,
        speaker: Speaker,
        call: &Call,
        returned: &mut Returned,
        look: Option<&Look>,
        copy: Option<&Socket>,
    ) {
        let value = returned.details.iter().find(|(name, _)| *name == "value");
        let number = value.and_then(|(_, value)| value.as_str()?.parse::<i32>().ok());
        let asks = call.asks_for_the_error();
        let Some(number) = number.filter(|number| asks && *number != 0) else { return };
        let failure = self.failure(speaker, call, number, look, copy);
        returned.details.push(("error", error_as_json(number, &failure)));
        returned.later = Some(failure);
    }

    /// Whether somebody asked to leave such calls out.
    fn is_left_out(&self, call: &Call) -> bool {
        self.show.hide.iter().any(|name| name == call.traced.name || name == call.name)
    }

    /// Whether a call is about sockets that only `--all` shows.
    fn is_hidden(&self, call: &Call, look: Option<&Look>) -> bool {
        if self.show.all {
            return false;
        }
        match (call.traced.kind, look) {
            (Kind::Socket | Kind::Pair, _) => {
                !matches!(call.arguments[0] as i32, libc::AF_INET | libc::AF_INET6)
            }
            (_, Some(look)) => look.is_hidden(),
            (_, None) => false,
        }
    }

    /// Ticks come while a call is under way that may or may not be waiting.
    fn watch(&mut self) {
        if !std::mem::replace(&mut self.ticking, true) {
            signals::tick_on(true);
        }
    }

    /// Says of calls that the kernel lets wait that they do.
    fn tick(&mut self) {
        let mut waiting = Vec::new();
        let mut watched = self.report.is_kept_back() || self.left_behind_since.is_some();
        self.report.flush();
        self.say_who_is_left();
        for (process, remark) in self.remarks.meanwhile(&mut self.processes) {
            self.report.between(process, &remark);
        }
        watched |= self.remarks.watches() || self.report.is_kept_back();
        let a_tick = Duration::from_millis(signals::TICK as u64);
        let held = self.tasks.iter().filter(|(_, task)| task.held.is_some());
        for tid in held.map(|(tid, _)| *tid).collect::<Vec<_>>() {
            watched = true;
            let long = |(pending, _): &(Pending, i64)| pending.began.elapsed() >= a_tick;
            if self.task(tid).held.as_ref().is_some_and(long) {
                self.tell_held(tid, None);
            }
        }
        for (tid, task) in &self.tasks {
            let Some(pending) = task.pending.as_ref().filter(|pending| !pending.announced) else {
                continue;
            };
            watched = true;
            if pending.began.elapsed() >= a_tick && process::waits(*tid) {
                waiting.push(*tid);
            }
        }
        if !watched && std::mem::take(&mut self.ticking) {
            signals::tick_on(false);
        }
        for tid in waiting {
            let Some(mut pending) = self.task(tid).pending.take() else { continue };
            pending.announced = true;
            let (look, copy) = match (&pending.closed, pending.call.descriptor) {
                (Some((_, look)), _) => (look.clone(), None),
                (None, Some(fd)) => self.look(tid, fd),
                (None, None) => (None, None),
            };
            if !self.is_left_out(&pending.call) && !self.is_hidden(&pending.call, look.as_ref()) {
                let process = self.task(tid).process;
                let speaker = Speaker { process, thread: tid };
                let call = &pending.call;
                let remark = self.remarks.while_it_waits(call, look.as_ref(), copy.as_ref());
                drop(copy);
                self.report.waits(speaker, call, look.as_ref(), remark.as_deref());
            }
            self.task(tid).pending = Some(pending);
        }
    }

    /// Says why xray goes on when the program has ended.
    fn say_who_is_left(&mut self) {
        const SOON: Duration = Duration::from_secs(1);
        let long_since = self.left_behind_since.is_some_and(|since| since.elapsed() > SOON);
        if long_since && !self.tasks.is_empty() {
            self.left_behind_since = None;
            let mut processes: Vec<i32> = self.tasks.values().map(|task| task.process).collect();
            processes.sort_unstable();
            processes.dedup();
            let how = match self.started {
                true => "Ctrl-C ends both".to_string(),
                false => format!("{} lets it go", signals::way_to_let_go()),
            };
            self.report.remark(&format!(
                "The program has ended, but what it started goes on: {}. xray follows it to the \
                 end; {how}.",
                family::named(&processes)
            ));
        }
    }

    /// A process runs another program from now on: its other threads are gone, and the one that
    /// called exec has the process's number now.
    fn exec(&mut self, tid: Tid) {
        self.ran = true;
        self.seen.exec(tid);
        if let Some(Some(process)) = self.processes.get_mut(&tid) {
            process.forget(None); // those with FD_CLOEXEC are closed
        }
        self.remarks.forget(tid, None);
        let gone: Vec<Tid> = self
            .tasks
            .iter()
            .filter(|(_, task)| task.process == tid)
            .map(|(thread, _)| *thread)
            .collect();
        for thread in gone {
            self.lost_calls(thread);
            self.tasks.remove(&thread);
        }
        self.task(tid);
        if ptrace::at_call(tid).is_ok_and(|at| at.machine != MACHINE) {
            self.foreign(tid);
        }
    }

    fn gone(&mut self, tid: Tid, end: End) {
        self.lost_calls(tid);
        self.processes.remove(&tid);
        self.seen.forget(tid);
        let is_process = self.tasks.remove(&tid).is_some_and(|task| task.process == tid);
        if is_process && (self.ran || !self.started) {
            self.report.ended(tid, end);
        }
        if self.named.contains(&tid) {
            self.ends.insert(tid, end);
            if self.ends.len() < self.named.len() {
                return;
            }
            self.left_behind_since = Some(Instant::now());
            self.watch();
            if self.started {
                signals::are_for(0);
            }
        }
    }

    /// Reports the calls that a thread was in when it ended.
    fn lost_calls(&mut self, tid: Tid) {
        if self.tasks.contains_key(&tid) {
            self.tell_held(tid, None);
        }
        let Some(task) = self.tasks.get_mut(&tid) else { return };
        let lost: Vec<Pending> = task.interrupted.drain(..).chain(task.pending.take()).collect();
        for mut pending in lost {
            pending.remarks.push(NEVER_RETURNED.to_string());
            self.tell(tid, pending, None);
        }
    }
}
