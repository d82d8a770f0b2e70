//! What a server may refuse by its own policy, whatever the clause under test says.

use crate::judgement::Permitted;
use crate::suite::Vector;
use crate::suite::vector::Bearing;

/// The fields by which a service may decide whom it serves.
const DECIDING: [(&str, &str); 5] = [
    ("origin", "a server may refuse any origin (RFC 6455 §4.2.2)"),
    ("sec-websocket-protocol", "a service may want a subprotocol that was not offered"),
    ("authorization", "a service may refuse credentials"),
    ("cookie", "a service may refuse a session"),
    ("expect", "a server need not meet an expectation"),
];

/// Why a server may refuse the vector although it must be accepted by a server without a policy; `None` where no policy
/// can.
pub(super) fn may_refuse(vector: &Vector) -> Option<&'static str> {
    if vector.permitted() != Permitted::MustAccept {
        return None;
    }
    let octets = &vector.exchange()?.octets;
    let has = |mark: &str| vector.marks.iter().any(|span| span.mark == mark);
    if !is_target_alone(vector) || !has("target") {
        return Some("it asks for another resource than the one under test");
    }
    if !has("host") {
        return Some("it names another host than the one under test");
    }
    if vector.requirements.iter().any(|(id, _)| id == "rfc9110-5.4-too-large") {
        return Some("a server sets its own limits (RFC 9110 §5.4)");
    }
    let head = octets.to_ascii_lowercase();
    let names = |name: &str| {
        head.split(|&octet| octet == b'\n').any(|line| {
            line.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.trim_ascii_start().starts_with(b":"))
        })
    };
    DECIDING.iter().find(|(name, _)| names(name)).map(|(_, why)| *why)
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
        .any(|(id, bearing)| *bearing == Bearing::Departs && matches!(id.as_str(), "rfc9112-6.3-incomplete-content"))
}
