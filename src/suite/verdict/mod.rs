//! The verdict: what a peer did, held against what it may do. Pure.

mod built;
mod opened;
mod owed;
mod switched;
mod waiting;

pub use built::judge_built;
pub use switched::speaks_another;
use waiting::may_wait;

use crate::judgement::{Decided, Owed, Permitted, Requirement, RequirementId, Role, Severity, requirements as r};
use crate::suite::exchange::{Delivery, Exchange};
use crate::suite::law::register::Register;
use crate::suite::law::vector::{Expectation, Form};
use crate::suite::observation::{Observation, Outcome};
use crate::suite::wire::Head;

/// How a peer may fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Failing {
    /// It accepted, or sent, what must be rejected.
    Accepts,
    /// It rejected, or did not send, what must be accepted.
    Refuses,
    /// What it wrote, or what it reports of the open connection, is wrong.
    Answers,
    /// It lost octets behind the head, or read some twice.
    Octets,
    /// It waits for more although nothing more comes, and nothing more is due.
    Hang,
    /// It panicked or died.
    Crash,
}

impl Failing {
    /// Every way.
    pub const ALL: [Failing; 6] = {
        use Failing::*;
        [Accepts, Refuses, Answers, Octets, Hang, Crash]
    };

    /// The word for it, as results have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Failing::Accepts => "accepts",
            Failing::Refuses => "refuses",
            Failing::Answers => "answers",
            Failing::Octets => "octets",
            Failing::Hang => "hang",
            Failing::Crash => "crash",
        }
    }
}

/// One thing that a peer must not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// In which way.
    pub failing: Failing,
    /// The requirement that it departs from, for what it writes or reports.
    pub requirement: Option<RequirementId>,
    /// What the peer owes by it, and what the fault counts.
    pub owed: Owed,
    /// What it did, for a person.
    pub message: String,
}

/// What a peer did, judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it must.
    Pass,
    /// The RFCs leave a choice, and it chose.
    Permitted,
    /// It did what it is not to do: at least one fault, the most severe first.
    Faulty(Vec<Fault>),
    /// It cannot be configured for this.
    Unsupported(String),
    /// The harness could not do its work: nothing is said of the peer.
    Harness(String),
}

impl Verdict {
    /// The faults, of whatever severity.
    pub fn faults(&self) -> &[Fault] {
        match self {
            Verdict::Faulty(faults) => faults,
            Verdict::Pass | Verdict::Permitted | Verdict::Unsupported(_) | Verdict::Harness(_) => &[],
        }
    }

    /// How severe the most severe fault is; `None` without a fault.
    pub fn severity(&self) -> Option<Severity> {
        self.faults().iter().map(|fault| fault.owed.severity).min()
    }

    /// Whether it is a failure: a MUST that has one reading is violated.
    pub fn is_failure(&self) -> bool {
        self.severity() == Some(Severity::Fail)
    }

    /// The verdict that some faults add up to.
    pub fn of(mut faults: Vec<Fault>, permitted: Permitted) -> Verdict {
        faults.sort_by_key(|fault| fault.owed.severity);
        match permitted {
            _ if !faults.is_empty() => Verdict::Faulty(faults),
            Permitted::Either => Verdict::Permitted,
            Permitted::MustAccept | Permitted::MustReject => Verdict::Pass,
        }
    }
}

/// Judges what a peer did with the octets of an exchange.
pub fn judge(
    expectation: &Expectation,
    exchange: &Exchange,
    observation: &Observation,
    register: &Register,
) -> Verdict {
    let mut faults = Faults { register, found: Vec::new() };
    match &observation.outcome {
        Outcome::Unsupported(what) => return Verdict::Unsupported(what.clone()),
        Outcome::Harness(what) => return Verdict::Harness(what.clone()),
        Outcome::Crashed(message) => faults.must(Failing::Crash, None, format!("crashed: {message}")),
        Outcome::Garbled(message) => faults.garbled(expectation, &observation.written, message),
        Outcome::TimedOut if may_wait(expectation, exchange) => {}
        Outcome::TimedOut => {
            let message = "waits for more although nothing more comes";
            faults.must(Failing::Hang, None, message.to_owned());
        }
        // The clauses of an opening handshake are about none that was made.
        Outcome::Opened(opened) if exchange.role == Role::Server && speaks_another(&exchange.octets, opened) => {}
        Outcome::Opened(_) if expectation.permitted == Permitted::MustReject => {
            faults.decided(Failing::Accepts, expectation, "accepted what must be rejected");
        }
        Outcome::Opened(opened) => faults.opened(expectation, exchange.role, opened),
        Outcome::Refused(refused) if expectation.permitted == Permitted::MustAccept => {
            // A success that is no 101 does not even say that anything was amiss.
            let is_success = exchange.role == Role::Server && matches!(refused.status, Some(200..=299));
            match is_success {
                true => faults.must(Failing::Refuses, Some(&r::RFC6455_4_2_2_STATUS_101), REFUSED.to_owned()),
                false => faults.decided(Failing::Refuses, expectation, REFUSED),
            }
        }
        Outcome::Closed if expectation.permitted == Permitted::MustAccept => {
            faults.decided(Failing::Refuses, expectation, REFUSED);
        }
        // A peer that gives up between two reads has not read what the clause speaks of.
        Outcome::Refused(_) | Outcome::Closed if exchange.delivery != Delivery::Whole => {}
        Outcome::Refused(refused) => {
            faults.refused(expectation.form.as_ref(), refused.status, &refused.fields);
        }
        Outcome::Closed => faults.refused(expectation.form.as_ref(), None, &[]),
    }
    if let (Outcome::Refused(refused), Role::Server) = (&observation.outcome, exchange.role) {
        faults.incomplete(refused.status, &refused.fields);
        faults.content(&exchange.octets, &observation.written);
    }
    let refused = matches!(observation.outcome, Outcome::Refused(_) | Outcome::Closed);
    if refused && exchange.role == Role::Client && !observation.written.is_empty() {
        let message = format!("sent {} octets on a connection that never opened", observation.written.len());
        faults.owed(&r::RFC6455_7_1_7_NO_CLOSE_FRAME_BEFORE_OPEN, message);
    }
    Verdict::of(faults.found, expectation.permitted)
}

const REFUSED: &str = "refused what must be accepted";

struct Faults<'r> {
    register: &'r Register,
    found: Vec<Fault>,
}

impl Faults<'_> {
    fn must(&mut self, failing: Failing, requirement: Option<&Requirement>, message: String) {
        let requirement = requirement.map(|requirement| requirement.id);
        self.found.push(Fault { failing, requirement, owed: Owed::MUST, message });
    }

    /// The other decision than the one that is permitted: under what the exchange is about.
    fn decided(&mut self, failing: Failing, expectation: &Expectation, message: &str) {
        let Decided { by, owed } = expectation.decided;
        self.found.push(Fault { failing, requirement: by, owed, message: message.to_owned() });
    }

    /// What is no response of HTTP/1.1. A status line of another version is one all the same: a 101 in it opens.
    fn garbled(&mut self, expectation: &Expectation, written: &[u8], message: &str) {
        let head = Head::read(written);
        let line = head.status_line();
        let is_switch = line.is_some_and(|line| line.status == 101);
        if is_switch && expectation.permitted == Permitted::MustReject {
            self.decided(Failing::Accepts, expectation, "accepted what must be rejected");
        }
        let requirement = match line.map(|line| line.version) {
            // RFC 9112 §2.3 has one digit on each side of the dot.
            Some([b'H', b'T', b'T', b'P', b'/', major @ b'0'..=b'9', b'.', minor @ b'0'..=b'9']) => {
                match (major, minor) {
                    (b'0', _) | (b'1', b'2'..) => Some(&r::RFC9110_6_2_SERVER_VERSION),
                    (b'2'.., _) => Some(&r::RFC9110_6_2_RESPONSE_VERSION),
                    _ => None,
                }
            }
            _ => None,
        };
        match requirement {
            Some(requirement) => self.owed(requirement, format!("wrote a response of another version: {message}")),
            None => {
                let grammar = &r::RFC9110_2_2_SERVER_MESSAGE_GRAMMAR;
                let requirement = if is_switch { &r::RFC6455_4_2_2_VALID_HTTP_RESPONSE } else { grammar };
                self.owed(requirement, format!("wrote no HTTP response: {message}"));
            }
        }
    }

    /// Something that a server wrote, by what it owes under the requirement.
    fn owed(&mut self, requirement: &Requirement, message: String) {
        let owed = self.register.owed(requirement);
        self.found.push(Fault { failing: Failing::Answers, requirement: Some(requirement.id), owed, message });
    }
}

fn line(name: &str, value: &Option<String>) -> String {
    value.as_ref().map_or_else(|| name.to_owned(), |value| format!("{name}: {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::exchange::End;
    use crate::suite::law::register::of_the_project;
    use crate::suite::{Opened, Refused};

    pub(super) fn verdict(expectation: &Expectation, outcome: Outcome) -> Verdict {
        let exchange = Exchange::new(Role::Server, *b"GET / HTTP/1.1\r\n\r\n");
        judge(expectation, &exchange, &Observation { outcome, written: Vec::new() }, of_the_project())
    }

    pub(super) fn failing(verdict: &Verdict) -> Vec<Failing> {
        assert!(verdict.is_failure(), "{verdict:?}");
        verdict.faults().iter().map(|fault| fault.failing).collect()
    }

    #[test]
    fn a_decision_is_held_against_what_is_permitted() {
        let open = || Outcome::Opened(Opened::default());
        let refused = || Outcome::Refused(Refused::default());
        let [accept, reject, either] =
            [Permitted::MustAccept, Permitted::MustReject, Permitted::Either].map(Expectation::of);
        assert_eq!(verdict(&accept, open()), Verdict::Pass);
        assert_eq!(failing(&verdict(&accept, refused())), [Failing::Refuses]);
        assert_eq!(failing(&verdict(&accept, Outcome::Closed)), [Failing::Refuses]);
        assert_eq!(failing(&verdict(&reject, open())), [Failing::Accepts]);
        assert_eq!(verdict(&reject, refused()), Verdict::Pass);
        assert_eq!(verdict(&either, open()), Verdict::Permitted);
        assert_eq!(verdict(&either, refused()), Verdict::Permitted);
        for expectation in [accept, reject, either] {
            assert_eq!(failing(&verdict(&expectation, Outcome::TimedOut)), [Failing::Hang]);
            assert_eq!(failing(&verdict(&expectation, Outcome::Crashed("x".to_owned()))), [Failing::Crash]);
            assert_eq!(failing(&verdict(&expectation, Outcome::Garbled("x".to_owned()))), [Failing::Answers]);
            let harness = verdict(&expectation, Outcome::Harness("x".to_owned()));
            assert_eq!(harness, Verdict::Harness("x".to_owned()));
        }
    }

    #[test]
    fn what_is_no_response_departs_from_a_clause_of_its_own_where_it_refuses() {
        let cited = |written: &[u8]| {
            let outcome = Outcome::Garbled("x".to_owned());
            let observation = Observation { outcome, written: written.to_vec() };
            let exchange = Exchange::new(Role::Server, b"GET / HTTP/1.1\r\n\r\n");
            let verdict = judge(&Expectation::of(Permitted::MustReject), &exchange, &observation, of_the_project());
            verdict.faults()[0].requirement
        };
        assert_eq!(cited(b"HTTP/1.1 400 a\r\nb\r\n\r\n"), Some(r::RFC9110_2_2_SERVER_MESSAGE_GRAMMAR.id));
        for version in ["0.9", "1.2"] {
            let refused = format!("HTTP/{version} 400 a\r\n\r\n");
            assert_eq!(cited(refused.as_bytes()), Some(r::RFC9110_6_2_SERVER_VERSION.id), "{version}");
        }
        assert_eq!(cited(b"HTTP/2.0 404 a\r\n\r\n"), Some(r::RFC9110_6_2_RESPONSE_VERSION.id));
        assert_eq!(cited(b"HTTP/1 400 a\r\n\r\n"), Some(r::RFC9110_2_2_SERVER_MESSAGE_GRAMMAR.id));
        // It opens all the same, which is the graver fault.
        assert_eq!(cited(b"HTTP/0.9 101 a\r\n\r\n"), None);
    }

    #[test]
    fn waiting_is_no_fault_where_more_may_come() {
        let outcome = || Observation { outcome: Outcome::TimedOut, written: Vec::new() };
        let reject = Expectation::of(Permitted::MustReject);
        let judged = |octets: &[u8], end| {
            let exchange = Exchange { end, ..Exchange::new(Role::Server, octets) };
            matches!(judge(&reject, &exchange, &outcome(), of_the_project()), Verdict::Pass)
        };
        assert!(judged(b"GET / HTTP/1.1\r\nHost: a\r\n", End::Open));
        assert!(judged(b"GET / HTTP/1.1\nHost: a\n\n", End::Open));
        assert!(judged(b"\r\n\r\n", End::Open));
        assert!(!judged(b"GET / HTTP/1.1\r\nHost: a\r\n", End::HalfClosed));
        assert!(!judged(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", End::Open));
        assert!(judged(b"GET / HTTP/1.1\r\nContent-Length: 9\r\n\r\n", End::Open));
    }

    #[test]
    fn the_form_of_a_refusal_weighs_as_its_clause_does() {
        let form = |requirement: &Requirement, status: Vec<u16>| Expectation {
            form: Some(Form {
                status,
                fields: vec![("Upgrade".to_owned(), Some("websocket".to_owned()))],
                requirement: requirement.id,
                owed: requirement.owed(),
            }),
            ..Expectation::of(Permitted::MustReject)
        };
        let refused = |status: Option<u16>, upgrade: &str| {
            let fields = vec![("upgrade".to_owned(), upgrade.as_bytes().to_vec())];
            Outcome::Refused(Refused { status, fields, error: None })
        };
        let must = form(&r::RFC9112_3_2_HOST_REQUIRED, vec![400]);
        assert_eq!(verdict(&must, refused(Some(400), "h2c, WebSocket")), Verdict::Pass);
        assert_eq!(failing(&verdict(&must, refused(Some(400), "h2c"))), [Failing::Answers]);
        let other = verdict(&must, refused(Some(404), "websocket"));
        assert_eq!(failing(&other), [Failing::Answers]);
        assert_eq!(other.faults()[0].requirement, Some(r::RFC9112_3_2_HOST_REQUIRED.id));
        // RFC 6455 §10.7: dropping the connection is free, an answer asked for.
        for silent in [refused(None, ""), Outcome::Closed] {
            let verdict = verdict(&must, silent);
            assert_eq!((verdict.severity(), verdict.faults().len()), (Some(Severity::NonStrict), 1), "{verdict:?}");
            assert_eq!(verdict.faults()[0].requirement, Some(r::RFC6455_10_7_ERROR_STATUS.id));
        }
        let should = form(&r::RFC9110_9_1_501, vec![501]);
        assert_eq!(verdict(&should, refused(Some(400), "")).severity(), Some(Severity::NonStrict));
    }

    #[test]
    fn a_clause_is_named_only_where_it_speaks_of_what_was_done() {
        let named = |role, permitted, outcome, written: &[u8]| {
            let exchange = Exchange::new(role, *b"x / HTTP/1.1\r\n\r\n");
            let observation = Observation { outcome, written: written.to_vec() };
            let verdict = judge(&Expectation::of(permitted), &exchange, &observation, of_the_project());
            verdict.faults()[0].requirement
        };
        let garbled =
            |written: &[u8]| named(Role::Server, Permitted::Either, Outcome::Garbled("no version".to_owned()), written);
        assert_eq!(garbled(b"HTTP/1 101 Switching\r\n\r\n"), Some(r::RFC6455_4_2_2_VALID_HTTP_RESPONSE.id));
        assert_eq!(garbled(b"HTTP/1 400 Bad\r\n\r\n"), Some(r::RFC9110_2_2_SERVER_MESSAGE_GRAMMAR.id));
        let refused = |role, status| {
            let refused = Refused { status: Some(status), ..Refused::default() };
            named(role, Permitted::MustAccept, Outcome::Refused(refused), b"")
        };
        assert_eq!(refused(Role::Server, 204), Some(r::RFC6455_4_2_2_STATUS_101.id));
        assert_eq!(refused(Role::Server, 400), None);
        assert_eq!(refused(Role::Client, 204), None);
    }

    #[test]
    fn a_switch_to_another_protocol_opens_no_websocket() {
        let octets = b"GET / HTTP/1.1\r\nUpgrade: h2c, websocket\r\n\r\n";
        let judged = |role, protocol: &str| {
            let fields = vec![("Upgrade".to_owned(), protocol.as_bytes().to_vec())];
            let outcome = Outcome::Opened(Opened { fields, ..Opened::default() });
            let observation = Observation { outcome, written: Vec::new() };
            let exchange = Exchange::new(role, *octets);
            judge(&Expectation::of(Permitted::MustReject), &exchange, &observation, of_the_project())
        };
        assert_eq!(judged(Role::Server, "h2c"), Verdict::Pass);
        assert_eq!(failing(&judged(Role::Server, "websocket")), [Failing::Accepts]);
        assert_eq!(failing(&judged(Role::Client, "h2c")), [Failing::Accepts]);
    }

    #[test]
    fn a_refusal_between_two_reads_has_no_form() {
        let form = Form {
            status: vec![426],
            fields: Vec::new(),
            requirement: r::RFC9112_3_2_HOST_REQUIRED.id,
            owed: Owed::MUST,
        };
        let expectation = Expectation { form: Some(form), ..Expectation::of(Permitted::MustReject) };
        let refused = Outcome::Refused(Refused { status: Some(400), ..Refused::default() });
        for outcome in [refused, Outcome::Closed] {
            let judged = |delivery| {
                let exchange = Exchange { delivery, ..Exchange::new(Role::Server, *b"GET / HTTP/1.1\r\n\r\n") };
                let observation = Observation { outcome: outcome.clone(), written: Vec::new() };
                judge(&expectation, &exchange, &observation, of_the_project())
            };
            assert_eq!(judged(Delivery::Whole).faults()[0].failing, Failing::Answers);
            assert_eq!(judged(Delivery::Octets), Verdict::Pass);
        }
    }

    #[test]
    fn a_client_that_refuses_sends_nothing_more() {
        let exchange = Exchange::new(Role::Client, *b"HTTP/1.1 200 OK\r\n\r\n");
        let outcome = Outcome::Refused(Refused::default());
        let observation = Observation { outcome, written: b"\x88\0".to_vec() };
        let verdict = judge(&Expectation::of(Permitted::MustReject), &exchange, &observation, of_the_project());
        // No key word forbids it.
        assert_eq!((verdict.severity(), verdict.faults().len()), (Some(Severity::Informational), 1), "{verdict:?}");
    }
}
