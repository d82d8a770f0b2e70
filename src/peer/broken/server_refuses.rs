//! Servers that refuse what must be accepted.

use super::head::holds;
use super::{Planted, refusing};
use crate::judgement::Role::Server;

/// Every one of them.
pub(super) static ALL: &[Planted] = &[
    refusing(
        Server,
        "server-upgrade-by-case",
        "rfc6455-4.2.1-upgrade-case",
        "Compares the Upgrade value by its case.",
        |head, _| !head.any("Upgrade", |member| member == b"websocket"),
    ),
    refusing(Server, "server-upgrade-list", "rfc6455-4.2.1-upgrade-list", "Reads no list in Upgrade.", |head, _| {
        head.first("Upgrade").is_some_and(|value| value.contains(&b','))
    }),
    refusing(
        Server,
        "server-connection-by-case",
        "rfc6455-4.2.1-connection-case",
        "Compares the Connection token by its case.",
        |head, _| !head.any("Connection", |member| member == b"Upgrade"),
    ),
    refusing(
        Server,
        "server-connection-list",
        "rfc6455-4.2.1-connection-list",
        "Reads no list in Connection.",
        |head, _| head.first("Connection").is_some_and(|value| value.contains(&b',')),
    ),
    refusing(
        Server,
        "server-connection-first-member",
        "rfc6455-4.2.1-connection-list",
        "Reads the first member of Connection only.",
        |head, _| !head.members("Connection").first().is_some_and(|its| its.eq_ignore_ascii_case(b"upgrade")),
    ),
    refusing(
        Server,
        "server-connection-first-line",
        "rfc9110-5.2-combined-value",
        "Reads the first line of Connection only.",
        |head, _| head.first("Connection").is_some_and(|value| !holds(value, b"upgrade")),
    ),
    refusing(
        Server,
        "server-connection-last-line",
        "rfc9110-5.2-combined-value",
        "Reads the last line of Connection only.",
        |head, _| head.values("Connection").last().is_some_and(|value| !holds(value, b"upgrade")),
    ),
    refusing(
        Server,
        "server-second-line",
        "rfc6455-11.3.4-protocol-multi-request",
        "Reads no second line of subprotocols.",
        |head, _| head.values("Sec-WebSocket-Protocol").count() > 1,
    ),
    refusing(
        Server,
        "server-second-line-of-extensions",
        "rfc6455-11.3.2-extensions-multi-request",
        "Reads no second line of extension offers.",
        |head, _| head.values("Sec-WebSocket-Extensions").count() > 1,
    ),
    refusing(
        Server,
        "server-empty-member",
        "rfc9110-5.6.1.2-accept-empty-elements",
        "Reads no list with an empty member.",
        |head, _| {
            let is_empty = |value: &[u8]| value.split(|&octet| octet == b',').any(|its| its.trim_ascii().is_empty());
            ["Connection", "Upgrade"]
                .iter()
                .any(|name| head.values(name).any(|value| value.contains(&b',') && is_empty(value)))
        },
    ),
    refusing(
        Server,
        "server-names-by-case",
        "rfc6455-4.2.1-field-name-case",
        "Finds a field by the usual spelling of its name only.",
        |head, _| {
            ["Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"]
                .iter()
                .any(|name| head.lines.iter().any(|line| line.is(name) && line.name != name.as_bytes()))
        },
    ),
    refusing(
        Server,
        "server-host-first",
        "rfc6455-4.2.1-field-order",
        "Wants Host to be the first field.",
        |head, _| head.lines.first().is_some_and(|line| !line.is("Host")),
    ),
    refusing(
        Server,
        "server-host-of-ipv6",
        "rfc9110-7.2-host-valid-forms",
        "Reads no IPv6 address in Host.",
        |head, _| head.first("Host").is_some_and(|value| value.starts_with(b"[")),
    ),
    refusing(
        Server,
        "server-absolute-form",
        "rfc6455-4.2.1-target-absolute-form",
        "Reads no target in absolute-form.",
        |head, _| !head.part(1).starts_with(b"/"),
    ),
    refusing(
        Server,
        "server-unknown-field",
        "rfc6455-4.2.1-unknown-fields",
        "Refuses a field that it does not know.",
        |head, _| head.lines.iter().any(|line| line.is("X-Note")),
    ),
    refusing(Server, "server-tab-not-trimmed", "rfc9112-5.1-ows-trim", "Trims no tab around values.", |head, _| {
        head.lines.iter().any(|line| line.colon.contains(&b'\t') || line.end.contains(&b'\t'))
    }),
    refusing(
        Server,
        "server-key-not-trimmed",
        "rfc6455-4.2.1-key-ows",
        "Trims no blanks behind the key.",
        |head, _| {
            head.lines.iter().any(|line| line.is("Sec-WebSocket-Key") && matches!(line.end.first(), Some(b' ' | b'\t')))
        },
    ),
    refusing(
        Server,
        "server-obs-text",
        "rfc9110-5.5-obs-text",
        "Refuses octets beyond ASCII in any value.",
        |head, _| head.lines.iter().any(|line| !line.value.is_ascii()),
    ),
    refusing(
        Server,
        "server-content-length-zero",
        "rfc9110-9.3.1-cl-zero",
        "Refuses a Content-Length, even of 0.",
        |head, _| head.first("Content-Length").is_some(),
    ),
    refusing(
        Server,
        "server-line-of-256",
        "rfc6455-4.2.1-unknown-fields",
        "Reads no field line of 256 octets or more.",
        |head, _| head.lines.iter().any(|line| line.len() >= 256),
    ),
    refusing(
        Server,
        "server-lines-of-16",
        "rfc6455-4.2.1-unknown-fields",
        "Reads no more than 16 field lines.",
        |head, _| head.lines.len() > 16,
    ),
    refusing(
        Server,
        "server-extension-unknown",
        "rfc6455-4.2.1-extensions-unknown",
        "Refuses a request that offers an extension which it does not know.",
        |head, _| head.any("Sec-WebSocket-Extensions", |member| !member.starts_with(b"permessage-deflate")),
    ),
    refusing(
        Server,
        "server-extension-quoted",
        "rfc6455-4.3-extension-quoted",
        "Reads no quoted parameter value.",
        |head, _| head.values("Sec-WebSocket-Extensions").any(|value| value.contains(&b'"')),
    ),
    refusing(
        Server,
        "server-deflate-not-declined",
        "rfc7692-7-decline-invalid-value",
        "Refuses the request where it should decline an offer of permessage-deflate.",
        |head, exchange| {
            exchange.needs.extensions.is_some()
                && head.any("Sec-WebSocket-Extensions", |member| holds(member, b"bits=7") || holds(member, b"bits=16"))
        },
    ),
    refusing(
        Server,
        "server-two-features-refused",
        "rfc6455-4.2.1-upgrade-case",
        "Stumbles over a list in Connection, but only beside an Upgrade in other case.",
        |head, _| head.members("Connection").len() > 1 && head.any("Upgrade", |member| member == b"WebSocket"),
    ),
];
