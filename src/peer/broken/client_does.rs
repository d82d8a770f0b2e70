//! Clients that refuse what must be accepted, report it wrongly, lose octets, wait or panic.

use super::answer::in_opened;
use super::{Planted, behaving, doing, refusing};
use crate::judgement::Role::Client;
use crate::peer::reference::Reference;
use crate::suite::ledger::Behaviour;
use crate::suite::wire::Head;
use crate::suite::{End, Exchange, Observation, Outcome, Peer as _};

/// Every one of them.
pub(super) static ALL: &[Planted] = &[
    // Refuses.
    refusing(
        Client,
        "client-upgrade-by-case",
        "rfc6455-4.1-resp-upgrade-case",
        "Compares the Upgrade value by its case.",
        |head, _| !head.any("Upgrade", |member| member == b"websocket"),
    ),
    refusing(
        Client,
        "client-connection-by-case",
        "rfc6455-4.1-resp-connection-case",
        "Compares the Connection token by its case.",
        |head, _| !head.any("Connection", |member| member == b"Upgrade"),
    ),
    refusing(
        Client,
        "client-connection-list-refused",
        "rfc6455-4.1-resp-connection-list",
        "Reads no list in Connection.",
        |head, _| head.first("Connection").is_some_and(|value| value.contains(&b',')),
    ),
    refusing(
        Client,
        "client-names-by-case",
        "rfc6455-4.1-resp-field-name-case",
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
        "rfc6455-4.1-resp-accept-ows",
        "Trims no blanks behind the accept value.",
        |head, _| {
            let is_blank = |end: &[u8]| matches!(end.first(), Some(b' ' | b'\t'));
            head.lines.iter().any(|line| line.is("Sec-WebSocket-Accept") && is_blank(&line.end))
        },
    ),
    refusing(
        Client,
        "client-tab-not-trimmed",
        "rfc9112-5.1-ows-trim-response",
        "Trims no tab around values.",
        |head, _| head.lines.iter().any(|line| line.colon.contains(&b'\t') || line.end.contains(&b'\t')),
    ),
    refusing(
        Client,
        "client-reason-compared",
        "rfc9112-4-reason-ignored",
        "Wants the reason phrase to be Switching Protocols.",
        |head, _| head.part(2) != b"Switching Protocols",
    ),
    refusing(
        Client,
        "client-interim-refused",
        "rfc9110-15.2-interim",
        "Takes an interim response for the final one.",
        |_, exchange| !Head::read(&exchange.octets).start_line().starts_with(b"HTTP/1.1 101"),
    ),
    refusing(
        Client,
        "client-unknown-field",
        "rfc6455-4.1-resp-unknown-fields",
        "Refuses a field that it does not know.",
        |head, _| head.lines.iter().any(|line| line.is("X-Note") || line.is("Server") || line.is("Date")),
    ),
    refusing(
        Client,
        "client-cookie-refused",
        "rfc6455-4.1-resp-set-cookie",
        "Refuses a 101 that sets a cookie.",
        |head, _| head.first("Set-Cookie").is_some(),
    ),
    refusing(
        Client,
        "client-obs-text",
        "rfc9110-5.5-obs-text-response",
        "Refuses octets beyond ASCII in any value.",
        |head, _| head.lines.iter().any(|line| !line.value.is_ascii()),
    ),
    refusing(
        Client,
        "client-line-of-256",
        "rfc6455-4.1-resp-unknown-fields",
        "Reads no field line of 256 octets or more.",
        |head, _| head.lines.iter().any(|line| line.len() >= 256),
    ),
    refusing(
        Client,
        "client-empty-member-refused",
        "rfc6455-4.3-extension-empty-elements-response",
        "Reads no extension list with an empty member.",
        |head, _| {
            let mut values = head.values("Sec-WebSocket-Extensions");
            values.any(|value| value.split(|&octet| octet == b',').any(|its| its.trim_ascii().is_empty()))
        },
    ),
    refusing(
        Client,
        "client-two-features-refused",
        "rfc6455-4.1-resp-connection-list",
        "Stumbles over a list in Connection, but only beside a subprotocol.",
        |head, _| head.members("Connection").len() > 1 && head.first("Sec-WebSocket-Protocol").is_some(),
    ),
    // Reports.
    doing(
        Client,
        "client-protocol-not-reported",
        "rfc6455-4.1-resp-subprotocol-in-use",
        "Does not use the subprotocol of the answer.",
        |_, _, observation| in_opened(observation, |opened| opened.protocol = None),
    ),
    doing(
        Client,
        "client-protocol-of-the-offer",
        "rfc6455-4.1-resp-subprotocol-in-use",
        "Uses its first subprotocol, whatever the answer says.",
        |_, exchange, observation| {
            in_opened(observation, |opened| opened.protocol = exchange.needs.protocols.first().cloned())
        },
    ),
    doing(
        Client,
        "client-extension-of-the-offer",
        "rfc6455-4.1-resp-extensions-in-use",
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
