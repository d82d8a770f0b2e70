//! A case: an exchange with what a peer may do with it, known before any peer has seen it.

use std::collections::BTreeSet;

use super::judged::{Judged, judge};
use super::keys::accepts;
use crate::handshake::{Opening, judge_request};
use crate::http::Limits;
use crate::judgement::{
    Decided, Finding, Judgement, Kind, Owed, Permitted, Requirement, RequirementId, Role, requirements as r,
};
use crate::peer::reference;
use crate::suite::law::vector::{Acceptance, Bearing, Expectation, Form};
use crate::suite::wire::Head;
use crate::suite::{self, Conformance, Delivery, End, Exchange, Vector};

/// An exchange and what a peer may do with it.
#[derive(Clone, Debug)]
pub struct Case {
    /// The octets.
    pub exchange: Exchange,
    /// What the peer may do.
    pub expectation: Expectation,
    /// The reference's judgement: the findings by which a difference is explained.
    pub judged: Judged,
    /// What a vector says that its octets breach.
    departs: Vec<RequirementId>,
}

impl Case {
    /// Octets of which nobody has written down what is permitted: the reference's judgement is the expectation. `None`
    /// where the reference cannot be configured for the needs.
    pub fn judged(exchange: Exchange) -> Option<Case> {
        let judged = judge(&exchange)?;
        let expectation = expectation(&exchange, &judged);
        Some(Case { exchange, expectation, judged, departs: Vec::new() })
    }

    /// A vector in a delivery: what is written in its data is the expectation, and what it leaves open is the reference's.
    /// `None` for a building, or where the reference cannot be configured for the needs.
    pub fn of(vector: &Vector, delivery: Delivery) -> Option<Case> {
        let exchange = Exchange { delivery, ..vector.exchange()?.clone() };
        let judged = judge(&exchange)?;
        let derived = expectation(&exchange, &judged);
        let written = &vector.expectation;
        let expectation = Expectation {
            unfinished: derived.unfinished,
            rest: written.rest.clone().or(derived.rest),
            form: written.form.clone(),
            answer: written.answer.clone().or(derived.answer),
            opened: written.opened.clone().or(derived.opened),
            ..written.clone()
        };
        let breached = vector.requirements.iter().filter(|(_, bearing)| *bearing == Bearing::Departs);
        let departs = breached.map(|(id, _)| *id).collect();
        Some(Case { exchange, expectation, judged, departs })
    }

    /// Octets of a ledger: what is written down for the vector that has the very same ones, if there is one, and else the
    /// reference's judgement.
    pub fn of_reproducer(data: &Conformance, exchange: &Exchange) -> Option<Case> {
        let plain = Exchange { delivery: Delivery::Whole, ..exchange.clone() };
        let vector = data.vectors.all().iter().find(|vector| vector.exchange() == Some(&plain));
        match vector {
            Some(vector) => Case::of(vector, exchange.delivery.clone()),
            None => Case::judged(exchange.clone()),
        }
    }

    /// The same octets, delivered otherwise.
    pub fn delivered(&self, delivery: Delivery) -> Case {
        Case { exchange: Exchange { delivery, ..self.exchange.clone() }, ..self.clone() }
    }

    /// The ids of the requirements that the octets violate.
    pub fn violated(&self) -> impl Iterator<Item = RequirementId> {
        self.of_kind(Kind::Violated)
    }

    /// The ids of the requirements for which the octets must be rejected: those that they violate, or, where the judgement
    /// ended before it found one, those that the vector says.
    pub fn breached(&self) -> Vec<RequirementId> {
        let violated: Vec<_> = self.violated().collect();
        if violated.is_empty() { self.departs.clone() } else { violated }
    }

    /// The ids of the requirements that the octets exercise.
    pub fn exercised(&self) -> impl Iterator<Item = RequirementId> {
        self.of_kind(Kind::Exercised)
    }

    /// The ids of the requirements by which a peer may or must refuse.
    pub fn grounds(&self) -> impl Iterator<Item = RequirementId> {
        self.violated().chain(self.of_kind(Kind::Latitude))
    }

    fn of_kind(&self, kind: Kind) -> impl Iterator<Item = RequirementId> {
        let findings = self.judged.judgement.iter().flat_map(move |judgement| judgement.of(kind));
        findings.map(|finding| finding.requirement.id)
    }
}

fn expectation(exchange: &Exchange, judged: &Judged) -> Expectation {
    let octets = &exchange.octets;
    let judgement = judged.judgement.as_ref();
    // Before its end a head is nothing to open a connection on.
    let permitted = judgement.map_or(Permitted::MustReject, Judgement::permitted);
    let is_whole = judgement.is_some_and(|judgement| judgement.stopped.is_none());
    let (head, behind) = octets.split_at(judged.consumed);
    let head = Head::read(head);
    let rest = (is_whole && permitted != Permitted::MustReject).then(|| match exchange.role {
        Role::Server => behind_content(&head, behind),
        // A 101 has no content, whatever it announces.
        Role::Client => Some(behind.to_vec()),
    });
    let rest = rest.flatten();
    Expectation {
        permitted,
        decided: judgement.map_or(Decided::MUST, |judgement| decided(judgement, permitted, octets)),
        unfinished: judgement.is_none(),
        rest,
        form: judgement.and_then(|judgement| form(exchange, judgement)).filter(|_| !is_of_a_draft(&head)),
        // What a head asks for is not known behind a place from which no single reading follows, and how a peer answers what it
        // must reject is not asked.
        answer: (exchange.role == Role::Server && is_whole && permitted != Permitted::MustReject)
            .then(|| acceptance(exchange, &head)),
        opened: judged.opening.as_ref().map(opening),
        request: None,
        connect: None,
    }
}

/// What the other decision counts than the one that is permitted, as for a vector.
fn decided(judgement: &Judgement, permitted: Permitted, octets: &[u8]) -> Decided {
    let kind = if permitted == Permitted::MustReject { Kind::Violated } else { Kind::Exercised };
    let bearing = judgement.of(kind).filter(|finding| !is_in_dispute(judgement, finding, octets));
    Owed::decided(permitted, bearing.map(|finding| (finding.requirement.id, finding.requirement.owed())))
}

/// The fields of which one line is enough in the reading that leaves a second one free.
const ONCE: [(&Requirement, &str); 2] = [
    (&r::RFC6455_11_3_1_KEY_ONCE_SERVER, "Sec-WebSocket-Key"),
    (&r::RFC6455_11_3_5_VERSION_ONCE_SERVER, "Sec-WebSocket-Version"),
];

/// Whether a fault is in one of several lines of which another one has a right value: whoever reads that one has found no fault,
/// so that the fault shares the dispute of the second line.
fn is_in_dispute(judgement: &Judgement, finding: &Finding, octets: &[u8]) -> bool {
    ONCE.iter().any(|&(once, name)| {
        let Some(second) = judgement.of(Kind::Violated).find(|its| its.requirement == once) else { return false };
        let is_in_a_line = |its: &Finding| its.class == second.class && its.requirement != once;
        let line_of = |its: &Finding| octets[..its.span.start].iter().filter(|&&octet| octet == b'\n').count();
        let faulty: BTreeSet<_> = judgement.of(Kind::Violated).filter(|its| is_in_a_line(its)).map(line_of).collect();
        is_in_a_line(finding) && faulty.len() < Head::read(octets).values(name).count()
    })
}

/// What stands behind the content that a head announces: content is nobody's frame. `None` where it is coded.
fn behind_content(head: &Head<'_>, behind: &[u8]) -> Option<Vec<u8>> {
    if head.has("Transfer-Encoding") {
        return None;
    }
    let length = match head.members("Content-Length").as_slice() {
        [] => 0,
        [length] => length.parse().unwrap_or(usize::MAX),
        _ => return None,
    };
    Some(behind.get(length..).unwrap_or_default().to_vec())
}

fn acceptance(exchange: &Exchange, head: &Head<'_>) -> Acceptance {
    let offered = head.members("Sec-WebSocket-Protocol");
    // In the client's spelling, whatever its case: that a server may take for its own (RFC 6455 §4.2.2).
    let spoken = offered.into_iter().filter(|its| exchange.needs.protocols.iter().any(|n| n.eq_ignore_ascii_case(its)));
    Acceptance {
        accept: accepts(&exchange.octets, &[]).pop().map(String::into_bytes),
        protocol: Some(spoken.map(Some).chain([None]).collect()),
        // What is agreed to is judged by the reading of the answer; nothing may be where nothing is supported.
        grant: exchange.needs.extensions.is_none().then(Vec::new),
        fields: Vec::new(),
        absent: Vec::new(),
    }
}

fn opening(opening: &Opening) -> suite::law::vector::Opening {
    suite::law::vector::Opening {
        protocol: opening.protocol.clone(),
        extensions: opening.extensions.iter().map(|element| element.name.to_string()).collect(),
    }
}

/// Whether the version is the number of a draft without this field (RFC 6455 §11.6): a server that knows the draft need not
/// name the versions that it speaks.
fn is_of_a_draft(head: &Head<'_>) -> bool {
    matches!(&head.members("Sec-WebSocket-Version")[..], [number] if matches!(number.as_bytes(), [b'0'..=b'6']))
}

/// What may be wrong with a request alone so that a clause fixes the form of its refusal, and that clause.
const FORMS: [(&Requirement, &Requirement); 10] = [
    (&r::RFC6455_4_2_1_HOST_MISSING, &r::RFC9112_3_2_HOST_REQUIRED),
    (&r::RFC9112_3_2_HOST_DUPLICATE, &r::RFC9112_3_2_HOST_DUPLICATE),
    (&r::RFC9112_3_2_HOST_INVALID, &r::RFC9112_3_2_HOST_INVALID),
    (&r::RFC9112_5_1_NO_WS_BEFORE_COLON, &r::RFC9112_5_1_NO_WS_BEFORE_COLON),
    (&r::RFC9112_5_2_OBS_FOLD_REQUEST, &r::RFC9112_5_2_OBS_FOLD_REQUEST),
    (&r::RFC9112_3_414, &r::RFC9112_3_414),
    (&r::RFC9112_6_3_BAD_CL, &r::RFC9112_6_3_BAD_CL),
    (&r::RFC9112_6_3_TE_BAD_FINAL, &r::RFC9112_6_3_TE_BAD_FINAL),
    (&r::RFC9112_6_3_TE_EMPTY, &r::RFC9112_6_3_TE_EMPTY),
    (&r::RFC6455_4_2_1_VERSION_NOT_13, &r::RFC6455_4_2_2_VERSION_ERROR),
];

/// Whether nothing is wrong with a request but its length: behind a line that was too long to read there may be another
/// ground, which has another status.
fn is_but_long(exchange: &Exchange) -> bool {
    let Some(policy) = reference::policy(&exchange.needs) else { return false };
    let outcome = judge_request(&exchange.octets, exchange.end == End::HalfClosed, &policy.limits(Limits::NONE));
    outcome.is_some_and(|outcome| outcome.judgement.permitted() == Permitted::MustAccept)
}

fn form(exchange: &Exchange, judgement: &Judgement) -> Option<Form> {
    let mut grounds = judgement.findings.iter().filter(|finding| finding.kind() != Kind::Exercised);
    let (only, None) = (grounds.next()?, grounds.next()) else { return None };
    let (found, requirement) = *FORMS.iter().find(|(found, _)| *found == only.requirement)?;
    if found == &r::RFC9112_3_414 && !is_but_long(exchange) {
        return None;
    }
    let mut status = requirement.status.to_vec();
    // A transfer coding that the server does not know may be told as such (RFC 9112 §6.1).
    if found == &r::RFC9112_6_3_TE_BAD_FINAL {
        status.push(501);
    }
    let names_version = requirement == &r::RFC6455_4_2_2_VERSION_ERROR;
    let fields = names_version.then(|| ("Sec-WebSocket-Version".to_owned(), Some("13".to_owned())));
    Some(Form { status, fields: fields.into_iter().collect(), requirement: requirement.id, owed: requirement.owed() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is derived for octets is what people wrote down for the vectors.
    #[test]
    fn forms_are_those_of_the_vectors() {
        let data = Conformance::embedded().unwrap();
        let mut compared = 0;
        for vector in data.vectors.all() {
            let Some(case) = vector.exchange().cloned().and_then(Case::judged) else { continue };
            if let (Some(derived), Some(written)) = (&case.expectation.form, &vector.expectation.form) {
                // Several clauses ask for the same form.
                assert_eq!((&derived.status, &derived.fields), (&written.status, &written.fields), "{}", vector.id);
                compared += 1;
            }
            if vector.id == "server/version/number-0" {
                assert_eq!(case.expectation.form, None);
            }
        }
        assert!(compared > 30, "{compared}");
    }

    #[test]
    fn a_fault_in_one_of_two_lines_shares_the_dispute_of_the_second() {
        let (once, version_once) = (&r::RFC6455_11_3_1_KEY_ONCE_SERVER, &r::RFC6455_11_3_5_VERSION_ONCE_SERVER);
        let key = "dGhlIHNhbXBsZSBub25jZQ==";
        for (host, keys, versions, by) in [
            ("Host: a", &[key, key][..], &["13"][..], once),
            ("Host: a", &[key, ""], &["13"], once),
            ("Host: a", &["", key], &["13"], once),
            ("Host: a", &["", "\u{a0}"], &["13"], &r::RFC6455_4_2_1_KEY_EMPTY),
            ("Host: a", &["", "", key], &["13"], once),
            ("Host: a", &[""], &["13"], &r::RFC6455_4_2_1_KEY_EMPTY),
            ("Host: a", &[key], &["13", "x"], version_once),
            ("Host: a", &[key], &["8", "13"], version_once),
            ("Host: a", &[key], &["12", "14"], &r::RFC6455_4_2_1_VERSION_NOT_13),
            // One dispute frees nobody from what is wrong elsewhere.
            ("Host: a", &[key, ""], &["12"], &r::RFC6455_4_2_1_VERSION_NOT_13),
            ("X: a", &[key, ""], &["13"], &r::RFC6455_4_2_1_HOST_MISSING),
        ] {
            let line = |name: &str, values: &[&str]| -> String {
                values.iter().map(|value| format!("Sec-WebSocket-{name}: {value}\r\n")).collect()
            };
            let octets = format!(
                "GET / HTTP/1.1\r\n{host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{}{}\r\n",
                line("Key", keys),
                line("Version", versions)
            );
            let case = Case::judged(Exchange::new(Role::Server, octets)).unwrap();
            assert_eq!(
                case.expectation.decided,
                Decided { by: Some(by.id), owed: by.owed() },
                "{host} {keys:?} {versions:?}"
            );
        }
    }

    /// What stands behind the reference's own limit was offered all the same.
    #[test]
    fn a_subprotocol_behind_a_long_target_may_be_chosen() {
        let target = "a".repeat(20_000);
        let octets = format!(
            "GET /{target} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Protocol: chat\r\n\r\n"
        );
        let needs = suite::Needs { protocols: vec!["chat".to_owned()], ..Default::default() };
        let case = Case::judged(Exchange { needs, ..Exchange::new(Role::Server, octets) }).unwrap();
        assert_eq!(case.expectation.permitted, Permitted::Either);
        let data = Conformance::embedded().unwrap();
        let oracle = crate::oracle::Oracle {
            register: &data.register,
            ledger: &suite::Ledger::empty("tungstenite"),
            peer: &crate::peer::tungstenite::Tungstenite,
            strict: true,
        };
        let compared = oracle.compare(&case);
        assert!(matches!(compared.observation.outcome, suite::Outcome::Opened(_)), "{compared:?}");
        assert_eq!(compared.new, []);
    }

    #[test]
    fn answers_are_those_of_the_vectors() {
        let data = Conformance::embedded().unwrap();
        let mut compared = 0;
        for vector in data.vectors.all() {
            let (Some(case), Some(written)) =
                (vector.exchange().cloned().and_then(Case::judged), &vector.expectation.answer)
            else {
                continue;
            };
            // Where the judgement stops there is none.
            let Some(derived) = case.expectation.answer else { continue };
            // A bare LF may leave two readings, of which only one has a key.
            if derived.accept.is_some() && written.accept.is_some() {
                assert_eq!(derived.accept, written.accept, "{}", vector.id);
                compared += 1;
            }
            for protocol in written.protocol.iter().flatten() {
                let permitted = derived.protocol.as_ref().expect("subprotocols");
                assert!(permitted.contains(protocol), "{}: {protocol:?} {permitted:?}", vector.id);
            }
        }
        assert!(compared > 300, "{compared}");
    }
}
