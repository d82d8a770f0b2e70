//! Clients that open on what must be rejected.

use super::head::{Head, holds, replaced};
use super::{Planted, given, reading};
use crate::handshake::accept_value;
use crate::judgement::Role::Client;
use crate::judgement::requirements as r;
use crate::suite::{End, Exchange, Needs};

const ACCEPT: &str = "Sec-WebSocket-Accept";
const PROTOCOL: &str = "Sec-WebSocket-Protocol";
const EXTENSIONS: &str = "Sec-WebSocket-Extensions";

/// Every one of them.
pub(super) static ALL: &[Planted] = &[
    // Status line.
    reading(
        Client,
        "client-status-any",
        &r::RFC6455_4_1_RESP_STATUS_NOT_101,
        "Does not look at the status.",
        |head, _| {
            if head.part(1).len() == 3 && head.part(1).iter().all(u8::is_ascii_digit) {
                head.set_part(1, b"101");
            }
        },
    ),
    reading(
        Client,
        "client-status-prefix",
        &r::RFC9112_4_STATUS_LINE_GRAMMAR,
        "Takes a status that only starts with 101.",
        |head, _| {
            if head.part(1).starts_with(b"101") {
                head.set_part(1, b"101");
            }
        },
    ),
    reading(
        Client,
        "client-http-any",
        &r::RFC9112_2_3_RESPONSE_OTHER_VERSION,
        "Takes anything for the version of HTTP.",
        |head, _| head.set_part(0, b"HTTP/1.1"),
    ),
    // Upgrade and Connection.
    reading(
        Client,
        "client-upgrade-not-needed",
        &r::RFC6455_4_1_RESP_UPGRADE_MISSING,
        "Opens without an Upgrade.",
        |head, _| head.set_if_missing("Upgrade", b"websocket"),
    ),
    reading(
        Client,
        "client-upgrade-substring",
        &r::RFC6455_4_1_RESP_UPGRADE_OTHER,
        "Looks for the letters websocket anywhere in Upgrade.",
        |head, _| {
            if head.values("Upgrade").any(|value| holds(value, b"websocket")) {
                head.set("Upgrade", b"websocket");
            }
        },
    ),
    reading(
        Client,
        "client-upgrade-list",
        &r::RFC6455_4_1_RESP_UPGRADE_LIST,
        "Takes an Upgrade in which websocket is one of several.",
        |head, _| {
            if head.any("Upgrade", |member| member.eq_ignore_ascii_case(b"websocket")) {
                head.set("Upgrade", b"websocket");
            }
        },
    ),
    reading(
        Client,
        "client-upgrade-folded",
        &r::RFC6455_2_1_ASCII_FOLD_CLIENT,
        "Folds the case of Upgrade by Unicode, so that the Kelvin sign is a k.",
        |head, _| head.each("Upgrade", |value| replaced(value, b"\xe2\x84\xaa", b"k")),
    ),
    reading(
        Client,
        "client-connection-not-needed",
        &r::RFC6455_4_1_RESP_CONNECTION_MISSING,
        "Opens without a Connection.",
        |head, _| head.set_if_missing("Connection", b"Upgrade"),
    ),
    reading(
        Client,
        "client-connection-substring",
        &r::RFC6455_4_1_RESP_CONNECTION_NO_TOKEN,
        "Looks for the letters upgrade anywhere in Connection.",
        |head, _| {
            if head.values("Connection").any(|value| holds(value, b"upgrade")) {
                head.set("Connection", b"Upgrade");
            }
        },
    ),
    // Accept.
    reading(
        Client,
        "client-accept-any",
        &r::RFC6455_4_1_RESP_ACCEPT_WRONG,
        "Does not look at the accept value.",
        |head, exchange| compared(head, exchange, |_, _| true),
    ),
    reading(
        Client,
        "client-accept-not-needed",
        &r::RFC6455_4_1_RESP_ACCEPT_MISSING,
        "Opens without an accept value.",
        |head, exchange| head.set_if_missing(ACCEPT, right(exchange).as_bytes()),
    ),
    reading(
        Client,
        "client-accept-of-any-case",
        &r::RFC6455_4_1_RESP_ACCEPT_CASE,
        "Compares the accept value without its case.",
        |head, exchange| compared(head, exchange, |its, right| its.eq_ignore_ascii_case(right)),
    ),
    reading(
        Client,
        "client-accept-prefix",
        &r::RFC6455_4_1_RESP_ACCEPT_WRONG,
        "Compares only as much of the accept value as came.",
        |head, exchange| compared(head, exchange, |its, right| !its.is_empty() && right.starts_with(its)),
    ),
    reading(
        Client,
        "client-accept-decoded",
        &r::RFC6455_4_1_RESP_ACCEPT_NONCANONICAL,
        "Compares the digest that the accept value stands for, without the bits of the padding.",
        |head, exchange| {
            compared(head, exchange, |its, right| {
                its.len() == right.len()
                    && its[..26] == right[..26]
                    && its.ends_with(b"=")
                    && digit(its[26]) / 4 == digit(right[26]) / 4
            })
        },
    ),
    reading(
        Client,
        "client-accept-blanks-inside",
        &r::RFC6455_4_1_RESP_ACCEPT_INNER_WS,
        "Passes over blanks inside the accept value.",
        |head, _| head.each(ACCEPT, |value| replaced(value, b" ", b"")),
    ),
    reading(
        Client,
        "client-accept-first-line",
        &r::RFC6455_11_3_3_ACCEPT_ONCE_CLIENT,
        "Uses the first of several accept values.",
        |head, _| head.keep_first(ACCEPT),
    ),
    reading(
        Client,
        "client-accept-last-line",
        &r::RFC6455_11_3_3_ACCEPT_ONCE_CLIENT,
        "Uses the last of several accept values.",
        |head, _| head.keep_last(ACCEPT),
    ),
    // Subprotocols and extensions.
    given(
        Client,
        "client-protocol-any",
        &r::RFC6455_4_1_RESP_PROTOCOL_UNREQUESTED,
        "Takes a subprotocol that it did not offer.",
        |exchange| {
            let head = Head::read(Client, &exchange.octets);
            let came = head.first(PROTOCOL).and_then(|value| std::str::from_utf8(value).ok()).unwrap_or_default();
            let protocols = exchange.needs.protocols.iter().cloned().chain([came.to_owned()]).collect();
            if came.is_empty() {
                return exchange.clone();
            }
            Exchange { needs: Needs { protocols, ..exchange.needs.clone() }, ..exchange.clone() }
        },
    ),
    reading(
        Client,
        "client-protocol-of-any-case",
        &r::RFC6455_4_1_RESP_PROTOCOL_CASE,
        "Compares the subprotocol without its case.",
        |head, exchange| {
            for offered in &exchange.needs.protocols {
                if head.first(PROTOCOL).is_some_and(|its| its.eq_ignore_ascii_case(offered.as_bytes())) {
                    head.set(PROTOCOL, offered.as_bytes());
                }
            }
        },
    ),
    reading(
        Client,
        "client-protocol-list",
        &r::RFC6455_4_1_RESP_PROTOCOL_LIST,
        "Uses the first of a list of subprotocols.",
        |head, _| {
            head.each(PROTOCOL, |value| {
                value.split(|&octet| octet == b',').next().unwrap_or_default().trim_ascii().to_vec()
            })
        },
    ),
    reading(
        Client,
        "client-protocol-empty",
        &r::RFC6455_4_1_RESP_PROTOCOL_EMPTY,
        "Takes an empty subprotocol for none.",
        |head, _| {
            if head.first(PROTOCOL).is_some_and(<[u8]>::is_empty) {
                head.remove(PROTOCOL);
            }
        },
    ),
    reading(
        Client,
        "client-protocol-first-line",
        &r::RFC6455_11_3_4_PROTOCOL_ONCE_CLIENT,
        "Uses the first of several lines of subprotocols.",
        |head, _| head.keep_first(PROTOCOL),
    ),
    reading(
        Client,
        "client-extension-any",
        &r::RFC6455_4_1_RESP_EXTENSION_UNREQUESTED,
        "Does not look at the extensions.",
        |head, _| head.remove(EXTENSIONS),
    ),
    reading(
        Client,
        "client-extension-malformed",
        &r::RFC6455_4_3_EXTENSION_MALFORMED_RESPONSE,
        "Passes over an extension that it cannot read.",
        |head, _| {
            if head.any(EXTENSIONS, |member| {
                holds(member, b"=;") || holds(member, b" b") || member.ends_with(b";") || member.ends_with(b"=")
            }) {
                head.remove(EXTENSIONS);
            }
        },
    ),
    reading(
        Client,
        "client-deflate-unknown-parameter",
        &r::RFC7692_7_CLIENT_UNKNOWN_PARAM,
        "Passes over a parameter of permessage-deflate that it does not know.",
        |head, _| {
            head.each(EXTENSIONS, |value| {
                if !value.starts_with(b"permessage-deflate") {
                    return value.to_vec();
                }
                let is_known = |part: &&[u8]| {
                    let name = part.split(|&octet| octet == b'=').next().unwrap_or_default().trim_ascii();
                    name == b"permessage-deflate" || name.ends_with(b"_bits") || name.ends_with(b"_takeover")
                };
                value.split(|&octet| octet == b';').filter(is_known).collect::<Vec<_>>().join(&b';')
            })
        },
    ),
    reading(
        Client,
        "client-deflate-bad-value",
        &r::RFC7692_7_CLIENT_INVALID_VALUE,
        "Takes a window of any size.",
        |head, _| {
            head.each(EXTENSIONS, |value| {
                [&b"bits=7"[..], b"bits=16", b"bits=010"]
                    .iter()
                    .fold(value.to_vec(), |value, bad| replaced(&value, bad, b"bits=10"))
            })
        },
    ),
    given(
        Client,
        "client-deflate-larger-window",
        &r::RFC7692_7_1_2_1_CLIENT_LARGER_SMWB,
        "Takes a larger window than it offered.",
        |exchange| {
            let extensions = exchange.needs.extensions.as_ref().map(|raw| {
                raw.replace("server_max_window_bits=12", "server_max_window_bits=15")
                    .replace("server_max_window_bits=10", "server_max_window_bits=15")
            });
            Exchange { needs: Needs { extensions, ..exchange.needs.clone() }, ..exchange.clone() }
        },
    ),
    // End.
    given(
        Client,
        "client-truncated",
        &r::RFC9112_2_1_TRUNCATED_RESPONSE,
        "Takes the end of the connection for the end of the head.",
        |exchange| {
            if exchange.end == End::Open || Head::read(Client, &exchange.octets).is_whole() {
                return exchange.clone();
            }
            let end: &[u8] = if exchange.octets.ends_with(b"\r\n") { b"\r\n" } else { b"\r\n\r\n" };
            Exchange { octets: [&exchange.octets, end].concat(), ..exchange.clone() }
        },
    ),
    given(
        Client,
        "client-cr-ends-line",
        &r::RFC6455_4_1_RESP_CONNECTION_MISSING,
        "Takes a bare CR for a line end.",
        |exchange| {
            let octets = replaced(&replaced(&exchange.octets, b"\r\n", b"\r"), b"\r", b"\r\n");
            Exchange { octets, ..exchange.clone() }
        },
    ),
];

fn right(exchange: &Exchange) -> String {
    accept_value(exchange.key.as_deref().unwrap_or_default().as_bytes())
}

/// Puts the right accept value in place of one that compares like it.
fn compared(head: &mut Head, exchange: &Exchange, is_alike: impl Fn(&[u8], &[u8]) -> bool) {
    let right = right(exchange).into_bytes();
    head.each(ACCEPT, |its| if is_alike(its, &right) { right.clone() } else { its.to_vec() });
}

/// The number that a character of base64 stands for (RFC 4648 §4).
fn digit(character: u8) -> u8 {
    match character {
        b'A'..=b'Z' => character - b'A',
        b'a'..=b'z' => character - b'a' + 26,
        b'0'..=b'9' => character - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => u8::MAX,
    }
}
