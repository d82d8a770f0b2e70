//! What a server owes in its 101: held against the offer by the reading of a client.

use super::case::Case;
use crate::handshake::deflate::{self, Deflate};
use crate::handshake::{Extension, ExtensionList, ExtensionOffer, Limits, Offer, judge_response};
use crate::http::grammar::latin1;
use crate::judgement::{Duty, Finding, Requirement, Role, requirements as r};
use crate::suite::verdict::speaks_another;
use crate::suite::wire::{Head, holds};
use crate::suite::{Failing, Fault, Observation, Opened, Outcome, Register};

/// What is wrong with the 101 of a server, its accept value apart: that is judged by the key.
pub(in crate::oracle) fn unlawful(case: &Case, observation: &Observation, register: &Register) -> Vec<Fault> {
    let Outcome::Opened(opened) = &observation.outcome else { return Vec::new() };
    if case.exchange.role == Role::Client || speaks_another(&case.exchange.octets, opened) {
        return Vec::new();
    }
    let head = Head::read(case.judged.head(&case.exchange));
    let mut protocols = head.members("Sec-WebSocket-Protocol");
    // An empty member offers nothing.
    protocols.retain(|name| !name.is_empty());
    let list = ExtensionList::parse(&head.members("Sec-WebSocket-Extensions").join(",")).unwrap_or_default();
    let offer = Offer { key: None, protocols, extensions: ExtensionOffer::among(&list).collect() };
    let Some(outcome) = judge_response(&observation.written, true, &offer, Limits::default()) else {
        return Vec::new();
    };
    // Of a malformed offer, which is none, a server may have taken the parameters that no agreement has.
    let is_of_malformed = |finding: &Finding| {
        finding.requirement == &r::RFC6455_4_1_RESP_EXTENSION_UNREQUESTED
            && offer.extensions.len() < list.elements.len()
            && !is_agreement(&observation.written[finding.span.clone()])
    };
    // A client may bear with what a server must not send: a sender is judged by what it owes.
    let unlawful = outcome.judgement.findings.iter().filter_map(|finding| {
        let requirement = match is_of_malformed(finding) {
            true => &r::RFC7692_7_RESPONSE_DEFINED_PARAMS,
            false => duty(finding.requirement, &offer)?,
        };
        let message = format!("a client finds in the answer: {}", finding.message);
        let owed = register.owed(requirement);
        Some(Fault { failing: Failing::Answers, requirement: Some(requirement.id), owed, message })
    });
    unlawful.chain(framed(opened, register)).collect()
}

/// Fields that frame content, which a 101 does not have. A client may pass over them.
fn framed(opened: &Opened, register: &Register) -> impl Iterator<Item = Fault> {
    const FRAMING: [(&str, &Requirement); 2] =
        [("Content-Length", &r::RFC9110_8_6_NO_CL_IN_101), ("Transfer-Encoding", &r::RFC9112_6_1_NO_TE_IN_101)];
    let found: Vec<_> = FRAMING.into_iter().filter(|(name, _)| holds(&opened.fields, name, None)).collect();
    found.into_iter().map(|(name, requirement)| Fault {
        failing: Failing::Answers,
        requirement: Some(requirement.id),
        owed: register.owed(requirement),
        message: format!("the 101 has {name}"),
    })
}

/// The requirement that a server violates, by what a client finds; `None` for what a server may do.
fn duty(found: &'static Requirement, offer: &Offer) -> Option<&'static Requirement> {
    if found == &r::RFC6455_4_1_RESP_PROTOCOL_UNREQUESTED && offer.protocols.is_empty() {
        return Some(&r::RFC6455_4_2_2_SUBPROTOCOL_NONE_OFFERED);
    }
    [Some(found), found.counterpart].into_iter().flatten().find(|its| its.duty == Duty::ServerSends)
}

/// Whether the parameters of an element are such as an agreement may have.
fn is_agreement(element: &[u8]) -> bool {
    let is_one = |its: &Extension| its.name != deflate::NAME || Deflate::read(its, deflate::Side::Agreement).is_ok();
    ExtensionList::parse(&latin1(element)).is_ok_and(|list| list.elements.iter().all(is_one))
}
