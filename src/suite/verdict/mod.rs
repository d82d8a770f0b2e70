//! The verdict: what a peer did, held against what it may do. Pure.

mod built;
mod owed;
mod switched;

pub use built::judge_built;
pub use switched::speaks_another;

use crate::judgement::{Level, Permitted, Role};
use crate::suite::exchange::{Delivery, End, Exchange};
use crate::suite::observation::{Observation, Opened, Outcome};
use crate::suite::register::Register;
use crate::suite::vector::{Acceptance, Expectation, Form, Opening, Terms};

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

/// One thing that a peer must not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// In which way.
    pub failing: Failing,
    /// The requirement that it departs from, for what it writes or reports.
    pub requirement: Option<&'static str>,
    /// What the peer owes by it.
    pub level: Level,
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
    /// It missed what only a SHOULD asks for.
    NonStrict(Vec<Fault>),
    /// It did otherwise than a MAY or a note has it.
    Informational(Vec<Fault>),
    /// It must not do what it did.
    Fail(Vec<Fault>),
    /// It cannot be configured for this.
    Unsupported(String),
    /// The harness could not do its work: nothing is said of the peer.
    Harness(String),
}

impl Verdict {
    /// The faults, of whatever weight.
    pub fn faults(&self) -> &[Fault] {
        match self {
            Verdict::NonStrict(faults) | Verdict::Informational(faults) | Verdict::Fail(faults) => faults,
            Verdict::Pass | Verdict::Permitted | Verdict::Unsupported(_) | Verdict::Harness(_) => &[],
        }
    }

    /// The verdict that some faults add up to. Only MUST and MUST NOT make a failure.
    fn of(faults: Vec<Fault>, permitted: Permitted) -> Verdict {
        let weight = |level| match level {
            Level::Must | Level::MustNot => 0,
            Level::Should | Level::ShouldNot => 1,
            Level::May | Level::Info => 2,
        };
        match faults.iter().map(|fault| weight(fault.level)).min() {
            None if permitted == Permitted::Either => Verdict::Permitted,
            None => Verdict::Pass,
            Some(0) => Verdict::Fail(faults),
            Some(1) => Verdict::NonStrict(faults),
            Some(_) => Verdict::Informational(faults),
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
        Outcome::Crashed(message) => faults.must(Failing::Crash, None, format!("panicked: {message}")),
        Outcome::Garbled(message) => {
            // That clause is about an acceptance.
            let is_acceptance = observation.written.split(|&octet| octet == b' ').nth(1) == Some(b"101");
            let requirement = is_acceptance.then_some("rfc6455-4.2.2-valid-http-response");
            faults.must(Failing::Answers, requirement, format!("wrote no HTTP response: {message}"));
        }
        Outcome::TimedOut if may_wait(expectation, exchange) => {}
        Outcome::TimedOut => {
            let message = "waits for more although nothing more comes";
            faults.must(Failing::Hang, None, message.to_owned());
        }
        // The clauses of an opening handshake are about none that was made.
        Outcome::Opened(opened) if exchange.role == Role::Server && speaks_another(&exchange.octets, opened) => {}
        Outcome::Opened(_) if expectation.permitted == Permitted::MustReject => {
            faults.must(Failing::Accepts, None, "accepted what must be rejected".to_owned());
        }
        Outcome::Opened(opened) => faults.opened(expectation, exchange.role, opened),
        Outcome::Refused(refused) if expectation.permitted == Permitted::MustAccept => {
            // A success that is no 101 does not even say that anything was amiss.
            let is_success = exchange.role == Role::Server && matches!(refused.status, Some(200..=299));
            let requirement = is_success.then_some("rfc6455-4.2.2-status-101");
            faults.must(Failing::Refuses, requirement, "refused what must be accepted".to_owned());
        }
        Outcome::Closed if expectation.permitted == Permitted::MustAccept => {
            faults.must(Failing::Refuses, None, "refused what must be accepted".to_owned());
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
        faults.owed("rfc6455-7.1.7-no-close-frame-before-open", message);
    }
    Verdict::of(faults.found, expectation.permitted)
}

/// Whether a peer that gave no answer may be waiting for octets that are still to come.
fn may_wait(expectation: &Expectation, exchange: &Exchange) -> bool {
    if exchange.end == End::HalfClosed {
        return false;
    }
    let start =
        exchange.octets.iter().position(|octet| !matches!(octet, b'\r' | b'\n')).unwrap_or(exchange.octets.len());
    let octets = &exchange.octets[start..];
    let has = |name: &[u8]| octets.windows(name.len()).any(|window| window.eq_ignore_ascii_case(name));
    // By the grammar alone a head ends with CR LF CR LF; a tolerant end is nobody's duty.
    expectation.unfinished
        || !has(b"\r\n\r\n")
        || expectation.permitted != Permitted::MustAccept
            && [&b"content-length"[..], b"transfer-encoding", b"expect"].iter().any(|name| has(name))
}

struct Faults<'r> {
    register: &'r Register,
    found: Vec<Fault>,
}

impl Faults<'_> {
    fn must(&mut self, failing: Failing, requirement: Option<&'static str>, message: String) {
        self.found.push(Fault { failing, requirement, level: Level::Must, message });
    }

    /// Something that a server wrote, by what it owes under the requirement.
    fn owed(&mut self, requirement: &'static str, message: String) {
        let level = self.register.get(requirement).map_or(Level::Must, |entry| entry.level);
        self.found.push(Fault { failing: Failing::Answers, requirement: Some(requirement), level, message });
    }

    fn opened(&mut self, expectation: &Expectation, role: Role, opened: &Opened) {
        match role {
            Role::Server => {
                if let Some(answer) = &expectation.answer {
                    self.answered(answer, opened);
                }
            }
            Role::Client => {
                if let Some(opening) = &expectation.opened {
                    self.in_use(opening, opened);
                }
            }
        }
        if let (Some(expected), Some(rest)) = (&expectation.rest, &opened.rest)
            && expected != rest
        {
            let message = format!(
                "handed on {} of the {} octets behind the head: {}",
                rest.len(),
                expected.len(),
                rest.escape_ascii()
            );
            self.must(Failing::Octets, None, message);
        }
    }

    /// The answer of a server that accepted.
    fn answered(&mut self, answer: &Acceptance, opened: &Opened) {
        let shown = |value: &Option<String>| value.as_deref().map_or_else(|| "none".to_owned(), |v| format!("{v:?}"));
        if let Some(accept) = &answer.accept
            && opened.accept.as_ref() != Some(accept)
        {
            let wrote = opened.accept.as_ref().map_or_else(|| "none".to_owned(), |its| its.escape_ascii().to_string());
            let message = format!("Sec-WebSocket-Accept is {wrote}, not {}", accept.escape_ascii());
            self.owed("rfc6455-4.2.2-accept", message);
        }
        if let Some(permitted) = &answer.protocol
            && !permitted.contains(&opened.protocol)
        {
            let message = format!("subprotocol is {}", shown(&opened.protocol));
            self.owed("rfc6455-4.2.2-subprotocol-from-offer", message);
        }
        if let Some(grant) = &answer.grant {
            self.granted(grant, opened.extensions.as_deref());
        }
        for (name, value) in &answer.fields {
            if !holds(&opened.fields, name, value.as_deref()) {
                self.owed("rfc6455-4.2.2-valid-http-response", format!("the answer lacks {}", line(name, value)));
            }
        }
        for name in &answer.absent {
            if holds(&opened.fields, name, None) {
                self.owed("rfc6455-4.2.2-valid-http-response", format!("the answer has {name}"));
            }
        }
    }

    fn granted(&mut self, grant: &[(String, Terms)], raw: Option<&str>) {
        let agreed = raw.map(elements).unwrap_or_default();
        for (name, parameters) in &agreed {
            let Some((_, terms)) = grant.iter().find(|(its, _)| its == name) else {
                self.owed("rfc6455-4.2.2-extensions-from-offer", format!("agreed to {name:?}"));
                continue;
            };
            for (parameter, value) in parameters {
                let listed = terms.parameters.iter().find(|(its, _)| its == parameter);
                let bad = terms.forbidden.contains(parameter)
                    || listed.is_some_and(|(_, permitted)| !permitted.contains(value))
                    || listed.is_none();
                if bad {
                    let message = format!("agreed to {name} with {parameter}{}", value_of(value.as_deref()));
                    self.owed("rfc7692-7-response-defined-params", message);
                }
            }
            for required in terms.required.iter().filter(|its| !parameters.iter().any(|(name, _)| name == *its)) {
                let message = format!("agreed to {name} without {required}");
                self.owed("rfc7692-7-response-defined-params", message);
            }
        }
        for (name, terms) in grant {
            if !terms.optional && !agreed.iter().any(|(its, _)| its == name) {
                self.owed("rfc6455-4.2.2-extensions-from-offer", format!("did not agree to {name}"));
            }
        }
    }

    /// What a client that accepted has open.
    fn in_use(&mut self, opening: &Opening, opened: &Opened) {
        if opening.protocol != opened.protocol {
            let message = format!("uses the subprotocol {:?}, not {:?}", opened.protocol, opening.protocol);
            self.must(Failing::Answers, Some("rfc6455-4.1-resp-subprotocol-in-use"), message);
        }
        let names: Vec<String> =
            opened.extensions.as_deref().map(elements).unwrap_or_default().into_iter().map(|(name, _)| name).collect();
        // Whether names differ in case is a question of its own, which the RFCs leave open.
        let is_alike = |(a, b): (&String, &String)| a.eq_ignore_ascii_case(b);
        if opening.extensions.len() != names.len() || !opening.extensions.iter().zip(&names).all(is_alike) {
            let message = format!("uses the extensions {names:?}, not {:?}", opening.extensions);
            self.must(Failing::Answers, Some("rfc6455-4.1-resp-extensions-in-use"), message);
        }
    }
}

/// Whether a field is there, with the value among the members of its list if one is given.
fn holds(fields: &[(String, Vec<u8>)], name: &str, member: Option<&str>) -> bool {
    let mut lines = fields.iter().filter(|(its, _)| its.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    match member {
        None => lines.next().is_some(),
        Some(member) => lines.any(|line| {
            line.split(|&octet| octet == b',').any(|its| its.trim_ascii().eq_ignore_ascii_case(member.as_bytes()))
        }),
    }
}

fn line(name: &str, value: &Option<String>) -> String {
    value.as_ref().map_or_else(|| name.to_owned(), |value| format!("{name}: {value}"))
}

fn value_of(value: Option<&str>) -> String {
    value.map(|value| format!("={value}")).unwrap_or_default()
}

/// An extension with its parameters, as an answer names them.
type Element = (String, Vec<(String, Option<String>)>);

/// The elements of a raw list, with quoted values unquoted. An element that is malformed keeps its octets as its name, so
/// that it is none that was agreed to.
fn elements(raw: &str) -> Vec<Element> {
    let element = |text: &str| {
        let mut parts = text.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_owned();
        let parameters = parts
            .map(|part| match part.split_once('=') {
                None => (part.to_owned(), None),
                Some((name, value)) => (name.trim().to_owned(), Some(value.trim().trim_matches('"').to_owned())),
            })
            .collect();
        (name, parameters)
    };
    raw.split(',').map(str::trim).filter(|text| !text.is_empty()).map(element).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::Refused;
    use crate::suite::register::of_the_project;

    fn verdict(expectation: &Expectation, outcome: Outcome) -> Verdict {
        let exchange = Exchange::new(Role::Server, *b"GET / HTTP/1.1\r\n\r\n");
        judge(expectation, &exchange, &Observation { outcome, written: Vec::new() }, of_the_project())
    }

    fn failing(verdict: &Verdict) -> Vec<Failing> {
        assert!(matches!(verdict, Verdict::Fail(_)), "{verdict:?}");
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
        let form = |requirement: &str, status: Vec<u16>| Expectation {
            form: Some(Form {
                status,
                fields: vec![("Upgrade".to_owned(), Some("websocket".to_owned()))],
                requirement: requirement.to_owned(),
            }),
            ..Expectation::of(Permitted::MustReject)
        };
        let refused = |status: Option<u16>, upgrade: &str| {
            let fields = vec![("upgrade".to_owned(), upgrade.as_bytes().to_vec())];
            Outcome::Refused(Refused { status, fields, error: None })
        };
        let must = form("rfc9112-3.2-host-required", vec![400]);
        assert_eq!(verdict(&must, refused(Some(400), "h2c, WebSocket")), Verdict::Pass);
        assert_eq!(failing(&verdict(&must, refused(Some(400), "h2c"))), [Failing::Answers]);
        assert_eq!(failing(&verdict(&must, refused(Some(404), "websocket"))), [Failing::Answers]);
        assert_eq!(failing(&verdict(&must, refused(None, ""))), [Failing::Answers]);
        assert_eq!(failing(&verdict(&must, Outcome::Closed)), [Failing::Answers]);
        let should = form("rfc9110-9.1-501", vec![501]);
        assert!(matches!(verdict(&should, refused(Some(400), "")), Verdict::NonStrict(_)));
    }

    #[test]
    fn an_answer_is_held_against_the_offer() {
        let terms = Terms {
            parameters: vec![("server_max_window_bits".to_owned(), vec![Some("8".to_owned()), Some("9".to_owned())])],
            forbidden: vec!["client_max_window_bits".to_owned()],
            required: vec!["server_max_window_bits".to_owned()],
            optional: true,
        };
        let expectation = Expectation {
            answer: Some(Acceptance {
                accept: Some(b"A".to_vec()),
                protocol: Some(vec![None, Some("p".to_owned())]),
                grant: Some(vec![("d".to_owned(), terms)]),
                fields: vec![("Upgrade".to_owned(), Some("websocket".to_owned()))],
                absent: vec!["Content-Length".to_owned()],
            }),
            rest: Some(b"r".to_vec()),
            ..Expectation::of(Permitted::MustAccept)
        };
        let good = || Opened {
            accept: Some(b"A".to_vec()),
            fields: vec![("Upgrade".to_owned(), b"websocket".to_vec())],
            protocol: Some("p".to_owned()),
            extensions: Some("d; server_max_window_bits=\"9\"".to_owned()),
            rest: Some(b"r".to_vec()),
        };
        let judged = |opened| verdict(&expectation, Outcome::Opened(opened));
        assert_eq!(judged(good()), Verdict::Pass);
        assert_eq!(judged(Opened { protocol: None, extensions: None, rest: None, ..good() }), Verdict::Pass);
        let extensions = |raw: &str| Opened { extensions: Some(raw.to_owned()), ..good() };
        for wrong in [
            Opened { accept: Some(b"B".to_vec()), ..good() },
            Opened { accept: None, ..good() },
            Opened { protocol: Some("q".to_owned()), ..good() },
            Opened { fields: Vec::new(), ..good() },
            Opened { fields: [good().fields, vec![("content-length".to_owned(), b"0".to_vec())]].concat(), ..good() },
            extensions("e"),
            extensions("d"),
            extensions("d; server_max_window_bits=10"),
            extensions("d; server_max_window_bits=9; client_max_window_bits=9"),
            extensions("d; server_max_window_bits=9; other"),
        ] {
            assert!(matches!(failing(&judged(wrong.clone()))[..], [Failing::Answers, ..]), "{wrong:?}");
        }
        assert_eq!(failing(&judged(Opened { rest: Some(Vec::new()), ..good() })), [Failing::Octets]);
    }

    #[test]
    fn a_client_that_refuses_sends_nothing_more() {
        let exchange = Exchange::new(Role::Client, *b"HTTP/1.1 200 OK\r\n\r\n");
        let outcome = Outcome::Refused(Refused::default());
        let observation = Observation { outcome, written: b"\x88\0".to_vec() };
        let verdict = judge(&Expectation::of(Permitted::MustReject), &exchange, &observation, of_the_project());
        // The text only asks for it, and so weighs less than a MUST.
        assert!(matches!(&verdict, Verdict::NonStrict(faults) if faults.len() == 1), "{verdict:?}");
    }
}
