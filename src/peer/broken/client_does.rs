//! Clients that refuse what must be accepted, report it wrongly, lose octets, wait or panic.

use super::answer::in_opened;
use super::{Planted, behaving, doing, refusing};
use crate::judgement::Role::Client;
use crate::judgement::requirements as r;
use crate::peer::reference::Reference;
use crate::suite::ledger::Behaviour;
use crate::suite::{End, Exchange, Observation, Outcome, Peer as _};

/// Every one of them.
pub(super) static ALL: &[Planted] = &[
    // Refuses.
    refusing(
        Client,
        "client-upgrade-by-case",
        &r::RFC6455_4_1_RESP_UPGRADE_CASE,
        "Compares the Upgrade value by its case.",
        |head, _| !head.any("Upgrade", |member| member == b"websocket"),
    ),
    refusing(
        Client,
        "client-connection-by-case",
        &r::RFC6455_4_1_RESP_CONNECTION_CASE,
        "Compares the Connection token by its case.",
        |head, _| !head.any("Connection", |member| member == b"Upgrade"),
    ),
    refusing(
        Client,
        "client-connection-list-refused",
        &r::RFC6455_4_1_RESP_CONNECTION_LIST,
        "Reads no list in Connection.",
        |head, _| head.first("Connection").is_some_and(|value| value.contains(&b',')),
    ),
    refusing(
        Client,
        "client-names-by-case",
        &r::RFC6455_4_1_RESP_FIELD_NAME_CASE,
        "Finds a field by the usual spelling of its name only.",
        |head, _| {
            ["Upgrade", "Connection", "Sec-WebSocket-Accept"]
                .iter()
                .any(|name| head.lines.iter().any(|line| line.is(name) && line.name != name.as_bytes()))
        },
    ),
    refusing(
        Client,
        "client-accept-not-trimmed",
        &r::RFC6455_4_1_RESP_ACCEPT_OWS,
        "Trims no blanks behind the accept value.",
        |head, _| {
            let is_blank = |end: &[u8]| matches!(end.first(), Some(b' ' | b'\t'));
            head.lines.iter().any(|line| line.is("Sec-WebSocket-Accept") && is_blank(&line.end))
        },
    ),
    refusing(
        Client,
        "client-tab-not-trimmed",
        &r::RFC9112_5_1_OWS_TRIM_RESPONSE,
        "Trims no tab around values.",
        |head, _| head.lines.iter().any(|line| line.colon.contains(&b'\t') || line.end.contains(&b'\t')),
    ),
    refusing(
        Client,
        "client-reason-compared",
        &r::RFC9112_4_REASON_IGNORED,
        "Wants the reason phrase to be Switching Protocols.",
        |head, _| head.part(2) != b"Switching Protocols",
    ),
    refusing(
        Client,
        "client-interim-refused",
        &r::RFC9110_15_2_INTERIM,
        "Takes an interim response for the final one.",
        |_, exchange| {
            let start = exchange.octets.iter().position(|octet| !matches!(octet, b'\r' | b'\n')).unwrap_or(0);
            !exchange.octets[start..].starts_with(b"HTTP/1.1 101")
        },
    ),
    refusing(
        Client,
        "client-unknown-field",
        &r::RFC6455_4_1_RESP_UNKNOWN_FIELDS,
        "Refuses a field that it does not know.",
        |head, _| head.lines.iter().any(|line| line.is("X-Note") || line.is("Server") || line.is("Date")),
    ),
    refusing(
        Client,
        "client-cookie-refused",
        &r::RFC6455_4_1_RESP_SET_COOKIE,
        "Refuses a 101 that sets a cookie.",
        |head, _| head.first("Set-Cookie").is_some(),
    ),
    refusing(
        Client,
        "client-obs-text",
        &r::RFC9110_5_5_OBS_TEXT_RESPONSE,
        "Refuses octets beyond ASCII in any value.",
        |head, _| head.lines.iter().any(|line| !line.value.is_ascii()),
    ),
    refusing(
        Client,
        "client-line-of-256",
        &r::RFC6455_4_1_RESP_UNKNOWN_FIELDS,
        "Reads no field line of 256 octets or more.",
        |head, _| head.lines.iter().any(|line| line.len() >= 256),
    ),
    refusing(
        Client,
        "client-empty-member-refused",
        &r::RFC6455_4_3_EXTENSION_EMPTY_ELEMENTS_RESPONSE,
        "Reads no extension list with an empty member.",
        |head, _| {
            let mut values = head.values("Sec-WebSocket-Extensions");
            values.any(|value| value.split(|&octet| octet == b',').any(|its| its.trim_ascii().is_empty()))
        },
    ),
    refusing(
        Client,
        "client-two-features-refused",
        &r::RFC6455_4_1_RESP_CONNECTION_LIST,
        "Stumbles over a list in Connection, but only beside a subprotocol.",
        |head, _| head.members("Connection").len() > 1 && head.first("Sec-WebSocket-Protocol").is_some(),
    ),
    // Reports.
    doing(
        Client,
        "client-protocol-not-reported",
        &r::RFC6455_4_1_RESP_SUBPROTOCOL_IN_USE,
        "Does not use the subprotocol of the answer.",
        |_, _, observation| in_opened(observation, |opened| opened.protocol = None),
    ),
    doing(
        Client,
        "client-protocol-of-the-offer",
        &r::RFC6455_4_1_RESP_SUBPROTOCOL_IN_USE,
        "Uses its first subprotocol, whatever the answer says.",
        |_, exchange, observation| {
            in_opened(observation, |opened| opened.protocol = exchange.needs.protocols.first().cloned())
        },
    ),
    doing(
        Client,
        "client-extension-of-the-offer",
        &r::RFC6455_4_1_RESP_EXTENSIONS_IN_USE,
        "Uses permessage-deflate as soon as it offered it.",
        |_, exchange, observation| {
            let offers = exchange.needs.extensions.as_ref().is_some_and(|raw| raw.contains("permessage-deflate"));
            in_opened(observation, |opened| {
                if offers {
                    opened.extensions = Some("permessage-deflate".to_owned());
                }
            })
        },
    ),
    // Behaviour.
    behaving(
        Client,
        "client-octet-lost",
        Behaviour::Octets,
        "Loses the first octet behind the head.",
        |_, _, observation| {
            in_opened(observation, |opened| {
                if let Some(rest) = opened.rest.as_mut().filter(|rest| !rest.is_empty()) {
                    rest.remove(0);
                }
            })
        },
    ),
    behaving(
        Client,
        "client-octets-lost",
        Behaviour::Octets,
        "Loses what came in the same read as the end of the head.",
        |_, _, observation| in_opened(observation, |opened| opened.rest = opened.rest.as_ref().map(|_| Vec::new())),
    ),
    behaving(
        Client,
        "client-octet-twice",
        Behaviour::Octets,
        "Reads the last octet behind the head twice.",
        |_, _, observation| {
            in_opened(observation, |opened| {
                if let Some(rest) = &mut opened.rest {
                    rest.extend(rest.last().copied());
                }
            })
        },
    ),
    behaving(
        Client,
        "client-content-of-101",
        Behaviour::Octets,
        "Takes as many octets as a Content-Length in the 101 announces for its content.",
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
        },
    ),
    behaving(
        Client,
        "client-first-read-only",
        Behaviour::Split,
        "Judges what the first read brought.",
        |_, exchange, _| {
            let end = exchange.delivery.ends(exchange.octets.len()).first().copied().unwrap_or(0);
            let octets = exchange.octets[..end].to_vec();
            Reference.observe(&Exchange { octets, end: End::HalfClosed, ..exchange.clone() })
        },
    ),
    behaving(
        Client,
        "client-waits",
        Behaviour::Hang,
        "Waits for ever behind an interim response.",
        |_, exchange, observation| {
            if exchange.octets.starts_with(b"HTTP/1.1 10") && !exchange.octets.starts_with(b"HTTP/1.1 101") {
                return Observation { outcome: Outcome::TimedOut, written: Vec::new() };
            }
            observation
        },
    ),
    behaving(
        Client,
        "client-panics",
        Behaviour::Crash,
        "Panics over a status line without a reason phrase.",
        |head, _, observation| {
            assert!(!head.is_whole() || !head.part(2).is_empty(), "a status line has a reason phrase");
            observation
        },
    ),
];
