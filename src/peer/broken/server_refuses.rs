//! Servers that refuse what must be accepted.

use super::head::holds;
use super::{Planted, refusing};
use crate::judgement::Role::Server;
use crate::judgement::requirements as r;

/// Every one of them.
pub(super) static ALL: &[Planted] = &[
    refusing(
        Server,
        "server-upgrade-by-case",
        &r::RFC6455_4_2_1_UPGRADE_CASE,
        "Compares the Upgrade value by its case.",
        |head, _| !head.any("Upgrade", |member| member == b"websocket"),
    ),
    refusing(Server, "server-upgrade-list", &r::RFC6455_4_2_1_UPGRADE_LIST, "Reads no list in Upgrade.", |head, _| {
        head.first("Upgrade").is_some_and(|value| value.contains(&b','))
    }),
    refusing(
        Server,
        "server-connection-by-case",
        &r::RFC6455_4_2_1_CONNECTION_CASE,
        "Compares the Connection token by its case.",
        |head, _| !head.any("Connection", |member| member == b"Upgrade"),
    ),
    refusing(
        Server,
        "server-connection-list",
        &r::RFC6455_4_2_1_CONNECTION_LIST,
        "Reads no list in Connection.",
        |head, _| head.first("Connection").is_some_and(|value| value.contains(&b',')),
    ),
    refusing(
        Server,
        "server-connection-first-member",
        &r::RFC6455_4_2_1_CONNECTION_LIST,
        "Reads the first member of Connection only.",
        |head, _| !head.members("Connection").first().is_some_and(|its| its.eq_ignore_ascii_case(b"upgrade")),
    ),
    refusing(
        Server,
        "server-connection-first-line",
        &r::RFC9110_5_2_COMBINED_VALUE,
        "Reads the first line of Connection only.",
        |head, _| head.first("Connection").is_some_and(|value| !holds(value, b"upgrade")),
    ),
    refusing(
        Server,
        "server-connection-last-line",
        &r::RFC9110_5_2_COMBINED_VALUE,
        "Reads the last line of Connection only.",
        |head, _| head.values("Connection").last().is_some_and(|value| !holds(value, b"upgrade")),
    ),
    refusing(
        Server,
        "server-second-line",
        &r::RFC6455_11_3_4_PROTOCOL_MULTI_REQUEST,
        "Reads no second line of subprotocols.",
        |head, _| head.values("Sec-WebSocket-Protocol").count() > 1,
    ),
    refusing(
        Server,
        "server-second-line-of-extensions",
        &r::RFC6455_11_3_2_EXTENSIONS_MULTI_REQUEST,
        "Reads no second line of extension offers.",
        |head, _| head.values("Sec-WebSocket-Extensions").count() > 1,
    ),
    refusing(
        Server,
        "server-empty-member",
        &r::RFC9110_5_6_1_2_ACCEPT_EMPTY_ELEMENTS,
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
        &r::RFC6455_4_2_1_FIELD_NAME_CASE,
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
        &r::RFC6455_4_2_1_FIELD_ORDER,
        "Wants Host to be the first field.",
        |head, _| head.lines.first().is_some_and(|line| !line.is("Host")),
    ),
    refusing(
        Server,
        "server-host-of-ipv6",
        &r::RFC9110_7_2_HOST_VALID_FORMS,
        "Reads no IPv6 address in Host.",
        |head, _| head.first("Host").is_some_and(|value| value.starts_with(b"[")),
    ),
    refusing(
        Server,
        "server-absolute-form",
        &r::RFC6455_4_2_1_TARGET_ABSOLUTE_FORM,
        "Reads no target in absolute-form.",
        |head, _| !head.part(1).starts_with(b"/"),
    ),
    refusing(
        Server,
        "server-unknown-field",
        &r::RFC6455_4_2_1_UNKNOWN_FIELDS,
        "Refuses a field that it does not know.",
        |head, _| head.lines.iter().any(|line| line.is("X-Note")),
    ),
    refusing(Server, "server-tab-not-trimmed", &r::RFC9112_5_1_OWS_TRIM, "Trims no tab around values.", |head, _| {
        head.lines.iter().any(|line| line.colon.contains(&b'\t') || line.end.contains(&b'\t'))
    }),
    refusing(
        Server,
        "server-key-not-trimmed",
        &r::RFC6455_4_2_1_KEY_OWS,
        "Trims no blanks behind the key.",
        |head, _| {
            head.lines.iter().any(|line| line.is("Sec-WebSocket-Key") && matches!(line.end.first(), Some(b' ' | b'\t')))
        },
    ),
    refusing(
        Server,
        "server-obs-text",
        &r::RFC9110_5_5_OBS_TEXT,
        "Refuses octets beyond ASCII in any value.",
        |head, _| head.lines.iter().any(|line| !line.value.is_ascii()),
    ),
    refusing(
        Server,
        "server-content-length-zero",
        &r::RFC9110_9_3_1_CL_ZERO,
        "Refuses a Content-Length, even of 0.",
        |head, _| head.first("Content-Length").is_some(),
    ),
    refusing(
        Server,
        "server-line-of-256",
        &r::RFC6455_4_2_1_UNKNOWN_FIELDS,
        "Reads no field line of 256 octets or more.",
        |head, _| head.lines.iter().any(|line| line.len() >= 256),
    ),
    refusing(
        Server,
        "server-lines-of-16",
        &r::RFC6455_4_2_1_UNKNOWN_FIELDS,
        "Reads no more than 16 field lines.",
        |head, _| head.lines.len() > 16,
    ),
    refusing(
        Server,
        "server-extension-unknown",
        &r::RFC6455_4_2_1_EXTENSIONS_UNKNOWN,
        "Refuses a request that offers an extension which it does not know.",
        |head, _| head.any("Sec-WebSocket-Extensions", |member| !member.starts_with(b"permessage-deflate")),
    ),
    refusing(
        Server,
        "server-extension-quoted",
        &r::RFC6455_4_3_EXTENSION_QUOTED,
        "Reads no quoted parameter value.",
        |head, _| head.values("Sec-WebSocket-Extensions").any(|value| value.contains(&b'"')),
    ),
    refusing(
        Server,
        "server-deflate-not-declined",
        &r::RFC7692_7_DECLINE_INVALID_VALUE,
        "Refuses the request where it should decline an offer of permessage-deflate.",
        |head, exchange| {
            exchange.needs.extensions.is_some()
                && head.any("Sec-WebSocket-Extensions", |member| holds(member, b"bits=7") || holds(member, b"bits=16"))
        },
    ),
    refusing(
        Server,
        "server-two-features-refused",
        &r::RFC6455_4_2_1_UPGRADE_CASE,
        "Stumbles over a list in Connection, but only beside an Upgrade in other case.",
        |head, _| head.members("Connection").len() > 1 && head.any("Upgrade", |member| member == b"WebSocket"),
    ),
];
