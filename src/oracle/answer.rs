//! What a server owes in its 101: held against the offer by the reading of a client.

use super::case::Case;
use crate::handshake::{ExtensionList, Offer, judge_response};
use crate::http::Limits;
use crate::judgement::{Finding, Kind, Level, Requirement, Role, requirements as r};
use crate::suite::register::Duty;
use crate::suite::verdict::speaks_another;
use crate::suite::wire::{Head, holds};
use crate::suite::{Failing, Fault, Observation, Opened, Outcome, Register};

/// What is wrong with the 101 of a server, its accept value apart: that is judged by the key.
pub(super) fn unlawful(case: &Case, observation: &Observation, register: &Register) -> Vec<Fault> {
    let Outcome::Opened(opened) = &observation.outcome else { return Vec::new() };
    if case.exchange.role == Role::Client || speaks_another(&case.exchange.octets, opened) {
        return Vec::new();
    }
    let head = Head::read(case.judged.head(&case.exchange));
    let mut protocols = head.members("Sec-WebSocket-Protocol");
    // An empty member offers nothing.
    protocols.retain(|name| !name.is_empty());
    let offer = Offer {
        key: None,
        protocols,
        extensions: ExtensionList::parse(&head.members("Sec-WebSocket-Extensions").join(",")).unwrap_or_default(),
    };
    let Some(outcome) = judge_response(&observation.written, true, &offer, Limits::default()) else {
        return Vec::new();
    };
    // A client may bear with what a server must not send: a sender is judged by what it owes.
    let is_owed = |finding: &&Finding| {
        let is_must = matches!(finding.requirement.level, Level::Must | Level::MustNot);
        let duty = register.get(finding.requirement.id).map(|entry| entry.duty);
        finding.kind() == Kind::Violated || is_must && duty == Some(Duty::ServerSends)
    };
    let unlawful = outcome.judgement.findings.iter().filter(is_owed).map(|finding| Fault {
        failing: Failing::Answers,
        requirement: Some(duty(finding.requirement.id, &offer)),
        level: finding.requirement.level,
        message: format!("a client finds in the answer: {}", finding.message),
    });
    unlawful.chain(framed(opened)).collect()
}

/// Fields that frame content, which a 101 does not have. A client may pass over them.
fn framed(opened: &Opened) -> impl Iterator<Item = Fault> {
    const FRAMING: [(&str, &Requirement); 2] =
        [("Content-Length", &r::RFC9110_8_6_NO_CL_IN_101), ("Transfer-Encoding", &r::RFC9112_6_1_NO_TE_IN_101)];
    let found: Vec<_> = FRAMING.into_iter().filter(|(name, _)| holds(&opened.fields, name, None)).collect();
    found.into_iter().map(|(name, requirement)| Fault {
        failing: Failing::Answers,
        requirement: Some(requirement.id),
        level: requirement.level,
        message: format!("the 101 has {name}"),
    })
}

/// The requirement that a server departs from, by the one for which a client fails.
fn duty(id: &'static str, offer: &Offer) -> &'static str {
    if id == r::RFC6455_4_1_RESP_PROTOCOL_UNREQUESTED.id && offer.protocols.is_empty() {
        return r::RFC6455_4_2_2_SUBPROTOCOL_NONE_OFFERED.id;
    }
    DUTIES.iter().find(|(verifies, _)| *verifies == id).map_or(id, |(_, sends)| sends)
}

/// What a client verifies, and what a server owes so that it can.
const DUTIES: [(&str, &str); 20] = [
    (r::RFC6455_4_1_RESP_UPGRADE_MISSING.id, r::RFC6455_4_2_2_UPGRADE.id),
    (r::RFC6455_4_1_RESP_UPGRADE_OTHER.id, r::RFC6455_4_2_2_UPGRADE.id),
    (r::RFC6455_4_1_RESP_UPGRADE_LIST.id, r::RFC6455_4_2_2_UPGRADE.id),
    (r::RFC6455_4_1_RESP_UPGRADE_VERSION_SUFFIX.id, r::RFC6455_4_2_2_UPGRADE.id),
    (r::RFC6455_4_1_RESP_CONNECTION_MISSING.id, r::RFC6455_4_2_2_CONNECTION.id),
    (r::RFC6455_4_1_RESP_CONNECTION_NO_TOKEN.id, r::RFC6455_4_2_2_CONNECTION.id),
    (r::RFC6455_4_1_RESP_PROTOCOL_UNREQUESTED.id, r::RFC6455_4_2_2_SUBPROTOCOL_FROM_OFFER.id),
    (r::RFC6455_4_1_RESP_PROTOCOL_CASE.id, r::RFC6455_4_2_2_SUBPROTOCOL_EXACT_CASE.id),
    (r::RFC6455_4_1_RESP_PROTOCOL_LIST.id, r::RFC6455_4_2_2_SUBPROTOCOL_SINGLE.id),
    (r::RFC6455_4_1_RESP_PROTOCOL_EMPTY.id, r::RFC6455_4_2_2_SUBPROTOCOL_EMPTY.id),
    (r::RFC6455_11_3_3_ACCEPT_ONCE_CLIENT.id, r::RFC6455_11_3_3_ACCEPT_ONCE_SERVER.id),
    (r::RFC6455_11_3_4_PROTOCOL_ONCE_CLIENT.id, r::RFC6455_11_3_4_PROTOCOL_ONCE_SERVER.id),
    (r::RFC6455_4_1_RESP_EXTENSION_UNREQUESTED.id, r::RFC6455_4_2_2_EXTENSIONS_FROM_OFFER.id),
    (r::RFC7692_5_CLIENT_UNOFFERED.id, r::RFC6455_4_2_2_EXTENSIONS_FROM_OFFER.id),
    (r::RFC7692_7_CLIENT_UNKNOWN_PARAM.id, r::RFC7692_7_RESPONSE_DEFINED_PARAMS.id),
    (r::RFC7692_7_CLIENT_INVALID_VALUE.id, r::RFC7692_7_RESPONSE_DEFINED_PARAMS.id),
    (r::RFC7692_7_CLIENT_DUPLICATE_PARAM.id, r::RFC7692_7_RESPONSE_DEFINED_PARAMS.id),
    (r::RFC7692_7_1_2_1_CLIENT_LARGER_SMWB.id, r::RFC7692_7_1_2_1_SMWB_NOT_LARGER.id),
    (r::RFC7692_7_1_1_1_CLIENT_MISSING_SNCT.id, r::RFC7692_7_1_1_1_ECHO_SNCT.id),
    (r::RFC7692_7_1_2_2_CLIENT_UNOFFERED_CMWB.id, r::RFC7692_7_1_2_2_CMWB_NEEDS_OFFER.id),
];
