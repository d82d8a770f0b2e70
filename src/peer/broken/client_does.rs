//! Clients that refuse what must be accepted, report it wrongly, lose octets, wait or panic.

use super::Planted;
use super::answer::in_opened;
use crate::peer::reference::Reference;
use crate::suite::wire::Head;
use crate::suite::{End, Exchange, Observation, Outcome, Peer as _};

/// Every one of them.
pub(super) static ALL: &[Planted] = table! { Client;
    // Refuses.
    /// Compares the Upgrade value by its case.
    Refuses "client-upgrade-by-case" violates RFC6455_4_1_RESP_UPGRADE_CASE =>
        |head, _| !head.any("Upgrade", |member| member == b"websocket");
    /// Compares the Connection token by its case.
    Refuses "client-connection-by-case" violates RFC6455_4_1_RESP_CONNECTION_CASE =>
        |head, _| !head.any("Connection", |member| member == b"Upgrade");
    /// Reads no more than 8 field lines.
    Refuses "client-lines-of-8" violates RFC6455_4_1_RESP_UNKNOWN_FIELDS => |head, _| head.lines.len() > 8;
    /// Finds a field by the usual spelling of its name only.
    Refuses "client-names-by-case" violates RFC6455_4_1_RESP_FIELD_NAME_CASE =>
        |head, _| {
            ["Upgrade", "Connection", "Sec-WebSocket-Accept"]
                .iter()
                .any(|name| head.lines.iter().any(|line| line.is(name) && line.name != name.as_bytes()))
        };
    /// Trims no blanks behind the accept value.
    Refuses "client-accept-not-trimmed" violates RFC6455_4_1_RESP_ACCEPT_OWS =>
        |head, _| {
            let is_blank = |end: &[u8]| matches!(end.first(), Some(b' ' | b'\t'));
            head.lines.iter().any(|line| line.is("Sec-WebSocket-Accept") && is_blank(&line.end))
        };
    /// Trims no tab around values.
    Refuses "client-tab-not-trimmed" violates RFC9112_5_1_OWS_TRIM_RESPONSE =>
        |head, _| head.lines.iter().any(|line| line.colon.contains(&b'\t') || line.end.contains(&b'\t'));
    /// Wants the reason phrase to be Switching Protocols.
    Refuses "client-reason-compared" violates RFC9112_4_REASON_IGNORED =>
        |head, _| head.part(2) != b"Switching Protocols";
    /// Takes an interim response for the final one.
    Refuses "client-interim-refused" violates RFC9110_15_2_INTERIM =>
        |_, exchange| !Head::read(&exchange.octets).start_line().starts_with(b"HTTP/1.1 101");
    /// Refuses a field that it does not know.
    Refuses "client-unknown-field" violates RFC6455_4_1_RESP_UNKNOWN_FIELDS =>
        |head, _| head.lines.iter().any(|line| line.is("X-Note") || line.is("Server") || line.is("Date"));
    /// Refuses a 101 that sets a cookie.
    Refuses "client-cookie-refused" violates RFC6455_4_1_RESP_SET_COOKIE =>
        |head, _| head.first("Set-Cookie").is_some();
    /// Refuses octets beyond ASCII in any value.
    Refuses "client-obs-text" violates RFC9110_5_5_OBS_TEXT_RESPONSE =>
        |head, _| head.lines.iter().any(|line| !line.value.is_ascii());
    /// Reads no field line of 100 octets or more.
    Refuses "client-line-of-100" violates RFC6455_4_1_RESP_UNKNOWN_FIELDS =>
        |head, _| head.lines.iter().any(|line| line.len() >= 100);
    /// Reads no extension list with an empty member.
    Refuses "client-empty-member-refused" violates RFC6455_4_3_EXTENSION_EMPTY_ELEMENTS_RESPONSE =>
        |head, _| {
            let mut values = head.values("Sec-WebSocket-Extensions");
            values.any(|value| value.split(|&octet| octet == b',').any(|its| its.trim_ascii().is_empty()))
        };
    /// Stumbles over a Connection in other case, but only beside a subprotocol.
    Refuses "client-two-features-refused" violates RFC6455_4_1_RESP_CONNECTION_CASE =>
        |head, _| head.first("Connection") != Some(b"Upgrade") && head.first("Sec-WebSocket-Protocol").is_some();
    // Reports.
    /// Does not use the subprotocol of the answer.
    Does "client-protocol-not-reported" violates RFC6455_4_1_RESP_SUBPROTOCOL_IN_USE =>
        |_, _, observation| in_opened(observation, |opened| opened.protocol = None);
    /// Uses its first subprotocol, whatever the answer says.
    Does "client-protocol-of-the-offer" violates RFC6455_4_1_RESP_SUBPROTOCOL_IN_USE =>
        |_, exchange, observation| in_opened(observation, |opened| opened.protocol = exchange.needs.protocols.first().cloned());
    /// Uses permessage-deflate as soon as it offered it.
    Does "client-extension-of-the-offer" violates RFC6455_4_1_RESP_EXTENSIONS_IN_USE =>
        |_, exchange, observation| {
            let offers = exchange.needs.extensions.as_ref().is_some_and(|raw| raw.contains("permessage-deflate"));
            in_opened(observation, |opened| {
                if offers {
                    opened.extensions = Some("permessage-deflate".to_owned());
                }
            })
        };
    // Behaviour.
    /// Loses the first octet behind the head.
    Does "client-octet-lost" behaves Octets =>
        |_, _, observation| {
            in_opened(observation, |opened| {
                if let Some(rest) = opened.rest.as_mut().filter(|rest| !rest.is_empty()) {
                    rest.remove(0);
                }
            })
        };
    /// Loses what came in the same read as the end of the head.
    Does "client-octets-lost" behaves Octets =>
        |_, _, observation| in_opened(observation, |opened| opened.rest = opened.rest.as_ref().map(|_| Vec::new()));
    /// Reads the last octet behind the head twice.
    Does "client-octet-twice" behaves Octets =>
        |_, _, observation| {
            in_opened(observation, |opened| {
                if let Some(rest) = &mut opened.rest {
                    rest.extend(rest.last().copied());
                }
            })
        };
    /// Takes as many octets as a Content-Length in the 101 announces for its content.
    Does "client-content-of-101" behaves Octets =>
        |head, exchange, observation| {
            let length = head.first("Content-Length").and_then(|value| std::str::from_utf8(value).ok()?.parse().ok());
            let Some(length) = length else { return observation };
            let mut without = head.clone();
            without.remove("Content-Length");
            let opened = Reference.observe(&Exchange { octets: without.octets(), ..exchange.clone() });
            in_opened(opened, |opened| {
                if let Some(rest) = &mut opened.rest {
                    rest.drain(..rest.len().min(length));
                }
            })
        };
    /// Judges what the first read brought.
    Does "client-first-read-only" behaves Split =>
        |_, exchange, _| {
            let end = exchange.delivery.ends(exchange.octets.len()).first().copied().unwrap_or(0);
            let octets = exchange.octets[..end].to_vec();
            Reference.observe(&Exchange { octets, end: End::HalfClosed, ..exchange.clone() })
        };
    /// Waits for ever behind an interim response.
    Does "client-waits" behaves Hang =>
        |_, exchange, observation| {
            if exchange.octets.starts_with(b"HTTP/1.1 10") && !exchange.octets.starts_with(b"HTTP/1.1 101") {
                return Observation { outcome: Outcome::TimedOut, written: Vec::new() };
            }
            observation
        };
    /// Panics over a status line without a reason phrase.
    Does "client-panics" behaves Crash =>
        |head, _, observation| {
            assert!(!head.is_whole() || !head.part(2).is_empty(), "a status line has a reason phrase");
            observation
        };
};
