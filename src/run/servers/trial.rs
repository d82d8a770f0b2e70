//! One case against one live server: what is sent, what came back, and how that stands.

use std::time::{Duration, Instant};

use super::Run;
use super::plan::{Planned, What};
use super::policy::{is_target_alone, may_answer_early, may_refuse, unconfigured};
use crate::generate::{Entropy as _, Seeded};
use crate::handshake::key_of;
use crate::http::grammar::latin1;
use crate::judgement::{Permitted, RequirementId, requirements as r};
use crate::live::accepts::transformed;
use crate::live::{Ending, Server, Talk, unconnected};
use crate::oracle::{Case, Oracle};
use crate::suite::law::register::Entry;
use crate::suite::results::reproduce;
use crate::suite::results::{CaseResult, FaultResult, Standing};
use crate::suite::verdict::speaks_another;
use crate::suite::wire::Head;
use crate::suite::{Delivery, End, Exchange, Failing, Fault, Ledger, Needs, Observation, Outcome, Vector, Verdict};

/// How the message of a wrong accept value starts.
pub(super) const ACCEPT_FAULT: &str = "Sec-WebSocket-Accept is ";

/// How a diagnosis starts.
pub(super) const DIAGNOSIS: &str = "diagnosis of the accept value: ";

/// By what a refusal without an answer is told: that an answer should be there.
const SILENT: RequirementId = r::RFC6455_10_7_ERROR_STATUS.id;

/// So many octets stand in the results of an answer that is too long to be read: 4 KiB.
const SHOWN: usize = 4096;

/// One case, to be tried.
pub(super) struct Trial<'r, 'a> {
    pub(super) run: &'r Run<'a>,
    pub(super) number: usize,
    pub(super) planned: &'r Planned<'a>,
    /// By how much the deadline of the answer is multiplied.
    pub(super) patience: u32,
}

/// One case, tried.
pub(super) struct Done {
    pub(super) case: CaseResult,
    pub(super) took: Duration,
    /// Whether a connection was opened.
    pub(super) opened: bool,
    /// Whether it was silent where it may not be.
    pub(super) silent: bool,
    /// Whether the connection ended without an answer, or did not come about.
    pub(super) went_away: bool,
}

impl Done {
    pub(super) fn of(case: CaseResult) -> Done {
        Done { case, took: Duration::ZERO, opened: false, silent: false, went_away: false }
    }

    /// The server died of it.
    pub(super) fn killed(mut self, then: &str) -> Done {
        let message = format!("took no connection afterwards, twice in a row where it was tried alone; {then}");
        let requirement = self.case.requirement.clone();
        self.case.faults = vec![FaultResult::must(Failing::Crash, requirement, message)];
        self.case.standing = Standing::Fail;
        self.silent = false;
        self
    }

    /// The control, of which one edit makes this case, did not open a connection: a refusal and its form tell nothing.
    pub(super) fn beside_its_control(&mut self, control: &str, form: Option<&str>) {
        let had = self.case.faults.len();
        self.case.faults.retain(|fault| match fault.failing.as_str() {
            "refuses" | "hang" => false,
            "answers" => fault.requirement != SILENT.as_str() && Some(fault.requirement.as_str()) != form,
            _ => true,
        });
        if self.case.faults.len() < had {
            let note = format!(
                "nothing is told by this refusal: {control}, which is like it but for one edit, is not opened either"
            );
            self.case.notes.push(note);
            if self.case.faults.is_empty() {
                self.case.standing = Standing::Unsupported;
            }
        }
    }

    /// What it accepted departs from several requirements, and one of them is passed over where it stands alone: it is told by
    /// that one, since nothing shows that another one was passed over as well.
    pub(super) fn told_by(&mut self, entry: &Entry, alone: &str) {
        for fault in self.case.faults.iter_mut().filter(|fault| fault.failing == "accepts") {
            self.case.notes.push(format!("attributed to {} (also violated in {alone})", entry.id));
            fault.file_under(entry);
        }
        self.case.standing = self.case.faults.iter().map(|fault| fault.standing).min().unwrap_or(self.case.standing);
    }

    /// Nothing is known of it.
    pub(super) fn undone(mut self, note: &str) -> Done {
        self.case.standing = Standing::HarnessError;
        self.case.faults.clear();
        self.case.notes.push(note.to_owned());
        self.silent = false;
        self
    }
}

impl Trial<'_, '_> {
    /// Tries it.
    pub(super) fn go(&self) -> Done {
        let start = Instant::now();
        let mut done = match self.planned.what {
            What::Vector(vector) => self.vector(vector),
            What::Check(check) => check.go(self),
        };
        done.took = start.elapsed();
        done
    }

    /// The server, with the patience of this trial.
    pub(super) fn server(&self) -> Server {
        let mut server = self.run.test.server.clone();
        server.deadlines.answer *= self.patience;
        server.deadlines.close *= self.patience;
        server
    }

    /// The key of this trial: fresh for each connection, and the same in each run with the seed.
    pub(super) fn key(&self) -> String {
        let mut seeded = Seeded::of(self.run.test.seed, self.number as u64, u64::from(self.patience));
        let mut nonce = [0; 16];
        nonce.iter_mut().for_each(|octet| *octet = seeded.below(256) as u8);
        key_of(nonce)
    }

    /// The vector as this server is sent it; or why it cannot be.
    pub(super) fn rendered(&self, vector: &Vector, key: &str) -> Result<Vector, String> {
        let endpoint = &self.run.test.server.endpoint;
        let fields = &self.run.test.conditions.fields;
        let mut rendered = vector.rendered(|mark| match mark {
            "host" => Some(endpoint.authority()),
            "target" => Some(endpoint.target.clone()),
            "key" => Some(key.to_owned()),
            _ => transformed(mark, key),
        });
        if fields.is_empty() {
            return Ok(rendered);
        }
        let crate::suite::law::vector::Subject::Octets(exchange) = &mut rendered.subject else { return Ok(rendered) };
        let line = format!("Host: {}\r\n", endpoint.authority()).into_bytes();
        let found = exchange.octets.windows(line.len()).position(|window| window == line);
        let Some(at) = found.filter(|&at| exchange.octets[..at].ends_with(b"\r\n")).map(|at| at + line.len()) else {
            return Err("its head has no place for the fields that the server needs".to_owned());
        };
        let head = Head::read(&exchange.octets);
        if let Some((name, _)) = fields.iter().find(|(name, _)| head.has(name)) {
            return Err(format!("it has a {name} of its own, beside the one that the server needs"));
        }
        for (name, value) in fields {
            let line = format!("{name}: {value}\r\n").into_bytes();
            exchange.octets.splice(at..at, line);
        }
        Ok(rendered)
    }

    fn vector(&self, vector: &Vector) -> Done {
        let needs = vector.exchange().map(|exchange| &exchange.needs);
        if let Some(lacks) = needs.and_then(|needs| lacking(needs, &self.run.test.supports)) {
            return Done::of(self.run.test.blank(self.planned, Standing::Unsupported, &lacks));
        }
        let key = self.key();
        let rendered = match self.rendered(vector, &key) {
            Ok(rendered) => rendered,
            Err(why) => return Done::of(self.run.test.blank(self.planned, Standing::Unsupported, &why)),
        };
        let length = rendered.exchange().map_or(0, |exchange| exchange.octets.len());
        let delivery = Run::delivery(self.planned.delivery, length);
        let Some(mut case) = Case::of(&rendered, delivery) else {
            let note = "the reference cannot be configured for what it needs";
            return Done::of(self.run.test.blank(self.planned, Standing::Unsupported, note));
        };
        // A head that is not at its end: nothing is due before the sender's side ends.
        if case.expectation.unfinished {
            case.exchange.end = End::HalfClosed;
        }
        self.unconfigured(&mut case, vector);
        // How many octets come in one read is not in our hand, nor how many small reads a server takes for an attack.
        if case.exchange.delivery == Delivery::Octets {
            case.expectation.permitted = Permitted::Either;
        }
        match self.server().talk(&case.exchange) {
            Ok(talk) => self.judged(vector, &case, talk, &key),
            Err(error) => {
                let note = unconnected(&error);
                let mut done = Done::of(self.run.test.blank(self.planned, Standing::HarnessError, &note));
                self.sent(&mut done.case, &case.exchange);
                // Nothing went out; how to try it again by hand stays.
                done.case.sent.clear();
                done.went_away = true;
                done
            }
        }
    }

    /// Takes out of an expectation what a live server need not do.
    fn unconfigured(&self, case: &mut Case, vector: &Vector) {
        unconfigured(&mut case.expectation, &case.exchange.needs);
        if !is_target_alone(vector) {
            case.expectation.form = None;
        }
        if may_answer_early(vector) {
            case.expectation.permitted = Permitted::Either;
        }
    }

    fn judged(&self, vector: &Vector, case: &Case, talk: Talk, key: &str) -> Done {
        let server = self.server();
        let ledger = Ledger::empty(&server.endpoint.url);
        let oracle = Oracle { register: &self.run.test.data.register, ledger: &ledger, peer: &server, strict: false };
        let Talk { observation, ending, .. } = talk;
        let compared = oracle.judge(case, observation);
        let mut done = Done::of(self.run.test.blank(self.planned, Standing::Pass, ""));
        self.sent(&mut done.case, &case.exchange);
        self.received(&mut done, &compared.observation, ending);
        let unfinished = case.expectation.unfinished;
        let mut verdict = compared.verdict;
        if unfinished && compared.observation.outcome == Outcome::TimedOut {
            verdict = Verdict::Pass;
        }
        // Silence that is permitted need not be asked for twice.
        done.silent &= verdict.is_failure();
        if let Outcome::Opened(opened) = &compared.observation.outcome {
            done.opened = true;
            // The diagnosis is by the key of this connection: a vector may have one of its own.
            if vector.marks.iter().any(|span| span.mark == "key") && vector.answer_mark.is_some() {
                let said = self.run.diagnose(opened.accept.as_deref(), key);
                done.case.notes.extend(said.map(|said| format!("{DIAGNOSIS}{said}")));
            }
            self.apart_from_the_flaw(&mut done, &mut verdict);
            if speaks_another(&case.exchange.octets, opened) {
                done.case.notes.push("switched to another protocol that the request offers".to_owned());
            }
        }
        if let (Verdict::Faulty(faults), Some(why)) = (&verdict, may_refuse(vector))
            && faults.iter().all(|fault| fault.failing == Failing::Refuses)
        {
            done.case.notes.push(format!("refused, which its policy may ask for: {why}"));
            verdict = Verdict::Permitted;
        }
        self.stand(&mut done, verdict);
        done
    }

    /// An accept value that is wrong in the control already is not told again with each case: what can still be told apart
    /// goes on.
    fn apart_from_the_flaw(&self, done: &mut Done, verdict: &mut Verdict) {
        if super::lock(&self.run.flaw).is_none() {
            return;
        }
        let Verdict::Faulty(faults) = verdict else { return };
        let had = faults.len();
        faults.retain(|fault| !is_accept(fault));
        if faults.len() < had {
            done.case.notes.push("its accept value is wrong, as the control's is".to_owned());
        }
        if faults.is_empty() {
            *verdict = Verdict::Pass;
        }
    }

    /// Records what was sent.
    pub(super) fn sent(&self, case: &mut CaseResult, exchange: &Exchange) {
        case.sent = latin1(&exchange.octets);
        case.half_closed = exchange.end == End::HalfClosed;
        case.delivery = exchange.delivery.to_string();
        let test = self.run.test;
        case.reproduce = reproduce::server(&test.server.endpoint.url, &test.options, &case.id, exchange);
    }

    /// Records what came back.
    pub(super) fn received(&self, done: &mut Done, observation: &Observation, ending: Ending) {
        let written = &observation.written;
        done.case.received = latin1(match ending {
            Ending::TooLong => &written[..written.len().min(SHOWN)],
            _ => written,
        });
        done.case.did = observation.words();
        done.silent = observation.outcome == Outcome::TimedOut;
        done.went_away = matches!(observation.outcome, Outcome::Closed) || ending == Ending::Reset;
        let note = match (ending, &observation.outcome) {
            (Ending::Reset, _) => "the connection was reset",
            (Ending::TimedOut, Outcome::Refused(_)) => {
                "the refusal has no end: no length, and the connection stays open"
            }
            (Ending::TooLong, _) => "more octets came than are read: the first 4096 stand here",
            _ => return,
        };
        done.case.notes.push(note.to_owned());
    }

    /// Turns a verdict into how the case stands.
    pub(super) fn stand(&self, done: &mut Done, verdict: Verdict) {
        if let Verdict::Unsupported(what) | Verdict::Harness(what) = &verdict {
            done.case.notes.push(what.clone());
        }
        done.case.standing = Standing::of(&verdict);
        done.case.faults = FaultResult::all(&verdict, &done.case.requirement, &self.run.test.data.register);
    }
}

fn is_accept(fault: &Fault) -> bool {
    fault.requirement == Some(r::RFC6455_4_2_2_ACCEPT.id)
}

/// What a server lacks for the needs, as far as it told what it supports.
fn lacking(needs: &Needs, supports: &Needs) -> Option<String> {
    let lacks = |what: &str, flag: &str| Some(format!("it needs {what}: configure the server so and say {flag}"));
    let narrowed = needs.origins.is_some() || needs.resources.is_some() || needs.authorities.is_some();
    if narrowed {
        return Some("it needs a server that serves certain origins, resources or authorities alone".to_owned());
    }
    if !needs.protocols.is_empty() && needs.protocols != supports.protocols {
        let list = needs.protocols.join(",");
        return lacks(
            &format!("the subprotocols {list}, preferred in this order"),
            &format!("--supports-protocols {list}"),
        );
    }
    match &needs.extensions {
        Some(extensions) if needs.extensions != supports.extensions => {
            lacks(extensions, &format!("--supports-extensions {extensions}"))
        }
        _ => None,
    }
}
