//! One live client: every vector for clients on a connection of its own, and what its requests show.

mod call;
mod sent;
mod trial;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::servers::Step;
use crate::judgement::{Permitted, Requirement, RequirementId, Role};
use crate::live::client::{ClientCommand, Listener, Patience};
use crate::oracle::duties;
use crate::suite::law::vector::VectorKind;
use crate::suite::results::reproduce;
use crate::suite::results::{CaseResult, Control, Ended, SCHEMA, Standing};
use crate::suite::{Conformance, Delivery, Exchange, Needs, Results, Vector};
use call::{Caller, Worker};
use sent::{Heard, KeyCheck};

/// The vector that is the positive control.
pub const CONTROL: &str = "client/opening/minimal";

/// After so many cases of a worker the control is asked again.
const CONTROL_EVERY: usize = 64;

/// How often the control may fail in a row.
const TRIES: usize = 3;

/// The topics whose vectors are delivered otherwise than whole, too.
const DELIVERED: [&str; 3] = ["client/opening/", "client/examples/", "client/behind/"];

/// How a client is told to connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// It is started for each case, with the URL in its command.
    Each(ClientCommand),
    /// It is started once for each job, and reads one URL after another from its standard input.
    Lines(ClientCommand),
    /// It asks for the next case by HTTP, as the page for browsers does. A command is started once, with the URL of that page.
    Asks(SocketAddr, Option<ClientCommand>),
}

/// One case of the suite for clients.
#[derive(Clone, Copy, Debug)]
pub struct Planned<'a> {
    what: What<'a>,
    delivery: Cut,
}

#[derive(Clone, Copy, Debug)]
enum What<'a> {
    /// An answer, and what the client makes of it.
    Vector(&'a Vector),
    /// What every request owes.
    Sent(&'static Requirement),
    /// What the keys of all requests show together.
    Keys(KeyCheck),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    Whole,
    Octets,
    /// In the middle.
    Halves,
}

impl Planned<'_> {
    /// The id: the vector's, with its delivery behind where that is another than whole.
    pub fn id(&self) -> String {
        let id = match self.what {
            What::Vector(vector) => vector.id.clone(),
            What::Sent(requirement) => format!("client-request/{}", requirement.id),
            What::Keys(check) => check.id().to_owned(),
        };
        match self.delivery {
            Cut::Whole => id,
            Cut::Octets => format!("{id} + octets"),
            Cut::Halves => format!("{id} + split"),
        }
    }

    /// The requirements that it shows, the one that it is about first.
    pub fn requirements(&self) -> Vec<RequirementId> {
        match self.what {
            What::Vector(vector) => vector.requirements.iter().map(|(id, _)| *id).collect(),
            What::Sent(requirement) => vec![requirement.id],
            What::Keys(_) => vec![sent::FRESH.id],
        }
    }

    /// The octets that it sends, canonically; none for what the client sends.
    pub const fn octets(&self) -> Option<&Exchange> {
        match self.what {
            What::Vector(vector) => vector.exchange(),
            What::Sent(_) | What::Keys(_) => None,
        }
    }

    fn delivery(&self, length: usize) -> Delivery {
        match self.delivery {
            Cut::Whole => Delivery::Whole,
            Cut::Octets => Delivery::Octets,
            Cut::Halves => Delivery::Split(vec![length / 2]),
        }
    }
}

/// Every case of the suite for clients, in its order.
pub fn planned(data: &Conformance) -> Vec<Planned<'_>> {
    let mut planned = Vec::new();
    for vector in data.vectors.all().iter().filter(|vector| vector.kind == VectorKind::Response) {
        let what = What::Vector(vector);
        planned.push(Planned { what, delivery: Cut::Whole });
        let is_delivered = vector.permitted() == Permitted::MustAccept
            && vector.exchange().is_some_and(|exchange| exchange.needs.is_none())
            && DELIVERED.iter().any(|topic| vector.id.starts_with(topic));
        if is_delivered {
            planned.extend([Cut::Halves, Cut::Octets].map(|delivery| Planned { what, delivery }));
        }
    }
    let whole = |what| Planned { what, delivery: Cut::Whole };
    planned.extend(duties().into_iter().map(|duty| whole(What::Sent(duty))));
    planned.extend(KeyCheck::ALL.map(|check| whole(What::Keys(check))));
    planned
}

/// What to try.
#[derive(Clone, Debug)]
pub struct ClientTest<'a> {
    /// The law.
    pub data: &'a Conformance,
    /// How the client is told to connect.
    pub way: Way,
    /// The options that bear on the results, as on the command line.
    pub options: Vec<String>,
    /// The cases, in their order.
    pub cases: Vec<Planned<'a>>,
    /// How many cases are under way at once.
    pub jobs: usize,
    /// How long things may take.
    pub patience: Patience,
}

impl ClientTest<'_> {
    /// Tries the client. `stop` ends the run early; what is done by then is kept. `ready` is told where the client may ask
    /// for the next case. An error is that there is nothing to listen on.
    pub fn run(
        &self,
        stop: &AtomicBool,
        ready: &dyn Fn(SocketAddr),
        progress: &(dyn Fn(Step) + Sync),
    ) -> io::Result<Results> {
        let listener = match &self.way {
            Way::Asks(address, _) => Listener::bind(*address, true)?,
            Way::Each(_) | Way::Lines(_) => Listener::bind(SocketAddr::from(([127, 0, 0, 1], 0)), false)?,
        };
        let mut results = Results {
            schema: SCHEMA,
            program: concat!("ws101 ", env!("CARGO_PKG_VERSION")).to_owned(),
            role: Role::Client.as_str().to_owned(),
            target: match &self.way {
                Way::Each(command) | Way::Lines(command) | Way::Asks(_, Some(command)) => command.to_string(),
                Way::Asks(address, None) => format!("clients that ask at {address}"),
            },
            options: self.options.clone(),
            ..Results::default()
        };
        ready(listener.address());
        let run = Run::new(self, stop, &listener);
        let mut worker = Worker::default();
        let reason = run.control(&mut worker, &mut results.control);
        if results.control.opened {
            drop(worker);
            run.all(progress);
            run.repeat();
        }
        results.control.asked = run.asked.load(Ordering::Relaxed);
        let heard = run.heard.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut done = run.done.into_inner().unwrap_or_else(PoisonError::into_inner);
        for (number, planned) in self.cases.iter().enumerate() {
            let case = match planned.what {
                What::Vector(_) => match done.remove(&number) {
                    Some((mut case, took)) => {
                        results.durations.insert(case.id.clone(), took.as_millis() as u64);
                        case.file(&self.data.register);
                        case
                    }
                    None => self.blank(planned, Standing::NotRun, "the run ended before"),
                },
                What::Sent(requirement) => self.sent(planned, requirement, &heard),
                What::Keys(check) => self.keys(planned, check, &heard),
            };
            results.cases.push(case);
        }
        results.ended = match run.gone.into_inner().unwrap_or_else(PoisonError::into_inner) {
            _ if stop.load(Ordering::Relaxed) => Ended::Interrupted,
            _ if !results.control.opened => Ended::Broken(reason.unwrap_or_default()),
            Some(why) => Ended::Broken(why),
            None => Ended::Complete,
        };
        Ok(results)
    }

    /// A case of which nothing is known yet.
    fn blank(&self, planned: &Planned<'_>, standing: Standing, note: &str) -> CaseResult {
        let requirement = match planned.what {
            What::Vector(vector) => self.data.about(vector),
            What::Sent(requirement) => requirement.id,
            What::Keys(_) => sent::FRESH.id,
        };
        let (document, section, summary) = match self.data.register.get(requirement) {
            Some(entry) => (entry.document.clone(), entry.section.clone(), entry.summary.clone()),
            None => Default::default(),
        };
        let (permitted, why) = match planned.what {
            What::Vector(vector) => (vector.permitted(), vector.why.clone()),
            What::Sent(_) => {
                (Permitted::MustAccept, "Each request of a client is held against what it owes.".to_owned())
            }
            What::Keys(check) => (Permitted::MustAccept, check.why().to_owned()),
        };
        let id = planned.id();
        let command: &[String] = match &self.way {
            Way::Each(command) | Way::Lines(command) | Way::Asks(_, Some(command)) => &command.0,
            Way::Asks(_, None) => &[],
        };
        CaseResult {
            reproduce: reproduce::client(command, &self.options, &id),
            id,
            requirement: requirement.to_string(),
            document,
            section,
            summary,
            permitted: permitted.as_str().to_owned(),
            why,
            standing,
            notes: if note.is_empty() { Vec::new() } else { vec![note.to_owned()] },
            delivery: "whole".to_owned(),
            ..CaseResult::default()
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A run under way.
struct Run<'a> {
    test: &'a ClientTest<'a>,
    stop: &'a AtomicBool,
    listener: &'a Listener,
    caller: Caller<'a>,
    next: AtomicUsize,
    /// Numbers of connections, so that a stray of one is not taken for another.
    numbers: AtomicU64,
    asked: AtomicU64,
    failed: AtomicUsize,
    /// How many processes were still there a while after their connection had ended.
    lived_on: AtomicUsize,
    done: Mutex<BTreeMap<usize, (CaseResult, Duration)>>,
    /// Each request, in the order in which they came.
    heard: Mutex<Vec<Heard>>,
    /// What the client offers, as the control showed it.
    offers: Mutex<Option<Needs>>,
    /// Why the run cannot go on.
    gone: Mutex<Option<String>>,
}

impl<'a> Run<'a> {
    fn new(test: &'a ClientTest<'a>, stop: &'a AtomicBool, listener: &'a Listener) -> Run<'a> {
        Run {
            test,
            stop,
            listener,
            caller: Caller::new(&test.way, listener),
            next: AtomicUsize::new(0),
            numbers: AtomicU64::new(1),
            asked: AtomicU64::new(0),
            failed: AtomicUsize::new(0),
            lived_on: AtomicUsize::new(0),
            done: Mutex::default(),
            heard: Mutex::default(),
            offers: Mutex::default(),
            gone: Mutex::default(),
        }
    }

    fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || lock(&self.gone).is_some()
    }

    /// Asks the control. Tells why it did not open.
    fn control(&self, worker: &mut Worker, control: &mut Control) -> Option<String> {
        let mut reason = None;
        for _ in 0..TRIES {
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
            self.asked.fetch_add(1, Ordering::Relaxed);
            match trial::control(self, worker) {
                Ok(faults) => {
                    *control = Control { opened: true, faults, ..Control::default() };
                    return None;
                }
                Err(failed) => {
                    (control.sent, control.received) = (failed.sent, failed.received);
                    reason = Some(failed.why);
                }
            }
        }
        reason
    }

    fn all(&self, progress: &(dyn Fn(Step) + Sync)) {
        let of = self.test.cases.len();
        let work = || {
            let mut worker = Worker::default();
            let mut since_control = 0;
            while !self.is_over() {
                let number = self.next.fetch_add(1, Ordering::Relaxed);
                let Some(planned) = self.test.cases.get(number) else { return };
                let What::Vector(vector) = planned.what else { continue };
                let start = Instant::now();
                let Some(case) = trial::vector(self, &mut worker, planned, vector) else { return };
                self.keep(number, case, start.elapsed());
                progress(Step { done: lock(&self.done).len(), of, failed: self.failed.load(Ordering::Relaxed) });
                since_control += 1;
                if since_control == CONTROL_EVERY {
                    since_control = 0;
                    self.still_willing(&mut worker);
                }
            }
        };
        thread::scope(|scope| {
            for _ in 0..self.test.jobs.clamp(1, of.max(1)) {
                scope.spawn(work);
            }
        });
    }

    fn still_willing(&self, worker: &mut Worker) {
        if let Some(why) = self.control(worker, &mut Control::default()) {
            let why = format!("the control does not open any more: {why}");
            lock(&self.gone).get_or_insert(why);
        }
    }

    fn keep(&self, number: usize, case: CaseResult, took: Duration) {
        if case.standing == Standing::Fail {
            self.failed.fetch_add(1, Ordering::Relaxed);
        }
        lock(&self.done).insert(number, (case, took));
    }

    /// What rests on a client having closed, said nothing or stayed away counts only where it does so again, alone.
    fn repeat(&self) {
        let mut worker = Worker::default();
        let doubted: Vec<usize> = {
            let done = lock(&self.done);
            done.iter().filter(|(_, (case, _))| trial::is_doubted(case)).map(|(number, _)| *number).collect()
        };
        for number in doubted {
            if self.is_over() {
                return;
            }
            let Some(planned) = self.test.cases.get(number) else { continue };
            let What::Vector(vector) = planned.what else { continue };
            let start = Instant::now();
            let Some(mut again) = trial::vector(self, &mut worker, planned, vector) else { return };
            let mut done = lock(&self.done);
            if let Some((first, _)) = done.get(&number)
                && first.standing != again.standing
            {
                again
                    .notes
                    .push(format!("{} among others, {} alone: only that counts", first.standing, again.standing));
            }
            done.insert(number, (again, start.elapsed()));
        }
    }
}
