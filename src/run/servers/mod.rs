//! One live server: every vector for servers over a connection of its own, many at once, and what only a socket shows.

mod apart;
mod checks;
mod diff;
mod plan;
mod policy;
mod stranger;
mod trial;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, RwLock};
use std::thread;
use std::time::{Duration, Instant};

pub use checks::Check;
pub use diff::{ServerDiff, ServerDifferences};
pub use plan::{Planned, planned};
pub use stranger::Stranger;

use crate::judgement::Role;
use crate::live::{Answers, Conditions, Server, diagnose};
use crate::suite::law::register::Entry;
use crate::suite::results::{CaseResult, Control, Ended, Standing};
use crate::suite::{Conformance, Delivery, Needs, Results};
use plan::{About, Cut, What};
use trial::{Done, Trial};

/// How long a server that died has to come back.
const REVIVAL: Duration = Duration::from_secs(10);

/// After so many cases the control is asked again.
const CONTROL_EVERY: usize = 64;

/// So many silences are repeated alone; if all of them stay silent, the others are repeated several at once, between two
/// controls that are answered.
const ALONE: usize = 4;

/// By how much the deadlines are multiplied for what is repeated.
const ALONE_PATIENCE: u32 = 2;

/// No clause sets a time for a refusal: so long a silence is waited out, where the server is seen to end any by itself.
const LATE: Duration = Duration::from_secs(20);

/// The vector that is the positive control.
pub const CONTROL: &str = "server/opening/minimal";

/// What to try.
#[derive(Clone, Debug)]
pub struct ServerTest<'a> {
    /// The law.
    pub data: &'a Conformance,
    /// Who is tried.
    pub server: &'a Server,
    /// Under which conditions it is willing.
    pub conditions: Conditions,
    /// What it supports: vectors that need something else are unsupported.
    pub supports: Needs,
    /// The cases, in their order.
    pub cases: Vec<Planned<'a>>,
    /// The options that shaped it, as on a command line: for whoever wants to see a case again.
    pub options: Vec<String>,
    /// How many connections are open at once.
    pub jobs: usize,
    /// Where the keys come from: the same seed sends the same octets.
    pub seed: u64,
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// How many cases are done.
    pub done: usize,
    /// Of how many.
    pub of: usize,
    /// How many failed so far.
    pub failed: usize,
}

impl ServerTest<'_> {
    /// Tries the server. `stop` ends the run early; what is done by then is kept.
    pub fn run(&self, stop: &AtomicBool, progress: &(dyn Fn(Step) + Sync)) -> Results {
        let run = Run::new(self, stop);
        let mut results = Results {
            schema: 1,
            program: concat!("ws101 ", env!("CARGO_PKG_VERSION")).to_owned(),
            role: Role::Server.as_str().to_owned(),
            target: self.server.endpoint.url.clone(),
            options: self.options.clone(),
            ..Results::default()
        };
        run.control(&mut results.control);
        if results.control.opened {
            // Only a second key shows that a wrong answer is a constant, or a right one a replay.
            let mut second = Control::default();
            run.control(&mut second);
            if second.opened && !second.faults.is_empty() {
                results.control = second;
            }
            *lock(&run.flaw) = run.flaw_of(&results.control);
            run.all(progress);
            run.repeat();
            run.wait_out();
            let mut done = lock(&run.done);
            apart::refused(&self.cases, &mut done);
            apart::accepted(self, &mut done);
        }
        results.control.asked = run.asked.load(Ordering::Relaxed);
        let mut done = run.done.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
        for (number, planned) in self.cases.iter().enumerate() {
            let case = match done.remove(&number) {
                Some(mut finished) => {
                    results.durations.insert(finished.case.id.clone(), finished.took.as_millis() as u64);
                    finished.case.file(&self.data.register);
                    finished.case
                }
                None => self.blank(planned, Standing::NotRun, "the run ended before"),
            };
            results.cases.push(case);
        }
        results.ended = match run.gone.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()) {
            _ if !results.control.opened => Ended::Broken("the control did not open a connection".to_owned()),
            Some(why) => Ended::Broken(why),
            None if stop.load(Ordering::Relaxed) => Ended::Interrupted,
            None => Ended::Complete,
        };
        results
    }

    /// A case of which nothing is known yet.
    fn blank(&self, planned: &Planned<'_>, standing: Standing, note: &str) -> CaseResult {
        let (permitted, why) = match planned.what {
            What::Vector(vector) => (vector.permitted().as_str(), vector.why.clone()),
            What::Check(check) => ("either", check.why().to_owned()),
        };
        let entry = |id| self.data.register.get(id);
        let (requirement, [document, section, summary]) = match planned.about {
            About::Requirement(id) => (
                id.to_string(),
                entry(id).map_or(["", "", ""], |Entry { document, section, summary, .. }| [document, section, summary]),
            ),
            About::Clause { document, section, summary } => {
                (format!("{document}-{section}"), [document, section, summary])
            }
        };
        CaseResult {
            id: planned.id(),
            requirement,
            document: document.to_owned(),
            section: section.to_owned(),
            summary: summary.to_owned(),
            permitted: permitted.to_owned(),
            why,
            standing,
            faults: Vec::new(),
            notes: if note.is_empty() { Vec::new() } else { vec![note.to_owned()] },
            did: String::new(),
            delivery: "whole".to_owned(),
            half_closed: false,
            sent: String::new(),
            received: String::new(),
            reproduce: Vec::new(),
        }
    }
}

/// Waits until the server takes connections.
fn revived(server: &Server, stop: &AtomicBool) -> bool {
    let until = Instant::now() + REVIVAL;
    loop {
        if server.reach().is_ok() {
            return true;
        }
        if Instant::now() >= until || stop.load(Ordering::Relaxed) {
            return false;
        }
        thread::sleep(Duration::from_millis(100));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// A run under way.
struct Run<'a> {
    test: &'a ServerTest<'a>,
    stop: &'a AtomicBool,
    next: AtomicUsize,
    asked: AtomicU64,
    failed: AtomicUsize,
    done: Mutex<BTreeMap<usize, Done>>,
    in_flight: Mutex<Vec<usize>>,
    /// Held for reading by everyone who uses a connection, for writing by whoever must be alone.
    alone: RwLock<()>,
    /// Why the run cannot go on.
    gone: Mutex<Option<String>>,
    answers: Answers,
    /// What is wrong with every accept value, if the control already shows it.
    flaw: Mutex<Option<String>>,
}

impl<'a> Run<'a> {
    fn new(test: &'a ServerTest<'a>, stop: &'a AtomicBool) -> Run<'a> {
        Run {
            test,
            stop,
            next: AtomicUsize::new(0),
            asked: AtomicU64::new(0),
            failed: AtomicUsize::new(0),
            done: Mutex::default(),
            in_flight: Mutex::default(),
            alone: RwLock::new(()),
            gone: Mutex::default(),
            answers: Answers::default(),
            flaw: Mutex::default(),
        }
    }

    fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || lock(&self.gone).is_some()
    }

    fn all(&self, progress: &(dyn Fn(Step) + Sync)) {
        let of = self.test.cases.len();
        let work = || {
            while !self.is_over() {
                let number = self.next.fetch_add(1, Ordering::Relaxed);
                let Some(planned) = self.test.cases.get(number) else { return };
                self.case(number, planned);
                progress(Step { done: lock(&self.done).len(), of, failed: self.failed.load(Ordering::Relaxed) });
                if (number + 1).is_multiple_of(CONTROL_EVERY) {
                    self.still_willing();
                }
            }
        };
        thread::scope(|scope| {
            for _ in 0..self.test.jobs.clamp(1, of.max(1)) {
                scope.spawn(work);
            }
        });
    }

    /// One case among others.
    fn case(&self, number: usize, planned: &Planned<'_>) {
        let trial = Trial { run: self, number, planned, patience: 1 };
        let go = || {
            let _one_of_many = self.alone.read().unwrap_or_else(|poisoned| poisoned.into_inner());
            trial.go()
        };
        lock(&self.in_flight).push(number);
        let mut finished = go();
        if finished.went_away {
            if !self.lives() {
                finished = self.after_death(&trial, finished);
            } else if finished.case.standing == Standing::HarnessError {
                // It was away for a moment, because of another case.
                finished = go();
            }
        }
        lock(&self.in_flight).retain(|&its| its != number);
        self.keep(number, finished);
    }

    fn keep(&self, number: usize, finished: Done) {
        if finished.case.standing == Standing::Fail {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
        lock(&self.done).insert(number, finished);
    }

    /// The server takes no connection behind this case: it is waited for, and the case is tried again alone. If that kills
    /// it again, this case is the cause.
    fn after_death(&self, trial: &Trial<'_, '_>, finished: Done) -> Done {
        let suspects: Vec<String> =
            lock(&self.in_flight).iter().filter_map(|&number| Some(self.test.cases.get(number)?.id())).collect();
        let _alone = self.alone.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        let others = "the server went away during this or a case beside it: try them one by one with --jobs 1 --only";
        if lock(&self.gone).is_some() {
            return finished.undone(others);
        }
        let sole = suspects.len() == 1;
        if !revived(self.test.server, self.stop) {
            let why = format!(
                "the server takes no connection any more; it went while {} {} in flight",
                suspects.join(", "),
                if sole { "was" } else { "were" }
            );
            lock(&self.gone).get_or_insert(why);
            let others =
                "the server went away during this or a case beside it: try them one by one with --jobs 1 --only";
            return if sole { finished.killed("it did not come back") } else { finished.undone(others) };
        }
        let again = trial.go();
        if self.lives() {
            return again;
        }
        let back = revived(self.test.server, self.stop);
        if !back {
            lock(&self.gone)
                .get_or_insert(format!("the server takes no connection any more since {}", trial.planned.id()));
        }
        again.killed(if back { "it came back" } else { "it did not come back" })
    }

    /// Whether the server is there: it answers the control, or takes a connection behind it. That it takes one is no sign of
    /// life by itself: one that waits in the queue of a server that is dying is taken as well, and reset a moment later.
    fn lives(&self) -> bool {
        let mut control = Control::default();
        self.control(&mut control);
        control.opened || self.test.server.reach().is_ok()
    }

    /// Asks the control between cases: a server that opens nothing any more says nothing by refusing.
    fn still_willing(&self) {
        let mut control = Control::default();
        for pause in [0, 100, 1000] {
            thread::sleep(Duration::from_millis(pause));
            self.control(&mut control);
            if control.opened || self.is_over() {
                return;
            }
        }
        let why = "the control, a minimal handshake, opens no connection any more: a limit on connections, or a ban?";
        lock(&self.gone).get_or_insert(why.to_owned());
    }

    /// Asks a minimal handshake.
    fn control(&self, control: &mut Control) {
        let Some(vector) = self.test.data.vectors.get(CONTROL) else { return };
        let planned = Planned::whole(self.test.data, vector);
        let number = usize::MAX - self.asked.fetch_add(1, Ordering::Relaxed) as usize;
        let finished = Trial { run: self, number, planned: &planned, patience: 2 }.go();
        *control = Control {
            opened: finished.opened,
            faults: finished.case.faults.iter().map(|fault| fault.message.clone()).chain(finished.case.notes).collect(),
            asked: 0,
            sent: finished.case.sent,
            received: finished.case.received,
        };
        let is_answer = !finished.case.did.is_empty() && finished.case.standing != Standing::HarnessError;
        if !finished.opened && is_answer {
            let remedy = "name its resource in the URL, and meet its conditions with --header, --origin or --protocol";
            control.faults.push(format!("the server {}: {remedy}", finished.case.did));
        }
        if finished.opened && control.faults.is_empty() {
            (control.sent, control.received) = Default::default();
        }
    }

    /// The diagnosis of an accept value that is wrong in the control already.
    fn flaw_of(&self, control: &Control) -> Option<String> {
        let wrong = control.faults.iter().find(|fault| fault.starts_with(trial::ACCEPT_FAULT));
        wrong
            .and_then(|_| control.faults.iter().find_map(|fault| fault.strip_prefix(trial::DIAGNOSIS)))
            .map(str::to_owned)
    }

    /// The cases that were silent.
    fn silent(&self) -> Vec<usize> {
        lock(&self.done).iter().filter(|(_, done)| done.silent).map(|(&number, _)| number).collect()
    }

    /// Tries a silent case again, with more patience. Whether it stays silent.
    fn again(&self, number: usize, patience: u32) -> bool {
        let Some(planned) = self.test.cases.get(number) else { return true };
        let mut finished = Trial { run: self, number, planned, patience }.go();
        let seconds = finished.took.as_secs();
        let note = match (finished.silent, patience > ALONE_PATIENCE) {
            (true, false) => Some("silent again when asked a second time, by itself".to_owned()),
            (true, true) => Some(format!("silent again when asked by itself, and then for {seconds} s")),
            (false, true) => Some(format!("it took {seconds} s, and no clause sets a time")),
            (false, false) => None,
        };
        finished.case.notes.extend(note);
        let stays = finished.silent;
        self.keep(number, finished);
        stays
    }

    /// Tries again, alone, what was silent. None is spared because others stayed silent: one that was so by chance may be
    /// among many that are so by rule. Such a server costs up to three deadlines for each silence, shared by the jobs, where
    /// one that answers costs less than one.
    fn repeat(&self) {
        let silent = self.silent();
        let again = |number| self.again(number, ALONE_PATIENCE);
        let mut all_stay = true;
        for &number in silent.iter().take(ALONE) {
            if self.is_over() {
                return;
            }
            all_stay &= again(number);
        }
        let rest = silent.get(ALONE..).unwrap_or_default();
        let at_once = if all_stay { self.test.jobs.max(1) } else { 1 };
        for some in rest.chunks(at_once) {
            if self.is_over() {
                return;
            }
            thread::scope(|scope| {
                for &number in some {
                    scope.spawn(move || again(number));
                }
            });
            self.still_willing();
        }
    }

    /// Waits much longer for what was silent twice, several at once: a server may end such connections by a time of its own,
    /// and so refuse. Where none of them ends, the others are not waited for.
    fn wait_out(&self) {
        let answer = self.test.server.deadlines.answer.as_millis().max(1);
        let patience = (LATE.as_millis() / answer).min(10) as u32;
        if patience <= ALONE_PATIENCE {
            return;
        }
        for some in self.silent().chunks(self.test.jobs.max(1)) {
            let stay = thread::scope(|scope| {
                let trials: Vec<_> =
                    some.iter().map(|&number| scope.spawn(move || self.again(number, patience))).collect();
                trials.into_iter().all(crate::run::joined)
            });
            if stay || self.is_over() {
                return;
            }
        }
    }

    fn diagnose(&self, accept: Option<&[u8]>, key: &str) -> Option<String> {
        let said = diagnose(accept, key, &self.test.data.marks, &self.answers);
        if let (None, Some(accept)) = (&said, accept) {
            self.answers.remember(key, accept);
        }
        said
    }

    /// The delivery of a plan, for octets.
    fn delivery(cut: Cut, length: usize) -> Delivery {
        match cut {
            Cut::Whole => Delivery::Whole,
            Cut::Octets => Delivery::Octets,
            Cut::Halves => Delivery::Split(vec![length / 2]),
        }
    }
}
