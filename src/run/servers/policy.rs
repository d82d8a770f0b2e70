//! What a server may refuse by its own policy, whatever the clause under test says.

use crate::judgement::{Permitted, requirements as r};
use crate::live::Endpoint;
use crate::suite::law::vector::{Bearing, Expectation};
use crate::suite::wire::Head;
use crate::suite::{Needs, Vector};

/// The fields by which a service may decide whom it serves.
const DECIDING: [(&str, &str); 6] = [
    ("origin", "a server may refuse any origin (RFC 6455 §4.2.2)"),
    ("sec-websocket-protocol", "a service may want a subprotocol that was not offered"),
    ("authorization", "a service may refuse credentials"),
    ("cookie", "a service may refuse a session"),
    ("expect", "a server need not meet an expectation"),
    (
        "sec-websocket-key1",
        "a server that knows the fields of an older draft may refuse them: only unknown ones are ignored",
    ),
];

/// Why a server may refuse the vector although it must be accepted by a server without a policy; `None` where no policy
/// can.
pub(super) fn may_refuse(vector: &Vector) -> Option<&'static str> {
    if vector.permitted() != Permitted::MustAccept {
        return None;
    }
    let has = |mark: &str| vector.marks.iter().any(|span| span.mark == mark);
    if !is_target_alone(vector) || !has("target") {
        return Some(OTHER_RESOURCE);
    }
    if !has("host") {
        return Some(OTHER_HOST);
    }
    if vector.requirements.iter().any(|(id, _)| *id == r::RFC9110_5_4_TOO_LARGE.id) {
        return Some(LIMITS);
    }
    deciding(&Head::read(&vector.exchange()?.octets))
}

const OTHER_RESOURCE: &str = "it asks for another resource than the one under test";
const OTHER_HOST: &str = "it names another host than the one under test";
const LIMITS: &str = "a server sets its own limits (RFC 9110 §5.4)";

/// No server sets limits below these, as far as is known: so many field lines, so many octets in a line.
const LEAST: (usize, usize) = (32, 256);

/// Why a server may refuse octets that nobody has marked, whatever they breach or do not: for what they ask of whom.
pub(super) fn may_refuse_octets(octets: &[u8], endpoint: &Endpoint) -> Option<&'static str> {
    let head = Head::read(octets);
    let target = head.request_line().target;
    let authority = endpoint.authority();
    let absolute = format!("http://{authority}{}", endpoint.target);
    if target != endpoint.target.as_bytes() && target != absolute.as_bytes() {
        return Some(OTHER_RESOURCE);
    }
    if head.values("Host").any(|value| !value.eq_ignore_ascii_case(authority.as_bytes())) {
        return Some(OTHER_HOST);
    }
    let (most_lines, most_octets) = LEAST;
    let lines = || head.lines().skip(1);
    if lines().count() > most_lines || lines().any(|(line, _)| line.trim_ascii_end().len() > most_octets) {
        return Some(LIMITS);
    }
    deciding(&head)
}

/// The field by which a service may decide whom it serves, if there is one.
fn deciding(head: &Head<'_>) -> Option<&'static str> {
    DECIDING.iter().find(|(name, _)| head.has(name)).map(|(_, why)| *why)
}

/// Takes out of an expectation what hangs on how a server is configured: nobody knows that of a live one. What it agrees to
/// is judged by what was offered.
pub(super) fn unconfigured(expectation: &mut Expectation, needs: &Needs) {
    let Some(answer) = &mut expectation.answer else { return };
    if needs.protocols.is_empty() {
        answer.protocol = None;
        answer.absent.retain(|name| name != "Sec-WebSocket-Protocol");
    }
    if needs.extensions.is_none() {
        answer.grant = None;
        answer.absent.retain(|name| name != "Sec-WebSocket-Extensions");
    }
}

/// Whether the request-target is the resource under test and nothing beside it: in origin-form, or in absolute-form with the
/// authority under test (RFC 9112 §3.2.2).
pub(super) fn is_target_alone(vector: &Vector) -> bool {
    let Some(exchange) = vector.exchange() else { return false };
    let before = |at: usize, text: &[u8]| exchange.octets[..at].ends_with(text);
    let host_before = |at: usize| vector.marks.iter().find(|span| span.mark == "host" && span.octets.end == at);
    vector.marks.iter().find(|span| span.mark == "target").is_some_and(|span| {
        let start = span.octets.start;
        let is_absolute = host_before(start).is_some_and(|host| before(host.octets.start, b" http://"));
        (before(start, b" ") || is_absolute) && exchange.octets[span.octets.end..].starts_with(b" ")
    })
}

/// Whether what must be refused is seen only when the sender's side ends: a server that answers the head at once could not
/// know of it, and nobody can tell on the wire which came first.
pub(super) fn may_answer_early(vector: &Vector) -> bool {
    vector
        .requirements
        .iter()
        .any(|(id, bearing)| *bearing == Bearing::Departs && *id == r::RFC9112_6_3_INCOMPLETE_CONTENT.id)
}
